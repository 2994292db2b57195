package org.limesh.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.gateway.GatewayEvent;
import org.limesh.node.NodeEvent;

/**
 * I11 on layer 3: where no link loses anything and nothing has changed for {@value #WARM_UP_S} s, no node
 * changes its next hop or its exit.
 *
 * <p>Changes between ways over as many links are counted, no violation: of two that are equally good BMX7 takes the
 * other when a message comes 2.5 s earlier there, as the genuine program does, and half a ring away that is often. Of
 * others one in ten minutes is let be: their metrics may be as good.
 */
final class RoutedFlapChecker implements SimObserver {
    /** Windows of 48 messages at 0.8 s have to fill, and metrics go hop by hop with a message each 6 s. */
    static final int WARM_UP_S = 180;
    private static final long LET_BE_NS = 600 * SimTime.SECOND;

    private final Simulation sim;
    private final RoutedTopology topology;
    /** Instant of the last change in calm, by node and destination. */
    private final Map<Long, Long> changedNs = new LinkedHashMap<>();
    private long changesBetweenEquals;

    RoutedFlapChecker(Simulation sim) {
        this.sim = sim;
        this.topology = sim.routedTopology();
        sim.addObserver(this);
    }

    /** Changes between ways over as many links, in calm worlds. */
    long changesBetweenEquals() {
        return changesBetweenEquals;
    }

    private boolean isCalm(long nowNs) {
        long sinceNs = nowNs - WARM_UP_S * SimTime.SECOND;
        return sim.lastTopologyChangeNs() - sinceNs < 0 && sim.lastUplinkChangeNs() - sinceNs < 0
                && topology.isLossless();
    }

    void routeChanged(int node, int destination, int before, int after, long nowNs) {
        if (before == NextHops.NONE || !sim.nodeAt(destination).isUp() || !topology.connects(node, destination)
                || !isCalm(nowNs)) {
            return;
        }
        if (after != NextHops.NONE && topology.hops(after, destination) == topology.hops(before, destination)) {
            changesBetweenEquals++;
        } else if (changedLately((long) node << 32 | destination, nowNs)) {
            sim.violate("I11", sim.nodeAt(node).name() + " changed its route to "
                    + sim.nodeAt(destination).name()
                    + " from " + sim.nodeAt(before).name() + " to "
                    + (after == NextHops.NONE ? "none" : sim.nodeAt(after).name())
                    + " although no link changed or loses anything");
        }
    }

    private boolean changedLately(long pair, long nowNs) {
        Long before = changedNs.put(pair, nowNs);
        return before != null && nowNs - before < LET_BE_NS;
    }

    @Override
    public void nodeReported(SimNode node, NodeEvent event, long nowNs) {
        if (event instanceof NodeEvent.Gateway(GatewayEvent.ExitChanged change) && isCalm(nowNs)) {
            sim.violate("I11", node.name() + " changed its exit from " + change.from() + " to " + change.to()
                    + " although nothing changed or loses anything: " + change.reason());
        }
    }
}
