package org.limesh.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * I9: a TCP session survives roaming inside a cloud. It is never reset and keeps its addresses, and when the client is
 * off the air for {@value #RADIO_GAP_MS} ms at most, the longest silence stays below {@value #SILENCE_MS} ms.
 *
 * <p>Every stream between two clients is watched, and every move of one of them while it runs. How long it is silent is
 * judged where links lose nothing and have been as they are for as long as tables may take: else a lost segment, or a
 * way that is still sought, would be blamed on the roaming. And both clients have been where they were for {@value
 * #ANNOUNCED_INTERVALS} originator intervals: a client that moves on before its node has announced it is sought, by
 * nodes that have heard of no roaming, where it was before.
 */
final class SessionChecker implements SimObserver {
    static final int RADIO_GAP_MS = 100;
    static final int SILENCE_MS = 200;
    static final int ANNOUNCED_INTERVALS = 2;
    /** By then a stream that was interrupted goes on, if it does. */
    private static final long JUDGED_AFTER_NS = 2 * SimTime.SECOND;

    /** One move of one end. */
    private record Move(SimStream stream, SimClient walker, SimClient peer, SimNode from, int walkersLink, int peersLink,
            long leftNs) {}

    private final Simulation sim;
    private final Topology topology;
    private final ConvergenceBound bound;
    private final List<SimStream> streams = new ArrayList<>();
    private final Map<SimClient, Long> attachedNs = new LinkedHashMap<>();
    private final long watchedSinceNs;
    private int judged;
    private long longestNs;

    SessionChecker(Simulation sim) {
        this.sim = sim;
        this.topology = sim.topology();
        this.bound = new ConvergenceBound(sim);
        this.watchedSinceNs = sim.nowNs();
        sim.addObserver(this);
    }

    /** Moves whose silence was judged. */
    int judged() {
        return judged;
    }

    /** Longest silence of all that were judged. */
    long longestNs() {
        return longestNs;
    }

    @Override
    public void streamOpened(SimStream stream, long nowNs) {
        streams.removeIf(each -> each.isStopped() || !each.isAlive());
        streams.add(stream);
    }

    @Override
    public void attached(SimClient client, SimNode before, long leftNs, long nowNs) {
        long cameNs = cameNs(client);
        attachedNs.put(client, nowNs);
        if (before == null || before == client.access() || before.cloud() != client.access().cloud()) {
            return;
        }
        for (SimStream stream : streams) {
            SimClient peer = stream.otherClient(client);
            if (peer != null && !stream.isStopped() && stream.isConnected()) {
                Move move = new Move(stream, client, peer, before, client.attachment(), peer.attachment(), leftNs);
                boolean calm = nowNs - leftNs <= RADIO_GAP_MS * SimTime.MS && isCalm(move)
                        && isAnnounced(cameNs, leftNs) && isAnnounced(cameNs(peer), leftNs);
                sim.at(nowNs + JUDGED_AFTER_NS, () -> judge(move, calm));
            }
        }
    }

    private long cameNs(SimClient client) {
        return attachedNs.getOrDefault(client, watchedSinceNs);
    }

    private boolean isAnnounced(long cameNs, long leftNs) {
        return leftNs - cameNs > ANNOUNCED_INTERVALS * topology.intervalNs();
    }

    private boolean isCalm(Move move) {
        SimNode at = move.walker.access();
        SimNode peers = move.peer.access();
        return at != null && peers != null && move.walker.hasLink() && move.peer.hasLink() && peers.cloud() == at.cloud()
                && move.walker.attachment() == move.walkersLink && move.peer.attachment() == move.peersLink
                && topology.isLossless() && sim.nowNs() - sim.lastTopologyChangeNs() > bound.boundNs()
                && connects(move.from, at) && connects(move.from, peers) && connects(at, peers);
    }

    private boolean connects(SimNode a, SimNode b) {
        return a == b || topology.promises(a.index(), b.index()) && topology.promises(b.index(), a.index());
    }

    private void judge(Move move, boolean wasCalm) {
        SimStream stream = move.stream;
        if (stream.wasReset()) {
            sim.violate("I9", what(move) + ": the session was reset");
        }
        if (!wasCalm || !isCalm(move) || stream.isStopped()) {
            return;
        }
        judged++;
        long silenceNs = stream.longestGapNs(move.leftNs, sim.nowNs());
        longestNs = Math.max(longestNs, silenceNs);
        if (!stream.isAlive()) {
            sim.violate("I9", what(move) + ": the session broke");
        } else if (silenceNs >= SILENCE_MS * SimTime.MS) {
            sim.violate("I9", what(move) + ": the session was silent for " + silenceNs / SimTime.MS + " ms");
        }
    }

    private String what(Move move) {
        return "client " + move.walker.name() + " went from " + move.from.name() + " to "
                + (move.walker.access() == null ? "nowhere" : move.walker.access().name()) + " with a session from "
                + move.stream.from() + " to " + move.stream.to();
    }
}
