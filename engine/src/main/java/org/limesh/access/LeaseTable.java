package org.limesh.access;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.limesh.access.Binding.State;
import org.limesh.base.Engine;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * Who has which address.
 *
 * <pre>
 *              offer            grant             expire, release         all nodes agree
 *    free ───────────→ OFFERED ──────→ LEASED ───────────────────→ KEPT ──────────────────→ free
 *      ↑  after 30 s ─────┘             ↑   │ decline               │ same client
 *      │                  a client moves│   └─→ QUARANTINED         └──────────→ LEASED
 *      └─ expire ─ REMOTE ←─ learned ───┘
 * </pre>
 *
 * A client has at most one address that was granted here. A lone node skips KEPT.
 */
final class LeaseTable {
    /** One bound for offers, leases and quarantine together: a /16 is the largest cloud. */
    static final int MAX_BINDINGS = 65_536;
    /** A machine has a boot loader and some systems with an id each; more is somebody emptying the pool. */
    static final int MAX_BINDINGS_PER_MAC = 4;
    static final int MIN_OFFER_LIMIT = 1024;
    /** Beyond this the address set aside longest becomes free again. */
    static final int MAX_QUARANTINED = 1024;

    private final AddressPool pool;
    /** Places in the pool that are not free. */
    private final BitSet taken = new BitSet();
    private final Map<Ip4Address, Binding> byAddress = new HashMap<>();
    private final Map<String, Binding> byClientId = new HashMap<>();
    private final Map<MacAddress, List<Binding>> byMac = new HashMap<>();
    /** By time; time is compared by difference, and addresses make equal times distinct. */
    private final TreeSet<Binding> byExpiry = new TreeSet<>(LeaseTable::compareExpiry);
    private final int[] countByState = new int[State.values().length];

    LeaseTable(AddressPool pool) {
        this.pool = pool;
    }

    private static int compareExpiry(Binding a, Binding b) {
        long difference = a.expiresNs - b.expiresNs;
        return difference != 0 ? Long.signum(difference) : a.address.compareTo(b.address);
    }

    int size() {
        return byAddress.size();
    }

    int count(State state) {
        return countByState[state.ordinal()];
    }

    /** Offers and leases of this node whose client shows this MAC. */
    int countOf(MacAddress mac) {
        int count = 0;
        for (Binding binding : byMac.getOrDefault(mac, List.of())) {
            count += binding.state == State.OFFERED || binding.state == State.LEASED ? 1 : 0;
        }
        return count;
    }

    /** Places in the pool, as {@link AddressPool} counts them, that are not free. */
    BitSet taken() {
        return taken;
    }

    boolean isFree(Ip4Address address) {
        return !byAddress.containsKey(address);
    }

    Binding at(Ip4Address address) {
        return byAddress.get(address);
    }

    /**
     * What the client was offered or has leased here, else what it has leased elsewhere, else what is kept
     * for it, or null.
     */
    Binding of(Client client) {
        Binding best = client.clientId().isEmpty() ? null : byClientId.get(client.clientId());
        for (Binding binding : byMac.getOrDefault(client.mac(), List.of())) {
            if (binding.client.isSameAs(client) && (best == null || rank(binding, best) < 0)) {
                best = binding;
            }
        }
        return best;
    }

    /** Negative when {@code a} tells more about where its client lives. */
    private static int rank(Binding a, Binding b) {
        int order = a.state.compareTo(b.state);
        return a.state == b.state || isHere(a) && isHere(b) ? Long.signum(b.expiresNs - a.expiresNs) : order;
    }

    private static boolean isHere(Binding binding) {
        return binding.state == State.OFFERED || binding.state == State.LEASED;
    }

    /** Sets a free address aside for a client until {@code expiresNs}. */
    Binding offer(Client client, Ip4Address address, String reason, long expiresNs) {
        Binding binding = new Binding(client, address, State.OFFERED, reason, expiresNs);
        insert(binding);
        return binding;
    }

    /** An offer is asked for again. */
    void extend(Binding binding, long expiresNs) {
        byExpiry.remove(binding);
        binding.expiresNs = expiresNs;
        byExpiry.add(binding);
    }

    /**
     * The client holds the address from now on. Its id may have become known since the offer. An address
     * that moves here from another node, or was kept, has been the client's since it was first granted.
     */
    void grant(Binding binding, Client client, MacAddress node, String hostname, long nowNs, long expiresNs) {
        remove(binding);
        if (binding.state == State.OFFERED) {
            binding.grantedNs = nowNs;
            binding.grantedBy = node;
        }
        binding.confirmedBy = node;
        binding.client = client.clientId().isEmpty() ? binding.client : client;
        binding.state = State.LEASED;
        binding.hostname = hostname.isEmpty() ? binding.hostname : hostname;
        binding.expiresNs = expiresNs;
        insert(binding);
    }

    /** Somebody unknown uses the address: nobody gets it until {@code expiresNs}. */
    void quarantine(Binding binding, long expiresNs) {
        remove(binding);
        if (count(State.QUARANTINED) >= MAX_QUARANTINED) {
            byAddress.values().stream().filter(other -> other.state == State.QUARANTINED)
                    .min(LeaseTable::compareExpiry).ifPresent(this::remove);
        }
        binding.state = State.QUARANTINED;
        binding.expiresNs = expiresNs;
        insert(binding);
    }

    /** Another node has confirmed the lease later than this one. */
    void moveAway(Binding binding, MacAddress node, long expiresNs) {
        remove(binding);
        binding.state = State.REMOTE;
        binding.confirmedBy = node;
        binding.expiresNs = expiresNs;
        insert(binding);
    }

    /** The lease is over; the address stays its client's until {@code againNs}, when that is looked at anew. */
    void keep(Binding binding, long againNs) {
        remove(binding);
        if (binding.state != State.KEPT) {
            binding.endedNs = binding.expiresNs;
        }
        binding.state = State.KEPT;
        binding.expiresNs = againNs;
        insert(binding);
    }

    /** Of the addresses kept in usable slices, the one whose lease ended first; null when there is none. */
    Binding oldestKept(Predicate<Ip4Address> mayUse) {
        return byAddress.values().stream().filter(binding -> binding.state == State.KEPT && mayUse.test(binding.address))
                .min((a, b) -> a.endedNs != b.endedNs ? Long.signum(a.endedNs - b.endedNs)
                        : a.address.compareTo(b.address)).orElse(null);
    }

    /** Takes a free address. */
    void insert(Binding binding) {
        byAddress.put(binding.address, binding);
        taken.set(pool.indexOf(binding.address));
        byExpiry.add(binding);
        countByState[binding.state.ordinal()]++;
        if (binding.state != State.QUARANTINED) {
            byMac.computeIfAbsent(binding.client.mac(), unused -> new ArrayList<>(1)).add(binding);
            if (!binding.client.clientId().isEmpty()) {
                byClientId.merge(binding.client.clientId(), binding, (old, news) -> rank(old, news) < 0 ? old : news);
            }
        }
    }

    /** The address is free again. */
    void remove(Binding binding) {
        byAddress.remove(binding.address);
        taken.clear(pool.indexOf(binding.address));
        byExpiry.remove(binding);
        countByState[binding.state.ordinal()]--;
        if (binding.state != State.QUARANTINED) {
            List<Binding> sameMac = byMac.get(binding.client.mac());
            sameMac.remove(binding);
            if (sameMac.isEmpty()) {
                byMac.remove(binding.client.mac());
            }
            byClientId.remove(binding.client.clientId(), binding);
        }
    }

    /** Forgets offers to this MAC: a machine has one offer at a time, whatever ids it shows. */
    void dropOffersTo(MacAddress mac) {
        for (Binding binding : List.copyOf(byMac.getOrDefault(mac, List.of()))) {
            if (binding.state == State.OFFERED) {
                remove(binding);
            }
        }
    }

    /** The binding that is due first, removed, or null when none is due. */
    Binding expireOne(long nowNs) {
        if (byExpiry.isEmpty() || !Engine.isDue(byExpiry.getFirst().expiresNs, nowNs)) {
            return null;
        }
        Binding due = byExpiry.getFirst();
        remove(due);
        return due;
    }

    long nextExpiryNs() {
        return byExpiry.isEmpty() ? Engine.NEVER : byExpiry.getFirst().expiresNs;
    }

    List<Lease> leases(State state) {
        return all(state).stream().map(Binding::lease).toList();
    }

    /** All of a state, by address. */
    List<Binding> all(State state) {
        return byAddress.values().stream().filter(binding -> binding.state == state)
                .sorted(Comparator.comparing((Binding binding) -> binding.address)).toList();
    }
}
