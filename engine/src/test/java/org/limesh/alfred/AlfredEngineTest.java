package org.limesh.alfred;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.limesh.alfred.AlfredConfig.Role;
import org.limesh.alfred.wire.AlfredMessage;
import org.limesh.alfred.wire.DataBlock;
import org.limesh.base.Counters;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

/** Several engines on one link, with a hand-moved clock. */
class AlfredEngineTest {
    private static final long SECOND = 1_000_000_000L;

    /** One link: what an engine sends arrives at once. */
    private static final class Link {
        final List<Peer> peers = new ArrayList<>();
        final Queue<Runnable> inFlight = new ArrayDeque<>();
        long nowNs;
        long recordsSent;

        Peer add(Role role) {
            Peer peer = new Peer(this, peers.size() + 1, role);
            peers.add(peer);
            return peer;
        }

        void run(long seconds) {
            for (long end = nowNs + seconds * SECOND; nowNs < end; nowNs += SECOND / 10) {
                for (Peer peer : peers) {
                    if (peer.up) {
                        peer.engine.onTimer(nowNs);
                    }
                }
                settle();
            }
        }

        void settle() {
            for (Runnable next = inFlight.poll(); next != null; next = inFlight.poll()) {
                next.run();
            }
        }

        long primaries() {
            return peers.stream().filter(peer -> peer.up && peer.engine.isPrimary()).count();
        }
    }

    private static final class Peer implements AlfredEngine.Outbox {
        final Link link;
        final MacAddress mac;
        final AlfredEngine engine;
        final List<AlfredMessage> local = new ArrayList<>();
        final Counters counters = new Counters();
        boolean localClosed;
        boolean up = true;
        /** What layer 2 knows: everybody, but for one test. */
        Predicate<MacAddress> known = unused -> true;

        Peer(Link link, int number, Role role) {
            this.link = link;
            this.mac = new MacAddress(0x02ca_fe00_0000L + number);
            this.engine = new AlfredEngine(new AlfredConfig(mac, "br-lan", "bat0", role,
                    AlfredConfig.DEFAULT_SYNC_PERIOD_MS), counters, new Rng(number), this, link.nowNs);
        }

        void set(int type, String text) {
            engine.set(type, 0, text.getBytes(StandardCharsets.UTF_8), link.nowNs);
        }

        List<String> ask(int type) {
            local.clear();
            localClosed = false;
            engine.onLocal(1, new AlfredMessage.Request(type, 7), link.nowNs);
            link.settle();
            List<String> answers = new ArrayList<>();
            for (AlfredMessage message : local) {
                DataBlock block = ((AlfredMessage.PushData) message).blocks().getFirst();
                answers.add(new String(block.data(), StandardCharsets.UTF_8));
            }
            assertThat(localClosed).isTrue();
            return answers;
        }

        @Override
        public void send(Ip6Address destination, byte[] payload) {
            if (payload[0] == AlfredMessage.PUSH_DATA) {
                link.recordsSent += ((AlfredMessage.PushData) ((org.limesh.base.Decoded.Valid<AlfredMessage>)
                        AlfredMessage.parse(payload)).message()).blocks().size();
            }
            for (Peer peer : link.peers) {
                if (peer.up && (destination.isMulticast() || destination.equals(Ip6Address.linkLocalOf(peer.mac)))) {
                    link.inFlight.add(() -> peer.engine.onDatagram(Ip6Address.linkLocalOf(mac), payload, link.nowNs));
                }
            }
        }

        @Override
        public void reply(int session, AlfredMessage message) {
            local.add(message);
        }

        @Override
        public void close(int session) {
            localClosed = true;
        }

        @Override
        public void report(AlfredEvent event) {}

        @Override
        public int quality(MacAddress server) {
            return 255;
        }

        @Override
        public boolean knows(MacAddress source) {
            return known.test(source);
        }
    }

    private static MacAddress stranger(int number) {
        return new MacAddress(0x0266_0000_0000L + number);
    }

    private static void push(Peer to, MacAddress from, int transaction, int seqno, DataBlock... blocks) {
        to.engine.onDatagram(Ip6Address.linkLocalOf(from),
                new AlfredMessage.PushData(transaction, seqno, List.of(blocks)).emit(), to.link.nowNs);
    }

    private static void end(Peer to, MacAddress from, int transaction, int packets) {
        to.engine.onDatagram(Ip6Address.linkLocalOf(from), new AlfredMessage.StatusTxEnd(transaction, packets).emit(),
                to.link.nowNs);
    }

    @Test
    void factsOfEverybodyCanBeReadEverywhere() {
        Link link = new Link();
        Peer a = link.add(Role.PRIMARY);
        Peer b = link.add(Role.PRIMARY);
        Peer c = link.add(Role.SECONDARY);
        a.set(66, "a");
        b.set(66, "b");
        c.set(66, "c");
        link.run(32);
        for (Peer peer : link.peers) {
            assertThat(peer.ask(66)).as("read at %s", peer.mac).containsExactly("a", "b", "c");
        }
        assertThat(c.ask(99)).isEmpty();
    }

    @Test
    void aRecordIsNeitherSentBackNorRelayedBetweenLivePrimaries() {
        Link link = new Link();
        link.add(Role.PRIMARY).set(66, "a");
        link.add(Role.PRIMARY).set(66, "b");
        link.add(Role.PRIMARY).set(66, "c");
        link.run(31);
        link.recordsSent = 0;
        link.run(10);
        assertThat(link.recordsSent).isEqualTo(3 * 2);
    }

    @Test
    void whatItsSourceClearedDoesNotComeBack() {
        Link link = new Link();
        Peer a = link.add(Role.PRIMARY);
        Peer b = link.add(Role.PRIMARY);
        a.set(66, "old");
        link.run(31);
        assertThat(b.ask(66)).containsExactly("old");
        a.set(66, "");
        link.run(21);
        assertThat(b.ask(66)).containsExactly("");
        link.run(2400);
        assertThat(a.ask(66)).isEmpty();
        assertThat(b.ask(66)).isEmpty();
    }

    @Test
    void aSilentSourceIsForgottenByAllWithinTwoTimeouts() {
        Link link = new Link();
        Peer a = link.add(Role.PRIMARY);
        Peer b = link.add(Role.PRIMARY);
        Peer c = link.add(Role.SECONDARY);
        c.set(66, "c");
        link.run(31);
        assertThat(b.ask(66)).containsExactly("c");
        c.up = false;
        link.run(1300);
        assertThat(a.ask(66)).isEmpty();
        assertThat(b.ask(66)).isEmpty();
    }

    @Test
    void aHundredNodesElectFewPrimariesAndSendFewRecords() {
        Link link = new Link();
        for (int i = 0; i < 100; i++) {
            link.add(Role.ELECTED).set(66, "lease of node " + i);
        }
        link.run(300);
        assertThat(link.primaries()).isBetween(2L, 3L);
        assertThat(link.peers.get(77).ask(66)).hasSize(100);
        for (Peer peer : link.peers) {
            peer.set(66, "again");
        }
        link.recordsSent = 0;
        link.run(10);
        assertThat(link.recordsSent).isLessThanOrEqualTo(10_000);
    }

    @Test
    void whoStopsBeingPrimaryServesAsLongAsOthersTakeItForOne() {
        Link link = new Link();
        Peer retired = link.add(Role.PRIMARY);
        Peer secondary = link.add(Role.SECONDARY);
        link.run(20);
        Peer other = link.add(Role.PRIMARY);
        link.run(20);
        retired.engine.onLocal(1, new AlfredMessage.ModeSwitch(false), link.nowNs);
        // To both primaries the way is equally good; the secondary keeps to the first.
        secondary.set(66, "told after that");
        link.run(25);
        assertThat(retired.ask(66)).containsExactly("told after that");
        assertThat(other.ask(66)).containsExactly("told after that");
        link.run(60);
        push(retired, stranger(1), 5, 0, new DataBlock(stranger(1), 66, 0, new byte[3]));
        end(retired, stranger(1), 5, 1);
        assertThat(retired.counters.of("drop.alfred.not_asked").value()).isPositive();
    }

    @Test
    void nodesThatGetPowerTogetherDoNotAllBecomePrimaries() {
        Link link = new Link();
        for (int i = 0; i < 100; i++) {
            link.add(Role.ELECTED);
        }
        long most = 0;
        for (int second = 0; second < 60; second++) {
            link.run(1);
            most = Math.max(most, link.primaries());
        }
        assertThat(most).isLessThan(10);
    }

    @Test
    void whenThePrimariesDieOthersStepUp() {
        Link link = new Link();
        for (int i = 0; i < 12; i++) {
            link.add(Role.ELECTED);
        }
        link.run(200);
        for (Peer peer : link.peers) {
            peer.up &= !peer.engine.isPrimary();
        }
        link.run(200);
        assertThat(link.primaries()).isBetween(2L, 3L);
    }

    @Test
    void aSecondaryTakesNothingItDidNotAskFor() {
        Link link = new Link();
        Peer secondary = link.add(Role.SECONDARY);
        Ip6Address stranger = Ip6Address.linkLocalOf(MacAddress.parse("02:66:66:66:66:66"));
        secondary.engine.onDatagram(stranger, new AlfredMessage.PushData(5, 0, List.of(
                new DataBlock(MacAddress.parse("02:66:66:66:66:66"), 66, 0, new byte[3]))).emit(), 0);
        secondary.engine.onDatagram(stranger, new AlfredMessage.StatusTxEnd(5, 1).emit(), 0);
        assertThat(secondary.ask(66)).isEmpty();
    }

    @Test
    void transactionsThatNeverEndTakeNoMoreThanAFullStoreAndKeepNobodyOut() {
        Link link = new Link();
        Peer primary = link.add(Role.PRIMARY);
        for (int id = 0; id < 200; id++) {
            for (int seqno = 0; seqno < 10; seqno++) {
                push(primary, stranger(id), id, seqno, new DataBlock(stranger(id), 66, 0, new byte[60_000]));
                assertThat(primary.engine.pendingOctets()).isLessThanOrEqualTo(Transactions.MAX_PENDING_OCTETS);
            }
        }
        assertThat(primary.engine.pendingOctets()).isGreaterThan(Transactions.MAX_PENDING_OCTETS / 2);
        assertThat(primary.counters.snapshot().get("drop.alfred.transactions_full")).isGreaterThanOrEqualTo(136);
        push(primary, stranger(9999), 1, 0, new DataBlock(stranger(9999), 66, 0, new byte[] {'x'}));
        end(primary, stranger(9999), 1, 1);
        assertThat(primary.ask(66)).containsExactly("x");
        link.run(31);
        assertThat(primary.engine.pendingOctets()).isZero();
    }

    @Test
    void aTransactionOfTinyBlocksCountsForWhatItTakesInMemory() {
        Link link = new Link();
        Peer primary = link.add(Role.PRIMARY);
        DataBlock[] tiny = new DataBlock[6000];
        java.util.Arrays.fill(tiny, new DataBlock(stranger(1), 66, 0, new byte[0]));
        for (int seqno = 0; seqno < 40; seqno++) {
            push(primary, stranger(1), 5, seqno, tiny);
        }
        assertThat(primary.engine.pendingOctets()).isLessThanOrEqualTo(Transactions.MAX_PENDING_OCTETS);
        end(primary, stranger(1), 5, 40);
        assertThat(primary.ask(66)).as("the packets that did not fit were dropped").isEmpty();
    }

    @Test
    void aFloodOfInventedSourcesDrivesOutNeitherOwnRecordsNorThoseOfKnownNodes() {
        Link link = new Link();
        Peer primary = link.add(Role.PRIMARY);
        Peer honest = link.add(Role.SECONDARY);
        primary.known = mac -> mac.bits() >>> 32 != 0x0266;
        for (int i = 0; i < 2 * DataStore.MAX_RECORDS; i++) {
            push(primary, stranger(0), i, 0, new DataBlock(stranger(i + 1), 66, 0, new byte[8]));
            end(primary, stranger(0), i, 1);
        }
        assertThat(primary.engine.records(66)).hasSize(DataStore.MAX_RECORDS - DataStore.LOCAL_RECORDS);
        assertThat(primary.counters.snapshot().get("drop.alfred.store_full")).isPositive();
        primary.set(68, "own");
        honest.set(68, "honest");
        link.run(31);
        assertThat(primary.ask(68)).containsExactly("own", "honest");
        assertThat(primary.counters.snapshot().get("alfred.rejected.unknown_source")).isPositive();
    }

    @Test
    void aFloodOfRequestsIsNotAnsweredWithoutEnd() {
        Link link = new Link();
        Peer primary = link.add(Role.PRIMARY);
        primary.engine.set(66, 0, new byte[60_000], link.nowNs);
        long wanted = 4 * AlfredEngine.MAX_ANSWERED_OCTETS / 60_000;
        Ip6Address forged = Ip6Address.linkLocalOf(stranger(1));
        for (int i = 0; i < wanted; i++) {
            primary.engine.onDatagram(forged, new AlfredMessage.Request(66, i).emit(), link.nowNs);
        }
        assertThat(link.recordsSent * 60_000).isLessThanOrEqualTo(AlfredEngine.MAX_ANSWERED_OCTETS)
                .isGreaterThan(AlfredEngine.MAX_ANSWERED_OCTETS * 9 / 10);
        assertThat(primary.counters.snapshot().get("drop.alfred.requests_limited")).isPositive();
        link.run(11);
        long before = link.recordsSent;
        primary.engine.onDatagram(forged, new AlfredMessage.Request(66, 1).emit(), link.nowNs);
        assertThat(link.recordsSent).as("in the next period it answers again").isEqualTo(before + 1);
    }

    @Test
    void nodesThatAskEachOtherDoNotKeepAliveWhatItsSourceDropped() {
        Link link = new Link();
        Peer a = link.add(Role.SECONDARY);
        Peer b = link.add(Role.SECONDARY);
        Peer primary = link.add(Role.PRIMARY);
        Peer gone = link.add(Role.SECONDARY);
        gone.set(68, "gone");
        a.set(68, "a");
        b.set(68, "b");
        link.run(31);
        assertThat(a.ask(68)).contains("gone");
        assertThat(b.ask(68)).contains("gone");
        gone.up = false;
        primary.up = false;
        for (int minute = 0; minute < 21; minute++) {
            a.set(68, "a" + minute);
            b.set(68, "b" + minute);
            a.engine.ask(b.mac, 68, link.nowNs);
            b.engine.ask(a.mac, 68, link.nowNs);
            link.settle();
            link.run(60);
        }
        assertThat(a.ask(68)).containsExactly("a20", "b20");
        assertThat(b.ask(68)).containsExactly("a20", "b20");
    }

    /**
     * What the genuine rule sends per period in the same state: every primary pushes what it has set itself or
     * heard first-hand to every other, back to its source and between live primaries too.
     */
    private static long genuineRecordsPerPeriod(Link link) {
        long sum = 0;
        for (Peer peer : link.peers) {
            AlfredSnapshot known = peer.engine.snapshot(link.nowNs);
            long pushed = known.records().stream().filter(record -> !record.origin().equals("synced")).count();
            sum += peer.engine.isPrimary() ? pushed * known.servers().size() : 0;
        }
        return sum;
    }

    private static Link cloudOfAHundred(Role role) {
        Link link = new Link();
        for (int i = 0; i < 100; i++) {
            link.add(role).set(66, "lease of " + i);
        }
        link.run(180);
        link.recordsSent = 0;
        link.run(10);
        return link;
    }

    @Test
    void aHundredPrimariesSendNoRecordTwiceWhereTheGenuineRuleSendsAHundredTimesAsMany() {
        Link link = cloudOfAHundred(Role.PRIMARY);
        assertThat(link.primaries()).isEqualTo(100);
        assertThat(link.peers.getLast().ask(66)).hasSize(100);
        assertThat(link.recordsSent).isEqualTo(100 * 99);
        assertThat(genuineRecordsPerPeriod(link)).isEqualTo(100 * 100 * 99);
    }

    @Test
    void aHundredNodesThatElectTheirPrimariesSendSomeHundredRecords() {
        Link link = cloudOfAHundred(Role.ELECTED);
        assertThat(link.primaries()).isBetween(2L, 3L);
        assertThat(link.peers.getLast().ask(66)).hasSize(100);
        assertThat(link.recordsSent).isBetween(100L, 500L);
    }
}
