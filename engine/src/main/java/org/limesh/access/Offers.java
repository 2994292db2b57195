package org.limesh.access;

import java.util.Map;
import java.util.TreeMap;
import org.limesh.access.Binding.State;
import org.limesh.base.Counters;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * Sets addresses aside for clients that have none here, and says why it was this address.
 *
 * <pre>
 *   what the client asks for, if free ─→ hash of its MAC ─→ next free one ─→ one kept for somebody long gone
 * </pre>
 *
 * <p>All of them in the slices of this node. New clients are bounded: by rate on each client port, so that a flood on
 * one leaves the others alone, by open offers, by addresses for one MAC, and they never get the last tenth of the pool, which is for clients that come with an address.
 */
final class Offers {
    private static final long SECOND_NS = 1_000_000_000L;
    static final long OFFER_NS = 30 * SECOND_NS;
    /** Many phones come home at once, and then for a while none. */
    private static final int NEW_BURST_SECONDS = 5;
    private static final int SHARE_KEPT_FOR_KNOWN_CLIENTS = 10;
    private static final long EXHAUSTION_TOLD_EVERY_NS = 60 * SECOND_NS;

    private final AddressPool pool;
    private final LeaseTable table;
    private final Slices slices;
    private final Counters counters;
    private final DhcpServer.Outbox out;
    private final int newPerSecond;
    /** By client port; there are as many as the node has ports, and one for clients of whom that is not known. */
    private final Map<Integer, RateLimit> newClients = new TreeMap<>();
    private final long newClientLimit;
    private final int offerLimit;
    private boolean toldExhaustion;
    private long toldExhaustionNs;

    /** @param newPerSecond new clients on each port, after a burst of five times as many */
    Offers(int newPerSecond, AddressPool pool, LeaseTable table, Slices slices, Counters counters,
            DhcpServer.Outbox out) {
        this.pool = pool;
        this.table = table;
        this.slices = slices;
        this.counters = counters;
        this.out = out;
        this.newPerSecond = newPerSecond;
        long usable = Math.min(pool.usableAddresses(), LeaseTable.MAX_BINDINGS);
        this.newClientLimit = usable - usable / SHARE_KEPT_FOR_KNOWN_CLIENTS;
        this.offerLimit = Math.clamp(newPerSecond * OFFER_NS / SECOND_NS, LeaseTable.MIN_OFFER_LIMIT,
                LeaseTable.MAX_BINDINGS);
    }

    /** Sets an address aside for a new client; null when there is none or it has to wait. */
    Binding make(Client client, Ip4Address wanted, long nowNs) {
        if (table.size() - table.count(State.KEPT) >= newClientLimit) {
            tellExhaustion(client.mac(), nowNs);
            return null;
        }
        if (table.count(State.OFFERED) >= offerLimit || !mayBecomeKnown(client, nowNs)) {
            counters.of("dhcp.starved").increment();
            return null;
        }
        if (wanted != null && mayGive(wanted)) {
            return table.offer(client, wanted, "asked for it and it was free", nowNs + OFFER_NS);
        }
        Ip4Address address = pool.choose(client.mac(), slices::mayUse, table.taken());
        if (address == null) {
            return makeRoom(client, nowNs);
        }
        Ip4Address preferred = pool.preferred(client.mac());
        String reason = address.equals(preferred) ? "hash of " + client.mac()
                : slices.mayUse(pool.sliceOf(preferred))
                        ? "next free after " + preferred + ", the hash of " + client.mac()
                        : "hash of " + client.mac() + " within this node's part of the pool";
        return table.offer(client, address, reason, nowNs + OFFER_NS);
    }

    private boolean mayGive(Ip4Address address) {
        return pool.contains(address) && slices.mayUse(pool.sliceOf(address)) && table.isFree(address);
    }

    /** The last resort is an address that is kept for somebody who has not come back for the longest time. */
    private Binding makeRoom(Client client, long nowNs) {
        slices.needRoom(nowNs);
        Binding kept = table.oldestKept(address -> slices.mayUse(pool.sliceOf(address)));
        if (kept == null) {
            tellExhaustion(client.mac(), nowNs);
            return null;
        }
        counters.of("dhcp.kept_reused").increment();
        table.remove(kept);
        return table.offer(client, kept.address, "kept for " + kept.client.mac() + ", but no other was left",
                nowNs + OFFER_NS);
    }

    /** Whether a client that is not known here may take room now; it then counts as one. */
    boolean mayBecomeKnown(Client client, long nowNs) {
        return table.countOf(client.mac()) < LeaseTable.MAX_BINDINGS_PER_MAC
                && newClients.computeIfAbsent(out.portOf(client.mac()), unused ->
                        new RateLimit(newPerSecond, NEW_BURST_SECONDS * newPerSecond)).take(nowNs);
    }

    /** Tells, once a minute, that there is no address left. */
    void tellExhaustion(MacAddress client, long nowNs) {
        counters.of("dhcp.pool_exhausted").increment();
        if (!toldExhaustion || nowNs - toldExhaustionNs >= EXHAUSTION_TOLD_EVERY_NS) {
            toldExhaustion = true;
            toldExhaustionNs = nowNs;
            out.report(new AccessEvent.PoolExhausted(client));
        }
    }
}
