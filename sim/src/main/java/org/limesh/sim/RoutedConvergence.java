package org.limesh.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * I12 on layer 3: some time after the last change of links or nodes every pair that usable links connect has
 * routes.
 *
 * <pre>
 *   link is noticed, description fetched, link proven     {@value #LINK_S} s, more where packets are lost
 *   route to the next node                                 {@value #HOP_S} s per hop: an originator message each 6 s
 * </pre>
 */
public final class RoutedConvergence {
    static final int LINK_S = 45;
    static final int HOP_S = 2;
    static final int LOSSY_FACTOR = 2;
    private static final int MISSING_LIMIT = 10;

    private final Simulation sim;
    private final NextHops routes;
    private final RoutedTopology topology;
    private long judgedChangeNs = -1;

    RoutedConvergence(Simulation sim, NextHops routes) {
        this(sim, routes, true);
    }

    private RoutedConvergence(Simulation sim, NextHops routes, boolean judges) {
        this.sim = sim;
        this.routes = routes;
        this.topology = sim.routedTopology();
        if (judges) {
            sim.every(SimTime.SECOND, SimTime.SECOND, this::look);
        }
    }

    /** A view of its own that breaks nothing; it must be made before the first event is executed. */
    public static RoutedConvergence watch(Simulation sim) {
        return new RoutedConvergence(sim, new NextHops(sim, NextHops.Layer.BMX7,
                (node, destination, before, after, nowNs) -> { }), false);
    }

    /** How long the tables may take after the last change. */
    static long boundNs(Simulation sim) {
        long seconds = LINK_S + (long) HOP_S * sim.nodeCount();
        return seconds * SimTime.SECOND * (sim.routedTopology().isLossless() ? 1 : LOSSY_FACTOR);
    }

    private boolean look() {
        long changeNs = sim.lastTopologyChangeNs();
        if (changeNs != judgedChangeNs && sim.nowNs() - changeNs >= boundNs(sim)) {
            judgedChangeNs = changeNs;
            List<String> missing = missing();
            if (!missing.isEmpty()) {
                sim.violate("I12", "layer 3 not converged " + SimTime.text(sim.nowNs() - changeNs)
                        + " after the last change: " + String.join("; ", missing));
            }
        }
        return true;
    }

    /** Pairs that links connect and tables do not, the first ones. */
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (int from = 0; from < sim.nodeCount(); from++) {
            for (int to = 0; to < sim.nodeCount() && missing.size() < MISSING_LIMIT; to++) {
                if (topology.connects(from, to) && routes.next(from, to) == NextHops.NONE) {
                    missing.add(sim.nodeAt(from).name() + " has no route to " + sim.nodeAt(to).name());
                }
            }
        }
        return missing;
    }

    /** Share 0..1 of the pairs connected by links that have a route; 1 when there is none. */
    public double share() {
        long wanted = 0;
        long found = 0;
        for (int from = 0; from < sim.nodeCount(); from++) {
            for (int to = 0; to < sim.nodeCount(); to++) {
                if (topology.connects(from, to)) {
                    wanted++;
                    found += routes.next(from, to) == NextHops.NONE ? 0 : 1;
                }
            }
        }
        return wanted == 0 ? 1 : (double) found / wanted;
    }
}
