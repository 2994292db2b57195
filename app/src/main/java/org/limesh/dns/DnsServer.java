package org.limesh.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.limesh.access.NameTable;
import org.limesh.base.Engine;

/**
 * The DNS server of a node: its sockets and its one thread.
 *
 * <pre>
 *   DnsServer server = DnsServer.open(config, names);    // listens, or an exception that says why not
 *   server.setUpstreams(List.of("9.9.9.9"));
 *   server.setNames(newer);                               // any thread, any time
 *   server.close();
 * </pre>
 */
public final class DnsServer implements AutoCloseable {
    /** So many that wait at once are more than can be answered in time. */
    private static final int BATCH_DATAGRAMS = 512;
    private static final int RECEIVE_BUFFER_OCTETS = 1 << 20;
    private static final long SWEEP_NS = 1_000_000_000L;

    private final DnsCounters counters = new DnsCounters();
    private final QueryHandler handler;
    private final Selector selector;
    private final Forwarder forwarder;
    private final TcpClients tcpClients;
    private final List<SelectableChannel> listening = new ArrayList<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("limesh-dns").unstarted(this::run);
    private final DnsConfig config;
    private volatile boolean stopping;

    private DnsServer(DnsConfig config, int upstreamPort, NameTable names) throws IOException {
        this.config = config;
        this.selector = Selector.open();
        this.handler = new QueryHandler(config, counters, names);
        this.forwarder = new Forwarder(config, upstreamPort, handler, counters, selector);
        this.tcpClients = new TcpClients(selector, counters,
                (octets, length, asker, nowNs) -> handle(octets, length, asker, false, nowNs));
    }

    /**
     * Listens on the anycast addresses and answers from now on.
     *
     * @throws IOException when it cannot, e.g. since another program does
     */
    public static DnsServer open(DnsConfig config, NameTable names) throws IOException {
        return open(config, DnsConfig.PORT, names);
    }

    /** The same, for tests without the right to use port 53. */
    static DnsServer open(DnsConfig config, int upstreamPort, NameTable names) throws IOException {
        DnsServer server = new DnsServer(config, upstreamPort, names);
        try {
            server.listen(Addresses.of(config.anycast4().address()));
            server.listen(Addresses.of(config.anycast6().address()));
            server.thread.start();
            return server;
        } catch (IOException refused) {
            server.closeChannels();
            throw refused;
        }
    }

    private void listen(InetAddress address) throws IOException {
        InetSocketAddress at = new InetSocketAddress(address, config.port());
        StandardProtocolFamily family = address.getAddress().length == 4 ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
        try {
            DatagramChannel udp = DatagramChannel.open(family);
            listening.add(udp);
            udp.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_OCTETS);
            udp.bind(at).configureBlocking(false);
            udp.register(selector, SelectionKey.OP_READ, new UdpPort(udp));
            ServerSocketChannel tcp = ServerSocketChannel.open(family);
            listening.add(tcp);
            int port = ((InetSocketAddress) udp.getLocalAddress()).getPort();
            tcp.bind(new InetSocketAddress(address, port));
            tcpClients.listen(tcp);
        } catch (IOException refused) {
            throw new IOException(at.getAddress().getHostAddress() + " port " + at.getPort() + ": "
                    + refused.getMessage(), refused);
        }
    }

    /** Port of the first address; differs from the configured one when that is 0. */
    int port() throws IOException {
        return ((InetSocketAddress) ((DatagramChannel) listening.getFirst()).getLocalAddress()).getPort();
    }

    /** Any thread. */
    public void setNames(NameTable names) {
        handler.setNames(names);
    }

    /**
     * Where names of others are asked for, in this order. Any thread.
     *
     * @param servers addresses as text; those of this node are left out, it would ask itself
     */
    public void setUpstreams(List<String> servers) {
        List<String> own = List.of(config.anycast4().address().toString(), config.anycast6().address().toString(),
                config.own4().toString(), config.own6().toString());
        handler.setUpstreams(servers.stream().filter(server -> !own.contains(server)).toList());
    }

    /** Any thread; exact when nothing happens meanwhile. */
    public Map<String, Long> counters() {
        return counters.snapshot();
    }

    private void run() {
        long sweepNs = System.nanoTime();
        while (!stopping) {
            try {
                selector.select(waitMs());
            } catch (IOException broken) {
                counters.drop("internal").increment();
            }
            long nowNs = System.nanoTime();
            for (SelectionKey key : selector.selectedKeys()) {
                serve(key, nowNs);
            }
            selector.selectedKeys().clear();
            forwarder.onTimer(nowNs);
            if (nowNs - sweepNs > SWEEP_NS) {
                sweepNs = nowNs;
                tcpClients.sweep(nowNs);
            }
        }
        closeChannels();
    }

    private long waitMs() {
        long deadlineNs = forwarder.nextDeadlineNs();
        long sweepMs = SWEEP_NS / 1_000_000;
        return deadlineNs == Engine.NEVER ? sweepMs
                : Math.clamp((deadlineNs - System.nanoTime()) / 1_000_000 + 1, 1, sweepMs);
    }

    private void serve(SelectionKey key, long nowNs) {
        Ready ready = (Ready) key.attachment();
        try {
            ready.onReady(nowNs);
        } catch (IOException | CancelledKeyException broken) {
            onBroken(key, ready, nowNs);
        } catch (RuntimeException bug) {
            // One strange question must not end the answers to all others.
            counters.drop("internal").increment();
            onBroken(key, ready, nowNs);
        }
    }

    private void onBroken(SelectionKey key, Ready ready, long nowNs) {
        if (!listening.contains(key.channel())) {
            Forwarder.closeQuietly(key.channel());
        }
        ready.onBroken(nowNs);
    }

    private void handle(byte[] octets, int length, Asker asker, boolean overload, long nowNs) {
        switch (handler.handle(octets, length, asker.address(), asker.isTcp(), overload, nowNs)) {
            case QueryHandler.Verdict.Reply(byte[] answer) -> asker.reply(answer);
            case QueryHandler.Verdict.Drop drop -> asker.drop();
            case QueryHandler.Verdict.Ask ask -> forwarder.ask(ask, asker, nowNs);
        }
    }

    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeChannels() {
        forwarder.close();
        tcpClients.close();
        listening.forEach(Forwarder::closeQuietly);
        try {
            selector.close();
        } catch (IOException alreadyBroken) {
            return;
        }
    }

    /** Datagrams to one of the addresses. */
    private final class UdpPort implements Ready {
        private final DatagramChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(Query.MAX_OCTETS + 1);
        private final List<Datagram> batch = new ArrayList<>();

        UdpPort(DatagramChannel channel) {
            this.channel = channel;
        }

        /** First takes all that wait: how many they are tells whether more come than can be answered. */
        @Override
        public void onReady(long nowNs) throws IOException {
            batch.clear();
            while (batch.size() < BATCH_DATAGRAMS) {
                InetSocketAddress from = (InetSocketAddress) channel.receive(buffer.clear());
                if (from == null) {
                    break;
                }
                byte[] octets = new byte[buffer.flip().remaining()];
                buffer.get(octets);
                batch.add(new Datagram(octets, from));
            }
            boolean overload = batch.size() == BATCH_DATAGRAMS;
            for (Datagram datagram : batch) {
                // Nobody can be answered at port 0.
                if (datagram.from.getPort() == 0) {
                    counters.drop("foreign_client").increment();
                } else {
                    handle(datagram.octets, datagram.octets.length, new UdpAsker(channel, datagram.from), overload,
                            nowNs);
                }
            }
        }

        @Override
        public void onBroken(long nowNs) {
            // The next datagram may be a better one; the socket stays.
        }
    }

    private record Datagram(byte[] octets, InetSocketAddress from) {}

    private record UdpAsker(DatagramChannel channel, InetSocketAddress from) implements Asker {
        @Override
        public InetAddress address() {
            return from.getAddress();
        }

        @Override
        public boolean isTcp() {
            return false;
        }

        @Override
        public void reply(byte[] answer) {
            try {
                channel.send(ByteBuffer.wrap(answer), from);
            } catch (IOException unreachable) {
                // The client went away, or its neighbour entry did; it will ask again.
                return;
            }
        }
    }
}
