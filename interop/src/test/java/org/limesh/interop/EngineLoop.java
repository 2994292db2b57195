package org.limesh.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.batadv.BatadvConfig;
import org.limesh.batadv.BatadvEngine;
import org.limesh.batadv.BatadvEvent;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.packet.Ethernet;

/**
 * Our batman-adv engine in real time with datagrams as cables and tiny hosts as clients; needs no root. All cables
 * are captured, both directions, one file each.
 */
final class EngineLoop implements AutoCloseable {
    private static final int MTU_OCTETS = 1532;

    /** @param port our UDP port; the other end sends to it, and listens on {@code peerPort} */
    record Cable(String name, MacAddress mac, int port, int peerPort, Path capture) {}

    private final List<DatagramChannel> channels = new ArrayList<>();
    private final List<Cable> cables;
    private final List<PcapFile> captures = new ArrayList<>();
    private final List<TinyHost> hosts = new CopyOnWriteArrayList<>();
    private final List<BatadvEvent> events = new CopyOnWriteArrayList<>();
    private final Counters counters = new Counters();
    private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final BatadvEngine engine;
    private final Selector selector;
    private final Thread thread;
    private volatile boolean ending;
    private volatile Throwable failure;

    EngineLoop(BatadvConfig config, MacAddress meshMac, long seed, List<Cable> cables) throws IOException {
        this.cables = List.copyOf(cables);
        this.selector = Selector.open();
        long nowNs = System.nanoTime();
        engine = new BatadvEngine(config, meshMac, counters, new Rng(seed), new ToTheWorld(), nowNs);
        InetAddress here = InetAddress.getLoopbackAddress();
        for (Cable cable : cables) {
            DatagramChannel channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(here, cable.port()));
            channel.configureBlocking(false);
            channel.register(selector, java.nio.channels.SelectionKey.OP_READ);
            channels.add(channel);
            captures.add(new PcapFile(cable.capture()));
        }
        for (Cable cable : cables) {
            engine.addHardif(cable.name(), cable.mac(), MTU_OCTETS, false, nowNs);
        }
        thread = Thread.ofPlatform().name("engine-loop").start(this::loop);
    }

    /** A client behind our engine. */
    TinyHost host(MacAddress mac, String address) {
        TinyHost host = new TinyHost(mac, address, this::fromHost);
        hosts.add(host);
        return host;
    }

    /** The client goes away without a word. */
    void remove(TinyHost host) {
        hosts.remove(host);
    }

    /** Sends the host's question on the engine's own thread. */
    void whoHas(TinyHost host, String target) {
        call(() -> {
            host.whoHas(target);
            return null;
        });
    }

    BatadvSnapshot snapshot() {
        return call(() -> engine.snapshot(System.nanoTime()));
    }

    Map<String, Long> counters() {
        return call(() -> new LinkedHashMap<>(counters.snapshot()));
    }

    List<BatadvEvent> events() {
        return List.copyOf(events);
    }

    private <T> T call(java.util.function.Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        commands.add(() -> answer.complete(question.get()));
        selector.wakeup();
        return answer.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).exceptionally(late -> {
            throw new IllegalStateException("the engine's thread does not answer", failure == null ? late : failure);
        }).join();
    }

    private void fromHost(Frame frame) {
        engine.onMeshFrame(frame, System.nanoTime());
    }

    private void loop() {
        ByteBuffer buffer = ByteBuffer.allocate(65536);
        try {
            while (!ending) {
                for (int i = 0; i < channels.size(); i++) {
                    receiveAll(i, buffer);
                }
                for (Runnable command; (command = commands.poll()) != null; ) {
                    command.run();
                }
                long nowNs = System.nanoTime();
                if (Engine.isDue(engine.nextDeadlineNs(), nowNs)) {
                    engine.onTimer(nowNs);
                }
                long waitNs = engine.nextDeadlineNs() == Engine.NEVER
                        ? 1_000_000_000L : engine.nextDeadlineNs() - System.nanoTime();
                selector.select(key -> {}, commands.isEmpty() ? Math.clamp(waitNs / 1_000_000, 1, 1000) : 1);
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    private void receiveAll(int cable, ByteBuffer buffer) throws IOException {
        while (channels.get(cable).receive(buffer.clear()) != null) {
            byte[] octets = new byte[buffer.flip().remaining()];
            buffer.get(octets);
            Frame frame = Frame.wrap(octets);
            captures.get(cable).add(System.nanoTime(), frame);
            if (octets.length >= Ethernet.HEADER_OCTETS && Ethernet.type(frame) == Ethernet.TYPE_BATADV) {
                engine.onFrame(cable, frame, System.nanoTime());
            }
        }
    }

    private final class ToTheWorld implements BatadvEngine.Outbox {
        @Override
        public void transmit(int hardif, Frame frame) {
            captures.get(hardif).add(System.nanoTime(), frame);
            InetSocketAddress peer =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), cables.get(hardif).peerPort());
            try {
                channels.get(hardif).send(ByteBuffer.wrap(frame.array(), frame.offset(), frame.length()), peer);
            } catch (java.net.PortUnreachableException e) {
                // The guest is not up yet: a cable without the other end.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void deliver(Frame frame) {
            // Not at once: an answer would enter the engine while it is still at work.
            commands.add(() -> hosts.forEach(host -> host.onFrame(frame)));
        }

        @Override
        public void report(BatadvEvent event) {
            events.add(event);
        }
    }

    @Override
    public void close() throws IOException {
        ending = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (DatagramChannel channel : channels) {
            channel.close();
        }
        selector.close();
        captures.forEach(PcapFile::close);
        if (failure != null) {
            throw new IllegalStateException("the engine's loop failed", failure);
        }
    }
}
