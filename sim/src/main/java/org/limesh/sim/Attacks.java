package org.limesh.sim;

import java.util.List;
import org.limesh.base.Rng;

/** Hostile clients in a world without faults, where it shows whether others feel it. */
final class Attacks {
    private enum Kind { SPOOF, STARVE, FORGE, STORM }

    private static final int BURSTS = 30;
    private static final long BURST_NS = 100 * SimTime.MS;
    /** A thousand broadcasts a second: what a port may carry at the most. */
    private static final int STORM_PER_BURST = 100;
    private static final int STARVE_PER_BURST = 10;

    private final Simulation sim;
    private final Rng rng;
    private final long untilNs;
    private final long meanGapNs;

    private Attacks(Simulation sim, Rng rng, long untilNs, long meanGapNs) {
        this.sim = sim;
        this.rng = rng;
        this.untilNs = untilNs;
        this.meanGapNs = meanGapNs;
    }

    /** Lets some client attack each {@code meanGapNs} on average. */
    static void schedule(Simulation sim, Rng rng, long fromNs, long untilNs, long meanGapNs) {
        sim.at(fromNs, new Attacks(sim, rng, untilNs, meanGapNs)::next);
    }

    private void next() {
        if (sim.nowNs() < untilNs) {
            attack(Kind.values()[rng.nextInt(Kind.values().length)]);
            sim.at(sim.nowNs() + meanGapNs / 2 + (long) (rng.nextDouble() * meanGapNs), this::next);
        }
    }

    private void attack(Kind kind) {
        List<SimClient> able = sim.clients().stream()
                .filter(client -> client.hasLink() && client.access().plan().anycast() != null).toList();
        if (able.isEmpty()) {
            return;
        }
        SimClient attacker = able.get(rng.nextInt(able.size()));
        SimClient victim = able.get(rng.nextInt(able.size()));
        DhcpAttack attack = new DhcpAttack(attacker, rng);
        attacker.attacks(kind.name());
        switch (kind) {
            case SPOOF -> SpoofingSet.send(attacker, victim);
            case FORGE -> attack.forge(victim == attacker ? able.getFirst() : victim);
            case STARVE -> burst(attacker, BURSTS, () -> attack.starve(STARVE_PER_BURST));
            case STORM -> burst(attacker, BURSTS, () -> attack.storm(STORM_PER_BURST));
        }
    }

    private void burst(SimClient attacker, int left, Runnable once) {
        if (left > 0 && attacker.hasLink()) {
            once.run();
            sim.at(sim.nowNs() + BURST_NS, () -> burst(attacker, left - 1, once));
        }
    }
}
