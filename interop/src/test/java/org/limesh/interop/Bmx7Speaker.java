package org.limesh.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.bmx7.Announcement;
import org.limesh.bmx7.Bmx7Config;
import org.limesh.bmx7.Bmx7Engine;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.bmx7.KeySource;
import org.limesh.bmx7.LaboratoryKeys;
import org.limesh.bmx7.LinkLayer;
import org.limesh.bmx7.VerificationCache;
import org.limesh.packet.Ipv6;
import org.limesh.packet.Udp;

/**
 * Speaks BMX7 on behalf of a kernel that has no program for it: describes the kernel's tunnel to the others. The
 * kernel's link-local address is the one it speaks from, so that all packets of the others go to the kernel.
 * Frames travel through {@link Guest.Plug.Stream}.
 */
final class Bmx7Speaker implements AutoCloseable {
    private static final int NODE_KEY = 6;
    private static final int DEVICE = 0;
    private static final long SEED = 61;

    private final MacAddress mac;
    private final Ip6Address linkLocal;
    private final SocketChannel channel;
    private final Selector selector = Selector.open();
    private final ByteBuffer unread = ByteBuffer.allocate(1 << 18);
    private final Bmx7Engine engine;
    private final Thread thread;
    private volatile boolean ending;
    private volatile Throwable failure;

    /**
     * @param mac       source of the frames; not the kernel's
     * @param linkLocal the kernel's
     * @param network   the kernel's address in the tunnel, with the network behind it
     */
    Bmx7Speaker(MacAddress mac, Ip6Address linkLocal, Ip4Prefix network, Path socket) throws IOException {
        this.mac = mac;
        this.linkLocal = linkLocal;
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        Rng rng = new Rng(SEED);
        KeySource keys = new LaboratoryKeys(SEED).forNode(rng);
        long nowNs = System.nanoTime();
        engine = new Bmx7Engine(Bmx7Config.of(keys.newRsaKey(NODE_KEY), 0, "kernel"), keys,
                new VerificationCache(1_000), new Counters(), rng, new ToTheGuest(), nowNs);
        engine.addDevice("guest", linkLocal, LinkLayer.LAN, 0, 0, nowNs);
        engine.announce(new Announcement(List.of(), List.of(new Announcement.TunDev("main", network, null, null,
                null)), List.of()), nowNs);
        thread = Thread.ofPlatform().name("bmx7-speaker").start(this::loop);
    }

    /** Where tunnels to the kernel end. */
    Ip6Address primary() {
        return engine.primaryAddress();
    }

    /** Outer source of what comes through them. */
    Ip6Address endpoint() {
        return engine.endpointAddress();
    }

    private void loop() {
        try {
            while (!ending) {
                while (channel.read(unread) > 0) {
                    takeFrames();
                }
                long nowNs = System.nanoTime();
                if (Engine.isDue(engine.nextDeadlineNs(), nowNs)) {
                    engine.onTimer(nowNs);
                }
                selector.select(key -> {},
                        Math.clamp((engine.nextDeadlineNs() - System.nanoTime()) / 1_000_000, 1, 1000));
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    private void takeFrames() {
        unread.flip();
        while (unread.remaining() >= Integer.BYTES
                && unread.remaining() >= Integer.BYTES + unread.getInt(unread.position())) {
            byte[] octets = new byte[unread.getInt()];
            unread.get(octets);
            onFrame(Frame.wrap(octets));
        }
        unread.compact();
    }

    private void onFrame(Frame frame) {
        if (Ipv6.is(frame) && Ipv6.nextHeader(frame) == Ipv6.NEXT_UDP && Udp.offset(frame) > 0
                && Udp.destinationPort(frame) == Bmx7Engine.PORT) {
            byte[] payload = frame.copyOf(Udp.payloadOffset(frame), Udp.payloadOctets(frame)).toBytes();
            engine.onDatagram(DEVICE, Ipv6.source(frame), payload, System.nanoTime());
        }
    }

    private final class ToTheGuest implements Bmx7Engine.Outbox {
        @Override
        public void send(int device, byte[] payload) {
            Frame frame = Udp.frame6(Ipv6.multicastMac(Bmx7Engine.ALL_ROUTERS), mac.bits(), linkLocal,
                    Bmx7Engine.PORT, Bmx7Engine.ALL_ROUTERS, Bmx7Engine.PORT, payload);
            ByteBuffer packet = ByteBuffer.allocate(Integer.BYTES + frame.length()).putInt(frame.length())
                    .put(frame.toBytes()).flip();
            try {
                while (packet.hasRemaining()) {
                    channel.write(packet);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void report(Bmx7Event event) {}
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
        channel.close();
        selector.close();
        if (failure != null) {
            throw new IllegalStateException("the speaker's loop failed", failure);
        }
    }
}
