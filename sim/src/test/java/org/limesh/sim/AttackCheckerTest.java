package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.limesh.packet.Arp;

/** I14 in a sound world, and in one where it does not hold. */
class AttackCheckerTest {
    private static final long SETTLED_NS = 90 * SimTime.SECOND;

    private static Simulation world() {
        Simulation sim = Worlds.grid(11, 4, 2);
        for (int i = 0; i < 5; i++) {
            Worlds.client(sim, i, sim.nodeAt(i / 2 * 3));
        }
        return sim;
    }

    @Test
    void nobodyFeelsTheAttacksOfAnother() {
        Simulation sim = world();
        Checkers checkers = Checkers.watch(sim);
        Attacks.schedule(sim, sim.rng("attacks"), SETTLED_NS, 390 * SimTime.SECOND, 15 * SimTime.SECOND);
        sim.runUntil(400 * SimTime.SECOND);
        assertThat(sim.violations().stream().map(Violation::describe)).isEmpty();
        assertThat(checkers.attacks().judged()).isGreaterThan(15);
    }

    @Test
    void withoutRulesAForgedGatewayCostsOthersTheirPackets() {
        Simulation sim = world();
        AttackChecker checker = new AttackChecker(sim);
        sim.runUntil(SETTLED_NS);
        sim.nodes().forEach(node -> node.setHostFault(SimHostTest::withoutFilters));
        SimClient mallory = sim.client("c0");
        mallory.attacks("forges its neighbour's gateway");
        sim.every(SETTLED_NS, 100 * SimTime.MS, () -> {
            SimClient victim = sim.client("c1");
            mallory.send(Arp.reply(mallory.mac().bits(), victim.lease().router().bits(), victim.mac().bits(),
                    victim.address4().bits()));
            return sim.nowNs() < SETTLED_NS + 8 * SimTime.SECOND;
        });
        sim.runUntil(SETTLED_NS + 20 * SimTime.SECOND);
        assertThat(checker.judged()).isEqualTo(1);
        assertThat(sim.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.invariant()).isEqualTo("I14");
            assertThat(violation.what()).contains("while client c0 attacked", "c1 at n0 to its gateway");
        });
    }
}
