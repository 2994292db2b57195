package org.limesh.sim;

/**
 * All checkers at once; each writes what it finds with {@link Simulation#violate}. Watch before the first
 * event is executed.
 *
 * <pre>
 *   I1  no lasting loop          LoopChecker          next hops, way of each unicast frame
 *   I2  the same on layer 3      RoutedLoopChecker    next hops, way of each routed packet, tunnels
 *   I3  broadcasts once          BroadcastChecker     every client multicast, probes
 *   I4  no doubled lease         LeaseChecker         every acknowledgement
 *   I5  no forgotten lease       LeaseChecker         every start of a node
 *   I6  one gateway              GatewayChecker       probes each 5 s
 *   I7  anycast stays at home    AnycastChecker       every frame between bridge and mesh
 *   I8  clouds stay apart        CloudChecker         every delivery
 *   I9  sessions survive walks   SessionChecker       every stream between clients, every move
 *   I10 exits take over          ExitChecker          every client's way out, each second
 *   I11 no flapping              FlapChecker          next hops of layer 2
 *                                RoutedFlapChecker    next hops of layer 3, exits
 *   I12 convergence              ConvergenceChecker   tables of layer 2, a bound after the last change
 *                                RoutedConvergence    tables of layer 3
 *   I14 attacks stay local       IsolationChecker     every frame that a client may not send
 *                                AttackChecker        pings of honest clients while one attacks
 *                                ConvergenceChecker   200 s after a node has lied, see Insider
 *   I13 bounded tables           TableChecker         every table, each 30 s
 *   I15 time                     LeaseChecker         every start of a node, with wrong clocks
 *   I16 determinism              {@link Swarm#runTwice}, equal {@link Simulation#traceHash}
 *   I18 broken rules are seen    IsolationChecker     self-tests, against what hosts really do
 * </pre>
 */
public final class Checkers {
    private final Convergence convergence;
    private final LoopChecker loops;
    private final FlapChecker flaps;
    private final RoutedLoopChecker routedLoops;
    private final RoutedFlapChecker routedFlaps;
    private final RoutedConvergence routed;
    private final SessionChecker sessions;
    private final AttackChecker attacks;

    private Checkers(Simulation sim) {
        NextHops nextHops = new NextHops(sim, NextHops.Layer.BATADV, this::routeChanged);
        NextHops routes = new NextHops(sim, NextHops.Layer.BMX7, this::routed);
        this.routedLoops = new RoutedLoopChecker(sim, routes);
        this.routedFlaps = new RoutedFlapChecker(sim);
        this.routed = new RoutedConvergence(sim, routes);
        new ExitChecker(sim);
        this.convergence = new Convergence(sim, nextHops);
        this.loops = new LoopChecker(sim, nextHops);
        this.flaps = new FlapChecker(sim);
        new BroadcastChecker(sim);
        new LeaseChecker(sim);
        new TableChecker(sim, TableChecker.Limits.DECLARED);
        new GatewayChecker(sim);
        new AnycastChecker(sim);
        new CloudChecker(sim);
        this.sessions = new SessionChecker(sim);
        new IsolationChecker(sim);
        this.attacks = new AttackChecker(sim);
        new ConvergenceChecker(sim, convergence);
    }

    private void routeChanged(int node, int destination, int before, int after, long nowNs) {
        loops.routeChanged(node, destination, nowNs);
        flaps.routeChanged(node, destination, before, after, nowNs);
    }

    private void routed(int node, int destination, int before, int after, long nowNs) {
        routedLoops.routeChanged(node, destination, nowNs);
        routedFlaps.routeChanged(node, destination, before, after, nowNs);
    }

    /** Lets all checkers watch this simulation. */
    public static Checkers watch(Simulation sim) {
        return new Checkers(sim);
    }

    /** Lets only the checker of leases watch, for worlds of hours. */
    static LeaseChecker watchLeases(Simulation sim) {
        return new LeaseChecker(sim);
    }

    /** Changes between equally good next hops of either layer while all was calm; no violation, see I11. */
    public long changesBetweenEqualWays() {
        return flaps.changesBetweenEquals() + routedFlaps.changesBetweenEquals();
    }

    AttackChecker attacks() {
        return attacks;
    }

    SessionChecker sessions() {
        return sessions;
    }

    /** Whether every pair that links connect has routes on layer 3. */
    public RoutedConvergence routed() {
        return routed;
    }

    /** Whether every reachable pair can reach each other by the nodes' tables. */
    public Convergence convergence() {
        return convergence;
    }
}
