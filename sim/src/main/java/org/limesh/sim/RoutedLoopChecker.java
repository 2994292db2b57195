package org.limesh.sim;

import org.limesh.bmx7.Bmx7Event;
import org.limesh.gateway.GatewayEvent;
import org.limesh.node.NodeEvent;

/**
 * I2: no lasting loop on layer 3.
 *
 * <p><b>Tables</b>: a cycle of next hops towards a node that links connect may exist for {@value #GRACE_S} s
 * while no link or node changes. <b>Packets</b>: once nothing has changed for {@value #QUIET_S} s no node
 * routes a packet twice and none puts it into a tunnel twice; and never does a packet wear two outer headers.
 */
final class RoutedLoopChecker implements SimObserver, CycleWatch.Judge {
    /**
     * Three rounds of originator messages: one that pushes the old way out, one that was lost, one to spare.
     */
    static final int GRACE_S = 20;
    /** Descriptions and routes need less than that from end to end. */
    static final int QUIET_S = 10;

    private final Simulation sim;
    private final RoutedTopology topology;
    private final CycleWatch cycles;
    private long lastRouteChangeNs;

    RoutedLoopChecker(Simulation sim, NextHops nextHops) {
        this.sim = sim;
        this.topology = sim.routedTopology();
        this.cycles = new CycleWatch(sim, nextHops, this);
        sim.addObserver(this);
    }

    @Override
    public void nodeReported(SimNode node, NodeEvent event, long nowNs) {
        boolean changes = event instanceof NodeEvent.Bmx7(Bmx7Event.TunnelsChanged unused)
                || event instanceof NodeEvent.Gateway(GatewayEvent.ExitChanged unusedToo);
        if (changes) {
            lastRouteChangeNs = nowNs;
        }
    }

    /** A next hop changed. */
    void routeChanged(int node, int destination, long nowNs) {
        lastRouteChangeNs = nowNs;
        cycles.routeChanged(node, destination, nowNs);
    }

    @Override
    public long graceNs() {
        return GRACE_S * SimTime.SECOND;
    }

    @Override
    public boolean isExcused(int at, int destination) {
        return !topology.connects(at, destination);
    }

    @Override
    public void condemn(int at, int destination, long sinceNs) {
        sim.violate("I2", "routes towards " + sim.nodeAt(destination).name() + " go round at "
                + sim.nodeAt(at).name() + " since " + SimTime.text(sinceNs));
    }

    @Override
    public void routed(SimNode node, String in, String out, Journey journey, long nowNs) {
        if (journey.depth() > 1) {
            sim.violate("I2", "a packet " + text(journey) + " wears two outer headers at " + node.name());
            return;
        }
        long quietNs = journey.startedNs() - QUIET_S * SimTime.SECOND;
        boolean quiet = lastRouteChangeNs - quietNs < 0 && sim.lastChangeNs() - quietNs < 0
                && sim.lastUplinkChangeNs() - quietNs < 0;
        if (quiet && journey.timesRoutedBy(node.index()) > 1) {
            sim.violate("I2", node.name() + " routed a packet " + text(journey) + " twice");
        }
        for (int encapsulator : quiet && journey.depth() > 0 ? journey.encapsulators() : new int[0]) {
            if (journey.timesEncapsulatedBy(encapsulator) > 1) {
                sim.violate("I2", sim.nodeAt(encapsulator).name() + " put a packet " + text(journey)
                        + " into a tunnel twice");
                return;
            }
        }
    }

    private static String text(Journey journey) {
        return "from " + journey.source() + " to " + journey.destination();
    }
}
