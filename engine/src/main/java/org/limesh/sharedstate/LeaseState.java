package org.limesh.sharedstate;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.limesh.base.Counters;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * The map from addresses to leases, as all nodes of a cloud have it after a while.
 *
 * <p>Of two entries for an address the one that was said later stays, which is told by its {@code bleachTTL}: whoever has
 * a greater one wins, whatever it says. A removed lease is an entry too, without data, so that the news travels.
 *
 * <p>At {@link #MAX_ENTRIES} what is new is refused and counted; an own lease takes the place of the oldest entry of
 * somebody else.
 */
public final class LeaseState {
    /** Of a new entry. */
    public static final int BLEACH_TTL = 30;
    /**
     * Of a new entry that contradicts one which is as new: it is made newer by one, or nobody would take it. A greater one
     * than this counts as this; it would live for ever.
     */
    public static final int MAX_TTL = 35;
    /** So long an entry keeps each of its values. */
    public static final long BLEACH_SECONDS = 120;
    /** What fits one message of {@link #MAX_MESSAGE_OCTETS} in the genuine form. */
    public static final int MAX_ENTRIES = 8192;
    /** Of the text of a whole map; with names of usual length it takes half of that. */
    public static final int MAX_MESSAGE_OCTETS = 2 << 20;

    private final String self;
    private final Counters counters;
    private final TreeMap<Ip4Address, LeaseEntry> entries = new TreeMap<>();

    /** @param self host name of this node */
    public LeaseState(String self, Counters counters) {
        this.self = self;
        this.counters = counters;
    }

    /** All entries by address, removed ones included. */
    public List<LeaseEntry> entries() {
        return List.copyOf(entries.values());
    }

    public int size() {
        return entries.size();
    }

    LeaseEntry at(Ip4Address address) {
        return entries.get(address);
    }

    /**
     * Lays what a peer has over what is here.
     *
     * @return those entries that are new or newer than what was here
     */
    public List<LeaseEntry> merge(List<LeaseEntry> told) {
        List<LeaseEntry> taken = new ArrayList<>();
        for (LeaseEntry entry : told) {
            LeaseEntry fair = entry.bleachTtl() > MAX_TTL ? entry.withTtl(MAX_TTL) : entry;
            LeaseEntry known = entries.get(fair.address());
            boolean newer = fair.bleachTtl() > 0 && (known == null || known.bleachTtl() < fair.bleachTtl());
            if (newer && known == null && entries.size() >= MAX_ENTRIES) {
                counters.of("drop.sharedstate.full").increment();
            } else if (newer) {
                entries.put(fair.address(), fair);
                taken.add(fair);
            }
        }
        return taken;
    }

    /** This node says, now, that a client has an address. */
    public void insert(Ip4Address address, MacAddress mac, String hostname) {
        if (!entries.containsKey(address) && entries.size() >= MAX_ENTRIES && !evictOthers()) {
            counters.of("drop.sharedstate.full").increment();
            return;
        }
        say(address, mac, hostname);
    }

    private void say(Ip4Address address, MacAddress mac, String hostname) {
        LeaseEntry known = entries.get(address);
        LeaseEntry fresh = new LeaseEntry(address, BLEACH_TTL, self, mac, hostname);
        if (known != null && known.bleachTtl() >= BLEACH_TTL) {
            boolean same = fresh.withTtl(known.bleachTtl()).equals(known);
            fresh = same ? known : fresh.withTtl(Math.min(known.bleachTtl() + 1, MAX_TTL));
        }
        entries.put(address, fresh);
    }

    /** False when all entries are this node's. */
    private boolean evictOthers() {
        LeaseEntry oldest = null;
        for (LeaseEntry entry : entries.values()) {
            if (!entry.author().equals(self) && (oldest == null || entry.bleachTtl() < oldest.bleachTtl())) {
                oldest = entry;
            }
        }
        if (oldest != null) {
            entries.remove(oldest.address());
            counters.of("drop.sharedstate.evicted").increment();
        }
        return oldest != null;
    }

    /**
     * This node says that a lease of its own is over. Where another node has said something later, that stays: a genuine
     * node would take away the lease of a client that walked on.
     */
    public void remove(Ip4Address address) {
        LeaseEntry known = entries.get(address);
        if (known != null && known.author().equals(self) && !known.isRemoved()) {
            say(address, null, "");
        }
    }

    /** Time goes by: every entry gets older, the oldest are forgotten. */
    public void bleach() {
        entries.values().removeIf(entry -> entry.bleachTtl() < 2);
        entries.replaceAll((address, entry) -> entry.withTtl(entry.bleachTtl() - 1));
    }
}
