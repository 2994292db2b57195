package org.limesh.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/**
 * Asks other servers. One question is asked once, however many clients wait for it.
 *
 * <pre>
 *   ask ─→ server 1 ──0.8 s──→ server 2 ──0.8 s──→ ... ──5 s after the start──→ SERVFAIL
 *             │ answer                 to the clients, into the cache; this server is asked first next time
 *             │ cut off (TC)           the same over TCP
 *             │ SERVFAIL, REFUSED      the next server at once; given on when it was the last
 *             └ of another question    counted; the right one may still come
 *   no server can be reached ─→ REFUSED
 * </pre>
 *
 * Each try has a socket of its own, connected to the server, so its port is random and the kernel drops what
 * others send; and a random id. The thread of the selector calls everything here.
 */
final class Forwarder {
    static final int MAX_WAITING = 128;
    static final int MAX_ASKERS = 32;
    static final int MAX_TRIES = 6;
    private static final long TRY_NS = 800_000_000L;
    private static final long GIVE_UP_NS = 5_000_000_000L;
    private static final int MAX_UDP_OCTETS = 4096;
    private static final int LENGTH_OCTETS = 2;

    private record Waiter(Query query, Asker asker) {}

    private final DnsConfig config;
    private final int port;
    private final QueryHandler handler;
    private final DnsCounters counters;
    private final Selector selector;
    private final SecureRandom random = new SecureRandom();
    private final Map<AnswerCache.Key, Question> waiting = new LinkedHashMap<>();
    private String lastGood = "";

    /** @param port where other servers listen: 53 but in tests */
    Forwarder(DnsConfig config, int port, QueryHandler handler, DnsCounters counters, Selector selector) {
        this.config = config;
        this.port = port;
        this.handler = handler;
        this.counters = counters;
        this.selector = selector;
    }

    void ask(QueryHandler.Verdict.Ask ask, Asker asker, long nowNs) {
        Question question = waiting.get(ask.key());
        if (question == null && waiting.size() >= MAX_WAITING
                || question != null && question.waiters.size() >= MAX_ASKERS) {
            counters.drop("too_many_waiting").increment();
            fail(new Waiter(ask.query(), asker), Rcode.SERVFAIL);
            return;
        }
        if (question != null) {
            question.waiters.add(new Waiter(ask.query(), asker));
            return;
        }
        counters.forwarded.increment();
        Question fresh = new Question(ask, nowNs);
        fresh.waiters.add(new Waiter(ask.query(), asker));
        waiting.put(ask.key(), fresh);
        fresh.tryNext(nowNs);
    }

    private void fail(Waiter waiter, int rcode) {
        counters.failed.increment();
        waiter.asker.reply(waiter.query.answer(rcode)
                .toWire(QueryHandler.limit(waiter.query, waiter.asker.isTcp())));
    }

    /** When {@link #onTimer} has something to do. */
    long nextDeadlineNs() {
        long nextNs = Engine.NEVER;
        for (Question question : waiting.values()) {
            nextNs = Engine.earlier(nextNs, Engine.earlier(question.nextTryNs, question.giveUpNs));
        }
        return nextNs;
    }

    void onTimer(long nowNs) {
        for (Question question : List.copyOf(waiting.values())) {
            if (Engine.isDue(question.giveUpNs, nowNs)) {
                question.giveUp(Rcode.SERVFAIL, nowNs);
            } else if (Engine.isDue(question.nextTryNs, nowNs)) {
                question.tryNext(nowNs);
            }
        }
    }

    void close() {
        waiting.values().forEach(Question::closeTries);
        waiting.clear();
    }

    /** One question, and who waits for its answer. */
    private final class Question {
        private final QueryHandler.Verdict.Ask ask;
        private final List<Waiter> waiters = new ArrayList<>();
        private final List<SelectableChannel> tries = new ArrayList<>();
        private final int first;
        private final int maxTries;
        private final long giveUpNs;
        private long nextTryNs;
        private int tried;
        /** A server that does not know OPT was met. */
        private boolean plain;
        private KnownAnswer badAnswer;

        Question(QueryHandler.Verdict.Ask ask, long nowNs) {
            this.ask = ask;
            this.first = Math.max(0, ask.servers().indexOf(lastGood));
            this.maxTries = Math.min(MAX_TRIES, 2 * ask.servers().size());
            this.giveUpNs = nowNs + GIVE_UP_NS;
            this.nextTryNs = nowNs;
        }

        /** @return false when there is nothing left to try */
        boolean tryNext(long nowNs) {
            while (tried < maxTries) {
                String server = ask.servers().get((first + tried++) % ask.servers().size());
                if (tries.size() > 0) {
                    counters.repeated.increment();
                }
                try {
                    new UdpTry(this, server);
                    nextTryNs = nowNs + TRY_NS;
                    return true;
                } catch (IOException | IllegalArgumentException unreachable) {
                    // No route to it, or no address: the next one.
                    continue;
                }
            }
            nextTryNs = giveUpNs;
            if (tries.isEmpty()) {
                giveUp(Rcode.REFUSED, nowNs);
            }
            return false;
        }

        /** A try ended without an answer, e.g. since nothing listens there. */
        void onBroken(SelectableChannel channel, long nowNs) {
            tries.remove(channel);
            if (waiting.get(ask.key()) == this) {
                tryNext(nowNs);
            }
        }

        void giveUp(int rcode, long nowNs) {
            if (waiting.get(ask.key()) != this) {
                return;
            }
            remove();
            for (Waiter waiter : waiters) {
                if (badAnswer != null) {
                    give(waiter, badAnswer, nowNs);
                } else {
                    fail(waiter, rcode);
                }
            }
        }

        private void remove() {
            closeTries();
            waiting.remove(ask.key(), this);
        }

        void closeTries() {
            for (SelectableChannel channel : tries) {
                closeQuietly(channel);
            }
            tries.clear();
        }

        private void give(Waiter waiter, KnownAnswer answer, long nowNs) {
            counters.answered.increment();
            waiter.asker.reply(answer.answerTo(waiter.query, QueryHandler.limit(waiter.query, waiter.asker.isTcp()),
                    nowNs));
        }

        /**
         * @param source where the question left from, or null when it went over TCP
         * @return false when the right answer may still come the same way
         */
        boolean onAnswer(byte[] octets, int length, int id, String server, InetAddress source, long nowNs) {
            return switch (KnownAnswer.parse(octets, length, id, ask.query().question(), nowNs)) {
                case Decoded.Malformed<KnownAnswer>(String fault, int unused) -> {
                    counters.drop(fault).increment();
                    yield false;
                }
                case Decoded.Valid<KnownAnswer>(KnownAnswer answer) -> {
                    onAnswer(answer, server, source, nowNs);
                    yield true;
                }
            };
        }

        private void onAnswer(KnownAnswer answer, String server, InetAddress source, long nowNs) {
            int rcode = answer.rcode();
            if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
                badAnswer = answer;
                plain |= rcode == Rcode.FORMERR || rcode == Rcode.NOTIMP || rcode == Rcode.BADVERS;
                if (!tryNext(nowNs)) {
                    giveUp(Rcode.SERVFAIL, nowNs);
                }
                return;
            }
            if (answer.isTruncated() && source != null && openTcp(server, source)) {
                return;
            }
            lastGood = server;
            remove();
            if (ask.guarded() && answer.isRebinding()) {
                counters.drop("rebinding").increment();
                for (Waiter waiter : waiters) {
                    waiter.asker.reply(waiter.query.answer(Rcode.NOERROR)
                            .toWire(QueryHandler.limit(waiter.query, waiter.asker.isTcp())));
                }
                return;
            }
            handler.learn(ask.key(), answer);
            waiters.forEach(waiter -> give(waiter, answer, nowNs));
        }

        private boolean openTcp(String server, InetAddress source) {
            try {
                new TcpTry(this, server, source);
                return true;
            } catch (IOException unreachable) {
                return false;
            }
        }

        byte[] octets(int id) {
            Query query = ask.query();
            Message message = new Message(id);
            message.getHeader().setFlag(Flags.RD);
            if (query.has(Query.FLAG_CHECKING_DISABLED)) {
                message.getHeader().setFlag(Flags.CD);
            }
            message.addRecord(query.question(), Section.QUESTION);
            if (!plain) {
                message.addRecord(new OPTRecord(Query.EDNS_OCTETS, 0, 0,
                        query.wantsSignatures() ? ExtendedFlags.DO : 0), Section.ADDITIONAL);
            }
            return message.toWire();
        }
    }

    // ---- tries --------------------------------------------------------------------------------------

    private final class UdpTry implements Ready {
        private final Question question;
        private final String server;
        private final DatagramChannel channel;
        private final int id = random.nextInt(1 << 16);

        UdpTry(Question question, String server) throws IOException {
            this.question = question;
            this.server = server;
            InetSocketAddress to = new InetSocketAddress(Addresses.parse(server), port);
            this.channel = connected(to, null);
            try {
                channel.configureBlocking(false);
                channel.write(ByteBuffer.wrap(question.octets(id)));
                channel.register(selector, SelectionKey.OP_READ, this);
            } catch (IOException unreachable) {
                closeQuietly(channel);
                throw unreachable;
            }
            question.tries.add(channel);
        }

        private InetAddress source() throws IOException {
            return ((InetSocketAddress) channel.getLocalAddress()).getAddress();
        }

        /** @param source to send from, or null for the kernel's choice */
        private DatagramChannel connected(InetSocketAddress to, InetAddress source) throws IOException {
            DatagramChannel made = DatagramChannel.open(
                    to.getAddress() instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
            try {
                if (source != null) {
                    made.bind(new InetSocketAddress(source, 0));
                }
                made.connect(to);
                if (source == null && isAnycast(made)) {
                    made.close();
                    return connected(to, own(to));
                }
                return made;
            } catch (IOException unreachable) {
                closeQuietly(made);
                throw unreachable;
            }
        }

        @Override
        public void onReady(long nowNs) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(MAX_UDP_OCTETS);
            while (channel.isOpen() && channel.read(buffer.clear()) > 0) {
                if (question.onAnswer(buffer.array(), buffer.position(), id, server, source(), nowNs)) {
                    return;
                }
            }
        }

        @Override
        public void onBroken(long nowNs) {
            question.onBroken(channel, nowNs);
        }
    }

    private final class TcpTry implements Ready {
        private final Question question;
        private final String server;
        private final SocketChannel channel;
        private final int id = random.nextInt(1 << 16);
        private final ByteBuffer out;
        private final ByteBuffer length = ByteBuffer.allocate(LENGTH_OCTETS);
        private ByteBuffer in;

        TcpTry(Question question, String server, InetAddress source) throws IOException {
            this.question = question;
            this.server = server;
            byte[] octets = question.octets(id);
            this.out = ByteBuffer.allocate(LENGTH_OCTETS + octets.length).putShort((short) octets.length).put(octets).flip();
            this.channel = SocketChannel.open();
            try {
                channel.configureBlocking(false);
                channel.bind(new InetSocketAddress(source, 0));
                channel.connect(new InetSocketAddress(Addresses.parse(server), port));
                channel.register(selector, SelectionKey.OP_CONNECT, this);
            } catch (IOException unreachable) {
                closeQuietly(channel);
                throw unreachable;
            }
            question.tries.add(channel);
        }

        @Override
        public void onReady(long nowNs) throws IOException {
            SelectionKey key = channel.keyFor(selector);
            if (key == null || !key.isValid()) {
                return;
            }
            if (key.isConnectable() && !channel.finishConnect()) {
                return;
            }
            if (out.hasRemaining()) {
                channel.write(out);
                key.interestOps(out.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
                return;
            }
            if (in == null) {
                if (channel.read(length) < 0) {
                    throw new IOException("closed");
                }
                if (length.hasRemaining()) {
                    return;
                }
                in = ByteBuffer.allocate(length.getShort(0) & 0xffff);
            }
            if (in.hasRemaining() && channel.read(in) < 0) {
                throw new IOException("closed");
            }
            if (!in.hasRemaining() && !question.onAnswer(in.array(), in.limit(), id, server, null, nowNs)) {
                throw new IOException("a wrong answer");
            }
        }

        @Override
        public void onBroken(long nowNs) {
            question.onBroken(channel, nowNs);
        }
    }

    private boolean isAnycast(NetworkChannel channel) throws IOException {
        InetAddress local = ((InetSocketAddress) channel.getLocalAddress()).getAddress();
        return local.equals(Addresses.of(config.anycast4().address()))
                || local.equals(Addresses.of(config.anycast6().address()));
    }

    private InetAddress own(InetSocketAddress to) {
        return to.getAddress() instanceof Inet4Address ? Addresses.of(config.own4()) : Addresses.of(config.own6());
    }

    static void closeQuietly(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException alreadyBroken) {
            // Closing is all that is wanted.
            return;
        }
    }
}
