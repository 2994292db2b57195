package org.limesh.sim;

import java.util.List;
import org.limesh.base.Rng;

/**
 * Misfortunes of providers' lines from a seed: a cable is pulled, a portal wants a login, a line goes silent.
 * Each lasts a while and is then undone. A stream of random numbers of its own, so that worlds with lines
 * have the same other misfortunes as those without.
 */
final class UplinkFaults {
    private enum Kind { PULL, PORTAL, SILENCE }

    private static final long SHORTEST_NS = 2 * SimTime.SECOND;
    private static final long LONGEST_NS = 120 * SimTime.SECOND;

    private final Simulation sim;
    private final Rng rng;
    private final long meanGapNs;
    private final long untilNs;
    private boolean over;

    private UplinkFaults(Simulation sim, Rng rng, long meanGapNs, long untilNs) {
        this.sim = sim;
        this.rng = rng;
        this.meanGapNs = meanGapNs;
        this.untilNs = untilNs;
    }

    static UplinkFaults schedule(Simulation sim, Rng rng, long fromNs, long untilNs, long meanGapNs) {
        UplinkFaults faults = new UplinkFaults(sim, rng, meanGapNs, untilNs);
        sim.at(fromNs, faults::next);
        return faults;
    }

    void stop() {
        over = true;
    }

    private void next() {
        List<SimUplink> lines = sim.internet().uplinks();
        if (over || sim.nowNs() >= untilNs || lines.isEmpty()) {
            return;
        }
        SimUplink line = lines.get(rng.nextInt(lines.size()));
        switch (Kind.values()[rng.nextInt(Kind.values().length)]) {
            case PULL -> {
                line.setPlugged(false);
                undo(() -> line.setPlugged(true));
            }
            case PORTAL -> {
                line.setPortal(true);
                undo(() -> line.setPortal(false));
            }
            case SILENCE -> {
                line.setSilent(true);
                undo(() -> line.setSilent(false));
            }
        }
        sim.at(sim.nowNs() + (long) (rng.nextDouble() * 2 * meanGapNs), this::next);
    }

    private void undo(Runnable action) {
        sim.at(sim.nowNs() + SHORTEST_NS + (long) (rng.nextDouble() * (LONGEST_NS - SHORTEST_NS)), () -> {
            if (!over) {
                action.run();
            }
        });
    }
}
