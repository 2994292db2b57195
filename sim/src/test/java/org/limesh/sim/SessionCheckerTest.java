package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.limesh.host.HostState;

/** I9 in a sound world, and in worlds where it does not hold. */
class SessionCheckerTest {
    private static final long SETTLED_NS = 90 * SimTime.SECOND;

    private static Simulation world(int width, int height) {
        Simulation sim = Worlds.grid(9, width, height);
        for (int i = 0; i < 6; i++) {
            Worlds.client(sim, i, sim.nodeAt(i * 7 % (width * height)));
        }
        return sim;
    }

    @Test
    void sessionsOfPeopleWhoWalkLive() {
        Simulation sim = world(5, 4);
        Checkers checkers = Checkers.watch(sim);
        Walks.schedule(sim, sim.rng("walks"), SETTLED_NS, 590 * SimTime.SECOND, 6 * SimTime.SECOND);
        sim.runUntil(600 * SimTime.SECOND);
        assertThat(sim.violations().stream().map(Violation::describe)).isEmpty();
        assertThat(checkers.sessions().judged()).isGreaterThan(50);
    }

    @Test
    void aNodeThatLeadsNowhereSilencesTheSession() {
        Simulation sim = world(4, 1);
        Checkers.watch(sim);
        sim.nodeAt(3).setHostFault(state -> state.withLinks(state.links().stream()
                .filter(link -> !(link instanceof HostState.Link.MeshTap)).toList()));
        sim.runUntil(SETTLED_NS);
        SimClient walker = sim.client("c0");
        walker.startStream(sim.client("c2"), 64_000);
        sim.at(SETTLED_NS + 2 * SimTime.SECOND, () -> walker.roam(sim.nodeAt(3), 50 * SimTime.MS));
        sim.runUntil(SETTLED_NS + 10 * SimTime.SECOND);
        assertThat(sim.violations()).filteredOn(violation -> violation.invariant().equals("I9")).singleElement()
                .satisfies(violation -> assertThat(violation.what()).contains("client c0 went from n0 to n3",
                        "was silent for"));
    }
}
