package org.limesh.sim;

import java.util.List;
import org.limesh.base.Rng;

/** People who walk while they talk: now and then a client moves in the middle of a session with another one. */
final class Walks {
    private static final long RATE_BPS = 64_000;
    private static final long BEFORE_NS = 2 * SimTime.SECOND;
    private static final long AFTER_NS = 3 * SimTime.SECOND;

    private final Simulation sim;
    private final Rng rng;
    private final long untilNs;
    private final long meanGapNs;

    private Walks(Simulation sim, Rng rng, long untilNs, long meanGapNs) {
        this.sim = sim;
        this.rng = rng;
        this.untilNs = untilNs;
        this.meanGapNs = meanGapNs;
    }

    /** Lets a client walk each {@code meanGapNs} on average. */
    static void schedule(Simulation sim, Rng rng, long fromNs, long untilNs, long meanGapNs) {
        sim.at(fromNs, new Walks(sim, rng, untilNs, meanGapNs)::next);
    }

    private void next() {
        if (sim.nowNs() < untilNs) {
            walk();
            sim.at(sim.nowNs() + meanGapNs / 2 + (long) (rng.nextDouble() * meanGapNs), this::next);
        }
    }

    private void walk() {
        List<SimClient> ready = sim.clients().stream().filter(each -> each.hasLink() && each.address4() != null).toList();
        SimClient walker = ready.isEmpty() ? null : ready.get(rng.nextInt(ready.size()));
        List<SimClient> peers = ready.stream()
                .filter(each -> each != walker && each.access().cloud() == walker.access().cloud()).toList();
        if (peers.isEmpty()) {
            return;
        }
        SimClient peer = peers.get(rng.nextInt(peers.size()));
        SimStream stream = rng.nextBoolean(0.5) ? walker.startStream(peer, RATE_BPS) : peer.startStream(walker, RATE_BPS);
        sim.at(sim.nowNs() + BEFORE_NS, () -> go(walker));
        sim.at(sim.nowNs() + BEFORE_NS + AFTER_NS, stream::stop);
    }

    private void go(SimClient walker) {
        if (!walker.hasLink()) {
            return;
        }
        SimNode from = walker.access();
        List<SimNode> others = sim.nodes().stream()
                .filter(node -> node != from && node.isUp() && node.cloud() == from.cloud()).toList();
        if (!others.isEmpty()) {
            walker.roam(others.get(rng.nextInt(others.size())),
                    (long) (rng.nextDouble() * SessionChecker.RADIO_GAP_MS * SimTime.MS));
        }
    }
}
