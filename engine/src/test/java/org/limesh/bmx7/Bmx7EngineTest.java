package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.FMetric;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;
import org.limesh.bmx7.TestMesh.Node;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.IpNet;

/** Engines among themselves, with a clock moved by hand. */
class Bmx7EngineTest {
    private static long sentMetric(Bmx7Route route) {
        return FMetric.rounded11(route.metricBps());
    }

    private static double secondsAfter(Node node, long beginNs, java.util.function.Predicate<Bmx7Event> wanted) {
        for (int i = 0; i < node.events.size(); i++) {
            if (node.eventNs.get(i) > beginNs && wanted.test(node.events.get(i))) {
                return (node.eventNs.get(i) - beginNs) / (double) TestMesh.SECOND;
            }
        }
        return -1;
    }

    private static boolean isLoss(Bmx7Event event, Node of) {
        return event instanceof Bmx7Event.RouteChanged changed && changed.to() == null
                && changed.node().equals(of.key.publicKey().nodeId());
    }

    @Test
    void twoNodesAreNeighboursWithRoutesWithinTenSeconds() {
        TestMesh mesh = TestMesh.line(2);
        assertThat(mesh.secondsUntil(mesh::allRoutes, 10)).isBetween(0.0, 10.0);
        mesh.runSeconds(50);
        assertThat(sentMetric(mesh.get(0).routeTo(mesh.get(1)))).isEqualTo(998_244_352);
        assertThat(mesh.get(0).routeTo(mesh.get(1)).nextHop().linkLocal()).isEqualTo(mesh.get(1).address(0));
        assertThat(mesh.get(0).drops() + mesh.get(1).drops()).isZero();
    }

    @Test
    void aLineOfThreeHasTheMetricsOfTheCapture() {
        TestMesh mesh = TestMesh.line(3);
        assertThat(mesh.secondsUntil(mesh::allRoutes, 15)).isBetween(0.0, 15.0);
        mesh.runSeconds(50);
        assertThat(sentMetric(mesh.get(0).routeTo(mesh.get(1)))).isEqualTo(998_244_352);
        assertThat(sentMetric(mesh.get(0).routeTo(mesh.get(2)))).isEqualTo(704_643_072);
        assertThat(sentMetric(mesh.get(2).routeTo(mesh.get(0)))).isEqualTo(704_643_072);
        assertThat(mesh.get(0).routeTo(mesh.get(2)).nextHop().linkLocal()).isEqualTo(mesh.get(1).address(0));
    }

    /** The genuine program: 19.7 s next to the dead node, 67.5 s behind that. Ours passes the loss on. */
    @Test
    void aDeadNodeIsGivenUpByTheWholeLineWhenItsNeighbourGivesItUp() {
        TestMesh mesh = TestMesh.line(4);
        mesh.runSeconds(60);
        mesh.get(3).stop();
        long died = mesh.now;
        mesh.runSeconds(30);
        double next = secondsAfter(mesh.get(2), died, event -> isLoss(event, mesh.get(3)));
        double behind = secondsAfter(mesh.get(0), died, event -> isLoss(event, mesh.get(3)));
        assertThat(next).isBetween(17.0, 19.7);
        assertThat(behind).isBetween(next, next + 1.5);
        assertThat(mesh.get(0).routeTo(mesh.get(1))).isNotNull();
        mesh.runSeconds(180);
        assertThat(mesh.get(0).events).anyMatch(event -> event instanceof Bmx7Event.NodeForgotten gone
                && gone.hostname().equals("node4"));
    }

    @Test
    void aDeviceMayComeAndGoAThousandTimes() {
        TestMesh mesh = TestMesh.line(2);
        mesh.runSeconds(30);
        Node node = mesh.get(0);
        int number = 0;
        // Four times round, so that it ends as the number that the cable of this test knows.
        for (int i = 0; i < 4 * 255; i++) {
            node.engine.removeDevice(number, mesh.now);
            number = node.engine.addDevice("dev0", node.address(0), LinkLayer.LAN, 0, 0, mesh.now);
            assertThat(number).isEqualTo((i + 1) % 255);
        }
        mesh.runSeconds(60);
        assertThat(node.routeTo(mesh.get(1))).isNotNull();
        assertThat(mesh.get(1).routeTo(node)).isNotNull();
    }

    @Test
    void aCutDeviceIsGivenUpAtOnce() {
        TestMesh mesh = TestMesh.line(3);
        mesh.runSeconds(60);
        mesh.get(1).engine.removeDevice(1, mesh.now);
        long cut = mesh.now;
        mesh.runSeconds(5);
        assertThat(mesh.get(1).routeTo(mesh.get(2))).isNull();
        assertThat(secondsAfter(mesh.get(0), cut, event -> isLoss(event, mesh.get(2)))).isBetween(0.0, 1.5);
        // The description with one device less reached the other neighbour, and its routes never went.
        assertThat(mesh.get(0).events).anyMatch(event -> event instanceof Bmx7Event.DescriptionAccepted accepted
                && accepted.hostname().equals("node2") && accepted.descSqn() == 12 && !accepted.restarted());
        assertThat(mesh.get(0).routeTo(mesh.get(1))).isNotNull();
    }

    /** Published of the genuine program: 8.2 s. */
    @Test
    void anotherWayIsTakenNoLaterThanTheGenuineProgramTakesIt() {
        TestMesh mesh = new TestMesh();
        for (int i = 0; i < 4; i++) {
            mesh.node();
        }
        TestMesh.Link upper = mesh.cable(mesh.get(0), mesh.get(1));
        mesh.cable(mesh.get(0), mesh.get(2));
        TestMesh.Link upperFar = mesh.cable(mesh.get(1), mesh.get(3));
        TestMesh.Link lowerFar = mesh.cable(mesh.get(2), mesh.get(3));
        mesh.nodes.forEach(Node::start);
        mesh.runSeconds(60);
        boolean throughUpper = mesh.get(0).routeTo(mesh.get(3)).nextHop().linkLocal().equals(mesh.get(1).address(0));
        Node used = mesh.get(throughUpper ? 1 : 2);
        (throughUpper ? upper : mesh.get(0).links.get(1)).up = false;
        (throughUpper ? upperFar : lowerFar).up = false;
        double seconds = mesh.secondsUntil(() -> mesh.get(0).routeTo(mesh.get(3)) != null && !mesh.get(0)
                .routeTo(mesh.get(3)).nextHop().linkLocal().equals(used.address(0)), 20);
        assertThat(seconds).isBetween(0.0, 8.2);
    }

    @Test
    void aRestartedNodeIsLearntAnewAndHasRoutesAgain() {
        TestMesh mesh = TestMesh.line(3);
        mesh.runSeconds(30);
        mesh.get(2).stop();
        mesh.runSeconds(3);
        mesh.get(2).start();
        long restarted = mesh.now;
        double seconds = mesh.secondsUntil(() -> secondsAfter(mesh.get(0), restarted,
                event -> event instanceof Bmx7Event.DescriptionAccepted accepted && accepted.restarted()) > 0
                && mesh.allRoutes(), 40);
        assertThat(seconds).isBetween(0.0, 25.0);
        assertThat(mesh.get(2).lastDescSqn).isEqualTo(111);
    }

    @Test
    void aNodeThatLostItsDescriptionNumberOutbidsItsEarlierLife() {
        TestMesh mesh = TestMesh.line(2);
        mesh.get(1).stop();
        mesh.get(1).lastDescSqn = 500;
        mesh.get(1).start();
        mesh.runSeconds(30);
        mesh.get(1).stop();
        mesh.get(1).lastDescSqn = 0;
        mesh.get(1).start();
        assertThat(mesh.secondsUntil(() -> mesh.allRoutes() && mesh.get(1).lastDescSqn > 600, 120)).isBetween(0.0, 120.0);
    }

    @Test
    void descriptionNumbersGoOnWhereASignedNumberWouldTurn() {
        assertThat(Bmx7Config.clearOf(11)).isEqualTo(110);
        assertThat(Integer.toUnsignedString(Bmx7Config.clearOf(0x8000_0000))).isEqualTo("2147483710");
        assertThat(Integer.toUnsignedString(Bmx7Config.clearOf(-1))).isEqualTo("4294967294");
    }

    @Test
    void aLossyLineStillHasRoutes() {
        TestMesh mesh = TestMesh.line(4);
        mesh.nodes.forEach(node -> node.links.forEach(link -> link.loss = 0.2));
        assertThat(mesh.secondsUntil(mesh::allRoutes, 60)).isBetween(0.0, 60.0);
        mesh.runSeconds(120);
        assertThat(mesh.allRoutes()).isTrue();
    }

    @Test
    void aGridOfTwentyFiveFindsAllRoutesWithoutLoops() {
        TestMesh mesh = TestMesh.grid(5);
        // The genuine program needs 47 s.
        assertThat(mesh.secondsUntil(mesh::allRoutes, 47)).isBetween(0.0, 47.0);
        for (int step = 0; step < 20; step++) {
            mesh.runSeconds(3);
            if (step == 10) {
                mesh.get(12).stop();
            }
            for (Node from : mesh.nodes) {
                for (Node to : mesh.nodes) {
                    if (from != to && from.engine != null) {
                        assertThat(hops(mesh, from, to)).as("%d to %d", from.number, to.number).isLessThanOrEqualTo(25);
                    }
                }
            }
        }
        assertThat(mesh.nodes.stream().mapToLong(Node::drops).sum()).isZero();
    }

    /** Steps of the way, 0 when it ends early, 26 when it goes round. */
    private static int hops(TestMesh mesh, Node from, Node to) {
        Node at = from;
        for (int hop = 1; hop <= 25; hop++) {
            Bmx7Route route = at.engine == null ? null : at.routeTo(to);
            if (route == null) {
                return 0;
            }
            for (Node next : mesh.nodes) {
                for (int device = 0; device < next.links.size(); device++) {
                    if (next.address(device).equals(route.nextHop().linkLocal())) {
                        at = next;
                    }
                }
            }
            if (at == to) {
                return hop;
            }
        }
        return 26;
    }

    /** Octets per second against the captures: pair 128.6 and line's ends 131.3 and 135.2, its middle 149.7 per device. */
    @Test
    void speaksAsMuchAsTheGenuineProgram() {
        assertThat(steadyRates(TestMesh.line(2))).allSatisfy(rate -> assertThat(rate / 128.6).isBetween(0.95, 1.05));
        List<Double> line = steadyRates(TestMesh.line(3));
        assertThat(line.get(0) / 131.3).isBetween(0.95, 1.05);
        assertThat(line.get(1) / 2 / 149.7).isBetween(0.95, 1.05);
        assertThat(line.get(2) / 135.2).isBetween(0.95, 1.05);
    }

    /** The genuine program forgets who it heard of exactly 6.464 s ago. */
    @Test
    void speaksOfItselfInTimeForTheGenuineProgram() {
        TestMesh mesh = TestMesh.line(2);
        List<Long> spoken = new ArrayList<>();
        mesh.get(0).tap = payload -> {
            if (Bmx7Packet.parse(payload) instanceof Decoded.Valid<Bmx7Packet>(Bmx7Packet packet)
                    && packet.frames().stream().anyMatch(frame -> frame instanceof Bmx7Frame.OgmAdv adv
                    && adv.entries().stream().anyMatch(entry -> entry.iid() == Bmx7Limits.OWN_IID))) {
                spoken.add(mesh.now);
            }
        };
        mesh.runSeconds(15);
        spoken.subList(0, spoken.size() - 1).clear();
        mesh.runSeconds(600);
        assertThat(spoken.size()).isBetween(94, 110);
        for (int i = 1; i < spoken.size(); i++) {
            assertThat(spoken.get(i) - spoken.get(i - 1)).isBetween(5_400 * TestMesh.MS, 6_430 * TestMesh.MS);
        }
    }

    /** With the start: 192.4 and 186.5 octets per second in the first 59 s of the pair. */
    @Test
    void startsWithNoMoreThanTheGenuineProgram() {
        TestMesh mesh = TestMesh.line(2);
        mesh.runSeconds(59);
        assertThat(mesh.nodes).allSatisfy(node -> assertThat(node.sentOctets / 59.0 / 189.5).isBetween(0.8, 1.1));
    }

    private static List<Double> steadyRates(TestMesh mesh) {
        mesh.runSeconds(30);
        List<Long> before = mesh.nodes.stream().map(node -> node.sentOctets).toList();
        mesh.runSeconds(120);
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            rates.add((mesh.get(i).sentOctets - before.get(i)) / 120.0);
        }
        return rates;
    }

    @Test
    void radiosPassOnTheHistoryOfTheirChannels() {
        TestMesh mesh = new TestMesh();
        for (int i = 0; i < 4; i++) {
            mesh.node();
        }
        mesh.radio(36, mesh.get(0), mesh.get(1));
        mesh.radio(36, mesh.get(1), mesh.get(2));
        mesh.radio(1, mesh.get(2), mesh.get(3));
        mesh.nodes.forEach(Node::start);
        mesh.runSeconds(90);
        assertThat(sentMetric(mesh.get(0).routeTo(mesh.get(1)))).isEqualTo(22_282_240);
        assertThat(sentMetric(mesh.get(0).routeTo(mesh.get(2)))).isEqualTo(11_141_120);
        assertThat(sentMetric(mesh.get(0).routeTo(mesh.get(3)))).isEqualTo(7_405_568);
    }

    @Test
    void moreThanSeventeenNeighboursAreSignedForWithOneSignature() {
        TestMesh mesh = new TestMesh();
        TestMesh.Link hub = new TestMesh.Link(mesh, LinkLayer.LAN, 0);
        for (int i = 0; i < 20; i++) {
            hub.join(mesh.node());
        }
        mesh.nodes.forEach(Node::start);
        assertThat(mesh.secondsUntil(mesh::allRoutes, 40)).isBetween(0.0, 40.0);
        mesh.runSeconds(30);
        assertThat(mesh.get(0).engine.snapshot(mesh.now).links()).hasSize(19);
        assertThat(mesh.nodes.stream().mapToLong(Node::drops).sum()).isZero();
        assertThat(mesh.cache.signaturesVerified()).isGreaterThan(100);
    }

    @Test
    void networksAreRoutedAndTheSecondToClaimOneIsRefused() {
        TestMesh mesh = TestMesh.line(3);
        Ip6Prefix network = Ip6Prefix.parse("fd11:c::/48");
        mesh.runSeconds(20);
        mesh.get(2).engine.announce(new Announcement(List.of(network), List.of(), List.of()), mesh.now);
        mesh.runSeconds(20);
        assertThat(mesh.get(0).engine.routes()).anyMatch(route -> route.network().equals(network)
                && route.nextHop().linkLocal().equals(mesh.get(1).address(0)));
        mesh.get(0).engine.announce(new Announcement(List.of(Ip6Prefix.parse("fd11:c:0:1::/64")), List.of(), List.of()),
                mesh.now);
        mesh.runSeconds(20);
        assertThat(mesh.get(1).events).anyMatch(event -> event instanceof Bmx7Event.DescriptionRefused refused
                && refused.fault().contains("fd11:c:0:1::/64"));
        assertThat(mesh.get(1).engine.routes()).noneMatch(route -> route.network().lengthBits() == 64);
    }

    @Test
    void aLongDescriptionIsCutCompressedAndPutTogetherAgain() {
        TestMesh mesh = TestMesh.line(3);
        List<Ip6Prefix> networks = new ArrayList<>();
        for (int i = 0; i < 260; i++) {
            networks.add(Ip6Prefix.parse("fd22:" + Integer.toHexString(i * 977 & 0xffff) + ":"
                    + Integer.toHexString(i * 31_337 & 0xffff) + ":" + Integer.toHexString(i) + "::/64"));
        }
        mesh.get(0).engine.announce(new Announcement(networks, List.of(), List.of()), mesh.now);
        mesh.runSeconds(40);
        assertThat(mesh.get(2).engine.routes()).filteredOn(route -> route.owner().equals(mesh.get(0).key.publicKey().nodeId()))
                .hasSize(261);
    }

    @Test
    void offersOfTunnelsAreFoundAcrossTheLine() {
        TestMesh mesh = TestMesh.line(3);
        mesh.get(0).engine.announce(new Announcement(List.of(), List.of(new Announcement.TunDev("main",
                Ip4Prefix.parse("10.13.1.1/16"), null, null, null)), List.of()), mesh.now);
        mesh.get(0).engine.searchTunnels(List.of(TunOut.of("inet4", IpNet.parse("0.0.0.0/0")).maxPrefixLen(0)), mesh.now);
        for (int gateway : new int[] {1, 2}) {
            mesh.get(gateway).engine.announce(offering(gateway), mesh.now);
        }
        mesh.runSeconds(40);
        assertThat(mesh.get(0).engine.tunnels()).filteredOn(TunnelChoice::active).singleElement()
                .satisfies(choice -> assertThat(choice.offer().hostname()).isEqualTo("node2"));
        // The near exit loses its uplink and says so.
        mesh.get(1).engine.announce(Announcement.NOTHING, mesh.now);
        long withdrawn = mesh.now;
        mesh.runSeconds(10);
        assertThat(mesh.get(0).engine.tunnels()).filteredOn(TunnelChoice::active).singleElement()
                .satisfies(choice -> assertThat(choice.offer().hostname()).isEqualTo("node3"));
        assertThat(secondsAfter(mesh.get(0), withdrawn, event -> event instanceof Bmx7Event.TunnelsChanged))
                .isBetween(0.0, 5.0);
    }

    private static Announcement offering(int number) {
        return new Announcement(List.of(), List.of(new Announcement.TunDev("main",
                Ip4Prefix.parse("10." + (20 + number) + ".1.1/16"), null, null, null)),
                List.of(new Announcement.TunIn("inet4", IpNet.parse("0.0.0.0/0"), 10_000_000)));
    }

    @Test
    void linkKeysAreRenewedWithoutLosingARoute() {
        TestMesh mesh = new TestMesh();
        mesh.node();
        mesh.node();
        mesh.cable(mesh.get(0), mesh.get(1));
        mesh.nodes.forEach(Node::start);
        mesh.runSeconds(20);
        long begin = mesh.now;
        // Key lifetime is 6000 s, the first one shorter: in two hours both renew at least once.
        mesh.runSeconds(7_300);
        assertThat(mesh.nodes).allSatisfy(node -> assertThat(node.lastDescSqn).isGreaterThan(11));
        for (Node node : mesh.nodes) {
            assertThat(secondsAfter(node, begin, event -> event instanceof Bmx7Event.LinkDown
                    || event instanceof Bmx7Event.RouteChanged)).isEqualTo(-1);
            assertThat(node.drops()).isZero();
        }
    }

    @Test
    void theSameSeedGivesTheSameOctets() {
        TestMesh first = TestMesh.grid(3);
        TestMesh second = TestMesh.grid(3);
        first.runSeconds(40);
        second.runSeconds(40);
        assertThat(second.nodes.stream().map(node -> node.sentOctets).toList())
                .isEqualTo(first.nodes.stream().map(node -> node.sentOctets).toList());
        assertThat(second.get(4).events.toString()).isEqualTo(first.get(4).events.toString());
    }

    @Test
    void tablesShowWhatTheGenuineToolShows() {
        TestMesh mesh = TestMesh.line(3);
        mesh.runSeconds(60);
        Bmx7Snapshot snapshot = mesh.get(1).engine.snapshot(mesh.now);
        assertThat(snapshot.status().neighbours()).isEqualTo(2);
        assertThat(snapshot.status().routes()).isEqualTo(2);
        assertThat(snapshot.status().nodeKey()).isEqualTo("RSA2048");
        assertThat(snapshot.status().linkKeys()).isEqualTo("RSA1024,DH2048M112");
        assertThat(snapshot.interfaces()).extracting(Bmx7Snapshot.Interface::links).containsExactly(1, 1);
        assertThat(snapshot.links()).allSatisfy(link -> {
            assertThat(link.rqPercent()).isEqualTo(100);
            assertThat(link.tqPercent()).isEqualTo(100);
            assertThat(link.usable()).isTrue();
        });
        assertThat(snapshot.originators()).allSatisfy(node -> assertThat(node.state()).isEqualTo("neighbour"));
        assertThat(snapshot.descriptions()).hasSize(3);
    }
}
