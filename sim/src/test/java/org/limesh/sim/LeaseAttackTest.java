package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Ip4Address;
import org.limesh.base.Rng;
import org.limesh.node.NodeSnapshot;

/** Hostile clients against the address server and the broadcasts of a cloud of four nodes in a line. */
class LeaseAttackTest {
    private static final int SETTLED_S = 240;

    private final Simulation sim = Worlds.grid(11, 4, 1);
    private final List<SimClient> honest = new ArrayList<>();
    private final SimClient attacker;
    private final DhcpAttack attack;

    LeaseAttackTest() {
        Checkers.watch(sim);
        for (int i = 0; i < 4; i++) {
            honest.add(Worlds.client(sim, i, sim.nodeAt(i)));
        }
        attacker = Worlds.client(sim, 9, sim.nodeAt(1));
        attack = new DhcpAttack(attacker, new Rng(11));
        run(SETTLED_S);
    }

    private void run(long seconds) {
        sim.runUntil(sim.nowNs() + seconds * SimTime.SECOND);
    }

    private long counted(String counter) {
        return sim.nodeAt(1).snapshot().counters().getOrDefault(counter, 0L);
    }

    private static int entries(NodeSnapshot node) {
        return node.leases().size() + node.remoteLeases().size() + node.alfred().records().size()
                + node.batadv().localClients().size() + node.batadv().globalClients().size();
    }

    private void assertNothingBroken() {
        assertThat(sim.violations().stream().map(Violation::describe)).isEmpty();
    }

    @Test
    void aFloodOfNewClientsTakesNoMoreThanTheRateAllowsAndKnownClientsAreServed() {
        for (int second = 0; second < 60; second++) {
            attack.starve(200);
            run(1);
        }
        assertThat(counted("dhcp.starved")).isGreaterThan(6000);
        assertThat(sim.nodeAt(1).snapshot().leases().size()).as("leases after a minute").isLessThan(50 + 60 * 10);
        Ip4Address before = honest.get(1).address4();
        int acknowledged = honest.get(1).acknowledgements();
        honest.get(1).detach();
        honest.get(1).attach(sim.nodeAt(1));
        attack.starve(200);
        run(2);
        assertThat(honest.get(1).address4()).isEqualTo(before);
        assertThat(honest.get(1).acknowledgements()).isGreaterThan(acknowledged);
        assertNothingBroken();
    }

    @Test
    void anHourAfterAFloodTablesAreWhatTheyWere() {
        int before = sim.nodes().stream().mapToInt(node -> entries(node.snapshot())).sum();
        for (int second = 0; second < 20; second++) {
            attack.starve(200);
            run(1);
        }
        assertThat(sim.nodes().stream().mapToInt(node -> entries(node.snapshot())).sum()).isGreaterThan(before + 20);
        // Whoever took leases holds them for a lease time, and they are kept for twenty minutes more.
        run(3600 + 20 * 60 + 300);
        int after = sim.nodes().stream().mapToInt(node -> entries(node.snapshot())).sum();
        assertThat(after).isBetween(before * 95 / 100, before * 105 / 100);
        assertNothingBroken();
    }

    @Test
    void nobodyLosesAnAddressByForgedReleasesAndDeclines() {
        Ip4Address address = honest.get(1).address4();
        for (int i = 0; i < 20; i++) {
            attack.forge(honest.get(1));
            run(1);
        }
        assertThat(counted("drop.dhcp.forged")).isEqualTo(40);
        assertThat(sim.nodeAt(1).snapshot().leases()).extracting(lease -> lease.address()).contains(address);
        assertThat(honest.get(1).address4()).isEqualTo(address);
        assertNothingBroken();
    }

    @Test
    void honestPairsGoOnDuringFloodsAndStorms() {
        PingSeries pings = honest.getFirst().startPing(honest.get(3).address4(), 100 * SimTime.MS);
        PingSeries past = honest.get(2).startPing(honest.get(1).address4(), 100 * SimTime.MS);
        run(10);
        for (int second = 0; second < 60; second++) {
            attack.starve(200);
            attack.storm(1000);
            run(1);
        }
        for (PingSeries series : List.of(pings, past)) {
            assertThat(series.received()).as("of %d", series.sent()).isGreaterThan(series.sent() * 99 / 100);
        }
        assertNothingBroken();
    }
}
