package org.limesh.access;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.limesh.access.Binding.State;
import org.limesh.base.Engine;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * Who has which address.
 *
 * <pre>
 *              offer            grant             expire, release
 *    free ───────────→ OFFERED ──────→ LEASED ──────────────────→ free
 *      ↑  after 30 s ─────┘              │ decline
 *      └──── after a lease time ─── QUARANTINED
 * </pre>
 *
 * A client has at most one address. Leases that other nodes of the cloud granted will enter here too, as
 * a fourth state that only the same client may take over; a store of leases will be fed from
 * {@link #grant} and {@link #remove}.
 */
final class LeaseTable {
    /** One bound for offers, leases and quarantine together: a /16 is the largest cloud. */
    static final int MAX_BINDINGS = 65_536;
    /** A machine has a boot loader and some systems with an id each; more is somebody emptying the pool. */
    static final int MAX_BINDINGS_PER_MAC = 4;
    static final int MAX_OFFERS = 1024;
    /** Beyond this the address set aside longest becomes free again. */
    static final int MAX_QUARANTINED = 1024;

    private final Map<Ip4Address, Binding> byAddress = new HashMap<>();
    private final Map<String, Binding> byClientId = new HashMap<>();
    private final Map<MacAddress, List<Binding>> byMac = new HashMap<>();
    /** By time; time is compared by difference, and addresses make equal times distinct. */
    private final TreeSet<Binding> byExpiry = new TreeSet<>(LeaseTable::compareExpiry);
    private final int[] countByState = new int[State.values().length];

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

    /** Offers and leases whose client shows this MAC. */
    int countOf(MacAddress mac) {
        return byMac.getOrDefault(mac, List.of()).size();
    }

    boolean isFree(Ip4Address address) {
        return !byAddress.containsKey(address);
    }

    Binding at(Ip4Address address) {
        return byAddress.get(address);
    }

    /** What the client was offered or has leased, or null. */
    Binding of(Client client) {
        Binding known = client.clientId().isEmpty() ? null : byClientId.get(client.clientId());
        if (known != null) {
            return known;
        }
        for (Binding binding : byMac.getOrDefault(client.mac(), List.of())) {
            if (binding.client.isSameAs(client)) {
                return binding;
            }
        }
        return null;
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

    /** The client holds the address from now on. Its id may have become known since the offer. */
    void grant(Binding binding, Client client, String hostname, long nowNs, long expiresNs) {
        remove(binding);
        if (binding.state != State.LEASED) {
            binding.grantedNs = nowNs;
        }
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

    /** Takes a free address. */
    void insert(Binding binding) {
        byAddress.put(binding.address, binding);
        byExpiry.add(binding);
        countByState[binding.state.ordinal()]++;
        if (binding.state != State.QUARANTINED) {
            byMac.computeIfAbsent(binding.client.mac(), unused -> new ArrayList<>(1)).add(binding);
            if (!binding.client.clientId().isEmpty()) {
                byClientId.put(binding.client.clientId(), binding);
            }
        }
    }

    /** The address is free again. */
    void remove(Binding binding) {
        byAddress.remove(binding.address);
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

    List<Lease> leases() {
        return byAddress.values().stream().filter(Binding::isLeased).map(Binding::lease)
                .sorted(Comparator.comparing(Lease::address)).toList();
    }
}
