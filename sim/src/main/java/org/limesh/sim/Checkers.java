package org.limesh.sim;

/**
 * All checkers at once; each writes what it finds with {@link Simulation#violate}. Watch before the first
 * event is executed.
 */
public final class Checkers {
    private final Convergence convergence;

    private Checkers(Simulation sim) {
        this.convergence = new Convergence(sim);
    }

    /** Lets all checkers watch this simulation. */
    public static Checkers watch(Simulation sim) {
        return new Checkers(sim);
    }

    /** Whether every reachable pair can reach each other by the nodes' tables. */
    public Convergence convergence() {
        return convergence;
    }
}
