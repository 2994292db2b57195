package org.limesh.sim;

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
 * unless a next hop, a link, a node or a client's place changed shortly before or while it was on its way.
 */
final class LoopChecker implements SimObserver, CycleWatch.Judge {
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
    private final CycleWatch cycles;
    private long lastRouteChangeNs;

    LoopChecker(Simulation sim, NextHops nextHops) {
        this.sim = sim;
        this.nextHops = nextHops;
        this.topology = sim.topology();
        this.cycles = new CycleWatch(sim, nextHops, this);
        sim.addObserver(this);
    }

    /** A next hop changed. */
    void routeChanged(int node, int destination, long nowNs) {
        lastRouteChangeNs = nowNs;
        cycles.routeChanged(node, destination, nowNs);
    }

    @Override
    public long graceNs() {
        return GRACE_INTERVALS * topology.intervalNs();
    }

    @Override
    public boolean isExcused(int at, int destination) {
        return !topology.promises(at, destination) || hearsOneWay(at, destination);
    }

    @Override
    public void condemn(int at, int destination, long sinceNs) {
        sim.violate("I1", "next hops towards " + sim.nodeAt(destination).name() + " go round at "
                + sim.nodeAt(at).name() + " since " + SimTime.text(sinceNs));
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
