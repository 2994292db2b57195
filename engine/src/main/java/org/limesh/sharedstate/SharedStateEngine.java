package org.limesh.sharedstate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.Rng;

/**
 * When a node tells its leases, and to whom.
 *
 * <pre>
 *            due              1 s              all answered, or given up by the host
 *   waiting ─────→ pinging ─────────→ exchange ──────────────────────────────────────→ waiting
 *
 *   due: every 5 minutes, at a moment of 2 minutes that chance chooses; 2 s after an own lease changed, but not more
 *   often than every 10 s and 20 ms for each entry; after 5, 10, 20 ... s when nobody was found
 * </pre>
 *
 * The first rule is that of the genuine program. The second is ours: a client that walks is faster than 5 minutes.
 */
public final class SharedStateEngine implements Engine {
    /** Effects. */
    public interface Outbox {
        /** Asks all stations of the bridge for a sign; who gives one is told by {@link #onNeighbour}. */
        void ping();

        /** What kind of neighbour is it that gave a sign? */
        Kinship kinship(Ip6Address neighbour);

        /** Exchanges maps; answers come by {@link #onAnswer}, in another call. */
        void exchange(StateExchange exchange);

        /** Entries that are news, by address. @param teller who told them, for people */
        void learned(List<LeaseEntry> entries, String teller);

        /** A round is over. */
        void exchanged(int asked, int answered);
    }

    /** How near a station of the bridge is. */
    public enum Kinship {
        /** On a cable here, or not known to layer 2: asked when it answers at once. */
        NEAR,
        /** Behind a neighbour in the mesh. */
        NEIGHBOUR,
        /** Somewhere in the cloud: asked when there are few others. */
        FAR,
        /** A client, or this node. */
        NOBODY
    }

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LISTEN_NS = SECOND_NS;
    private static final long SYNC_NS = 300 * SECOND_NS;
    private static final long SYNC_SPREAD_NS = 120 * SECOND_NS;
    private static final long PUBLISH_NS = 1800 * SECOND_NS;
    private static final long PUBLISH_SPREAD_NS = 1000 * SECOND_NS;
    private static final long FIRST_NS = 5 * SECOND_NS;
    private static final long SOON_NS = 2 * SECOND_NS;
    private static final long LEAST_PAUSE_NS = 10 * SECOND_NS;
    private static final long LEAST_PAUSE_NS_PER_ENTRY = SECOND_NS / 50;
    private static final long LONELY_NS = 5 * SECOND_NS;
    /** The genuine program asks stations of the bridge that answer within this. */
    private static final long AT_ONCE_NS = 2_000_000;
    /** With fewer, the next best of the cloud are asked too. */
    private static final int FEW_PEERS = 3;
    /** More than that a node hardly has in reach; of more, chance chooses each time. */
    static final int MAX_PEERS = 32;
    /** Signs that one ping may bring; the rest is not looked at. */
    static final int MAX_SIGNS = 1024;
    /** Questions of one peer: so many at once, then one in so long. */
    private static final int QUESTIONS = 6;
    private static final long QUESTION_NS = 5 * SECOND_NS;
    private static final int MAX_ASKERS = 256;

    private final LeaseState state;
    private final List<String> candidates;
    private final Counters counters;
    private final Rng rng;
    private final Outbox out;
    private final Map<Ip4Address, OwnLease> own = new LinkedHashMap<>();
    /** When each asker has used up nothing any more; who has not asked for longest is forgotten first. */
    private final Map<Ip6Address, Long> askers = new LinkedHashMap<>();
    private final Map<Ip6Address, Long> signs = new LinkedHashMap<>();
    private long pingedNs;
    private boolean pinging;
    private long lastRoundNs;
    private long lonelyNs = LONELY_NS;
    private long cycleNs;
    private long syncNs;
    private long publishCycleNs;
    private long publishNs;
    private long bleachNs;
    private int round;
    private int open;
    private int asked;
    private int answered;

    /**
     * @param self       host name of this node
     * @param candidates peers that are asked in every round
     */
    public SharedStateEngine(String self, List<String> candidates, Counters counters, Rng rng, Outbox out, long nowNs) {
        this.state = new LeaseState(self, counters);
        this.candidates = List.copyOf(candidates);
        this.counters = counters;
        this.rng = rng;
        this.out = out;
        this.lastRoundNs = nowNs - LEAST_PAUSE_NS;
        this.cycleNs = nowNs;
        this.syncNs = nowNs + FIRST_NS + spread(FIRST_NS);
        this.publishCycleNs = nowNs;
        this.publishNs = nowNs + PUBLISH_NS + spread(PUBLISH_SPREAD_NS);
        this.bleachNs = nowNs + LeaseState.BLEACH_SECONDS * SECOND_NS;
    }

    private long spread(long mostNs) {
        return (long) (rng.nextDouble() * mostNs);
    }

    private void drop(String fault) {
        counters.of("drop.sharedstate." + fault).increment();
    }

    /** Everything that is known, by address. */
    public List<LeaseEntry> entries() {
        return state.entries();
    }

    // ---- own leases ---------------------------------------------------------------------------------

    /**
     * What this node tells of from now on.
     *
     * @param goesOn whether an address that is no longer among them is leased still, at another node: then that one
     *               tells of it
     */
    public void setOwn(List<OwnLease> leases, Predicate<Ip4Address> goesOn, long nowNs) {
        Map<Ip4Address, OwnLease> gone = new LinkedHashMap<>(own);
        boolean changed = false;
        for (OwnLease lease : leases) {
            OwnLease before = own.put(lease.address(), lease);
            gone.remove(lease.address());
            if (!lease.equals(before)) {
                state.insert(lease.address(), lease.mac(), lease.hostname());
                changed = true;
            }
        }
        for (Ip4Address address : gone.keySet()) {
            own.remove(address);
            if (!goesOn.test(address)) {
                state.remove(address);
                changed = true;
            }
        }
        if (changed) {
            long pauseNs = Math.max(LEAST_PAUSE_NS, state.size() * LEAST_PAUSE_NS_PER_ENTRY);
            long soonNs = Math.max(nowNs + SOON_NS, lastRoundNs + pauseNs);
            syncNs = Engine.earlier(syncNs, soonNs);
        }
    }

    // ---- peers --------------------------------------------------------------------------------------

    /** A station of the bridge has answered the ping. */
    public void onNeighbour(Ip6Address neighbour, long nowNs) {
        if (pinging && neighbour.isLinkLocal() && signs.size() < MAX_SIGNS) {
            signs.putIfAbsent(neighbour, nowNs - pingedNs);
        }
    }

    /**
     * A peer brought its map and asks for ours.
     *
     * @return ours, after the peer's was laid over it; null when it was malformed or comes too often
     */
    public List<LeaseEntry> onQuestion(Ip6Address peer, Decoded<StateDocument> told, long nowNs) {
        long freeNs = Math.max(askers.getOrDefault(peer, nowNs), nowNs);
        if (freeNs - nowNs > (QUESTIONS - 1) * QUESTION_NS) {
            drop("too_often");
            return null;
        }
        askers.remove(peer);
        askers.put(peer, freeNs + QUESTION_NS);
        if (askers.size() > MAX_ASKERS) {
            askers.remove(askers.keySet().iterator().next());
        }
        return take(told, teller(peer)) ? state.entries() : null;
    }

    private static String teller(Ip6Address peer) {
        return peer.isEui64() ? peer.eui64Mac().toString() : peer.toString();
    }

    /**
     * A peer has answered, or has not.
     *
     * @param round of the {@link StateExchange}
     * @param peer  who, for people
     * @param told  null when there was no answer
     */
    public void onAnswer(int round, String peer, Decoded<StateDocument> told) {
        if (round != this.round || open == 0) {
            return;
        }
        if (told == null) {
            counters.of("sharedstate.unanswered").increment();
        } else {
            answered += take(told, peer) ? 1 : 0;
        }
        if (--open == 0) {
            out.exchanged(asked, answered);
        }
    }

    /** The same for a neighbour. */
    public void onAnswer(int round, Ip6Address peer, Decoded<StateDocument> told) {
        onAnswer(round, teller(peer), told);
    }

    private boolean take(Decoded<StateDocument> told, String teller) {
        switch (told) {
            case Decoded.Malformed<StateDocument>(String fault, int unused) -> {
                drop(fault);
                return false;
            }
            case Decoded.Valid<StateDocument>(StateDocument document) -> {
                counters.of("sharedstate.documents").increment();
                counters.of("drop.sharedstate.entry").add(document.refused());
                List<LeaseEntry> news = state.merge(document.entries());
                counters.of("sharedstate.learned").add(news.size());
                if (!news.isEmpty()) {
                    out.learned(news, teller);
                }
                return true;
            }
        }
    }

    /** Who of those that gave a sign is asked. */
    private List<Ip6Address> peers() {
        List<Ip6Address> chosen = new ArrayList<>();
        List<Map.Entry<Ip6Address, Long>> far = new ArrayList<>();
        for (Map.Entry<Ip6Address, Long> sign : signs.entrySet()) {
            boolean atOnce = sign.getValue() < AT_ONCE_NS;
            switch (out.kinship(sign.getKey())) {
                case NEIGHBOUR -> chosen.add(sign.getKey());
                case NEAR -> {
                    if (atOnce) {
                        chosen.add(sign.getKey());
                    }
                }
                case FAR -> far.add(sign);
                case NOBODY -> { }
            }
        }
        far.sort(Comparator.comparingLong(Map.Entry::getValue));
        for (Map.Entry<Ip6Address, Long> sign : far) {
            if (sign.getValue() < AT_ONCE_NS || chosen.size() < FEW_PEERS) {
                chosen.add(sign.getKey());
            }
        }
        while (chosen.size() > MAX_PEERS) {
            chosen.remove(rng.nextInt(chosen.size()));
        }
        return chosen;
    }

    // ---- time ---------------------------------------------------------------------------------------

    @Override
    public long nextDeadlineNs() {
        long roundNs = pinging ? pingedNs + LISTEN_NS : syncNs;
        return Engine.earlier(roundNs, Engine.earlier(publishNs, bleachNs));
    }

    @Override
    public void onTimer(long nowNs) {
        while (Engine.isDue(bleachNs, nowNs)) {
            bleachNs += LeaseState.BLEACH_SECONDS * SECOND_NS;
            state.bleach();
        }
        if (Engine.isDue(publishNs, nowNs)) {
            while (Engine.isDue(publishCycleNs + PUBLISH_NS, nowNs)) {
                publishCycleNs += PUBLISH_NS;
            }
            publishNs = publishCycleNs + PUBLISH_NS + spread(PUBLISH_SPREAD_NS);
            own.values().forEach(lease -> state.insert(lease.address(), lease.mac(), lease.hostname()));
        }
        if (pinging && Engine.isDue(pingedNs + LISTEN_NS, nowNs)) {
            pinging = false;
            exchange(nowNs);
        } else if (!pinging && Engine.isDue(syncNs, nowNs)) {
            pinging = true;
            pingedNs = nowNs;
            signs.clear();
            out.ping();
        }
    }

    private void exchange(long nowNs) {
        List<Ip6Address> peers = peers();
        signs.clear();
        lastRoundNs = nowNs;
        while (Engine.isDue(cycleNs + SYNC_NS, nowNs)) {
            cycleNs += SYNC_NS;
        }
        syncNs = cycleNs + SYNC_NS + spread(SYNC_SPREAD_NS);
        round++;
        asked = peers.size() + candidates.size();
        open = asked;
        answered = 0;
        if (asked == 0) {
            syncNs = Engine.earlier(syncNs, nowNs + lonelyNs);
            lonelyNs = Math.min(2 * lonelyNs, SYNC_NS);
            out.exchanged(0, 0);
        } else {
            lonelyNs = LONELY_NS;
            out.exchange(new StateExchange(round, peers, candidates, state.entries()));
        }
    }
}
