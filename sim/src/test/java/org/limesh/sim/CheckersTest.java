package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.limesh.access.AccessEvent;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvEvent;
import org.limesh.guard.GuardEvent;
import org.limesh.host.FilterRule;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeEvent;
import org.limesh.packet.Arp;

/** Each checker finds nothing in a sound world and something in a broken one. */
class CheckersTest {
    private static Simulation line(int nodes, int clients) {
        Simulation sim = Worlds.grid(7, nodes, 1);
        Checkers.watch(sim);
        for (int i = 0; i < clients; i++) {
            Worlds.client(sim, i, sim.nodeAt(Math.min(i, nodes - 1)));
        }
        return sim;
    }

    private static List<String> broken(Simulation sim) {
        return sim.violations().stream().map(Violation::invariant).distinct().toList();
    }

    private static MacAddress macOf(Simulation sim, int node) {
        return sim.nodeAt(node).plan().batadv().hardifs().getFirst().mac();
    }

    private static void forgeRoute(Simulation sim, int node, int destination, int to) {
        NodeEvent event = new NodeEvent.Batadv(new BatadvEvent.RouteChanged(macOf(sim, destination), null,
                to < 0 ? null : macOf(sim, to), 200));
        for (SimObserver observer : sim.observers()) {
            observer.nodeReported(sim.nodeAt(node), event, sim.nowNs());
        }
    }

    private static void breakHosts(Simulation sim, UnaryOperator<HostState> fault) {
        sim.nodes().forEach(node -> node.setHostFault(fault));
    }

    @Test
    void aSoundWorldBreaksNothing() {
        Simulation sim = line(3, 3);
        sim.runUntil(400 * SimTime.SECOND);
        assertThat(sim.violations()).isEmpty();
    }

    @Test
    void withoutFilterRulesSeveralGatewaysAnswerAndAnycastFramesCross() {
        Simulation sim = line(3, 3);
        breakHosts(sim, SimHostTest::withoutFilters);
        sim.runUntil(60 * SimTime.SECOND);
        assertThat(broken(sim)).contains("I6", "I7");
        assertThat(sim.violations()).anyMatch(violation -> violation.what().contains("has two gateways"));
    }

    @Test
    void withoutArpIgnoreAClientIsToldTheWrongMac() {
        Simulation sim = line(1, 1);
        breakHosts(sim, SimHostTest::withoutArpIgnore);
        sim.runUntil(12 * SimTime.SECOND);
        assertThat(broken(sim)).containsExactly("I6");
        assertThat(sim.violations().getFirst().what()).contains("as its gateway by ARP");
    }

    @Test
    void withoutFilterRulesAClientBelievesAForgedGateway() {
        Simulation sim = line(1, 2);
        breakHosts(sim, SimHostTest::withoutFilters);
        sim.runUntil(8 * SimTime.SECOND);
        SimClient ana = sim.client("c0");
        ana.startPing(ana.lease().router(), SimTime.SECOND);
        sim.at(9 * SimTime.SECOND + 1, () -> sim.client("c1").send(
                Arp.gratuitous(sim.client("c1").mac().bits(), ana.lease().router().bits())));
        sim.runUntil(12 * SimTime.SECOND);
        assertThat(sim.violations()).anyMatch(violation -> violation.invariant().equals("I6")
                && violation.what().contains("believes that " + sim.client("c1").mac()));
    }

    @Test
    void aNodeThatAnswersNobodyLeavesItsClientWithoutGateway() {
        Simulation sim = line(1, 1);
        breakHosts(sim, state -> state.withLinks(state.links().stream()
                .filter(link -> !(link instanceof HostState.Link.Macvlan)).toList()));
        sim.runUntil(12 * SimTime.SECOND);
        assertThat(sim.violations()).anyMatch(violation -> violation.what().contains("has no gateway"));
    }

    private static void spoof(Simulation sim) {
        SimClient mallory = sim.client("c1");
        SimClient ana = sim.client("c0");
        SpoofingSet set = new SpoofingSet(mallory.mac(), ana.mac(), ana.address4(), sim.nodeAt(0).plan().anycast());
        set.fifteen().forEach(mallory::send);
        set.more().forEach(mallory::send);
    }

    @Test
    void forgedFramesReachNobodyWhereTheRulesAre() {
        Simulation sim = new Simulation(7);
        sim.setRadio(RadioModel.Range.perfect(120));
        sim.addNode(new NodeSpec("n0", Worlds.plan(0), 0, 0));
        sim.addNode(new NodeSpec("n1", Worlds.plan(1), 100, 0));
        Checkers.watch(sim);
        Worlds.client(sim, 0, sim.nodeAt(0));
        Worlds.client(sim, 1, sim.nodeAt(0));
        Worlds.client(sim, 2, sim.nodeAt(1));
        sim.runUntil(60 * SimTime.SECOND);
        spoof(sim);
        sim.runUntil(70 * SimTime.SECOND);
        assertThat(sim.violations()).isEmpty();

        // Each rule about clients is needed: without it a forged frame gets through.
        for (String rule : sim.nodeAt(0).filterCounters().keySet().stream()
                .filter(name -> name.startsWith("from_client") && !name.endsWith("bmx7") && !name.endsWith("redirect")
                        && !name.endsWith("tunnel"))
                .toList()) {
            int before = sim.violations().size();
            sim.nodeAt(0).setHostFault(state -> state.withFilters(state.filters().stream()
                    .filter(filter -> !filter.counter().equals(rule) && !(rule.endsWith("mesh_frame")
                            && filter.counter().endsWith("mesh_frame"))).toList()));
            spoof(sim);
            sim.runUntil(sim.nowNs() + SimTime.SECOND);
            assertThat(sim.violations().subList(before, sim.violations().size())).as("without " + rule)
                    .anyMatch(violation -> violation.invariant().equals("I14"));
        }
    }

    @Test
    void aSelfTestThatSeesNothingWrongWithABrokenHostIsNoticed() {
        Simulation sim = line(1, 1);
        sim.runUntil(30 * SimTime.SECOND);
        for (SimObserver observer : sim.observers()) {
            observer.nodeReported(sim.nodeAt(0), new NodeEvent.Guard(
                    new GuardEvent.IsolationBroken(List.of("false alarm"))), sim.nowNs());
        }
        assertThat(broken(sim)).containsExactly("I18");
        breakHosts(sim, SimHostTest::withoutArpIgnore);
        sim.runUntil(300 * SimTime.SECOND);
        assertThat(sim.violations()).as("the self-test sees a real fault").noneMatch(violation ->
                violation.what().contains("no self-test sees it"));
    }

    @Test
    void nextHopsThatPointAtEachOtherAreALoop() {
        Simulation sim = line(3, 0);
        sim.runUntil(60 * SimTime.SECOND);
        forgeRoute(sim, 1, 2, 0);
        sim.runUntil(80 * SimTime.SECOND);
        assertThat(broken(sim)).contains("I1");
    }

    @Test
    void aFrameThatPassesANodeTwiceIsALoop() {
        Simulation sim = line(3, 0);
        sim.runUntil(200 * SimTime.SECOND);
        Trace trace = new Trace(0, 0, 1, sim.nowNs(), new int[] {0, 1, 2, 1}, null);
        for (SimObserver observer : sim.observers()) {
            observer.forwarded(sim.nodeAt(1), trace, sim.nowNs());
        }
        assertThat(broken(sim)).containsExactly("I1");
    }

    @Test
    void aCableBetweenTwoMeshedBridgesDoublesBroadcasts() {
        Simulation sim = new Simulation(1);
        sim.setRadio(RadioModel.Range.perfect(120));
        for (int i = 0; i < 2; i++) {
            sim.addNode(new NodeSpec("n" + i, Worlds.plan(Worlds.CLOUD, i, List.of(Worlds.RADIO),
                    List.of("lan1")),
                    100 * i, 0));
        }
        Checkers.watch(sim);
        SimClient ana = Worlds.client(sim, 0, sim.nodeAt(0));
        Worlds.client(sim, 1, sim.nodeAt(1));
        sim.runUntil(60 * SimTime.SECOND);
        assertThat(sim.violations()).isEmpty();
        sim.cable(sim.nodeAt(0).device("lan1"), sim.nodeAt(1).device("lan1"), LinkQuality.CABLE);
        ana.stack().announce();
        sim.runUntil(60 * SimTime.SECOND + 100 * SimTime.MS);
        assertThat(broken(sim)).contains("I3");
    }

    @Test
    void aBroadcastThatIsDroppedSomewhereIsMissed() {
        Simulation sim = line(2, 2);
        sim.nodeAt(1).setHostFault(state -> {
            List<FilterRule> rules = new ArrayList<>(state.filters());
            rules.add(new FilterRule(FilterRule.Hook.PREROUTING, "test.swallow",
                    List.of(new FilterRule.Condition.EtherType(BroadcastChecker.TYPE_EXPERIMENT))));
            return state.withFilters(rules);
        });
        sim.runUntil(120 * SimTime.SECOND);
        assertThat(broken(sim)).containsExactly("I3");
        assertThat(sim.violations().getFirst().what()).contains("missed a broadcast");
    }

    @Test
    void aLeaseThatEndsWhileItsClientHoldsItIsForgotten() {
        Simulation sim = line(1, 1);
        sim.runUntil(12 * SimTime.SECOND);
        SimClient ana = sim.client("c0");
        NodeEvent event = new NodeEvent.Access(new AccessEvent.LeaseReleased(ana.mac(), ana.address4()));
        for (SimObserver observer : sim.observers()) {
            observer.nodeReported(sim.nodeAt(0), event, sim.nowNs());
        }
        assertThat(broken(sim)).containsExactly("I5");
    }

    @Test
    void anAddressThatTwoClientsWereToldIsDoubled() {
        Simulation sim = line(1, 2);
        sim.runUntil(12 * SimTime.SECOND);
        for (SimObserver observer : sim.observers()) {
            observer.acknowledged(sim.nodeAt(0), sim.client("c1").mac(), sim.client("c0").address4(),
                    3600 * SimTime.SECOND, sim.nowNs());
        }
        assertThat(broken(sim)).containsExactly("I4");
    }

    @Test
    void aLeaseThatAWrongClockShortensIsFound() {
        Simulation sim = line(1, 1);
        sim.runUntil(12 * SimTime.SECOND);
        for (SimObserver observer : sim.observers()) {
            observer.acknowledged(sim.nodeAt(0), sim.client("c0").mac(), sim.client("c0").address4(),
                    7200 * SimTime.SECOND, sim.nowNs());
        }
        sim.nodeAt(0).restart();
        assertThat(broken(sim)).containsExactly("I15");
        assertThat(sim.violations().getFirst().what()).contains("too early");
    }

    @Test
    void aTableBeyondItsLimitIsFound() {
        Simulation sim = line(2, 3);
        new TableChecker(sim, new TableChecker.Limits(2, 4096, 4096, 65_536, 4096));
        sim.runUntil(120 * SimTime.SECOND);
        assertThat(broken(sim)).containsExactly("I13");
        assertThat(sim.violations().getFirst().what()).contains("leases, more than 2");
    }

    @Test
    void twoCloudsOnOneTagLeak() {
        Simulation sim = new Simulation(1);
        sim.setRadio(RadioModel.Range.perfect(120));
        NodePlan plan = Worlds.plan(1);
        NodePlan forged = new NodePlan(plan.hostname(), plan.domain(), plan.primaryMac(), "Another",
                plan.address4(),
                plan.address6(), plan.anycast(), plan.batadv(), plan.lanPorts(), plan.bmx7(), plan.wan());
        sim.addNode(new NodeSpec("n0", Worlds.plan(0), 0, 0));
        sim.addNode(new NodeSpec("n1", forged, 100, 0));
        Checkers.watch(sim);
        sim.runUntil(20 * SimTime.SECOND);
        assertThat(broken(sim)).contains("I8");
    }

    @Test
    void twoCloudsOnTheirOwnTagsDoNot() {
        Simulation sim = new Simulation(1);
        sim.setRadio(RadioModel.Range.perfect(120));
        sim.addNode(new NodeSpec("n0", Worlds.plan(0), 0, 0));
        sim.addNode(new NodeSpec("n1", Worlds.plan("Escuela", 1, List.of(Worlds.RADIO), List.of()), 50, 0));
        sim.addNode(new NodeSpec("n2", Worlds.plan(2), 100, 0));
        Checkers.watch(sim);
        SimClient ana = Worlds.client(sim, 0, sim.nodeAt(0));
        SimClient beto = Worlds.client(sim, 1, sim.nodeAt(2));
        sim.runUntil(60 * SimTime.SECOND);
        assertThat(sim.violations()).isEmpty();
        assertThat(sim.nodeAt(1).snapshot().batadv().originators()).isEmpty();
        PingSeries ping = ana.startPing(beto.address4(), SimTime.SECOND);
        sim.runUntil(65 * SimTime.SECOND + 500 * SimTime.MS);
        assertThat(ping.received()).isEqualTo(ping.sent());
    }

    @Test
    void aChangeForAWorseNextHopInACalmWorldIsFlapping() {
        Simulation sim = line(3, 0);
        sim.runUntil(400 * SimTime.SECOND);
        assertThat(sim.violations()).isEmpty();
        forgeRoute(sim, 1, 0, 2);
        assertThat(broken(sim)).containsExactly("I11");
    }

    @Test
    void aRouteThatIsMissingLongAfterTheLastChangeIsNoConvergence() {
        Simulation sim = line(3, 1);
        sim.runUntil(10 * SimTime.SECOND);
        forgeRoute(sim, 0, 2, -1);
        sim.runUntil(12 * SimTime.SECOND);
        forgeRoute(sim, 2, 0, 1);
        sim.runUntil(100 * SimTime.SECOND);
        assertThat(broken(sim)).contains("I12");
        assertThat(sim.violations().getFirst().what()).contains("n0 to n2: no next hop at n0");
    }

    @Test
    void aClientThatTheMeshDoesNotKnowIsNoConvergence() {
        Simulation sim = line(2, 0);
        // batman-adv announces no client with an anycast address; without rules such a client gets a lease all the same.
        breakHosts(sim, SimHostTest::withoutFilters);
        SimClient intruder = sim.addClient(new ClientSpec("intruder", MacAddress.parse("aa:aa:aa:00:00:07")));
        intruder.attach(sim.nodeAt(0));
        sim.runUntil(100 * SimTime.SECOND);
        assertThat(intruder.address4()).isNotNull();
        assertThat(sim.violations()).anyMatch(violation -> violation.invariant().equals("I12")
                && violation.what().contains("n1 seeks client intruder nowhere"));
    }

    @Test
    void aViolationTellsSeedTimeEventsAndTheCommandThatReplaysIt() {
        Simulation sim = line(1, 1);
        breakHosts(sim, SimHostTest::withoutArpIgnore);
        sim.runUntil(12 * SimTime.SECOND);
        Violation violation = sim.violations().getFirst();
        assertThat(violation.describe())
                .startsWith("I6 broken at 6.000 s, seed 7: ")
                .contains("client c0 at n0")
                .endsWith("  replay: limesh test --swarm --seeds 1 --from 7\n");
        assertThat(violation.lastEvents()).isNotEmpty().hasSizeLessThanOrEqualTo(Simulation.RECENT_EVENTS);
    }

    @Test
    void theTablesFollowedByEventsAreThoseOfTheNodes() {
        Simulation sim = Worlds.grid(9, 4, 4);
        NextHops nextHops = new NextHops(sim, NextHops.Layer.BATADV, (node, destination, before, after, nowNs) -> { });
        sim.runUntil(100 * SimTime.SECOND);
        sim.links().getFirst().setUp(false);
        sim.nodeAt(5).restart();
        sim.runUntil(200 * SimTime.SECOND);
        for (SimNode node : sim.nodes()) {
            for (var originator : node.snapshot().batadv().originators()) {
                if (originator.best()) {
                    int destination = indexOf(sim, originator.mac());
                    assertThat(nextHops.next(node.index(), destination)).as("%s to %s", node, destination)
                            .isEqualTo(indexOf(sim, originator.nextHop()));
                }
            }
        }
    }

    private static int indexOf(Simulation sim, MacAddress mac) {
        for (SimNode node : sim.nodes()) {
            if (macOf(sim, node.index()).equals(mac)) {
                return node.index();
            }
        }
        return -1;
    }
}
