package org.limesh.batadv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.limesh.base.MacAddress;
import org.limesh.batadv.wire.TtTvlv;
import org.limesh.batadv.wire.Tvlv;
import org.limesh.batadv.wire.UnicastTvlvPacket;

/**
 * Clients behind this node, and how they are announced: changes are collected, and committed just before an
 * own OGM is prepared.
 *
 * <pre>
 *   add ──→ NEW ──commit──→ announced ──remove──→ PENDING ──commit──→ gone
 *            └──remove──→ gone, nobody ever heard of it
 * </pre>
 */
final class LocalTranslationTable {
    private static final int VALUE_AT = Tvlv.HEADER_OCTETS;

    private final Mesh mesh;
    private final LongMap<LocalClient> clients = new LongMap<>();
    /** VLANs that exist on the mesh interface, and the checksum of each as last committed. */
    private int[] vids = {0};
    private int[] crcs = {0};
    /** Changes since the last commit, in order. */
    private final List<Change> changes = new ArrayList<>();
    private int ttvn;
    private int repeatsLeft;
    /** Containers of the own OGM. */
    private byte[] announcement;
    private boolean announcesChanges;
    /** Change records of the last commit, or null before the first. */
    private byte[] lastChanges;

    private record Change(long key, int flags) {
        boolean isDelete() {
            return (flags & TtFlags.DELETE) != 0;
        }
    }

    LocalTranslationTable(Mesh mesh) {
        this.mesh = mesh;
        rebuild(new byte[0]);
    }

    int ttvn() {
        return ttvn;
    }

    int size() {
        return clients.size();
    }

    LocalClient get(long key) {
        return clients.get(key);
    }

    /** Places to walk over, with {@link #at}. */
    int places() {
        return clients.places();
    }

    LocalClient at(int place) {
        return clients.valueAt(place);
    }

    /** True when a VLAN exists on the mesh interface. */
    boolean knowsVlan(int vid) {
        return vlanIndex(vid) >= 0;
    }

    private int vlanIndex(int vid) {
        for (int i = 0; i < vids.length; i++) {
            if (vids[i] == vid) {
                return i;
            }
        }
        return -1;
    }

    void addVlan(int vid) {
        if (!knowsVlan(vid)) {
            vids = Arrays.copyOf(vids, vids.length + 1);
            crcs = Arrays.copyOf(crcs, vids.length);
            vids[vids.length - 1] = vid;
        }
    }

    int crc(int vid) {
        int index = vlanIndex(vid);
        return index < 0 ? 0 : crcs[index];
    }

    /** True when one more client would no longer fit into one answer with the full table. */
    boolean isFull() {
        int smallestMtu = Integer.MAX_VALUE;
        for (int i = 0; i < mesh.hardifCount(); i++) {
            smallestMtu = Math.min(smallestMtu, mesh.hardif(i).mtuOctets);
        }
        return fullTableOctets(clients.size() + 1) > smallestMtu;
    }

    private int fullTableOctets(int clientCount) {
        return UnicastTvlvPacket.HEADER_OCTETS + Tvlv.HEADER_OCTETS + TtTvlv.HEADER_OCTETS
                + vids.length * TtTvlv.VLAN_OCTETS + clientCount * TtTvlv.CHANGE_OCTETS;
    }

    /** Adds a client that is not there yet; the caller has checked VLAN and room. */
    LocalClient add(long key, int flags, int nowMs) {
        LocalClient client = new LocalClient(key, flags | TtFlags.NEW, nowMs);
        clients.put(key, client);
        note(key, flags & TtFlags.WIRE_MASK);
        return client;
    }

    /** It was about to go, and is here again. */
    void revive(LocalClient client) {
        client.flags &= ~TtFlags.PENDING;
        note(client.key, client.flags & TtFlags.SYNC_MASK);
    }

    /** Sets the sync flags; a change is announced. */
    void setSyncFlags(LocalClient client, int syncFlags) {
        if ((client.flags & TtFlags.SYNC_MASK) != syncFlags) {
            client.flags = client.flags & ~TtFlags.SYNC_MASK | syncFlags;
            note(client.key, syncFlags);
        }
    }

    /** Takes a client out at the next commit, or at once when nobody has heard of it yet. */
    void remove(LocalClient client, boolean roamed) {
        int roam = roamed ? TtFlags.ROAM : 0;
        boolean unheard = client.has(TtFlags.NEW);
        if (!unheard && client.has(TtFlags.PENDING)) {
            client.flags |= roam;
            return;
        }
        note(client.key, client.flags & TtFlags.SYNC_MASK | TtFlags.DELETE | roam);
        if (unheard) {
            clients.remove(client.key);
        } else {
            client.flags |= TtFlags.PENDING | roam;
        }
    }

    /** A delete and an add of the same client cancel each other; of two of a kind the later flags hold. */
    private void note(long key, int flags) {
        Change change = new Change(key, flags);
        for (int i = 0; i < changes.size(); i++) {
            Change older = changes.get(i);
            if (older.key() == key) {
                if (older.isDelete() == change.isDelete()) {
                    changes.set(i, change);
                } else {
                    changes.remove(i);
                }
                return;
            }
        }
        changes.add(change);
    }

    /** Forgets clients unseen for ten minutes. */
    void expire(int nowMs) {
        for (int place = 0; place < clients.places(); place++) {
            LocalClient client = clients.valueAt(place);
            if (client == null || client.has(TtFlags.NO_PURGE | TtFlags.PENDING)
                    || nowMs - client.lastSeenMs < BatadvLimits.CLIENT_TIMEOUT_MS) {
                continue;
            }
            boolean unheard = client.has(TtFlags.NEW);
            remove(client, false);
            mesh.out.report(new BatadvEvent.ClientRemoved(new MacAddress(TtKey.mac(client.key)),
                    TtKey.vid(client.key), "timeout"));
            place -= unheard ? 1 : 0;
        }
    }

    /** Containers for the OGM that is prepared now. */
    byte[] announcement() {
        return announcement;
    }

    /** Makes the collected changes the next version of the table; called before an own OGM is prepared. */
    void commit() {
        if (changes.isEmpty()) {
            if (repeatsLeft > 0) {
                repeatsLeft--;
            } else if (announcesChanges) {
                rebuild(new byte[0]);
            }
            return;
        }
        byte[] records = new byte[changes.size() * TtTvlv.CHANGE_OCTETS];
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            TtTvlv.putChange(records, i * TtTvlv.CHANGE_OCTETS, change.flags(), TtKey.mac(change.key()),
                    TtKey.vid(change.key()));
        }
        changes.clear();
        settle();
        ttvn = ttvn + 1 & 0xff;
        repeatsLeft = BatadvLimits.TT_DIFF_REPEATS;
        lastChanges = records;
        // A diff longer than a client frame may be is left out; whoever misses it asks.
        rebuild(records.length > mesh.primary().mtuOctets - fullTableOctets(0) ? new byte[0] : records);
    }

    /** New clients count from now on, those that go are gone. */
    private void settle() {
        Arrays.fill(crcs, 0);
        for (int place = 0; place < clients.places(); place++) {
            LocalClient client = clients.valueAt(place);
            if (client == null) {
                continue;
            }
            if (client.has(TtFlags.PENDING)) {
                clients.removeAt(place--);
            }
        }
        for (int place = 0; place < clients.places(); place++) {
            LocalClient client = clients.valueAt(place);
            if (client != null) {
                client.flags &= ~TtFlags.NEW;
                crcs[vlanIndex(TtKey.vid(client.key))] ^= TtCrc.ofKey(client.key, client.flags);
            }
        }
    }

    private int vlansInUse() {
        int inUse = 0;
        for (int vid : vids) {
            inUse += inUse(vid) ? 1 : 0;
        }
        return inUse;
    }

    private boolean inUse(int vid) {
        for (int place = 0; place < clients.places(); place++) {
            LocalClient client = clients.valueAt(place);
            if (client != null && TtKey.vid(client.key) == vid && !client.has(TtFlags.NEW)) {
                return true;
            }
        }
        return false;
    }

    private void rebuild(byte[] records) {
        announcement = container(TtTvlv.DIFF, ttvn, records);
        announcesChanges = records.length > 0;
    }

    /** A whole container with flags, version, checksums as last committed and the given records. */
    private byte[] container(int flags, int version, byte[] records) {
        int vlans = vlansInUse();
        int octets = TtTvlv.HEADER_OCTETS + vlans * TtTvlv.VLAN_OCTETS + records.length;
        byte[] container = new byte[VALUE_AT + octets];
        Tvlv.put(container, 0, Tvlv.TRANSLATION_TABLE, 1, octets);
        container[VALUE_AT + TtTvlv.FLAGS] = (byte) flags;
        container[VALUE_AT + TtTvlv.TTVN] = (byte) version;
        container[VALUE_AT + TtTvlv.VLAN_COUNT + 1] = (byte) vlans;
        int at = VALUE_AT + TtTvlv.HEADER_OCTETS;
        for (int i = 0; i < vids.length; i++) {
            if (inUse(vids[i])) {
                TtTvlv.putVlan(container, at, crcs[i], vids[i]);
                at += TtTvlv.VLAN_OCTETS;
            }
        }
        System.arraycopy(records, 0, container, at, records.length);
        return container;
    }

    /** Answer to a request: the last changes when they are what is asked for, else everything. */
    byte[] answer(int requestedTtvn, boolean full) {
        if (!full && requestedTtvn == ttvn && lastChanges != null) {
            return container(TtTvlv.RESPONSE, requestedTtvn, lastChanges);
        }
        byte[] records = new byte[clients.size() * TtTvlv.CHANGE_OCTETS];
        int length = 0;
        for (int place = 0; place < clients.places(); place++) {
            LocalClient client = clients.valueAt(place);
            if (client != null && !client.has(TtFlags.NEW)) {
                TtTvlv.putChange(records, length, client.flags & TtFlags.SYNC_MASK, TtKey.mac(client.key),
                        TtKey.vid(client.key));
                length += TtTvlv.CHANGE_OCTETS;
            }
        }
        return container(TtTvlv.RESPONSE | TtTvlv.FULL, ttvn, Arrays.copyOf(records, length));
    }
}
