package org.limesh.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * I14: while a client attacks, honest pairs keep {@value #DELIVERED_PERCENT} % of their packets. (That nothing of what it
 * may not send gets anywhere is seen by {@link IsolationChecker}.)
 *
 * <p>When an attack begins, up to {@value #VICTIMS} clients, those of the attacker's node first, ping their gateway and
 * each other for {@value #SECONDS} s, {@value #PER_SECOND} times a second. Judged is what was sent between clients that
 * stayed where they were, in worlds that lose nothing and have not changed for as long as tables may take.
 */
final class AttackChecker implements SimObserver {
    static final int DELIVERED_PERCENT = 99;
    static final int VICTIMS = 4;
    static final int SECONDS = 8;
    static final int PER_SECOND = 10;
    private static final long ANSWER_NS = 2 * SimTime.SECOND;
    /** A client that moves on before its node has announced it is sought where it was, see I9. */
    private static final int ANNOUNCED_INTERVALS = 2;

    /** @param to null for the gateway */
    private record Pair(SimClient from, int fromLink, SimClient to, int toLink, PingSeries pings) {
        boolean stayed() {
            return from.attachment() == fromLink && (to == null || to.attachment() == toLink);
        }

        @Override
        public String toString() {
            return from.name() + " at " + from.access() + " to "
                    + (to == null ? "its gateway" : to.name() + " at " + to.access());
        }
    }

    private final Simulation sim;
    private final Topology topology;
    private final ConvergenceBound bound;
    private final Map<SimClient, Long> attachedNs = new LinkedHashMap<>();
    private long busyUntilNs;
    private int judged;

    AttackChecker(Simulation sim) {
        this.sim = sim;
        this.topology = sim.topology();
        this.bound = new ConvergenceBound(sim);
        sim.addObserver(this);
    }

    /** Attacks that were judged. */
    int judged() {
        return judged;
    }

    @Override
    public void attached(SimClient client, SimNode before, long leftNs, long nowNs) {
        attachedNs.put(client, nowNs);
    }

    @Override
    public void attacked(SimClient attacker, long nowNs) {
        if (nowNs < busyUntilNs || !isCalm()) {
            return;
        }
        List<SimClient> victims = victims(attacker);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < victims.size(); i++) {
            SimClient from = victims.get(i);
            pairs.add(pair(from, null));
            SimClient to = victims.get((i + 1) % victims.size());
            if (to != from && canTalk(from.access(), to.access())) {
                pairs.add(pair(from, to));
            }
        }
        busyUntilNs = nowNs + SECONDS * SimTime.SECOND + ANSWER_NS;
        sim.at(nowNs + SECONDS * SimTime.SECOND, () -> pairs.forEach(pair -> pair.pings.stop()));
        sim.at(busyUntilNs, () -> judge(attacker, pairs));
    }

    private boolean isCalm() {
        return topology.isLossless() && sim.nowNs() - sim.lastTopologyChangeNs() > bound.boundNs();
    }

    private List<SimClient> victims(SimClient attacker) {
        List<SimClient> victims = new ArrayList<>();
        for (boolean near : new boolean[] {true, false}) {
            for (SimClient client : sim.clients()) {
                boolean settled = client.hasLink() && client.address4() != null && client.spec().accessLoss() == 0
                        && sim.nowNs() - attachedNs.getOrDefault(client, 0L) > ANNOUNCED_INTERVALS * topology.intervalNs();
                if (client != attacker && settled && !client.attackedLately() && client.access().plan().anycast() != null
                        && near == (client.access() == attacker.access()) && victims.size() < VICTIMS) {
                    victims.add(client);
                }
            }
        }
        return victims;
    }

    private boolean canTalk(SimNode a, SimNode b) {
        return a == b || a.cloud() == b.cloud() && topology.promises(a.index(), b.index())
                && topology.promises(b.index(), a.index());
    }

    private Pair pair(SimClient from, SimClient to) {
        PingSeries pings = from.startPing(to == null ? from.lease().router() : to.address4(),
                SimTime.SECOND / PER_SECOND);
        return new Pair(from, from.attachment(), to, to == null ? 0 : to.attachment(), pings);
    }

    private void judge(SimClient attacker, List<Pair> pairs) {
        if (!isCalm()) {
            return;
        }
        int sent = 0;
        int received = 0;
        StringBuilder losers = new StringBuilder();
        for (Pair pair : pairs) {
            if (pair.stayed()) {
                sent += pair.pings.sent();
                received += pair.pings.received();
                if (pair.pings.received() < pair.pings.sent()) {
                    losers.append("; ").append(pair.pings.received()).append(" of ").append(pair.pings.sent())
                            .append(" from ").append(pair);
                }
            }
        }
        judged += sent > 0 ? 1 : 0;
        if (received * 100L < sent * (long) DELIVERED_PERCENT) {
            sim.violate("I14", "while client " + attacker.name() + " attacked, " + received + " of " + sent
                    + " pings of others came back" + losers);
        }
    }
}
