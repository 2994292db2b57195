package org.limesh.sim;

import java.util.List;

/**
 * I12: some time after the last change of links or nodes, every pair that usable links connect can reach
 * each other by the tables, and every client is sought where it is.
 *
 * <p>What BATMAN IV can promise. A dead next hop is left when the {@value #RING_MESSAGES} qualities in its
 * ring have been pushed out, each by a message of that originator that came over another way; before that a
 * new link must have got its first echo. That is {@value #BASE_INTERVALS} intervals without loss, and one
 * interval per hop. A link that loses the share p each way delivers one of 1/(1-p) messages, so the bound
 * is stretched by {@link #LOSSY_FACTOR} when a link loses anything. And a node that was restarted counts
 * from a random number: who has heard it twice in 30 s ignores it for as long (the protection against
 * replayed sequence numbers), so {@value #PROTECTION_S} s are added after a restart.
 */
final class ConvergenceChecker {
    static final int RING_MESSAGES = 5;
    static final int BASE_INTERVALS = 10;
    static final int LOSSY_FACTOR = 4;
    static final int PROTECTION_S = 31;

    private final Simulation sim;
    private final Convergence convergence;
    private final Topology topology;
    private long judgedChangeNs = -1;

    ConvergenceChecker(Simulation sim, Convergence convergence) {
        this.sim = sim;
        this.convergence = convergence;
        this.topology = new Topology(sim);
        sim.every(SimTime.SECOND, SimTime.SECOND, this::look);
    }

    /** How long after the last change the checker waits, by what has happened. */
    long boundNs() {
        long intervalNs = topology.intervalNs();
        long boundNs = (BASE_INTERVALS + sim.nodeCount()) * intervalNs;
        if (!topology.isLossless()) {
            boundNs *= LOSSY_FACTOR;
        }
        for (SimNode node : sim.nodes()) {
            if (node.boots() > 1 && sim.nowNs() - node.bootedNs() < 2 * boundNs) {
                return boundNs + PROTECTION_S * SimTime.SECOND;
            }
        }
        return boundNs;
    }

    private boolean look() {
        long changeNs = sim.lastChangeNs();
        if (changeNs != judgedChangeNs && sim.nowNs() - changeNs >= boundNs()) {
            judgedChangeNs = changeNs;
            List<String> missing = convergence.missing();
            if (!missing.isEmpty()) {
                sim.violate("I12", "not converged " + SimTime.text(sim.nowNs() - changeNs)
                        + " after the last change: " + String.join("; ", missing));
            }
        }
        return true;
    }
}
