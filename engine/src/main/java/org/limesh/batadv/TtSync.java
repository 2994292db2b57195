package org.limesh.batadv;

import java.util.Arrays;
import org.limesh.base.Counters.Counter;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.batadv.GlobalClient.Claim;
import org.limesh.batadv.wire.TtTvlv;
import org.limesh.batadv.wire.Tvlv;
import org.limesh.batadv.wire.UnicastTvlvPacket;

/**
 * Keeps the tables of other originators in step with what they announce: applies diffs, asks when something
 * is missing or does not add up, answers those who ask.
 *
 * <pre>
 *  announced version   next one, with changes     apply; checksum wrong → ask for all
 *                      next one, without          ask for the changes
 *                      the known one              checksum wrong → ask for all
 *                      any other                  ask for all
 * </pre>
 */
final class TtSync {
    private final Mesh mesh;
    private final LocalTranslationTable local;
    private final GlobalTranslationTable global;
    private final UnicastSender sender;
    private final Counter malformed;
    private final Counter badVid;
    private final Counter unrequested;
    private final Counter requestsSent;
    private final Counter requestsAnswered;
    private final Counter responsesApplied;
    private final Counter tooLarge;

    TtSync(Mesh mesh, LocalTranslationTable local, GlobalTranslationTable global, UnicastSender sender) {
        this.mesh = mesh;
        this.local = local;
        this.global = global;
        this.sender = sender;
        this.malformed = mesh.counter("drop.batadv.tt_malformed");
        this.badVid = mesh.counter("drop.batadv.tt_vid");
        this.unrequested = mesh.counter("tt.rejected.unrequested");
        this.requestsSent = mesh.counter("batadv.tt.requests_sent");
        this.requestsAnswered = mesh.counter("batadv.tt.requests_answered");
        this.responsesApplied = mesh.counter("batadv.tt.responses_applied");
        this.tooLarge = mesh.counter("batadv.tt.answer_too_large");
    }

    /** The table container of an OGM. */
    void onAnnouncement(Originator originator, byte[] octets, int at, int valueOctets, long nowNs) {
        if (!TtTvlv.wellFormed(octets, at, valueOctets)) {
            malformed.increment();
            return;
        }
        PeerTable table = GlobalTranslationTable.tableOf(originator);
        int version = Octets.u8(octets, at + TtTvlv.TTVN);
        int vlanCount = Octets.u16(octets, at + TtTvlv.VLAN_COUNT);
        int vlansAt = at + TtTvlv.HEADER_OCTETS;
        // 255 to 0 is not "the next one" to the genuine program: it leads to a request of the full table.
        if (!table.initialised && version == 1 || version == table.ttvn + 1) {
            int changesAt = vlansAt + vlanCount * TtTvlv.VLAN_OCTETS;
            int changes = (at + valueOctets - changesAt) / TtTvlv.CHANGE_OCTETS;
            if (changes == 0) {
                request(originator, table, octets, at, vlanCount, false, nowNs);
                return;
            }
            applyDiff(originator, table, octets, changesAt, changes, version, nowNs);
            if (!table.matches(octets, vlansAt, vlanCount)) {
                request(originator, table, octets, at, vlanCount, true, nowNs);
            }
        } else if (!table.initialised || version != table.ttvn || !table.matches(octets, vlansAt,
                vlanCount)) {
            request(originator, table, octets, at, vlanCount, true, nowNs);
        }
    }

    private void applyDiff(Originator originator, PeerTable table, byte[] octets, int at, int count,
            int version,
            long nowNs) {
        apply(originator, octets, at, count, version, nowNs);
        table.lastChanges = Arrays.copyOfRange(octets, at, at + count * TtTvlv.CHANGE_OCTETS);
        table.ttvn = version;
        table.initialised = true;
        table.settle();
    }

    private void apply(Originator originator, byte[] octets, int at, int count, int version, long nowNs) {
        int nowMs = (int) (nowNs / BatadvLimits.MS);
        for (int i = 0; i < count; i++) {
            int record = at + i * TtTvlv.CHANGE_OCTETS;
            int flags = Octets.u8(octets, record + TtTvlv.CHANGE_FLAGS);
            int vid = Octets.u16(octets, record + TtTvlv.CHANGE_VID);
            if (!TtTvlv.legalVid(vid)) {
                badVid.increment();
                continue;
            }
            long key = TtKey.of(Octets.mac(octets, record + TtTvlv.CHANGE_CLIENT), vid);
            if ((flags & TtFlags.DELETE) != 0) {
                global.delete(originator, key, (flags & TtFlags.ROAM) != 0, nowMs);
            } else if (!global.add(originator, key, flags, version, nowNs)) {
                return;
            }
        }
    }

    /** Asks the originator for its changes or for all; once in three seconds at most. */
    private void request(Originator originator, PeerTable table, byte[] octets, int at, int vlanCount,
            boolean full,
            long nowNs) {
        boolean waiting = table.requested && nowNs - table.requestedNs < BatadvLimits.TT_REQUEST_TIMEOUT_NS;
        // Without a route the request could not leave; the next OGM asks again.
        if (waiting || mesh.router(originator, 0) == null) {
            return;
        }
        table.requested = true;
        table.requestedNs = nowNs;
        int valueOctets = TtTvlv.HEADER_OCTETS + vlanCount * TtTvlv.VLAN_OCTETS;
        byte[] container = new byte[Tvlv.HEADER_OCTETS + valueOctets];
        Tvlv.put(container, 0, Tvlv.TRANSLATION_TABLE, 1, valueOctets);
        System.arraycopy(octets, at, container, Tvlv.HEADER_OCTETS, valueOctets);
        container[Tvlv.HEADER_OCTETS + TtTvlv.FLAGS] = (byte) (TtTvlv.REQUEST | (full ? TtTvlv.FULL : 0));
        if (sender.sendTvlv(originator, mesh.primaryMac(), container)) {
            requestsSent.increment();
            mesh.out.report(new BatadvEvent.TableRequested(new MacAddress(originator.mac), full));
        }
    }

    /**
     * A table container in a unicast TVLV packet.
     *
     * @param packetAt start of the packet's header
     * @return true when it needs to go no further
     */
    boolean onUnicast(byte[] octets, int packetAt, int at, int valueOctets, long nowNs) {
        long destination = Octets.mac(octets, packetAt + UnicastTvlvPacket.DESTINATION);
        long source = Octets.mac(octets, packetAt + UnicastTvlvPacket.SOURCE);
        boolean forUs = mesh.isOwn(destination);
        if (!TtTvlv.wellFormed(octets, at, valueOctets)) {
            malformed.increment();
            return forUs;
        }
        int kind = octets[at + TtTvlv.FLAGS] & TtTvlv.KIND_MASK;
        if (kind == TtTvlv.REQUEST) {
            return forUs ? answerOwn(source, octets, at) : answerFor(destination, source, octets, at);
        }
        if (kind == TtTvlv.RESPONSE && forUs) {
            onResponse(source, octets, at, valueOctets, nowNs);
        }
        return forUs;
    }

    private boolean answerOwn(long requester, byte[] octets, int at) {
        Originator to = mesh.originators.get(requester);
        if (to != null) {
            boolean full = (octets[at + TtTvlv.FLAGS] & TtTvlv.FULL) != 0;
            respond(to, mesh.primaryMac(), local.answer(Octets.u8(octets, at + TtTvlv.TTVN), full));
        }
        return true;
    }

    private boolean respond(Originator to, long speaksFor, byte[] container) {
        Neighbour router = mesh.router(to, 0);
        if (router != null && UnicastTvlvPacket.HEADER_OCTETS + container.length > router.hardif.mtuOctets) {
            tooLarge.increment();
            return false;
        }
        boolean sent = sender.sendTvlv(to, speaksFor, container);
        if (sent) {
            requestsAnswered.increment();
        }
        return sent;
    }

    /** Answers in place of another originator, when what is known of it is exactly what is asked for. */
    private boolean answerFor(long destination, long requester, byte[] octets, int at) {
        Originator asked = mesh.originators.get(destination);
        Originator to = mesh.originators.get(requester);
        if (asked == null || to == null || asked.table == null || !asked.table.initialised) {
            return false;
        }
        PeerTable table = asked.table;
        int version = Octets.u8(octets, at + TtTvlv.TTVN);
        int vlanCount = Octets.u16(octets, at + TtTvlv.VLAN_COUNT);
        if (version != table.ttvn || !table.matches(octets, at + TtTvlv.HEADER_OCTETS, vlanCount)) {
            return false;
        }
        boolean full = (octets[at + TtTvlv.FLAGS] & TtTvlv.FULL) != 0 || table.lastChanges == null;
        byte[] records = full ? clientsOf(asked) : table.lastChanges;
        int flags = TtTvlv.RESPONSE | (full ? TtTvlv.FULL : 0);
        return respond(to, asked.mac, peerContainer(table, flags, records));
    }

    private byte[] clientsOf(Originator originator) {
        byte[] records = new byte[originator.table.clients * TtTvlv.CHANGE_OCTETS];
        int length = 0;
        for (int place = 0; place < global.places(); place++) {
            GlobalClient client = global.at(place);
            Claim claim = client == null || !client.counts() ? null : client.claimOf(originator);
            if (claim != null) {
                TtTvlv.putChange(records, length, claim.flags, TtKey.mac(client.key), TtKey.vid(client.key));
                length += TtTvlv.CHANGE_OCTETS;
            }
        }
        return Arrays.copyOf(records, length);
    }

    private static byte[] peerContainer(PeerTable table, int flags, byte[] records) {
        int vlanOctets = table.vlanCount() * TtTvlv.VLAN_OCTETS;
        int valueOctets = TtTvlv.HEADER_OCTETS + vlanOctets + records.length;
        byte[] container = new byte[Tvlv.HEADER_OCTETS + valueOctets];
        Tvlv.put(container, 0, Tvlv.TRANSLATION_TABLE, 1, valueOctets);
        Octets.put8(container, Tvlv.HEADER_OCTETS + TtTvlv.FLAGS, flags);
        Octets.put8(container, Tvlv.HEADER_OCTETS + TtTvlv.TTVN, table.ttvn);
        Octets.put16(container, Tvlv.HEADER_OCTETS + TtTvlv.VLAN_COUNT, table.vlanCount());
        table.putVlans(container, Tvlv.HEADER_OCTETS + TtTvlv.HEADER_OCTETS);
        System.arraycopy(records, 0, container, container.length - records.length, records.length);
        return container;
    }

    private void onResponse(long source, byte[] octets, int at, int valueOctets, long nowNs) {
        Originator originator = mesh.originators.get(source);
        // An answer nobody asked for could only plant clients.
        if (originator == null || originator.table == null || !originator.table.requested) {
            unrequested.increment();
            return;
        }
        PeerTable table = originator.table;
        table.requested = false;
        int version = Octets.u8(octets, at + TtTvlv.TTVN);
        int vlanCount = Octets.u16(octets, at + TtTvlv.VLAN_COUNT);
        int changesAt = at + TtTvlv.HEADER_OCTETS + vlanCount * TtTvlv.VLAN_OCTETS;
        int changes = (at + valueOctets - changesAt) / TtTvlv.CHANGE_OCTETS;
        if ((octets[at + TtTvlv.FLAGS] & TtTvlv.FULL) != 0) {
            global.dropAllOf(originator);
            apply(originator, octets, changesAt, changes, version, nowNs);
            table.lastChanges = null;
            table.ttvn = version;
            table.initialised = true;
            table.settle();
        } else {
            applyDiff(originator, table, octets, changesAt, changes, version, nowNs);
        }
        responsesApplied.increment();
    }
}
