package org.limesh.batadv;

import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.base.Seqno;
import org.limesh.batadv.GlobalClient.Claim;
import org.limesh.batadv.wire.BatadvHeader;
import org.limesh.batadv.wire.FragmentPacket;
import org.limesh.batadv.wire.Tvlv;
import org.limesh.batadv.wire.UnicastPacket;
import org.limesh.batadv.wire.UnicastTvlvPacket;
import org.limesh.packet.Ethernet;

/**
 * Packets that go from node to node: those for us are delivered or handled, the others sent one hop on.
 *
 * <pre>
 *  0x40, 0x42  ─→ is the client still where the sender thinks? ─→ deliver | send on (perhaps elsewhere)
 *  0x44        ─→ table request, answer, roaming               ─→ handle  | send on
 *  0x43        ─→ echo                                         ─→ answer  | send on
 *  0x41        ─→ part: collect; the whole packet then goes its way above | send on as it is
 *  other 0x40..0x7f, not for us                                ─→ send on as it is
 * </pre>
 */
final class UnicastForwarder {
    private final Mesh mesh;
    private final LocalTranslationTable local;
    private final GlobalTranslationTable global;
    private final UnicastSender sender;
    private final TtSync tt;
    private final ClientTracker tracker;
    private final ClientDelivery delivery;
    private final IcmpResponder icmp;
    private final Reassembler reassembler;
    private final Counter forwarded;
    private final Counter rerouted;
    private final Counter malformed;
    private final Counter ttlExceeded;
    private final Counter outdated;
    private final Counter notSupported;
    private final Counter unknownDestination;

    UnicastForwarder(Mesh mesh, LocalTranslationTable local, GlobalTranslationTable global,
            UnicastSender sender, TtSync tt, ClientTracker tracker, ClientDelivery delivery, Reassembler reassembler) {
        this.mesh = mesh;
        this.local = local;
        this.global = global;
        this.sender = sender;
        this.tt = tt;
        this.tracker = tracker;
        this.delivery = delivery;
        this.icmp = new IcmpResponder(mesh, sender);
        this.reassembler = reassembler;
        this.forwarded = mesh.counter("batadv.unicast.forwarded");
        this.rerouted = mesh.counter("batadv.unicast.rerouted");
        this.malformed = mesh.counter("drop.batadv.unicast_malformed");
        this.ttlExceeded = mesh.counter("drop.batadv.unicast_ttl");
        this.outdated = mesh.counter("drop.batadv.unicast_outdated");
        this.notSupported = mesh.counter("drop.batadv.kind_not_supported");
        this.unknownDestination = mesh.counter("drop.batadv.unicast_unknown_destination");
    }

    /** A packet of a unicast kind; header present, common checks made. */
    void onFrame(Hardif in, int type, Frame frame, long nowNs) {
        byte[] octets = frame.array();
        int at = frame.offset() + Ethernet.HEADER_OCTETS;
        long destination = Octets.mac(octets, at + UnicastPacket.DESTINATION);
        if (destination == 0 || MacAddress.isMulticast(destination)) {
            malformed.increment();
            return;
        }
        switch (type) {
            case BatadvHeader.UNICAST, BatadvHeader.UNICAST_4ADDRESS -> onClientFrame(in, type, frame, at,
                    nowNs);
            case BatadvHeader.UNICAST_TVLV -> onTvlvs(in, frame, at, nowNs);
            case BatadvHeader.ICMP -> icmp.onFrame(in, frame);
            case BatadvHeader.UNICAST_FRAGMENT -> onFragment(in, frame, at, destination, nowNs);
            default -> {
                // Unknown kinds are never for us.
                if (mesh.isOwn(destination)) {
                    notSupported.increment();
                } else {
                    sendOn(in, frame, destination, -1);
                }
            }
        }
    }

    /** Parts on their way to another node are joined here when the next link can carry the whole. */
    private void onFragment(Hardif in, Frame frame, int at, long destination, long nowNs) {
        if (!mesh.isOwn(destination)) {
            Originator to = mesh.originators.get(destination);
            Neighbour router = to == null ? null : mesh.router(to, in.plane);
            if (router == null || Octets.u16(frame.array(), at + FragmentPacket.TOTAL_SIZE) > router.hardif.mtuOctets) {
                sendOn(in, frame, destination, -1);
                return;
            }
        }
        if (mesh.originators.get(Octets.mac(frame.array(), at + FragmentPacket.ORIGINATOR)) == null) {
            unknownDestination.increment();
            return;
        }
        Frame whole = reassembler.add(frame, nowNs);
        if (whole == null) {
            return;
        }
        int type = whole.u8(Ethernet.HEADER_OCTETS);
        if (BatadvHeader.isUnicastKind(type) && whole.u8(Ethernet.HEADER_OCTETS + BatadvHeader.VERSION)
                == BatadvHeader.VERSION_15
                && whole.length() - Ethernet.HEADER_OCTETS >= BatadvHeader.headerOctets(type)) {
            onFrame(in, type, whole, nowNs);
        } else {
            malformed.increment();
        }
    }

    private void onClientFrame(Hardif in, int type, Frame frame, int at, long nowNs) {
        byte[] octets = frame.array();
        int limit = frame.offset() + frame.length();
        int innerAt = at + UnicastPacket.headerOctets(type);
        if (limit - innerAt < Ethernet.HEADER_OCTETS) {
            malformed.increment();
            return;
        }
        long destination = Octets.mac(octets, at + UnicastPacket.DESTINATION);
        int ttvn = Octets.u8(octets, at + UnicastPacket.TTVN);
        long target = InnerFrame.destination(octets, innerAt);
        int newTtvn = -1;
        if (!MacAddress.isMulticast(target)) {
            long key = TtKey.of(target, InnerFrame.vid(octets, innerAt, limit));
            LocalClient client = local.get(key);
            boolean justLeft = client != null && client.has(TtFlags.ROAM);
            int current = currentTtvn(destination);
            if (!justLeft && current < 0) {
                unknownDestination.increment();
                return;
            }
            if (justLeft || Seqno.difference8(ttvn, current) < 0) {
                boolean found = reroute(client, key, destination);
                if (found) {
                    destination = reroutedTo;
                    newTtvn = reroutedTtvn;
                    rerouted.increment();
                } else if (!justLeft && !mayKnowBetter(key, destination)) {
                    outdated.increment();
                    return;
                }
            }
        }
        if (!mesh.isOwn(destination)) {
            sendOn(in, frame, destination, newTtvn);
        } else {
            boolean data = type == BatadvHeader.UNICAST_4ADDRESS
                    && octets[at + UnicastPacket.SUBTYPE] == UnicastPacket.SUBTYPE_DATA;
            Originator from = data ? mesh.originators.get(Octets.mac(octets,
                    at + UnicastPacket.SOURCE)) : null;
            delivery.deliver(from, octets, innerAt, limit, nowNs);
        }
    }

    /** Results of {@link #reroute}. */
    private long reroutedTo;
    private int reroutedTtvn;

    private int currentTtvn(long destination) {
        if (mesh.isOwn(destination)) {
            return local.ttvn();
        }
        Originator originator = mesh.originators.get(destination);
        return originator == null ? -1 : originator.table == null ? 0 : originator.table.ttvn;
    }

    /**
     * Finds out where a client is that is not where the sender thought; false when nothing better is known.
     */
    private boolean reroute(LocalClient client, long key, long destination) {
        if (client != null && !client.has(TtFlags.PENDING | TtFlags.ROAM)) {
            reroutedTo = mesh.primaryMac();
            reroutedTtvn = local.ttvn();
            return true;
        }
        Claim claim = global.lookup(key);
        if (claim == null || claim.originator.mac == destination) {
            return false;
        }
        reroutedTo = claim.originator.mac;
        reroutedTtvn = GlobalTranslationTable.tableOf(claim.originator).ttvn;
        return true;
    }

    /**
     * True for a packet on its way to the node that by our table has the client, though that table has changed since the
     * packet was sent. The genuine program drops it; a client that has roamed is then unreachable for those who have not
     * heard of it, from the moment its old node's table has passed here until its new node's has. But the old node knows
     * where it went, so it gets the packet as it is.
     */
    private boolean mayKnowBetter(long key, long destination) {
        Claim claim = mesh.isOwn(destination) ? null : global.lookup(key);
        return claim != null && claim.originator.mac == destination;
    }

    private void onTvlvs(Hardif in, Frame frame, int at, long nowNs) {
        byte[] octets = frame.array();
        int limit = frame.offset() + frame.length();
        int tvlvOctets = Octets.u16(octets, at + UnicastTvlvPacket.TVLV_OCTETS);
        int tvlvsAt = at + UnicastTvlvPacket.HEADER_OCTETS;
        if (tvlvOctets > limit - tvlvsAt) {
            malformed.increment();
            return;
        }
        long destination = Octets.mac(octets, at + UnicastTvlvPacket.DESTINATION);
        boolean consumed = mesh.isOwn(destination);
        int end = tvlvsAt + tvlvOctets;
        for (int c = tvlvsAt; Tvlv.fits(octets, c, end); c = Tvlv.next(octets, c)) {
            int length = Tvlv.valueOctets(octets, c);
            if (Tvlv.is(octets, c, Tvlv.TRANSLATION_TABLE, 1)) {
                consumed |= tt.onUnicast(octets, at, Tvlv.value(c), length, nowNs);
            } else if (Tvlv.is(octets, c, Tvlv.ROAMING, 1) && mesh.isOwn(destination)) {
                tracker.onAdvertisement(octets, at, Tvlv.value(c), length, nowNs);
            }
        }
        if (!consumed) {
            sendOn(in, frame, destination, -1);
        }
    }

    /**
     * Sends a copy one hop further.
     *
     * @param ttvn version to write together with the destination, or -1 to leave both as they are
     */
    private void sendOn(Hardif in, Frame frame, long destination, int ttvn) {
        int ttl = frame.u8(Ethernet.HEADER_OCTETS + BatadvHeader.TTL);
        if (ttl < 2) {
            ttlExceeded.increment();
            return;
        }
        Originator to = mesh.originators.get(destination);
        if (to == null) {
            unknownDestination.increment();
            return;
        }
        Frame copy = frame.copy();
        copy.put8(Ethernet.HEADER_OCTETS + BatadvHeader.TTL, ttl - 1);
        if (ttvn >= 0) {
            copy.put8(Ethernet.HEADER_OCTETS + UnicastPacket.TTVN, ttvn);
            copy.putMac(Ethernet.HEADER_OCTETS + UnicastPacket.DESTINATION, destination);
        }
        if (sender.send(to, in.plane, copy)) {
            forwarded.increment();
        }
    }
}
