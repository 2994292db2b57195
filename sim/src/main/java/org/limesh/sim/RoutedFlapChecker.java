package org.limesh.sim;

import org.limesh.gateway.GatewayEvent;
import org.limesh.node.NodeEvent;

/**
 * I11 on layer 3: where no link loses anything and nothing has changed for {@value #WARM_UP_S} s, no node
 * changes its next hop or its exit.
 */
final class RoutedFlapChecker implements SimObserver {
    /** Windows of 48 messages at 0.8 s have to fill, and metrics go hop by hop with a message each 6 s. */
    static final int WARM_UP_S = 180;

    private final Simulation sim;
    private final RoutedTopology topology;

    RoutedFlapChecker(Simulation sim) {
        this.sim = sim;
        this.topology = sim.routedTopology();
        sim.addObserver(this);
    }

    private boolean isCalm(long nowNs) {
        long sinceNs = nowNs - WARM_UP_S * SimTime.SECOND;
        return sim.lastTopologyChangeNs() - sinceNs < 0 && sim.lastUplinkChangeNs() - sinceNs < 0
                && topology.isLossless();
    }

    void routeChanged(int node, int destination, int before, int after, long nowNs) {
        if (before != NextHops.NONE && sim.nodeAt(destination).isUp() && topology.connects(node, destination)
                && isCalm(nowNs)) {
            sim.violate("I11", sim.nodeAt(node).name() + " changed its route to "
                    + sim.nodeAt(destination).name()
                    + " from " + sim.nodeAt(before).name() + " to "
                    + (after == NextHops.NONE ? "none" : sim.nodeAt(after).name())
                    + " although no link changed or loses anything");
        }
    }

    @Override
    public void nodeReported(SimNode node, NodeEvent event, long nowNs) {
        if (event instanceof NodeEvent.Gateway(GatewayEvent.ExitChanged change) && isCalm(nowNs)) {
            sim.violate("I11", node.name() + " changed its exit from " + change.from() + " to " + change.to()
                    + " although nothing changed or loses anything: " + change.reason());
        }
    }
}
