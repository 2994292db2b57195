package org.limesh.sim;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Watches next hops for cycles that last: one that is still there after its time is judged, unless the topology
 * changed meanwhile or there is another excuse; then it gets the same time again.
 */
final class CycleWatch {
    /** What a checker says of a cycle. */
    interface Judge {
        /** How long a cycle may last. */
        long graceNs();

        /** Whether a cycle is nobody's fault: {@code at} lies on the cycle towards the destination. */
        boolean isExcused(int at, int destination);

        /** A cycle has lasted too long. */
        void condemn(int at, int destination, long sinceNs);
    }

    private final Simulation sim;
    private final NextHops nextHops;
    private final Judge judge;
    private final Map<Integer, Long> cycleSinceNs = new LinkedHashMap<>();

    CycleWatch(Simulation sim, NextHops nextHops, Judge judge) {
        this.sim = sim;
        this.nextHops = nextHops;
        this.judge = judge;
    }

    /** A next hop changed. */
    void routeChanged(int node, int destination, long nowNs) {
        if (nextHops.loopFrom(node, destination) != NextHops.NONE) {
            if (cycleSinceNs.putIfAbsent(destination, nowNs) == null) {
                judgeLater(destination, nowNs);
            }
        } else if (cycleSinceNs.containsKey(destination) && cycleTowards(destination) == NextHops.NONE) {
            cycleSinceNs.remove(destination);
        }
    }

    private void judgeLater(int destination, long sinceNs) {
        sim.at(sinceNs + judge.graceNs(), () -> judge(destination, sinceNs));
    }

    private void judge(int destination, long sinceNs) {
        if (!Long.valueOf(sinceNs).equals(cycleSinceNs.get(destination))) {
            return;
        }
        cycleSinceNs.remove(destination);
        int at = cycleTowards(destination);
        if (at == NextHops.NONE) {
            return;
        }
        if (sim.lastTopologyChangeNs() - sinceNs > 0 || judge.isExcused(at, destination)) {
            cycleSinceNs.put(destination, sim.nowNs());
            judgeLater(destination, sim.nowNs());
        } else {
            judge.condemn(at, destination, sinceNs);
        }
    }

    private int cycleTowards(int destination) {
        for (int node = 0; node < nextHops.nodes(); node++) {
            if (sim.nodeAt(node).isUp() && nextHops.loopFrom(node, destination) != NextHops.NONE) {
                return node;
            }
        }
        return NextHops.NONE;
    }
}
