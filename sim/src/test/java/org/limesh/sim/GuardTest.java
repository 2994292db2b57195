package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;
import org.limesh.guard.GuardEvent;
import org.limesh.guard.PortKind;
import org.limesh.guard.PortView;
import org.limesh.node.NodeEvent;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Udp;

/** Client ports in the simulator: what misbehaves there, what is at their end, and what follows. */
class GuardTest {
    private final Simulation sim = new Simulation(3);
    private final Map<SimNode, List<GuardEvent>> events = new LinkedHashMap<>();

    GuardTest() {
        sim.setRadio(RadioModel.Range.perfect(120));
        sim.addObserver(new SimObserver() {
            @Override
            public void nodeReported(SimNode node, NodeEvent event, long nowNs) {
                if (event instanceof NodeEvent.Guard(GuardEvent guard)) {
                    events.computeIfAbsent(node, unused -> new ArrayList<>()).add(guard);
                }
            }
        });
    }

    private SimNode node(int number, String ssid, double xM, String... lan) {
        return sim.addNode(new NodeSpec("n" + number, Worlds.plan(ssid, number, List.of(Worlds.RADIO), List.of(lan)),
                xM, 0));
    }

    private SimNode node(int number, double xM, String... lan) {
        return node(number, Worlds.CLOUD, xM, lan);
    }

    private static PortView port(SimNode node, String name) {
        return node.snapshot().guard().ports().stream().filter(port -> port.name().equals(name)).findFirst().orElseThrow();
    }

    private List<GuardEvent> events(SimNode node) {
        return events.getOrDefault(node, List.of());
    }

    // ---- misbehaviour -------------------------------------------------------------------------------

    @Test
    void allFifteenForgedFramesAreStoppedCountedAndShownWithMacAndPort() {
        SimNode node = node(0, 0);
        SimNode other = node(1, 100);
        SimClient victim = Worlds.client(sim, 0, node);
        SimClient mallory = Worlds.client(sim, 1, node);
        SimClient far = Worlds.client(sim, 2, other);
        sim.runUntil(20 * SimTime.SECOND);
        victim.startPing(victim.lease().router(), SimTime.SECOND);
        sim.runUntil(25 * SimTime.SECOND);
        SpoofingSet set = new SpoofingSet(mallory.mac(), victim.mac(), victim.address4(), node.plan().anycast());
        List<Frame> heard = new ArrayList<>();
        List<Frame> forged = set.fifteen();
        forged.addAll(set.more());
        sim.addObserver(new SimObserver() {
            @Override
            public void clientReceived(SimClient client, Frame frame, Trace trace, long nowNs) {
                heard.add(frame);
            }
        });
        forged.forEach(mallory::send);
        sim.runUntil(27 * SimTime.SECOND);

        assertThat(set.fifteen()).hasSize(15);
        assertThat(heard).as("frames that reached anybody").noneMatch(forged::contains);
        Map<String, Long> dropped = node.filterCounters();
        assertThat(dropped.get("from_client.arp_sender")).isEqualTo(6);
        assertThat(dropped.get("from_client.anycast_source")).isEqualTo(4);
        assertThat(dropped.get("from_client.router_advertisement")).isEqualTo(3);
        assertThat(dropped.get("from_client.dhcp_answer")).isEqualTo(3);
        assertThat(dropped.entrySet().stream().filter(rule -> rule.getKey().startsWith("from_client."))
                .mapToLong(Map.Entry::getValue).sum()).isEqualTo(forged.size());
        assertThat(other.filterCounters().entrySet()).as("nothing of it came as far as the other node")
                .noneMatch(rule -> rule.getKey().startsWith("from_cloud") && rule.getValue() > 0
                        && !rule.getKey().equals("from_cloud.arp_target") && !rule.getKey().equals("from_cloud.neighbour")
                        && !rule.getKey().equals("from_cloud.anycast_source")
                        && !rule.getKey().equals("from_cloud.dhcp_request"));
        assertThat(victim.gatewayMac()).isEqualTo(node.plan().anycast().mac());
        assertThat(events(node)).contains(new GuardEvent.Misbehaved(mallory.mac(), "ap1",
                "pretends to be the gateway: ARP", 6), new GuardEvent.Misbehaved(node.plan().anycast().mac(), "ap1",
                "pretends to be the gateway: Ethernet address", 4), new GuardEvent.Misbehaved(mallory.mac(), "ap1",
                "pretends to be a DHCP server", 3), new GuardEvent.Misbehaved(mallory.mac(), "ap1",
                "pretends to be a router: router advertisement", 3));
        assertThat(node.snapshot().warnings()).anyMatch(warning -> warning.startsWith("client " + mallory.mac()
                + " on ap1 pretends to be the gateway: ARP; 6 frames dropped"));
        assertThat(far.gatewayMac()).isIn(null, node.plan().anycast().mac());
    }

    @Test
    void withoutRulesTheVictimBelievesTheForger() {
        SimNode node = node(0, 0);
        SimClient victim = Worlds.client(sim, 0, node);
        SimClient mallory = Worlds.client(sim, 1, node);
        node.setHostFault(SimHostTest::withoutFilters);
        sim.runUntil(20 * SimTime.SECOND);
        victim.startPing(victim.lease().router(), SimTime.SECOND);
        sim.runUntil(25 * SimTime.SECOND);
        new SpoofingSet(mallory.mac(), victim.mac(), victim.address4(), node.plan().anycast()).fifteen()
                .forEach(mallory::send);
        sim.runUntil(25 * SimTime.SECOND + 100 * SimTime.MS);
        assertThat(victim.routers6()).contains(mallory.linkLocal());
    }

    @Test
    void aClientThatGoesOnIsToldOfOnceAMinute() {
        SimNode node = node(0, 0);
        SimClient mallory = Worlds.client(sim, 1, node);
        sim.runUntil(10 * SimTime.SECOND);
        List<Frame> forged = new SpoofingSet(mallory.mac(), MacAddress.BROADCAST, null, node.plan().anycast()).fifteen();
        for (int second = 0; second < 150; second++) {
            sim.runUntil((10 + second) * SimTime.SECOND);
            mallory.send(forged.getFirst());
        }
        sim.runUntil(163 * SimTime.SECOND);
        assertThat(events(node).stream().filter(event -> event instanceof GuardEvent.Misbehaved).count()).isEqualTo(3);
    }

    @Test
    void athousandForgersCostBoundedMemoryAndFewAlarms() {
        SimNode node = node(0, 0);
        SimClient mallory = Worlds.client(sim, 1, node);
        sim.runUntil(10 * SimTime.SECOND);
        for (int i = 0; i < 1000; i++) {
            new SpoofingSet(new MacAddress(0x0200_0000_0000L + i), MacAddress.BROADCAST, null, node.plan().anycast())
                    .fifteen().forEach(mallory::send);
        }
        sim.runUntil(80 * SimTime.SECOND);
        assertThat(node.snapshot().guard().offenders()).hasSizeLessThanOrEqualTo(256);
        assertThat(events(node).stream().filter(event -> event instanceof GuardEvent.Misbehaved)).hasSizeLessThanOrEqualTo(40);
        assertThat(events(node)).anyMatch(event -> event instanceof GuardEvent.MoreMisbehaved);
        assertThat(node.snapshot().warnings()).hasSizeLessThanOrEqualTo(20);
    }

    // ---- self-test ----------------------------------------------------------------------------------

    @Test
    void theSelfTestPassesInASoundWorldAndNobodyHearsIt() {
        SimNode node = node(0, 0);
        node(1, 100);
        SimClient ana = Worlds.client(sim, 0, node);
        List<Frame> heard = new ArrayList<>();
        sim.addObserver(new SimObserver() {
            @Override
            public void clientReceived(SimClient client, Frame frame, Trace trace, long nowNs) {
                if (Ethernet.source(frame) == org.limesh.guard.SelfTest.MAC.bits()) {
                    heard.add(frame);
                }
            }
        });
        Checkers.watch(sim);
        sim.runUntil(130 * SimTime.SECOND);
        assertThat(node.snapshot().guard().isolation().tests()).isEqualTo(3);
        assertThat(node.snapshot().guard().isolation().failed()).isZero();
        assertThat(heard).isEmpty();
        assertThat(ana.address4()).isNotNull();
        assertThat(sim.violations()).isEmpty();
    }

    @Test
    void theSelfTestSeesEachOfItsRulesMissing() {
        for (String rule : List.of("from_cloud.arp_target", "from_cloud.neighbour", "from_cloud.dhcp_request",
                "from_cloud.anycast_source", "to_cloud.anycast_source")) {
            GuardTest world = new GuardTest();
            SimNode node = world.node(0, 0);
            world.sim.runUntil(30 * SimTime.SECOND);
            assertThat(node.snapshot().guard().isolation().faults()).isEmpty();
            node.setHostFault(state -> state.withFilters(state.filters().stream()
                    .filter(filter -> !filter.counter().equals(rule)).toList()));
            world.sim.runUntil(130 * SimTime.SECOND);
            assertThat(node.snapshot().guard().isolation().faults()).as(rule)
                    .anyMatch(fault -> fault.startsWith("filter rule " + rule + " did not drop"));
            assertThat(node.snapshot().counters()).containsKey("isolation.broken");
            node.setHostFault(java.util.function.UnaryOperator.identity());
            world.sim.runUntil(150 * SimTime.SECOND);
            assertThat(world.events(node)).as(rule).last().isInstanceOf(GuardEvent.IsolationRestored.class);
        }
    }

    @Test
    void theSelfTestSeesThatTheGatewayAnswersIntoTheCloud() {
        SimNode node = node(0, 0);
        node.setHostFault(SimHostTest::withoutFilters);
        sim.runUntil(10 * SimTime.SECOND);
        assertThat(node.snapshot().guard().isolation().faults()).contains(
                "this node's gateway answers ARP from the cloud",
                "this node's gateway answers neighbour discovery from the cloud",
                "frames of the gateway's MAC get into the cloud");
        assertThat(node.snapshot().warnings()).anyMatch(warning -> warning.startsWith("the gateway is not kept apart"));
    }

    @Test
    void theSelfTestSeesAChangedSetting() {
        SimNode node = node(0, 0);
        node.setHostFault(SimHostTest::withoutArpIgnore);
        sim.runUntil(10 * SimTime.SECOND);
        assertThat(node.snapshot().guard().isolation().faults()).anyMatch(fault -> fault.contains("arp_ignore"));
    }

    // ---- ports --------------------------------------------------------------------------------------

    @Test
    void ofTwoNodesOfOneCloudOnAWireOneServesAndTheOtherIsCutOffWhenTheMeshIsAWayRound() {
        SimNode low = node(0, 0, "lan1");
        SimNode high = node(1, 100, "lan1");
        Checkers.watch(sim);
        Worlds.client(sim, 0, low);
        Worlds.client(sim, 1, high);
        sim.runUntil(60 * SimTime.SECOND);
        SimLink cable = sim.cable(low.device("lan1"), high.device("lan1"), LinkQuality.CABLE);
        sim.runUntil(90 * SimTime.SECOND);
        assertThat(port(low, "lan1").kind()).isEqualTo(PortKind.NODE_LAN);
        assertThat(port(low, "lan1").consequence()).isEqualTo(PortView.Consequence.SERVED);
        assertThat(port(high, "lan1").kind()).isEqualTo(PortKind.NODE_LAN);
        assertThat(port(high, "lan1").consequence()).isEqualTo(PortView.Consequence.BLOCKED);
        assertThat(high.snapshot().warnings()).anyMatch(warning -> warning.startsWith("lan1 leads to"));
        long before = low.device("lan1").sentFrames();
        sim.runUntil(100 * SimTime.SECOND);
        assertThat(low.device("lan1").sentFrames() - before).as("no storm").isLessThan(200);
        cable.setUp(false);
        sim.runUntil(160 * SimTime.SECOND);
        assertThat(port(high, "lan1").consequence()).isEqualTo(PortView.Consequence.SERVED);
        assertThat(high.snapshot().warnings()).isEmpty();
    }

    @Test
    void twoCloudsCabledTogetherDoNotLeakIntoEachOther() {
        SimNode here = node(0, 0, "lan1");
        SimNode there = node(1, "Escuela", 1000, "lan1");
        SimClient ana = Worlds.client(sim, 0, here);
        Worlds.client(sim, 1, there);
        sim.cable(here.device("lan1"), there.device("lan1"), LinkQuality.CABLE);
        sim.runUntil(30 * SimTime.SECOND);
        assertThat(port(here, "lan1").kind()).isEqualTo(PortKind.FOREIGN_CLOUD);
        assertThat(port(there, "lan1").consequence()).isEqualTo(PortView.Consequence.BLOCKED);
        long before = there.filterCounters().getOrDefault("port.blocked_in", 0L);
        ana.stack().announce();
        sim.runUntil(31 * SimTime.SECOND);
        assertThat(there.filterCounters().get("port.blocked_in")).isGreaterThan(before);
        assertThat(there.snapshot().warnings()).anyMatch(warning -> warning.contains("another cloud"));
    }

    /** A stranger's DHCP server on a device of a node without an engine: answers what the port asks. */
    private void stranger(SimNode node, SimDevice at) {
        sim.addObserver(new SimObserver() {
            @Override
            public boolean wantsFrames() {
                return true;
            }

            @Override
            public void frameSent(SimDevice device, VlanTag tag, Frame frame, long nowNs) {
                if (device == at && Udp.destinationPort(frame) == Udp.PORT_DHCP_SERVER
                        && DhcpMessage.parse(frame) instanceof Decoded.Valid<DhcpMessage>(var asked)) {
                    Ip4Address server = Ip4Address.parse("192.168.1.1");
                    DhcpMessage offer = new DhcpMessage(DhcpMessage.BOOT_REPLY, 0, asked.xid(), 0, true,
                            Ip4Address.ANY, Ip4Address.parse("192.168.1.77"), Ip4Address.ANY, Ip4Address.ANY,
                            asked.chaddr(), DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.OFFER)
                            .put(DhcpOptions.SERVER_ID, server).build());
                    Frame answer = Udp.frame4(MacAddress.BROADCAST.bits(), 0x0290_0000_0001L, server.bits(), 67,
                            Ip4Address.BROADCAST.bits(), 68, offer.emit());
                    sim.at(nowNs + SimTime.MS, () -> {
                        node.host().hear(at.name(), answer, sim.nowNs());
                        node.host().fromBridgePort(at.name(), answer, null, sim.nowNs());
                    });
                }
            }
        });
    }

    @Test
    void anUplinkInAClientPortIsNotBridged() {
        SimNode node = node(0, 0, "lan1");
        stranger(node, node.device("lan1"));
        SimClient ana = Worlds.client(sim, 0, node);
        sim.runUntil(10 * SimTime.SECOND);
        assertThat(port(node, "lan1")).isEqualTo(new PortView("lan1", PortKind.UPLINK, PortView.Consequence.BLOCKED,
                "192.168.1.1 (02:90:00:00:00:01)"));
        assertThat(node.snapshot().warnings()).anyMatch(warning -> warning.contains("its own DHCP server")
                && warning.contains("--wan"));
        assertThat(ana.lease().router()).isEqualTo(node.plan().anycast().address4().address());
    }

    @Test
    void aFloodOfNewClientsOnOnePortLeavesThoseOfOthersAlone() {
        SimNode node = node(0, 0, "lan1");
        sim.runUntil(5 * SimTime.SECOND);
        for (int second = 0; second < 30; second++) {
            for (int i = 0; i < 100; i++) {
                Frame forged = discover(new MacAddress(0x0266_0000_0000L + 100 * second + i));
                node.host().hear("lan1", forged, sim.nowNs());
                node.host().fromBridgePort("lan1", forged, null, sim.nowNs());
            }
            sim.runUntil((6 + second) * SimTime.SECOND);
        }
        assertThat(node.snapshot().counters().get("dhcp.starved")).isBetween(2500L, 3000L);
        long starved = node.snapshot().counters().get("dhcp.starved");
        for (int i = 0; i < 20; i++) {
            Worlds.client(sim, i, node);
        }
        sim.runUntil(40 * SimTime.SECOND);
        assertThat(sim.clients()).as("each has a lease, at the first time of asking")
                .allMatch(client -> client.address4() != null);
        assertThat(node.snapshot().counters()).containsEntry("dhcp.starved", starved);
    }

    private static Frame discover(MacAddress client) {
        DhcpMessage message = new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, 7, 0, true, Ip4Address.ANY, Ip4Address.ANY,
                Ip4Address.ANY, Ip4Address.ANY, client,
                DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.DISCOVER).build());
        return Udp.frame4(MacAddress.BROADCAST.bits(), client.bits(), 0, Udp.PORT_DHCP_CLIENT,
                Ip4Address.BROADCAST.bits(), Udp.PORT_DHCP_SERVER, message.emit());
    }

    @Test
    void forgedOffersDoNotMakeAnUplink() {
        SimNode node = node(0, 0, "lan1");
        SimNode wire = node(1, "Escuela", 1000, "lan1");
        sim.runUntil(5 * SimTime.SECOND);
        List<Frame> forged = new SpoofingSet(new MacAddress(0x0266_0000_0001L), new MacAddress(0x0277_0000_0001L),
                null, node.plan().anycast()).fifteen();
        for (int second = 5; second < 60; second += 5) {
            sim.runUntil(second * SimTime.SECOND);
            forged.forEach(frame -> {
                node.host().hear("lan1", frame, sim.nowNs());
                node.host().fromBridgePort("lan1", frame, null, sim.nowNs());
            });
        }
        assertThat(port(node, "lan1").consequence()).isEqualTo(PortView.Consequence.SERVED);
        assertThat(port(node, "lan1").kind()).isIn(PortKind.SILENT, PortKind.CLIENTS);
        assertThat(wire.isUp()).isTrue();
    }

    @Test
    void aMeshCableInAClientPortIsNoticed() {
        SimNode node = node(0, 0, "lan1");
        SimNode meshing = sim.addNode(new NodeSpec("n1", Worlds.plan(Worlds.CLOUD, 1, List.of("eth0"), List.of()), 1000, 0));
        sim.cable(node.device("lan1"), meshing.device("eth0"), LinkQuality.CABLE);
        sim.runUntil(15 * SimTime.SECOND);
        assertThat(port(node, "lan1").kind()).isEqualTo(PortKind.MESH);
        assertThat(node.snapshot().warnings()).anyMatch(warning -> warning.contains("speaks batman-adv on lan1"));
    }

    @Test
    void eightNodesOnOneWireGiveAClientOneAnswer() {
        List<SimNode> nodes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            nodes.add(node(i, 1000.0 * i, "lan1"));
        }
        for (int i = 0; i < 8; i++) {
            for (int j = i + 1; j < 8; j++) {
                sim.cable(nodes.get(i).device("lan1"), nodes.get(j).device("lan1"), LinkQuality.CABLE);
            }
        }
        Answers answers = new Answers();
        sim.addObserver(answers);
        sim.runUntil(30 * SimTime.SECOND);
        SimClient ana = Worlds.client(sim, 0, nodes.get(5));
        sim.runUntil(60 * SimTime.SECOND);
        assertThat(ana.address4()).isNotNull();
        assertThat(ana.acknowledgements()).isEqualTo(1);
        assertThat(ana.surplusAnswers()).isZero();
        assertThat(answers.most()).as("answers to one question").isEqualTo(1);
        assertThat(nodes.stream().filter(node -> port(node, "lan1").consequence() == PortView.Consequence.SERVED)).hasSize(1);

        // Who is on the wire itself, asks all eight and is answered by one.
        for (SimNode node : nodes) {
            Frame discover = discover(0x0299_0000_0001L, 0x1234);
            node.host().hear("lan1", discover, sim.nowNs());
            node.host().fromBridgePort("lan1", discover, null, sim.nowNs());
        }
        sim.runUntil(62 * SimTime.SECOND);
        assertThat(answers.byXid.get(0x1234L)).isEqualTo(1);

        // The one that served goes away: another takes over.
        nodes.getFirst().fail();
        sim.runUntil(90 * SimTime.SECOND);
        assertThat(nodes.stream().skip(1).filter(node -> port(node, "lan1").consequence()
                == PortView.Consequence.SERVED)).hasSize(1);
    }

    @Test
    void withoutTheRulesForCablesEightNodesAnswerEightTimes() {
        List<SimNode> nodes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            nodes.add(node(i, 1000.0 * i, "lan1"));
            nodes.get(i).setHostFault(state -> state.withFilters(state.filters().stream()
                    .filter(rule -> rule.conditions().stream().noneMatch(condition ->
                            condition.toString().contains("lan1"))).toList()));
        }
        Answers answers = new Answers();
        sim.addObserver(answers);
        sim.runUntil(30 * SimTime.SECOND);
        for (SimNode node : nodes) {
            Frame discover = discover(0x0299_0000_0001L, 0x1234);
            node.host().fromBridgePort("lan1", discover, null, sim.nowNs());
        }
        sim.runUntil(32 * SimTime.SECOND);
        assertThat(answers.byXid.get(0x1234L)).isEqualTo(8);
    }

    private static Frame discover(long mac, int xid) {
        DhcpMessage message = new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, xid, 0, true, Ip4Address.ANY,
                Ip4Address.ANY, Ip4Address.ANY, Ip4Address.ANY, new MacAddress(mac),
                DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.DISCOVER).build());
        return Udp.frame4(MacAddress.BROADCAST.bits(), mac, 0, 68, Ip4Address.BROADCAST.bits(), 67, message.emit());
    }

    /** Which nodes' servers answered which question. */
    private static final class Answers implements SimObserver {
        final Map<Long, Integer> byXid = new LinkedHashMap<>();
        private final Map<String, Integer> byClient = new LinkedHashMap<>();

        @Override
        public void gatewayAnswered(SimNode node, Answer kind, long clientMac, long answeringMac, long nowNs) {
            if (kind == Answer.DHCP) {
                byClient.merge(MacAddress.toString(clientMac) + " " + nowNs / SimTime.SECOND, 1, Integer::sum);
                if (clientMac == 0x0299_0000_0001L) {
                    byXid.merge(0x1234L, 1, Integer::sum);
                }
            }
        }

        /** A DISCOVER and its REQUEST may be answered within one second: two answers by one node. */
        int most() {
            return (byClient.values().stream().mapToInt(Integer::intValue).max().orElse(0) + 1) / 2;
        }
    }
}
