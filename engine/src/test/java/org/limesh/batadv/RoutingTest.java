package org.limesh.batadv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.base.Rng;
import org.limesh.batadv.SmallMesh.Link;
import org.limesh.batadv.SmallMesh.Node;
import org.limesh.batadv.SmallMesh.Sent;
import org.limesh.batadv.wire.BatadvHeader;
import org.limesh.batadv.wire.FragmentPacket;
import org.limesh.batadv.wire.OgmIv;
import org.limesh.batadv.wire.UnicastPacket;

class RoutingTest {
    private static final int PACKET = 14;
    private static final long EVERYBODY = 0xffff_ffff_ffffL;

    /** A frame with one OGM, as a neighbour would send it. */
    private static Frame ogm(long sender, long originator, int seqno, int tq, int ttl, int flags) {
        Frame frame = Frame.allocate(PACKET + OgmIv.HEADER_OCTETS);
        frame.putMac(0, EVERYBODY);
        frame.putMac(6, sender);
        frame.put16(12, 0x4305);
        long previous = sender == originator ? originator : 0x02dd_0000_0001L;
        OgmIv.put(frame.array(), frame.offset() + PACKET, ttl, flags, seqno, originator, previous, tq, 0);
        return frame;
    }

    private static List<Sent> repeated(Node node, long originator, long since) {
        return node.sentSince(since, BatadvHeader.IV_OGM).stream().filter(sent -> {
            int at = sent.frame().offset() + PACKET;
            int limit = sent.frame().offset() + sent.frame().length();
            byte[] octets = sent.frame().array();
            while (at + OgmIv.HEADER_OCTETS <= limit) {
                if (Octets.mac(octets, at + OgmIv.ORIGINATOR) == originator) {
                    return true;
                }
                at += OgmIv.HEADER_OCTETS + Octets.u16(octets, at + OgmIv.TVLV_OCTETS);
            }
            return false;
        }).toList();
    }

    @Test
    void ownOgmsLeaveOncePerIntervalWithinTheJitter() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(60);

        List<Sent> own = mesh.get(0).sentSince(0, BatadvHeader.IV_OGM).stream()
                .filter(sent -> sent.frame().mac(PACKET + OgmIv.ORIGINATOR) == mesh.get(0).mac()).toList();

        assertThat(own).hasSizeBetween(58, 61);
        for (int i = 1; i < own.size(); i++) {
            long gap = own.get(i).atNs() - own.get(i - 1).atNs();
            assertThat(gap).isBetween(980 * SmallMesh.MS, 1020 * SmallMesh.MS);
            int seqno = own.get(i).frame().i32(PACKET + OgmIv.SEQNO);
            assertThat(seqno).isEqualTo(own.get(i - 1).frame().i32(PACKET + OgmIv.SEQNO) + 1);
            assertThat(own.get(i).frame().u8(PACKET + OgmIv.TTL)).isEqualTo(50);
            assertThat(own.get(i).frame().u8(PACKET + OgmIv.TQ)).isEqualTo(255);
            assertThat(own.get(i).frame().u8(PACKET + OgmIv.FLAGS)).isZero();
        }
    }

    @Test
    void theFirstEchoSaysThatTheLinkIsNotUsedYet() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(2.5);

        Sent echo = repeated(mesh.get(1), mesh.get(0).mac(), 0).getFirst();
        assertThat(echo.frame().u8(PACKET + OgmIv.TQ)).isZero();
        assertThat(echo.frame().u8(PACKET + OgmIv.FLAGS))
                .isEqualTo(OgmIv.FLAG_DIRECT_LINK | OgmIv.FLAG_NOT_BEST_NEXT_HOP);
        assertThat(echo.frame().u8(PACKET + OgmIv.TTL)).isEqualTo(49);
    }

    @Test
    void secondaryInterfacesSpeakForThemselvesAndOnlyToTheirOwnLink() {
        SmallMesh mesh = SmallMesh.line(3);
        mesh.runSeconds(30);
        Node middle = mesh.get(1);
        long secondary = middle.hardifMac(1).bits();

        assertThat(mesh.get(2).engine.bestTq(secondary)).isGreaterThan(100);
        assertThat(mesh.get(0).engine.bestTq(secondary)).isZero();
        for (Sent sent : middle.sentSince(0, BatadvHeader.IV_OGM)) {
            if (sent.frame().mac(PACKET + OgmIv.ORIGINATOR) == secondary) {
                assertThat(sent.hardif()).isOne();
                assertThat(sent.frame().u8(PACKET + OgmIv.TTL)).isEqualTo(2);
                assertThat(sent.frame().u16(PACKET + OgmIv.TVLV_OCTETS)).isZero();
            }
        }
    }

    @Test
    void theDirectLinkFlagIsSetOnlyWhereTheMessageCameIn() {
        SmallMesh mesh = SmallMesh.line(3);
        mesh.runSeconds(30);
        Node middle = mesh.get(1);

        for (Sent sent : repeated(middle, mesh.get(0).mac(), 0)) {
            if (sent.frame().mac(PACKET + OgmIv.ORIGINATOR) == mesh.get(0).mac()) {
                boolean direct = (sent.frame().u8(PACKET + OgmIv.FLAGS) & OgmIv.FLAG_DIRECT_LINK) != 0;
                assertThat(direct).isEqualTo(sent.hardif() == 0);
            }
        }
    }

    @Test
    void aOneWayLinkIsNeverUsed() {
        SmallMesh mesh = SmallMesh.line(2);
        Node deaf = mesh.get(0);
        Link link = deaf.links.getFirst();
        link.loses = sender -> sender == mesh.get(1);

        mesh.runSeconds(60);

        assertThat(mesh.get(1).engine.nextHopOf(deaf.mac())).isEqualTo(-1);
        assertThat(mesh.get(1).engine.originatorCount()).isOne();
    }

    @Test
    void anotherWayIsTakenWithinAFewIntervalsWhenALinkFails() {
        SmallMesh mesh = new SmallMesh();
        for (int i = 0; i < 4; i++) {
            Node node = mesh.node(BatadvConfig.withInterval(1000));
            node.addHardif(false);
            node.addHardif(false);
        }
        Link short1 = mesh.link(0, 0, 1, 0);
        mesh.link(1, 1, 2, 1);
        mesh.link(0, 1, 3, 0);
        mesh.link(3, 1, 2, 0);
        mesh.runSeconds(90);
        long target = mesh.get(2).mac();
        long via = mesh.get(0).engine.nextHopOf(target);
        Link used = via == mesh.get(1).hardifMac(0).bits() ? short1 : mesh.get(0).links.get(1);

        used.up = false;
        mesh.runSeconds(10);

        assertThat(mesh.get(0).engine.nextHopOf(target)).isNotEqualTo(via).isNotEqualTo(-1);
    }

    @Test
    void aSilentNeighbourIsForgottenAfter200SecondsAndItsOriginatorAfter400() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(60);
        Node node = mesh.get(0);
        long other = mesh.get(1).mac();

        node.links.getFirst().up = false;
        mesh.runSeconds(198);
        assertThat(node.engine.nextHopOf(other)).isEqualTo(other);
        mesh.runSeconds(5);
        assertThat(node.engine.nextHopOf(other)).isEqualTo(-1);
        assertThat(node.engine.snapshot(mesh.now).neighbours()).isEmpty();
        assertThat(node.engine.globalClientCount()).isZero();
        assertThat(node.engine.originatorCount()).isOne();
        mesh.runSeconds(200);

        assertThat(node.engine.originatorCount()).isZero();
        assertThat(node.events).contains(new BatadvEvent.NeighbourLost("if0", new MacAddress(other)),
                new BatadvEvent.OriginatorLost(new MacAddress(other)));
    }

    @Test
    void aNeighbourIsFoundAgainAfterItWasForgotten() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(60);
        mesh.get(0).links.getFirst().up = false;
        mesh.runSeconds(300);

        mesh.get(0).links.getFirst().up = true;
        mesh.runSeconds(80);

        assertThat(mesh.get(0).engine.bestTq(mesh.get(1).mac())).isGreaterThan(250);
        assertThat(mesh.get(0).engine.bestOriginatorOf(mesh.get(1).meshMac().bits(), 0))
                .isEqualTo(mesh.get(1).mac());
    }

    @Test
    void aRestartedOriginatorIsAcceptedOnceAndThenNotForThirtySeconds() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(5);
        Node node = mesh.get(0);
        long peer = 0x02bb_0000_0001L;
        for (int seqno = 1000; seqno < 1010; seqno++) {
            node.engine.onFrame(0, ogm(peer, peer, seqno, 255, 50, 0), mesh.now);
        }

        node.engine.onFrame(0, ogm(peer, peer, 500_000, 255, 50, 0), mesh.now);
        assertThat(node.counters.value("seqno-protected")).isZero();
        node.engine.onFrame(0, ogm(peer, peer, 1, 255, 50, 0), mesh.now);
        assertThat(node.counters.value("seqno-protected")).isOne();
        mesh.runSeconds(31);
        node.engine.onFrame(0, ogm(peer, peer, 1, 255, 50, 0), mesh.now);

        assertThat(node.counters.value("seqno-protected")).isOne();
    }

    @Test
    void messagesMarkedNotBestOrWithTqZeroOrFromOurselvesChangeNothing() {
        SmallMesh mesh = SmallMesh.line(2);
        Node node = mesh.get(0);
        long peer = 0x02bb_0000_0001L;

        node.engine.onFrame(0, ogm(peer, peer, 1, 255, 50, OgmIv.FLAG_NOT_BEST_NEXT_HOP), mesh.now);
        assertThat(node.engine.originatorCount()).isZero();
        node.engine.onFrame(0, ogm(node.mac(), peer, 1, 255, 50, 0), mesh.now);
        assertThat(node.engine.originatorCount()).isZero();
        node.engine.onFrame(0, ogm(peer, peer, 1, 0, 50, 0), mesh.now);

        assertThat(node.engine.snapshot(mesh.now).neighbours()).isEmpty();
        assertThat(repeated(node, peer, 0)).isEmpty();
    }

    @Test
    void aMessageWithItsLastHopIsNotRepeated() {
        SmallMesh mesh = SmallMesh.line(2);
        Node node = mesh.get(0);
        long peer = 0x02bb_0000_0001L;

        node.engine.onFrame(0, ogm(peer, peer, 1, 255, 1, 0), mesh.now);
        node.engine.onFrame(0, ogm(peer, peer, 2, 255, 2, 0), mesh.now);
        mesh.runSeconds(0.5);

        assertThat(repeated(node, peer, 0)).hasSize(1);
    }

    @Test
    void unicastIsNotForwardedOnItsLastHop() {
        SmallMesh mesh = SmallMesh.line(3);
        mesh.runSeconds(30);
        Node middle = mesh.get(1);
        for (int ttl : new int[] {0, 1, 2}) {
            Frame frame = Frame.allocate(PACKET + UnicastPacket.HEADER_OCTETS + 60);
            frame.putMac(0, middle.mac());
            frame.putMac(6, mesh.get(0).mac());
            frame.put16(12, 0x4305);
            UnicastPacket.put(frame.array(), frame.offset() + PACKET, ttl, 1, mesh.get(2).mac());
            frame.putMac(PACKET + UnicastPacket.HEADER_OCTETS, mesh.get(2).meshMac().bits());
            middle.engine.onFrame(0, frame, mesh.now);
        }
        mesh.runSeconds(0.1);

        assertThat(middle.counters.value("drop.batadv.unicast_ttl")).isEqualTo(2);
        assertThat(mesh.get(2).delivered).hasSize(1);
    }

    @Test
    void fragmentsAndUnknownUnicastKindsForOthersArePassedOnAsTheyAre() {
        SmallMesh mesh = SmallMesh.line(3);
        mesh.runSeconds(30);
        Node middle = mesh.get(1);
        for (int type : new int[] {BatadvHeader.UNICAST_FRAGMENT, 0x5a}) {
            long start = mesh.now;
            Frame frame = Frame.allocate(PACKET + 20 + 30);
            frame.putMac(0, middle.mac());
            frame.putMac(6, mesh.get(0).mac());
            frame.put16(12, 0x4305);
            UnicastPacket.put(frame.array(), frame.offset() + PACKET, 50, 7, mesh.get(2).mac());
            frame.put8(PACKET, type);
            // A part of a packet that the next link could not carry whole; else the parts would be joined here.
            frame.put16(PACKET + FragmentPacket.TOTAL_SIZE, 1600);
            frame.put8(PACKET + 49, 0x77);

            middle.engine.onFrame(0, frame, mesh.now);

            Frame passed = middle.sentSince(start, type).getFirst().frame();
            assertThat(passed.u8(PACKET + 2)).isEqualTo(49);
            Frame same = passed.copy();
            same.put8(PACKET + 2, 50);
            same.putMac(0, middle.mac());
            same.putMac(6, mesh.get(0).mac());
            assertThat(same.sameOctets(frame)).isTrue();
            mesh.runSeconds(1);
        }
    }

    @Test
    void radiosRepeatABroadcastThreeTimesFiveMillisecondsApart() {
        SmallMesh mesh = SmallMesh.hub(3, true);
        mesh.runSeconds(30);
        long start = mesh.now;

        mesh.get(0).fromClient(0x02c1_0000_0001L, EVERYBODY);
        mesh.runSeconds(1);

        List<Sent> copies = mesh.get(0).sentSince(start, BatadvHeader.BROADCAST);
        assertThat(copies).extracting(sent -> sent.atNs() - start).containsExactly(0L, 5_000_000L,
                10_000_000L);
        assertThat(mesh.get(1).delivered).hasSize(1);
        assertThat(mesh.get(2).delivered).hasSize(1);
    }

    @Test
    void theRadioPenaltyFallsOnlyOnWhatLeavesByTheSameRadio() {
        SmallMesh wired = SmallMesh.hub(3, false);
        SmallMesh radio = SmallMesh.hub(3, true);
        // A chain on one link: the ends do not hear each other.
        for (SmallMesh mesh : List.of(wired, radio)) {
            chain(mesh);
            mesh.runSeconds(150);
        }

        int overCable = best(wired, 60);
        int overRadio = best(radio, 60);

        assertThat(overCable).isBetween(217, 225);
        assertThat(overRadio).isBetween(217 * 225 / 255, 225 * 225 / 255);
    }

    /** Highest TQ between the ends in a while: dips come from echoes under way. */
    private static int best(SmallMesh mesh, int seconds) {
        int best = 0;
        for (int i = 0; i < seconds; i++) {
            mesh.runSeconds(1);
            best = Math.max(best, mesh.get(0).engine.bestTq(mesh.get(2).mac()));
        }
        return best;
    }

    private static void chain(SmallMesh mesh) {
        Link first = new Link(mesh);
        Link whole = new Link(mesh);
        Link last = new Link(mesh);
        first.join(mesh.get(0), 0).join(mesh.get(1), 0);
        last.join(mesh.get(2), 0).join(mesh.get(1), 0);
        whole.join(mesh.get(1), 0).nodes.addAll(List.of(mesh.get(0), mesh.get(2)));
        whole.hardifs.addAll(List.of(0, 0));
        mesh.get(0).links.set(0, first);
        mesh.get(2).links.set(0, last);
        mesh.get(1).links.set(0, whole);
    }

    /** Follows next hops from everybody to everybody. */
    @Test
    void lossyRandomMeshesHaveNoLastingLoop() {
        for (int seed = 1; seed <= 5; seed++) {
            SmallMesh mesh = random(new Rng(seed), 12);
            int[] looping = new int[144];
            for (int second = 0; second < 120; second++) {
                mesh.runSeconds(1);
                for (int from = 0; from < 12; from++) {
                    for (int to = 0; to < 12; to++) {
                        boolean loop = from != to && loops(mesh, from, to);
                        looping[from * 12 + to] = loop ? looping[from * 12 + to] + 1 : 0;
                        assertThat(looping[from * 12 + to]).as("seed %d, %d to %d", seed, from,
                                to).isLessThan(20);
                    }
                }
            }
        }
    }

    private static SmallMesh random(Rng rng, int count) {
        SmallMesh mesh = new SmallMesh();
        for (int i = 0; i < count; i++) {
            mesh.node(BatadvConfig.withInterval(1000));
        }
        for (int i = 1; i < count; i++) {
            connect(mesh, rng, i, rng.nextInt(i));
        }
        for (int i = 0; i < count; i++) {
            connect(mesh, rng, i, (i + 1 + rng.nextInt(count - 1)) % count);
        }
        return mesh;
    }

    private static void connect(SmallMesh mesh, Rng rng, int a, int b) {
        Link link = mesh.link(a, mesh.get(a).addHardif(false), b, mesh.get(b).addHardif(false));
        double loss = rng.nextDouble() * 0.4;
        link.loses = sender -> rng.nextBoolean(loss);
    }

    private static boolean loops(SmallMesh mesh, int from, int to) {
        int at = from;
        for (int hop = 0; hop < mesh.nodes.size(); hop++) {
            long next = mesh.get(at).engine.nextHopOf(mesh.get(to).mac());
            if (next == -1) {
                return false;
            }
            at = (int) (next >>> 8 & 0xff) - 1;
            if (at == to) {
                return false;
            }
        }
        return true;
    }

    /**
     * Seven by seven nodes with one interface each, heard by the four around. Every OGM is repeated once per
     * node and interval: 24 octets, 16 of table, 8 about multicast. The genuine program, which also says that it
     * has a distributed ARP table, sends 52.
     */
    @Test
    void aGridSendsEachMessageOncePerNode() {
        SmallMesh mesh = grid(7);
        mesh.runSeconds(70);
        long start = mesh.now;
        mesh.runSeconds(30);

        long octets = 0;
        long frames = 0;
        for (Node node : mesh.nodes) {
            for (Sent sent : node.sentSince(start, BatadvHeader.IV_OGM)) {
                octets += sent.frame().length() - PACKET;
                frames++;
            }
        }
        double perNodeSecond = octets / 30.0 / 49;
        System.out.printf("grid: %.0f octets per node and second in %.1f frames, each 14 more%n",
                perNodeSecond, frames / 30.0 / 49);
        assertThat(perNodeSecond).isBetween(49 * 0.9 * 52, 49 * 1.1 * 52);
        assertThat(mesh.get(0).engine.originatorCount()).isEqualTo(48);
        assertThat(mesh.get(24).engine.bestTq(mesh.get(25).mac())).isBetween(251, 255);
        assertThat(mesh.get(24).engine.bestTq(mesh.get(26).mac())).isBetween(217, 225);
    }

    private static SmallMesh grid(int side) {
        SmallMesh mesh = new SmallMesh();
        for (int i = 0; i < side * side; i++) {
            mesh.node(BatadvConfig.withInterval(1000)).addHardif(false);
        }
        for (int i = 0; i < side * side; i++) {
            Link around = new Link(mesh);
            around.join(mesh.get(i), 0);
            for (int j = 0; j < side * side; j++) {
                if (Math.abs(i / side - j / side) + Math.abs(i % side - j % side) == 1) {
                    around.nodes.add(mesh.get(j));
                    around.hardifs.add(0);
                }
            }
        }
        return mesh;
    }

    @Test
    void twoRunsOfTheSameSeedSendTheSameOctets() {
        assertThat(fingerprint()).isEqualTo(fingerprint());
    }

    private static long fingerprint() {
        SmallMesh mesh = random(new Rng(77), 8);
        for (int i = 0; i < 30; i++) {
            mesh.runSeconds(1);
            mesh.get(i % 8).fromClient(0x02c1_0000_0000L + i % 11, EVERYBODY);
        }
        long hash = 0;
        for (Node node : mesh.nodes) {
            for (Sent sent : node.sent) {
                hash = hash * 31 + sent.atNs() * 7 + Arrays.hashCode(sent.frame().toBytes());
            }
        }
        return hash;
    }

    @Test
    void anOriginatorFloodIsBoundedPerNeighbourAndInAll() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(10);
        Node node = mesh.get(0);
        long liar = mesh.get(1).mac();

        for (int i = 0; i < 100_000; i++) {
            node.engine.onFrame(0, ogm(liar, 0x0266_0000_0000L + i, 1, 255, 40, 0), mesh.now);
        }
        assertThat(node.engine.originatorCount()).isLessThanOrEqualTo(BatadvLimits.NEW_ORIGINATORS_BURST + 2);
        assertThat(node.counters.value("table.originator.full")).isGreaterThan(90_000);
        for (int second = 0; second < 100; second++) {
            mesh.runSeconds(1);
            for (int i = 0; i < 1000; i++) {
                node.engine.onFrame(0, ogm(liar, 0x0267_0000_0000L + second * 1000 + i, 1, 255, 40, 0),
                        mesh.now);
            }
        }

        assertThat(node.engine.originatorCount()).isBetween(BatadvLimits.ORIGINATORS_PER_NEIGHBOUR,
                BatadvLimits.ORIGINATORS_PER_NEIGHBOUR + 2);
        assertThat(node.engine.nextHopOf(liar)).isEqualTo(liar);
        assertThat(node.events.stream().filter(BatadvEvent.LimitReached.class::isInstance).count())
                .isLessThanOrEqualTo(3);
        mesh.runSeconds(402);
        assertThat(node.engine.originatorCount()).isOne();
    }
}
