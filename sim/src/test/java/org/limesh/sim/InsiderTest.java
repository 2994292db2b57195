package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that lie do harm, and it passes. */
class InsiderTest {
    private static final long FROM_NS = 120 * SimTime.SECOND;
    private static final long UNTIL_NS = 160 * SimTime.SECOND;

    /** In a line what a node in the middle says is believed by many. */
    private static Simulation world() {
        Simulation sim = Worlds.grid(13, 6, 1);
        for (int i = 0; i < 4; i++) {
            Worlds.client(sim, i, sim.nodeAt(i * 5 / 3));
        }
        return sim;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theHarmIsOverTwoHundredSecondsAfterTheLastLie(boolean ofTables) {
        Simulation sim = world();
        Checkers.watch(sim);
        Insider insider = Insider.schedule(sim, sim.rng("liar"), sim.nodeAt(2), ofTables, FROM_NS, UNTIL_NS);
        sim.runUntil(100 * SimTime.SECOND);
        PingSeries pings = sim.client("c0").startPing(sim.client("c3").address4(), 200 * SimTime.MS);
        // Nodes look once a second who was silent for 200 s, and tell each other of clients with their next messages.
        long recoveredNs = UNTIL_NS + (Insider.RECOVERY_S + 5) * SimTime.SECOND;
        sim.runUntil(recoveredNs + 100 * SimTime.SECOND);
        assertThat(insider.lies()).isGreaterThan(30);
        assertThat(pings.loss(FROM_NS, UNTIL_NS)).as("while it lies").isGreaterThan(0.1);
        assertThat(pings.loss(recoveredNs, recoveredNs + 98 * SimTime.SECOND)).as("afterwards").isZero();
        assertThat(sim.violations().stream().map(Violation::describe)).isEmpty();
        assertThat(sim.nodes().stream().mapToLong(node -> node.snapshot().batadv().globalClients().stream()
                .filter(client -> client.mac().toString().startsWith("02:44:") || client.mac().toString().startsWith("aa:"))
                .count()).sum()).as("what the liar said that is still believed").isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoNeverStopsIsFoundOut(boolean ofTables) {
        Simulation sim = world();
        Convergence convergence = Checkers.watch(sim).convergence();
        Insider.schedule(sim, sim.rng("liar"), sim.nodeAt(2), ofTables, FROM_NS, 600 * SimTime.SECOND);
        int wrong = 0;
        for (long atNs = FROM_NS + 10 * SimTime.SECOND; atNs < 500 * SimTime.SECOND; atNs += 5 * SimTime.SECOND) {
            sim.runUntil(atNs);
            wrong += convergence.isConverged() ? 0 : 1;
        }
        assertThat(wrong).as("looks at which the tables were wrong, of 74").isGreaterThan(10);
    }
}
