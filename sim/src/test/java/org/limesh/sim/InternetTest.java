package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.host.HostState;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.node.HostPlan;

/** Lines of providers, and which of them a client's packets take. */
class InternetTest {
    private static final String WAN = "eth1";
    private final List<String> exits = new ArrayList<>();

    /** A line of nodes; a capital letter is a cloud, a node whose letter is followed by '!' has an uplink. */
    private Simulation line(String text) {
        Simulation sim = new Simulation(3);
        sim.setRadio(RadioModel.Range.perfect(120));
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            boolean uplink = i + 1 < text.length() && text.charAt(i + 1) == '!';
            SimNode node = sim.addNode(new NodeSpec("n" + number, Worlds.routedPlan("Cloud" + text.charAt(i),
                    number,
                    List.of(Worlds.RADIO), List.of(), uplink ? WAN : null), 100.0 * number, 0));
            if (uplink) {
                sim.addUplink(node, UplinkSpec.USUAL).setPlugged(true);
                i++;
            }
            number++;
        }
        sim.addObserver(new SimObserver() {
            @Override
            public void routed(SimNode node, String in, String out, Journey journey, long nowNs) {
                if (out.equals(WAN)) {
                    exits.add(node.name());
                }
            }
        });
        return sim;
    }

    private static GatewaySnapshot gateway(Simulation sim, String node) {
        return sim.node(node).snapshot().gateway();
    }

    @Test
    void anUplinkGetsAnAddressAndIsFoundToLeadToTheInternet() {
        Simulation sim = line("A!");
        sim.runUntil(20 * SimTime.SECOND);
        GatewaySnapshot.Uplink uplink = gateway(sim, "n0").uplink();
        assertThat(uplink.address().address()).isEqualTo(sim.internet().uplinks().getFirst().address());
        assertThat(uplink.internet()).as(uplink.toString()).isTrue();
        assertThat(uplink.checks()).extracting(GatewaySnapshot.Check::kind).contains("ping", "dns", "http");
        assertThat(uplink.checks()).allMatch(GatewaySnapshot.Check::ok);
    }

    @Test
    void aPortalIsNotTheInternetAndSilenceIsNoticed() {
        Simulation sim = line("A!");
        SimUplink line = sim.internet().uplinks().getFirst();
        line.setPortal(true);
        sim.runUntil(30 * SimTime.SECOND);
        assertThat(gateway(sim, "n0").uplink().internet()).isFalse();
        line.setPortal(false);
        sim.runUntil(60 * SimTime.SECOND);
        assertThat(gateway(sim, "n0").uplink().internet()).isTrue();
        line.setSilent(true);
        sim.runUntil(80 * SimTime.SECOND);
        assertThat(gateway(sim, "n0").uplink().internet()).isFalse();
        assertThat(gateway(sim, "n0").uplink().carrier()).isTrue();
    }

    @Test
    void aClientReachesTheInternetThroughAnotherCloudAndBack() {
        Simulation sim = line("AAB!");
        SimClient ana = Worlds.client(sim, 0, sim.node("n0"));
        sim.runUntil(60 * SimTime.SECOND);
        PingSeries ping = ana.startPing(SimInternet.SOMEBODY, SimTime.SECOND);
        sim.runUntil(80 * SimTime.SECOND + 500 * SimTime.MS);
        assertThat(ping.received()).isEqualTo(ping.sent()).isGreaterThan(15);
        assertThat(ping.duplicates()).isZero();
        assertThat(exits).contains("n2").doesNotContain("n0", "n1");
        assertThat(sim.internet().uplinks().getFirst().foreignSources()).isZero();
        RouteWalk.Way there = sim.route(ana, SimInternet.SOMEBODY);
        assertThat(there.end()).as(there.toString()).isEqualTo(RouteWalk.End.INTERNET);
        assertThat(there.at()).isEqualTo(sim.node("n2"));
        assertThat(there.steps()).extracting(step -> step.node().name()).containsExactly("n0", "n0", "n1",
                "n2");
        RouteWalk.Way back = sim.route(sim.node("n2"), SimInternet.SOMEBODY, ana.address4());
        assertThat(back.end()).isEqualTo(RouteWalk.End.DELIVERED);
        // The answer takes the tunnel to the nearest member, which is not the client's node.
        assertThat(back.steps()).extracting(step -> step.node().name()).containsExactly("n2", "n2", "n1");
    }

    @Test
    void aLineThatIsNotSharedIsForThoseAttachedToItsNodeWhateverOthersSend() {
        Simulation sim = new Simulation(3);
        sim.setRadio(RadioModel.Range.perfect(120));
        for (int i = 0; i < 3; i++) {
            // n1 is of the cloud of n2, n0 is not; only n2 has a line, and keeps it to itself.
            LimeConfig config = LimeConfig.builtIn().with("wifi", "ap_ssid", List.of(i == 0 ? "A" : "B"))
                    .with("network", "limesh_share", List.of("off"));
            sim.addNode(new NodeSpec("n" + i, AutoConfig.plan(config, new DeviceSet(Worlds.nodeMac(i),
                    List.of(DeviceSet.MeshDevice.named(Worlds.RADIO)), List.of(), i == 2 ? WAN : null))
                    .orThrow(), 100.0 * i, 0));
        }
        sim.addUplink(sim.node("n2"), UplinkSpec.USUAL).setPlugged(true);
        SimClient stranger = Worlds.client(sim, 0, sim.node("n0"));
        SimClient neighbour = Worlds.client(sim, 1, sim.node("n1"));
        SimClient guest = Worlds.client(sim, 2, sim.node("n2"));
        sim.runUntil(60 * SimTime.SECOND);
        assertThat(gateway(sim, "n2").uplink().internet()).isTrue();
        assertThat(gateway(sim, "n2").offered()).isFalse();
        // Both know where the line is and send there, through the tunnel and through layer 2.
        sim.node("n0").setHostFault(state -> withDefault(state, state.links().stream().map(HostState.Link::name)
                .filter(name -> name.startsWith("X7Out_")).findFirst().orElseThrow(), null));
        Ip4Address line = sim.node("n2").plan().address4().address();
        sim.node("n1").setHostFault(state -> withDefault(state, HostPlan.BRIDGE, line));
        List<PingSeries> pings = Stream.of(stranger, neighbour, guest)
                .map(client -> client.startPing(SimInternet.SOMEBODY, SimTime.SECOND)).toList();
        sim.runUntil(80 * SimTime.SECOND + 500 * SimTime.MS);
        assertThat(pings).extracting(PingSeries::sent).allMatch(sent -> sent > 15);
        assertThat(pings.get(0).received()).as("from another cloud").isZero();
        assertThat(pings.get(1).received()).as("from the same cloud").isZero();
        assertThat(pings.get(2).received()).as("at the node itself").isEqualTo(pings.get(2).sent());
        assertThat(sim.node("n2").host().stack().counters().snapshot().get("drop.host.reserved"))
                .isEqualTo((long) pings.get(0).sent() + pings.get(1).sent());
        assertThat(sim.route(stranger, SimInternet.SOMEBODY).note()).contains("keeps " + WAN);
    }

    private static HostState withDefault(HostState state, String device, Ip4Address via) {
        List<HostState.Route4> routes = new ArrayList<>(state.routes4());
        routes.add(new HostState.Route4(new Ip4Prefix(Ip4Address.ANY, 0), via, device, 254, 1));
        return new HostState(state.links(), state.bridgePorts(), state.addresses4(), state.addresses6(),
                state.sysctls(), state.policyRules(), routes, state.routes6(), state.filters(),
                state.masquerades(), state.mssClamps(), state.reservations());
    }

    @Test
    void streamsFillTheLineInBothDirections() {
        Simulation sim = line("AB!");
        SimClient ana = Worlds.client(sim, 0, sim.node("n0"));
        sim.runUntil(60 * SimTime.SECOND);
        SimStream down = ana.startDownload(SimInternet.SOMEBODY, 0);
        sim.runUntil(80 * SimTime.SECOND);
        down.stop();
        assertThat(down.goodputBps(65 * SimTime.SECOND, 80 * SimTime.SECOND)).isBetween(15_000_000L,
                20_000_000L);
        SimStream up = ana.startUpload(SimInternet.SOMEBODY, 0);
        sim.runUntil(100 * SimTime.SECOND);
        assertThat(up.goodputBps(85 * SimTime.SECOND, 100 * SimTime.SECOND)).isBetween(3_500_000L,
                5_000_000L);
    }

    @Test
    void anotherExitTakesOverWhenTheCableIsPulledAndOldSessionsBreakCleanly() {
        Simulation sim = line("B!AAC!");
        SimClient ana = Worlds.client(sim, 0, sim.node("n1"));
        sim.runUntil(90 * SimTime.SECOND);
        PingSeries ping = ana.startPing(SimInternet.SOMEBODY, 100 * SimTime.MS);
        SimStream session = ana.startUpload(SimInternet.SOMEBODY, 64_000);
        sim.runUntil(100 * SimTime.SECOND);
        assertThat(exits).containsOnly("n0");
        sim.internet().of(sim.node("n0")).setPlugged(false);
        sim.runUntil(105 * SimTime.SECOND);
        assertThat(exits).contains("n3");
        assertThat(ping.longestGapNs(95 * SimTime.SECOND,
                105 * SimTime.SECOND)).isLessThan(5 * SimTime.SECOND);
        sim.runUntil(130 * SimTime.SECOND);
        assertThat(session.isAlive()).isFalse();
        assertThat(ping.loss(106 * SimTime.SECOND, 129 * SimTime.SECOND)).isZero();
    }

    /** Nobody says that it is gone: its neighbours miss its hellos, and the others its routes. */
    @ParameterizedTest
    @CsvSource({"B!AC!, 1", "B!AAAC!, 1", "B!AAAC!, 2", "B!AAAAAAC!, 1", "B!AAAAAAC!, 4"})
    void anotherExitTakesOverHalfAMinuteAfterAGatewayHasCrashed(String nodes, int at) {
        Simulation sim = line(nodes);
        SimClient ana = Worlds.client(sim, 0, sim.nodeAt(at));
        sim.runUntil(150 * SimTime.SECOND);
        RouteWalk.Way before = sim.route(ana, SimInternet.SOMEBODY);
        assertThat(before.end()).isEqualTo(RouteWalk.End.INTERNET);
        PingSeries ping = ana.startPing(SimInternet.SOMEBODY, 100 * SimTime.MS);
        sim.runUntil(160 * SimTime.SECOND);
        before.at().fail();
        sim.runUntil(200 * SimTime.SECOND);
        assertThat(sim.route(ana, SimInternet.SOMEBODY).at()).isNotEqualTo(before.at());
        assertThat(ping.longestGapNs(160 * SimTime.SECOND, 200 * SimTime.SECOND)).isLessThan(30 * SimTime.SECOND);
        assertThat(ping.loss(190 * SimTime.SECOND, 199 * SimTime.SECOND)).isZero();
    }
}
