package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.bmx7.Bmx7Route;
import org.limesh.bmx7.wire.Hash;
import org.limesh.base.Ip6Address;
import org.limesh.gateway.GatewayEvent;
import org.limesh.host.HostState;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeEvent;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv6;
import org.limesh.packet.Udp;

/** The checkers of layer 3: nothing in a sound world, something in a broken one. */
class RoutedCheckersTest {
    private static final String WAN = "eth1";

    private static Simulation line(String clouds, int gateway) {
        return line(new Simulation(5), clouds, gateway);
    }

    private static Simulation line(Simulation sim, String clouds, int gateway) {
        sim.setRadio(RadioModel.Range.perfect(120));
        Checkers.watch(sim);
        for (int i = 0; i < clouds.length(); i++) {
            SimNode node = sim.addNode(new NodeSpec("n" + i, Worlds.routedPlan("Cloud" + clouds.charAt(i), i,
                    List.of(Worlds.RADIO), List.of("lan"), i == gateway ? WAN : null), 100.0 * i, 0));
            if (i == gateway) {
                sim.addUplink(node, UplinkSpec.USUAL).setPlugged(true);
            }
            Worlds.client(sim, i, node);
        }
        return sim;
    }

    private static List<String> broken(Simulation sim) {
        return sim.violations().stream().map(Violation::invariant).distinct().toList();
    }

    private static void report(Simulation sim, int at, NodeEvent event) {
        for (SimObserver observer : sim.observers()) {
            observer.nodeReported(sim.nodeAt(at), event, sim.nowNs());
        }
    }

    private static NodeEvent route(Simulation sim, int destination, int via) {
        Ip6Address next = via < 0 ? null
                : Ip6Address.linkLocalOf(sim.nodeAt(via).plan().bmx7().devices().getFirst()
                .mac());
        return new NodeEvent.Bmx7(new Bmx7Event.RouteChanged(sim.nodeAt(destination).node().bmx7().nodeId(),
                "",
                List.of(), null, next == null ? null : new Bmx7Route.NextHop(next, 0, "wlan0-mesh_18"),
                1000));
    }

    @Test
    void aSoundWorldBreaksNothingInTwentyMinutes() {
        Simulation sim = line("ABBA", 3);
        sim.at(60 * SimTime.SECOND, () -> {
            sim.client("c0").startPing(sim.client("c2").address4(), SimTime.SECOND);
            sim.client("c1").startPing(SimInternet.SOMEBODY, SimTime.SECOND);
        });
        sim.runUntil(20 * SimTime.MINUTE);
        assertThat(sim.violations()).isEmpty();
    }

    @Test
    void findsACycleOfRoutesThatStays() {
        Simulation sim = line("AAA", -1);
        sim.runUntil(60 * SimTime.SECOND);
        report(sim, 0, route(sim, 2, 1));
        report(sim, 1, route(sim, 2, 0));
        sim.runUntil(85 * SimTime.SECOND);
        assertThat(broken(sim)).contains("I2");
        assertThat(sim.violations().getFirst().what()).startsWith("routes towards n2 go round");
    }

    @Test
    void findsPacketsThatGoRoundAndTunnelsInTunnels() {
        Simulation sim = line("AAA", -1);
        sim.runUntil(200 * SimTime.SECOND);
        Journey journey = Journey.begin(1, sim.nowNs(), "10.1.0.2",
                "10.2.0.2").routedBy(0).routedBy(1).routedBy(0);
        for (SimObserver observer : sim.observers()) {
            observer.routed(sim.nodeAt(0), "a", "b", journey, sim.nowNs());
            observer.routed(sim.nodeAt(1), "a", "b",
                    journey.encapsulatedBy(0).encapsulatedBy(1), sim.nowNs());
        }
        assertThat(sim.violations()).extracting(Violation::what).anyMatch(what -> what.contains("twice"))
                .anyMatch(what -> what.contains("two outer headers"));
    }

    @Test
    void anExitThatLeadsNowhereIsABlackHole() {
        Simulation sim = line("AB", 1);
        // The gateway goes on offering, but its own default route is gone.
        sim.node("n1").setHostFault(state -> new HostState(state.links(), state.bridgePorts(),
                state.addresses4(),
                state.addresses6(), state.sysctls(), state.policyRules(),
                state.routes4().stream().filter(route -> !route.device().equals(WAN)
                        || route.destination().lengthBits() > 0
                        || sim.nowNs() < 150 * SimTime.SECOND).toList(),
                state.routes6(), state.filters(), state.masquerades(), state.mssClamps()));
        sim.runUntil(140 * SimTime.SECOND);
        assertThat(sim.violations()).isEmpty();
        sim.at(151 * SimTime.SECOND, () -> sim.node("n1").setHostFault(withoutDefault()));
        sim.runUntil(155 * SimTime.SECOND);
        assertThat(broken(sim)).containsExactly("I10");
        assertThat(sim.violations().getFirst().what()).contains("does not get out: n1 has no route");
    }

    private static UnaryOperator<HostState> withoutDefault() {
        return state -> new HostState(state.links(), state.bridgePorts(), state.addresses4(),
                state.addresses6(),
                state.sysctls(), state.policyRules(), state.routes4().stream().filter(route ->
                        route.destination().lengthBits() > 0).toList(),
                state.routes6(), state.filters(), state.masquerades(), state.mssClamps());
    }

    @Test
    void withoutMasqueradePacketsLeaveUntranslated() {
        Simulation sim = line("AB", 1);
        sim.node("n1").setHostFault(state -> new HostState(state.links(), state.bridgePorts(),
                state.addresses4(),
                state.addresses6(), state.sysctls(), state.policyRules(), state.routes4(), state.routes6(),
                state.filters(), List.of(), state.mssClamps()));
        sim.runUntil(60 * SimTime.SECOND);
        sim.client("c0").startPing(SimInternet.SOMEBODY, SimTime.SECOND);
        sim.runUntil(63 * SimTime.SECOND);
        assertThat(broken(sim)).containsExactly("I10");
        assertThat(sim.violations().getFirst().what()).contains("left n1 with its own source");
    }

    /** Everybody knows what a gateway's tunnel takes: its own two addresses. */
    @Test
    void aClientCannotSendThroughTheTunnelOfAGatewayAsIfItWereANode() {
        Simulation sim = line("AB", 1);
        sim.runUntil(60 * SimTime.SECOND);
        assertThat(upOctetsOfAWrappedPacket(sim)).isLessThan(1000);
        assertThat(sim.node("n0").filterCounters().get("from_client.tunnel")).isEqualTo(1);
        sim.node("n0").setHostFault(SimHostTest::withoutFilters);
        sim.runUntil(70 * SimTime.SECOND);
        assertThat(upOctetsOfAWrappedPacket(sim)).as("without the rule").isGreaterThan(1000);
    }

    /** What leaves the line of n1 in the second after a client of n0 sent a long packet wrapped for n1. */
    private static long upOctetsOfAWrappedPacket(Simulation sim) {
        SimClient mallory = sim.client("c0");
        Hash gateway = sim.node("n1").node().bmx7().nodeId();
        Frame inner = Udp.frame4(0, 0, mallory.address4().bits(), 9, SimInternet.SOMEBODY.bits(), 9,
                new byte[1000]);
        int octets = inner.length() - Ethernet.HEADER_OCTETS;
        Frame outer = Ipv6.allocate(sim.node("n0").plan().anycast().mac().bits(), mallory.mac().bits(),
                gateway.cryptoAddress(1), gateway.cryptoAddress(0), Ipv6.NEXT_IPV4, 64, octets);
        System.arraycopy(inner.array(), inner.offset() + Ethernet.HEADER_OCTETS, outer.array(),
                outer.offset() + Ethernet.HEADER_OCTETS + Ipv6.HEADER_OCTETS, octets);
        SimUplink line = sim.internet().of(sim.node("n1"));
        long before = line.upOctets();
        mallory.send(outer);
        sim.runUntil(sim.nowNs() + SimTime.SECOND);
        return line.upOctets() - before;
    }

    @Test
    void aSilentLineThatIsOfferedAlwaysIsSomebodysWishAndNoBlackHole() {
        for (String policy : List.of("auto", "always")) {
            Simulation sim = new Simulation(5);
            sim.setRadio(RadioModel.Range.perfect(120));
            Checkers.watch(sim);
            for (int i = 0; i < 3; i++) {
                SimNode node = sim.addNode(new NodeSpec("n" + i, sharing(policy, i), 100.0 * i, 0));
                sim.addUplink(node, UplinkSpec.USUAL).setPlugged(i != 1);
                Worlds.client(sim, i, node);
            }
            sim.runUntil(60 * SimTime.SECOND);
            sim.internet().of(sim.node("n0")).setSilent(true);
            sim.runUntil(120 * SimTime.SECOND);
            boolean leadsOut = sim.route(sim.client("c0"), SimInternet.SOMEBODY).end() == RouteWalk.End.INTERNET;
            assertThat(leadsOut).as(policy).isEqualTo(policy.equals("auto"));
            assertThat(sim.violations()).as(policy).isEmpty();
        }
    }

    private static NodePlan sharing(String policy, int number) {
        return AutoConfig.plan(LimeConfig.builtIn().with("network", "limesh_share", List.of(policy)),
                new DeviceSet(Worlds.nodeMac(number), List.of(DeviceSet.MeshDevice.named(Worlds.RADIO)),
                        List.of("lan"), WAN)).orThrow();
    }

    @Test
    void aSecondChangeOfRouteOrAnyOfExitInACalmWorldIsFlapping() {
        Simulation sim = line("AAA", -1);
        sim.runUntil(RoutedFlapChecker.WARM_UP_S * SimTime.SECOND + 10 * SimTime.SECOND);
        report(sim, 0, route(sim, 2, 2));
        assertThat(sim.violations()).isEmpty();
        report(sim, 0, route(sim, 2, 1));
        report(sim, 0, new NodeEvent.Gateway(new GatewayEvent.ExitChanged("a", "b", "no reason")));
        assertThat(sim.violations()).extracting(Violation::invariant).containsExactly("I11", "I11");
    }

    @Test
    void aNodeThatIsNeverFoundIsNoConvergence() {
        Simulation sim = line("AAA", -1);
        // Its VLAN is there, so that its links should carry BMX7, but it says nothing that others could take.
        sim.node("n2").setHostFault(state -> state.withLinks(state.links().stream().map(link ->
                link instanceof HostState.Link.Vlan vlan ? (HostState.Link) new HostState.Link.Vlan("other",
                        vlan.parent(), vlan.tag(), vlan.mac(), vlan.mtuOctets()) : link).toList()));
        sim.runUntil(70 * SimTime.SECOND);
        assertThat(broken(sim)).containsExactly("I12");
        assertThat(sim.violations().getFirst().what()).contains("n0 has no route to n2");
    }

    @Test
    void clientsOfOneCloudInTheLayer2OfAnotherAreALeak() {
        Simulation sim = line("AB", -1);
        sim.runUntil(30 * SimTime.SECOND);
        assertThat(sim.violations()).isEmpty();
        // Somebody joins the two clouds' bridges with a cable.
        sim.cable(sim.node("n0").device("lan"), sim.node("n1").device("lan"), LinkQuality.CABLE);
        sim.runUntil(40 * SimTime.SECOND);
        assertThat(broken(sim)).contains("I8");
    }

    @Test
    void bmx7OverTheCloudIsKeptOutByRuleEAndHeardWithoutIt() {
        Simulation sim = line("AAA", -1);
        List<String> crossed = new ArrayList<>();
        sim.addObserver(new SimObserver() {
            @Override
            public void meshCrossed(SimNode node, boolean toCloud, org.limesh.base.Frame frame, long nowNs) {
                if (toCloud && org.limesh.packet.Udp.destinationPort(frame) == 6270) {
                    crossed.add(node.name());
                }
            }
        });
        sim.runUntil(20 * SimTime.SECOND);
        assertThat(crossed).isEmpty();
        assertThat(sim.node("n0").filterCounters().get("to_cloud.bmx7")).isGreaterThan(10);
        sim.node("n0").setHostFault(SimHostTest::withoutFilters);
        sim.runUntil(25 * SimTime.SECOND);
        assertThat(crossed).containsOnly("n0");
    }

    @Test
    void theCacheOfVerificationsChangesNothingButTime() {
        long[] hashes = new long[2];
        for (int i = 0; i < 2; i++) {
            Simulation sim = new Simulation(5);
            sim.setVerificationsKept(i == 0 ? 100_000 : 1);
            line(sim, "AB", 1);
            sim.runUntil(30 * SimTime.SECOND);
            hashes[i] = sim.traceHash();
        }
        assertThat(hashes[0]).isEqualTo(hashes[1]);
    }

    @Test
    void addressesOfTheClientsCloudAreRoutedInEveryOther() {
        Simulation sim = line("AB", -1);
        sim.runUntil(60 * SimTime.SECOND);
        Ip4Prefix cloud = sim.node("n1").plan().address4();
        assertThat(cloud.contains(sim.client("c1").address4())).isTrue();
        RouteWalk.Way way = sim.route(sim.client("c0"), sim.client("c1").address4());
        assertThat(way.arrives()).as(way.toString()).isTrue();
        assertThat(sim.route(sim.client("c0"), Ip4Address.parse("8.8.8.8")).arrives()).isFalse();
    }
}
