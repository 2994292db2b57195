package org.limesh.sim;

import java.util.List;

/**
 * I12: some time ({@link ConvergenceBound}) after the last change of links, nodes or clients' places, every
 * pair that usable links connect can reach each other by the tables, and every client is sought where it is.
 */
final class ConvergenceChecker {
    private final Simulation sim;
    private final Convergence convergence;
    private final ConvergenceBound bound;
    private long judgedChangeNs = -1;

    ConvergenceChecker(Simulation sim, Convergence convergence) {
        this.sim = sim;
        this.convergence = convergence;
        this.bound = new ConvergenceBound(sim);
        sim.every(SimTime.SECOND, SimTime.SECOND, this::look);
    }

    private boolean look() {
        long changeNs = sim.lastChangeNs();
        if (changeNs != judgedChangeNs && sim.nowNs() - changeNs >= bound.boundNs()) {
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
