package org.limesh.sim;

/**
 * I11: with links that lose nothing and have been as they are for a while, no next hop changes.
 *
 * <p>The quality of a link goes on rising for the 64 messages that a window holds, and what is learned
 * from it goes hop by hop, so {@value #WARM_UP_INTERVALS} originator intervals after a change are free.
 */
final class FlapChecker {
    static final int WARM_UP_INTERVALS = 120;

    private final Simulation sim;
    private final Topology topology;

    FlapChecker(Simulation sim) {
        this.sim = sim;
        this.topology = new Topology(sim);
    }

    void routeChanged(int node, int destination, int before, int after, long nowNs) {
        boolean free = before == NextHops.NONE
                || nowNs - sim.lastTopologyChangeNs() < WARM_UP_INTERVALS * topology.intervalNs();
        // An originator that is gone is rightly forgotten long after the change.
        if (!free && sim.nodeAt(destination).isUp() && topology.isLossless() && reachable(node, destination)) {
            sim.violate("I11", sim.nodeAt(node).name() + " changed its next hop to "
                    + sim.nodeAt(destination).name() + " from " + sim.nodeAt(before).name() + " to "
                    + (after == NextHops.NONE ? "none" : sim.nodeAt(after).name())
                    + " although no link changed or loses anything");
        }
    }

    private boolean reachable(int a, int b) {
        int[] component = topology.components(0);
        return component[a] >= 0 && component[a] == component[b];
    }
}
