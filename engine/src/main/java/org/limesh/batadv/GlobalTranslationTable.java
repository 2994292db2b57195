package org.limesh.batadv;

import org.limesh.base.Counters.Counter;
import org.limesh.base.MacAddress;
import org.limesh.batadv.GlobalClient.Claim;

/**
 * Clients behind other nodes. Keeps the checksum of every originator's table up to date with every change
 * of an entry, so that comparing an announcement costs a few comparisons.
 */
final class GlobalTranslationTable {
    private final Mesh mesh;
    private final LocalTranslationTable local;
    private final LongMap<GlobalClient> clients = new LongMap<>();
    private final Counter refusedReserved;
    private final Counter refusedFull;

    GlobalTranslationTable(Mesh mesh, LocalTranslationTable local) {
        this.mesh = mesh;
        this.local = local;
        this.refusedReserved = mesh.counter("tt.rejected.reserved");
        this.refusedFull = mesh.counter("tt.rejected.full");
    }

    int size() {
        return clients.size();
    }

    GlobalClient get(long key) {
        return clients.get(key);
    }

    /** Places to walk over, with {@link #at}. */
    int places() {
        return clients.places();
    }

    GlobalClient at(int place) {
        return clients.valueAt(place);
    }

    /** The claim of the originator with the best route, or null; the newest of equals. */
    Claim best(GlobalClient client) {
        Claim best = null;
        int bestTq = -1;
        for (Claim claim = client.claims; claim != null; claim = claim.next) {
            int slot = claim.originator.router(0);
            int tq = slot < 0 ? -1 : claim.originator.average(slot, 0);
            if (tq > bestTq) {
                best = claim;
                bestTq = tq;
            }
        }
        return best;
    }

    /** Where frames to this client go, or null. */
    Claim lookup(long key) {
        GlobalClient client = clients.get(key);
        return client == null || client.has(TtFlags.REFUSED) ? null : best(client);
    }

    /**
     * An originator says, or shows, that it has a client.
     *
     * @param flags wire flags, or {@link TtFlags#TEMPORARY}
     * @return false when it was refused for lack of room
     */
    boolean add(Originator from, long key, int flags, int ttvn, long nowNs) {
        PeerTable table = tableOf(from);
        int nowMs = (int) (nowNs / BatadvLimits.MS);
        boolean temporary = (flags & TtFlags.TEMPORARY) != 0;
        LocalClient ours = local.get(key);
        if (temporary && ours != null && !ours.has(TtFlags.NEW)) {
            return true;
        }
        long mac = TtKey.mac(key);
        if (temporary && mesh.isReserved(mac)) {
            refusedReserved.increment();
            return true;
        }
        boolean multicast = MacAddress.isMulticast(mac);
        GlobalClient client = clients.get(key);
        if (client == null) {
            if (clients.size() >= BatadvLimits.GLOBAL_CLIENTS) {
                return full("clients", BatadvLimits.GLOBAL_CLIENTS, nowNs);
            }
            client = new GlobalClient(key, multicast ? 0 : flags & ~TtFlags.SYNC_MASK, nowMs);
            client.flags |= mesh.isReserved(mac) ? TtFlags.REFUSED : 0;
            client.roamedMs = nowMs;
            clients.put(key, client);
        } else if (temporary) {
            if (!client.has(TtFlags.TEMPORARY) || client.claimOf(from) != null) {
                return true;
            }
            dropClaims(client);
        } else {
            takeOver(client, flags, multicast);
        }
        boolean claimed = claim(client, from, table, flags & TtFlags.SYNC_MASK, ttvn, nowNs);
        if (!claimed) {
            removeIfUnclaimed(client);
            return false;
        }
        if (client.has(TtFlags.REFUSED)) {
            refusedReserved.increment();
        } else if (!multicast) {
            takeFromLocal(client, ours, from, flags);
        }
        return true;
    }

    private boolean full(String table, long limit, long nowNs) {
        refusedFull.increment();
        mesh.reportLimit(table, limit, nowNs);
        return false;
    }

    /**
     * A proper announcement replaces what was only inferred, and the newest claim after a roam replaces all.
     */
    private void takeOver(GlobalClient client, int flags, boolean multicast) {
        int next = client.flags;
        if (client.has(TtFlags.TEMPORARY)) {
            dropClaims(client);
            next &= ~TtFlags.TEMPORARY;
        }
        next |= multicast ? 0 : flags & ~TtFlags.SYNC_MASK;
        if ((next & TtFlags.ROAM) != 0) {
            dropClaims(client);
            next &= ~TtFlags.ROAM;
        }
        setFlags(client, next);
    }

    private boolean claim(GlobalClient client, Originator from, PeerTable table, int syncFlags, int ttvn,
            long nowNs) {
        int vid = TtKey.vid(client.key);
        Claim claim = client.claimOf(from);
        if (claim == null) {
            PeerTable.Vlan vlan = table.clients >= BatadvLimits.CLIENTS_PER_ORIGINATOR
                    ? null : table.vlanOrNew(vid);
            if (vlan == null) {
                return full("clients of an originator", BatadvLimits.CLIENTS_PER_ORIGINATOR, nowNs);
            }
            claim = new Claim(from, ttvn, syncFlags);
            claim.next = client.claims;
            client.claims = claim;
            table.clientAdded(vlan);
            count(client, claim);
        } else {
            count(client, claim);
            claim.ttvn = ttvn;
            claim.flags = syncFlags;
            count(client, claim);
        }
        refreshSyncFlags(client);
        return true;
    }

    private void takeFromLocal(GlobalClient client, LocalClient ours, Originator from, int flags) {
        boolean roam = (flags & TtFlags.ROAM) != 0;
        if (ours != null && !ours.has(TtFlags.NO_PURGE)) {
            client.flags |= ours.flags & TtFlags.WIFI;
            boolean alreadyGoing = ours.has(TtFlags.PENDING);
            local.remove(ours, roam);
            if (!alreadyGoing) {
                mesh.out.report(new BatadvEvent.ClientRoamedAway(new MacAddress(TtKey.mac(client.key)),
                        TtKey.vid(client.key), new MacAddress(from.mac)));
            }
        }
        if (!roam) {
            setFlags(client, client.flags & ~TtFlags.ROAM);
        }
    }

    /** An originator says that it does not have a client any more. */
    void delete(Originator from, long key, boolean roam, int nowMs) {
        GlobalClient client = clients.get(key);
        if (client == null || client.claimOf(from) == null) {
            return;
        }
        if (!roam) {
            dropClaim(client, from);
        } else if (local.get(key) != null) {
            drop(client);
        } else if (client.claims.next == null) {
            markRoamed(client, nowMs);
        } else {
            dropClaim(client, from);
        }
    }

    /** Frames keep going to the old node, which knows better, until the new one announces the client. */
    void markRoamed(GlobalClient client, int nowMs) {
        setFlags(client, client.flags | TtFlags.ROAM);
        client.roamedMs = nowMs;
    }

    /** Removes an entry with all its claims. */
    void drop(GlobalClient client) {
        dropClaims(client);
        clients.remove(client.key);
    }

    /** Removes every claim of an originator. */
    void dropAllOf(Originator originator) {
        if (originator.table == null || originator.table.clients == 0) {
            return;
        }
        for (int place = 0; place < clients.places(); place++) {
            GlobalClient client = clients.valueAt(place);
            if (client != null && unclaim(client, originator) && client.claims == null) {
                clients.removeAt(place--);
            }
        }
    }

    private void dropClaim(GlobalClient client, Originator originator) {
        unclaim(client, originator);
        removeIfUnclaimed(client);
    }

    private void removeIfUnclaimed(GlobalClient client) {
        if (client.claims == null) {
            clients.remove(client.key);
        }
    }

    /** Takes one claim out of the list; true when there was one. */
    private boolean unclaim(GlobalClient client, Originator originator) {
        Claim before = null;
        for (Claim claim = client.claims; claim != null; before = claim, claim = claim.next) {
            if (claim.originator == originator) {
                count(client, claim);
                originator.table.clientRemoved(TtKey.vid(client.key));
                if (before == null) {
                    client.claims = claim.next;
                } else {
                    before.next = claim.next;
                }
                refreshSyncFlags(client);
                return true;
            }
        }
        return false;
    }

    private void dropClaims(GlobalClient client) {
        while (client.claims != null) {
            unclaim(client, client.claims.originator);
        }
    }

    /** Adds a claim's share to the checksum of its originator, or, as it is an exclusive or, takes it out. */
    private static void count(GlobalClient client, Claim claim) {
        if (client.counts()) {
            PeerTable.Vlan vlan = claim.originator.table.vlan(TtKey.vid(client.key));
            vlan.crc ^= TtCrc.ofKey(client.key, claim.flags);
        }
    }

    private void setFlags(GlobalClient client, int flags) {
        boolean counted = client.counts();
        client.flags = flags;
        if (counted != client.counts()) {
            int vid = TtKey.vid(client.key);
            for (Claim claim = client.claims; claim != null; claim = claim.next) {
                claim.originator.table.vlan(vid).crc ^= TtCrc.ofKey(client.key, claim.flags);
            }
        }
    }

    private static void refreshSyncFlags(GlobalClient client) {
        int sync = 0;
        for (Claim claim = client.claims; claim != null; claim = claim.next) {
            sync |= claim.flags;
        }
        client.flags = client.flags & ~TtFlags.SYNC_MASK | sync;
    }

    static PeerTable tableOf(Originator originator) {
        if (originator.table == null) {
            originator.table = new PeerTable();
        }
        return originator.table;
    }

    /** Forgets clients that left somewhere ten minutes ago and that nobody announced since. */
    void expire(int nowMs) {
        for (int place = 0; place < clients.places(); place++) {
            GlobalClient client = clients.valueAt(place);
            if (client != null
                    && (client.has(TtFlags.ROAM) && nowMs - client.roamedMs >= BatadvLimits.CLIENT_TIMEOUT_MS
                    || client.has(TtFlags.TEMPORARY)
                    && nowMs - client.addedMs >= BatadvLimits.CLIENT_TIMEOUT_MS)) {
                dropClaims(client);
                clients.removeAt(place--);
            }
        }
    }
}
