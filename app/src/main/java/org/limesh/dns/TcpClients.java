package org.limesh.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Clients that ask over TCP (RFC 7766): several questions over one connection, answered as answers come. */
final class TcpClients {
    static final int MAX_CONNECTIONS = 64;
    static final int MAX_CONNECTIONS_PER_CLIENT = 8;
    static final int MAX_OPEN_QUESTIONS = 16;
    private static final long IDLE_NS = 10_000_000_000L;
    private static final int LENGTH_OCTETS = 2;

    /** Takes a question. */
    interface Questions {
        void onQuestion(byte[] octets, int length, Asker asker, long nowNs);
    }

    private final Selector selector;
    private final DnsCounters counters;
    private final Questions questions;
    private final List<Connection> connections = new ArrayList<>();

    TcpClients(Selector selector, DnsCounters counters, Questions questions) {
        this.selector = selector;
        this.counters = counters;
        this.questions = questions;
    }

    /** Takes connections from now on. */
    void listen(ServerSocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_ACCEPT, new Ready() {
            @Override
            public void onReady(long nowNs) throws IOException {
                for (SocketChannel client = channel.accept(); client != null; client = channel.accept()) {
                    accept(client, nowNs);
                }
            }

            @Override
            public void onBroken(long nowNs) {
                // Datagrams still are answered.
            }
        });
    }

    private void accept(SocketChannel client, long nowNs) throws IOException {
        InetAddress address = ((InetSocketAddress) client.getRemoteAddress()).getAddress();
        long ofClient = connections.stream().filter(other -> other.address.equals(address)).count();
        if (connections.size() >= MAX_CONNECTIONS || ofClient >= MAX_CONNECTIONS_PER_CLIENT) {
            counters.drop("tcp_limit").increment();
            Forwarder.closeQuietly(client);
            return;
        }
        try {
            client.configureBlocking(false);
            connections.add(new Connection(client, address, nowNs));
        } catch (IOException goneAgain) {
            Forwarder.closeQuietly(client);
        }
    }

    /** Ends connections that are silent. */
    void sweep(long nowNs) {
        for (Connection connection : List.copyOf(connections)) {
            if (nowNs - connection.heardNs > IDLE_NS) {
                connection.close();
            }
        }
    }

    int size() {
        return connections.size();
    }

    void close() {
        List.copyOf(connections).forEach(Connection::close);
    }

    private final class Connection implements Ready, Asker {
        private final SocketChannel channel;
        private final InetAddress address;
        private final SelectionKey key;
        private final ByteBuffer in = ByteBuffer.allocate(LENGTH_OCTETS + Query.MAX_OCTETS);
        private final ArrayDeque<ByteBuffer> out = new ArrayDeque<>();
        private int open;
        private boolean ended;
        private boolean taking;
        private long heardNs;

        Connection(SocketChannel channel, InetAddress address, long nowNs) throws IOException {
            this.channel = channel;
            this.address = address;
            this.heardNs = nowNs;
            this.key = channel.register(selector, SelectionKey.OP_READ, this);
        }

        @Override
        public void onReady(long nowNs) throws IOException {
            if (key.isReadable()) {
                heardNs = nowNs;
                if (channel.read(in) < 0) {
                    ended = true;
                }
                take(nowNs);
            }
            if (channel.isOpen()) {
                write();
                take(nowNs);
            }
        }

        /** Takes what is complete and may be asked now. */
        private void take(long nowNs) throws IOException {
            if (taking) {
                return;
            }
            taking = true;
            while (channel.isOpen() && open < MAX_OPEN_QUESTIONS && in.position() >= LENGTH_OCTETS) {
                int length = in.getShort(0) & 0xffff;
                if (length > Query.MAX_OCTETS) {
                    counters.drop("tcp_length").increment();
                    throw new IOException("too long");
                }
                if (in.position() < LENGTH_OCTETS + length) {
                    break;
                }
                byte[] octets = new byte[length];
                in.flip().position(LENGTH_OCTETS).get(octets);
                in.compact();
                open++;
                counters.queriesTcp.increment();
                questions.onQuestion(octets, length, this, nowNs);
            }
            taking = false;
            settle();
        }

        private void settle() {
            if (ended && open == 0 && out.isEmpty() && !taking) {
                close();
            } else if (key.isValid()) {
                boolean mayRead = !ended && open < MAX_OPEN_QUESTIONS && in.hasRemaining();
                key.interestOps((mayRead ? SelectionKey.OP_READ : 0) | (out.isEmpty() ? 0 : SelectionKey.OP_WRITE));
            }
        }

        @Override
        public InetAddress address() {
            return address;
        }

        @Override
        public boolean isTcp() {
            return true;
        }

        @Override
        public void reply(byte[] octets) {
            if (!channel.isOpen()) {
                return;
            }
            out.add(ByteBuffer.allocate(LENGTH_OCTETS + octets.length).putShort((short) octets.length).put(octets).flip());
            try {
                write();
                // There is room for another one, perhaps.
                take(heardNs);
            } catch (IOException gone) {
                close();
            }
        }

        /** A question counts as open until its answer is written, so one that reads nothing is asked nothing. */
        private void write() throws IOException {
            while (!out.isEmpty()) {
                channel.write(out.peek());
                if (out.peek().hasRemaining()) {
                    break;
                }
                out.remove();
                open--;
            }
            settle();
        }

        /** Whoever writes what is no question over a connection is not understood any further. */
        @Override
        public void drop() {
            close();
        }

        @Override
        public void onBroken(long nowNs) {
            close();
        }

        private void close() {
            Forwarder.closeQuietly(channel);
            connections.remove(this);
        }
    }
}
