package org.limesh.sim;

/**
 * How long tables may take after the last change.
 *
 * <p>What BATMAN IV can promise. A dead next hop is left when the {@value #RING_MESSAGES} qualities in its
 * ring have been pushed out, each by a message of that originator that came over another way; before that a
 * new link must have got its first echo. That is {@value #BASE_INTERVALS} intervals without loss, and one
 * interval per hop. A link that loses the share p each way delivers one of 1/(1-p) messages, so the bound
 * is stretched {@value #LOSSY_FACTOR} times when a link loses anything. And a node that was restarted counts
 * from a random number: who has heard that twice in 30 s ignores it for as long (the protection against
 * replayed sequence numbers), so {@value #PROTECTION_S} s are added after a restart.
 */
final class ConvergenceBound {
    static final int RING_MESSAGES = 5;
    static final int BASE_INTERVALS = 10;
    static final int LOSSY_FACTOR = 4;
    static final int PROTECTION_S = 31;

    private final Simulation sim;
    private final Topology topology;

    ConvergenceBound(Simulation sim) {
        this.sim = sim;
        this.topology = sim.topology();
    }

    /** The bound by what the world is like now and which nodes were restarted lately. */
    long boundNs() {
        // No way is longer than there are nodes.
        long boundNs = (BASE_INTERVALS + sim.nodeCount()) * topology.intervalNs();
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
}
