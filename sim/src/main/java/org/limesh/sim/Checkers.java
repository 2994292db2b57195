package org.limesh.sim;

/**
 * All checkers at once; each writes what it finds with {@link Simulation#violate}. Watch before the first
 * event is executed.
 *
 * <pre>
 *   I1  no lasting loop          LoopChecker          next hops, way of each unicast frame
 *   I3  broadcasts once          BroadcastChecker     every client multicast, probes
 *   I4  no doubled lease         LeaseChecker         every acknowledgement
 *   I5  no forgotten lease       LeaseChecker         every start of a node
 *   I6  one gateway              GatewayChecker       probes each 5 s
 *   I7  anycast stays at home    AnycastChecker       every frame between bridge and mesh
 *   I8  clouds stay apart        CloudChecker         every delivery
 *   I11 no flapping              FlapChecker          next hops
 *   I12 convergence              ConvergenceChecker   tables, a bound after the last change
 *   I16 determinism              {@link Swarm#runTwice}, equal {@link Simulation#traceHash}
 * </pre>
 */
public final class Checkers {
    private final Convergence convergence;
    private final LoopChecker loops;
    private final FlapChecker flaps;

    private Checkers(Simulation sim) {
        NextHops nextHops = new NextHops(sim, this::routeChanged);
        this.convergence = new Convergence(sim, nextHops);
        this.loops = new LoopChecker(sim, nextHops);
        this.flaps = new FlapChecker(sim);
        new BroadcastChecker(sim);
        new LeaseChecker(sim);
        new GatewayChecker(sim);
        new AnycastChecker(sim);
        new CloudChecker(sim);
        new ConvergenceChecker(sim, convergence);
    }

    private void routeChanged(int node, int destination, int before, int after, long nowNs) {
        loops.routeChanged(node, destination, nowNs);
        flaps.routeChanged(node, destination, before, after, nowNs);
    }

    /** Lets all checkers watch this simulation. */
    public static Checkers watch(Simulation sim) {
        return new Checkers(sim);
    }

    /** Lets only the checker of leases watch, for worlds of hours. */
    static LeaseChecker watchLeases(Simulation sim) {
        return new LeaseChecker(sim);
    }

    /** Changes between next hops of the same quality while all was calm; no violation, see I11. */
    public long changesBetweenEqualWays() {
        return flaps.changesBetweenEquals();
    }

    /** Whether every reachable pair can reach each other by the nodes' tables. */
    public Convergence convergence() {
        return convergence;
    }
}
