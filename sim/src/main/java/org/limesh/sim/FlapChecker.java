package org.limesh.sim;

/**
 * I11: with links that lose nothing and have been as they are for a while, no next hop changes for a worse
 * one.
 *
 * <p>The quality of a link goes on rising for the 64 messages that a window holds, and what is learned
 * from it goes hop by hop, so {@value #WARM_UP_INTERVALS} originator intervals after a change are free.
 * Two ways of the same length have the same quality but for the moment between a message and its echo
 * (251 or 255), and BATMAN IV changes between them as that falls; this is counted, not a violation.
 */
final class FlapChecker {
    static final int WARM_UP_INTERVALS = 120;
    /**
     * A hop costs 12 % of the quality at least; half of that is cutting to whole numbers and missing echoes.
     */
    private static final double EQUAL_SHARE = 0.94;

    private final Simulation sim;
    private final Topology topology;
    private long changesBetweenEquals;

    FlapChecker(Simulation sim) {
        this.sim = sim;
        this.topology = sim.topology();
    }

    /** Changes between ways of the same quality, in calm worlds. */
    long changesBetweenEquals() {
        return changesBetweenEquals;
    }

    void routeChanged(int node, int destination, int before, int after, long nowNs) {
        boolean free = before == NextHops.NONE
                || nowNs - sim.lastTopologyChangeNs() < WARM_UP_INTERVALS * topology.intervalNs();
        // An originator that is gone is rightly forgotten long after the change.
        if (free || !sim.nodeAt(destination).isUp() || !topology.isLossless()
                || !topology.promises(node, destination)) {
            return;
        }
        boolean equal = after != NextHops.NONE && topology.expectedTq(node, after, destination)
                >= EQUAL_SHARE * topology.expectedTq(node, before, destination);
        if (equal) {
            changesBetweenEquals++;
        } else {
            sim.violate("I11", sim.nodeAt(node).name() + " changed its next hop to "
                    + sim.nodeAt(destination).name() + " from " + sim.nodeAt(before).name() + " to "
                    + (after == NextHops.NONE ? "none" : "the worse " + sim.nodeAt(after).name())
                    + " although no link changed or loses anything");
        }
    }
}
