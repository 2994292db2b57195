package org.limesh.sim;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * I1: no lasting loop in layer 2.
 *
 * <p>Two looks at it. <b>Tables</b>: a cycle of next hops towards a destination that can be reached may
 * exist for {@value #GRACE_INTERVALS} originator intervals on end, then it is a violation. (For a destination
 * that cannot be reached no messages come any more, so the old routes stand as they were until they are
 * forgotten, and batman-adv promises nothing. Nor does it where a node of the cycle hears somebody who does
 * not hear it: only the first copy of a message pushes old qualities out, and when that always comes over a
 * link that does not count, an old high quality stands until a true one rises above it; seed 51 shows two
 * nodes that send to each other for half a minute.) <b>Frames</b>: a unicast frame passes no node twice
 * unless
 * a next hop, a link, a node or a client's place changed shortly before or while it was on its way.
 */
final class LoopChecker implements SimObserver {
    /**
     * A cycle ends with the next message that comes over the better way; with losses the one after next may
     * do it.
     */
    static final int GRACE_INTERVALS = 5;
    /**
     * A roamed client's old node forwards frames until all tables know, which takes a lost update and a
     * request.
     */
    static final int QUIET_INTERVALS = 10;

    private final Simulation sim;
    private final NextHops nextHops;
    private final Topology topology;
    private final Map<Integer, Long> cycleSinceNs = new LinkedHashMap<>();
    private long lastRouteChangeNs;

    LoopChecker(Simulation sim, NextHops nextHops) {
        this.sim = sim;
        this.nextHops = nextHops;
        this.topology = sim.topology();
        sim.addObserver(this);
    }

    /** A next hop changed. */
    void routeChanged(int node, int destination, long nowNs) {
        lastRouteChangeNs = nowNs;
        if (nextHops.loopFrom(node, destination) != NextHops.NONE) {
            if (cycleSinceNs.putIfAbsent(destination, nowNs) == null) {
                judgeLater(destination, nowNs);
            }
        } else if (cycleSinceNs.containsKey(destination) && cycleTowards(destination) == NextHops.NONE) {
            cycleSinceNs.remove(destination);
        }
    }

    private void judgeLater(int destination, long sinceNs) {
        sim.at(sinceNs + GRACE_INTERVALS * topology.intervalNs(), () -> judge(destination, sinceNs));
    }

    private void judge(int destination, long sinceNs) {
        if (!Long.valueOf(sinceNs).equals(cycleSinceNs.get(destination))) {
            return;
        }
        cycleSinceNs.remove(destination);
        int at = cycleTowards(destination);
        if (at == NextHops.NONE) {
            return;
        }
        if (sim.lastTopologyChangeNs() - sinceNs > 0 || !topology.promises(at, destination)
                || hearsOneWay(at, destination)) {
            cycleSinceNs.put(destination, sim.nowNs());
            judgeLater(destination, sim.nowNs());
        } else {
            sim.violate("I1", "next hops towards " + sim.nodeAt(destination).name() + " go round at "
                    + sim.nodeAt(at).name() + " since " + SimTime.text(sinceNs));
        }
    }

    private boolean hearsOneWay(int start, int destination) {
        int at = start;
        do {
            if (topology.hearsOneWay(at)) {
                return true;
            }
            at = nextHops.next(at, destination);
        } while (at != start && at != NextHops.NONE);
        return false;
    }

    private int cycleTowards(int destination) {
        for (int node = 0; node < nextHops.nodes(); node++) {
            if (sim.nodeAt(node).isUp() && nextHops.loopFrom(node, destination) != NextHops.NONE) {
                return node;
            }
        }
        return NextHops.NONE;
    }

    @Override
    public void forwarded(SimNode node, Trace trace, long nowNs) {
        int last = trace.hopCount() - 1;
        for (int i = 0; i < last; i++) {
            if (trace.hop(i) == trace.hop(last)) {
                long quietSinceNs = trace.startedNs() - QUIET_INTERVALS * topology.intervalNs();
                if (lastRouteChangeNs - quietSinceNs < 0 && sim.lastChangeNs() - quietSinceNs < 0) {
                    sim.violate("I1", "a frame from " + sim.nodeAt(trace.originNode()).name() + " passed "
                            + node.name() + " twice");
                }
                return;
            }
        }
    }
}
