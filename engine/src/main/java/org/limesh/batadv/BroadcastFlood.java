package org.limesh.batadv;

import org.limesh.base.Counters.Counter;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Octets;
import org.limesh.base.Seqno;
import org.limesh.batadv.wire.BatadvHeader;
import org.limesh.batadv.wire.BroadcastPacket;
import org.limesh.packet.Ethernet;

/**
 * Flooding of client frames: each node repeats each flood once, on radios three times as radios lose
 * broadcasts, and not where nobody new would hear it.
 */
final class BroadcastFlood {
    /** A copy that leaves later. */
    private static final class Waiting {
        Hardif out;
        Frame frame;
        int copiesLeft;
        long sendNs;
    }

    private final Mesh mesh;
    private final Counter sent;
    private final Counter duplicates;
    private final Counter suppressed;
    private final Counter queueFull;
    private final Counter ttlExceeded;
    private final Counter unknownOriginator;
    private final Counter protectedJumps;
    private final Counter ownOriginator;
    private final Waiting[] waiting = new Waiting[BatadvLimits.QUEUE];
    private int count;
    private long nextNs = Engine.NEVER;
    /** Number of the last own flood. */
    private int counter = 1;

    BroadcastFlood(Mesh mesh) {
        this.mesh = mesh;
        this.sent = mesh.counter("batadv.broadcast.sent");
        this.duplicates = mesh.counter("batadv.broadcast.duplicate");
        this.suppressed = mesh.counter("batadv.broadcast.suppressed");
        this.queueFull = mesh.counter("drop.batadv.broadcast_queue_full");
        this.ttlExceeded = mesh.counter("drop.batadv.broadcast_ttl");
        this.unknownOriginator = mesh.counter("drop.batadv.broadcast_unknown_originator");
        this.protectedJumps = mesh.counter("seqno-protected.broadcast");
        this.ownOriginator = mesh.counter("drop.batadv.broadcast_own");
    }

    long nextDeadlineNs() {
        return nextNs;
    }

    /** Floods a client frame of ours. */
    void originate(Frame inner, long nowNs) {
        counter++;
        flood(null, mesh.primaryMac(), inner, BatadvLimits.TTL_BROADCAST, counter, nowNs);
    }

    /**
     * A flood came in: repeats it.
     *
     * @return the originator when the inner frame is to be delivered, else null
     */
    Originator receive(Hardif in, Frame frame, long nowNs) {
        byte[] octets = frame.array();
        int at = frame.offset() + Ethernet.HEADER_OCTETS;
        long originatorMac = Octets.mac(octets, at + BroadcastPacket.ORIGINATOR);
        if (mesh.isOwn(originatorMac)) {
            ownOriginator.increment();
            return null;
        }
        int ttl = Octets.u8(octets, at + BatadvHeader.TTL);
        if (ttl < 2) {
            ttlExceeded.increment();
            return null;
        }
        Originator originator = mesh.originators.get(originatorMac);
        if (originator == null) {
            unknownOriginator.increment();
            return null;
        }
        int seqno = Octets.i32(octets, at + BroadcastPacket.SEQNO);
        if (!isNew(originator, seqno, nowNs)) {
            return null;
        }
        Frame inner = Frame.wrap(octets, at + BroadcastPacket.HEADER_OCTETS,
                frame.length() - Ethernet.HEADER_OCTETS - BroadcastPacket.HEADER_OCTETS);
        Neighbour from = mesh.neighbours.get(Ethernet.source(frame), in);
        flood(from, originatorMac, inner, ttl - 1, seqno, nowNs);
        return originator;
    }

    /** Looks at and updates the window of numbers seen of an originator. */
    private boolean isNew(Originator originator, int seqno, long nowNs) {
        int diff = Seqno.difference32(seqno, originator.broadcastSeqno);
        if (diff <= 0 && diff > -BatadvLimits.WINDOW && (originator.broadcastWindow >>> -diff & 1) != 0) {
            duplicates.increment();
            return false;
        }
        boolean jump = diff <= -BatadvLimits.WINDOW || diff >= BatadvLimits.EXPECTED_SEQNO_RANGE;
        if (jump) {
            if (nowNs - originator.broadcastResetNs < BatadvLimits.RESET_PROTECTION_NS) {
                protectedJumps.increment();
                return false;
            }
            originator.broadcastResetNs = nowNs;
        }
        if (diff <= 0 && !jump) {
            originator.broadcastWindow |= 1L << -diff;
        } else {
            boolean clear = jump || diff >= BatadvLimits.WINDOW;
            originator.broadcastWindow = (clear ? 0 : originator.broadcastWindow << diff) | 1;
            originator.broadcastSeqno = seqno;
        }
        return true;
    }

    private void flood(Neighbour from, long originator, Frame inner, int ttl, int seqno, long nowNs) {
        for (int number = 0; number < mesh.hardifCount(); number++) {
            Hardif out = mesh.hardif(number);
            if (isPointless(out, from, originator)) {
                suppressed.increment();
                continue;
            }
            int header = Ethernet.HEADER_OCTETS + BroadcastPacket.HEADER_OCTETS;
            Frame frame = inner.copy().prepend(header);
            Ethernet.put(frame, Mesh.BROADCAST_MAC, out.mac, Ethernet.TYPE_BATADV);
            BroadcastPacket.put(frame.array(), frame.offset() + Ethernet.HEADER_OCTETS, ttl, seqno,
                    originator);
            int copies = out.wifi ? mesh.config.broadcastCopiesWifi() : mesh.config.broadcastCopies();
            if (copies > 1) {
                enqueue(out, frame, copies - 1, nowNs + BatadvLimits.BROADCAST_COPY_INTERVAL_NS);
            }
            sent.increment();
            mesh.out.transmit(out.number, frame);
        }
    }

    /** Nobody there, or only the one who has it already. */
    private static boolean isPointless(Hardif out, Neighbour from, long originator) {
        if (out.neighbourCount == 0) {
            return true;
        }
        Neighbour only = out.lastNeighbour;
        return out.neighbourCount == 1 && (only == from || only.mac == originator
                || from != null && only.mac == from.mac);
    }

    private void enqueue(Hardif out, Frame frame, int copies, long sendNs) {
        if (count == BatadvLimits.QUEUE) {
            queueFull.increment();
            return;
        }
        Waiting copy = waiting[count] == null ? new Waiting() : waiting[count];
        copy.out = out;
        copy.frame = frame;
        copy.copiesLeft = copies;
        copy.sendNs = sendNs;
        waiting[count++] = copy;
        nextNs = Engine.earlier(nextNs, sendNs);
    }

    /** Sends the copies that are due, in the order they were queued. */
    void sendDue(long nowNs) {
        if (!Engine.isDue(nextNs, nowNs)) {
            return;
        }
        int kept = 0;
        int before = count;
        nextNs = Engine.NEVER;
        for (int i = 0; i < before; i++) {
            Waiting copy = waiting[i];
            if (copy.sendNs - nowNs <= 0) {
                sent.increment();
                mesh.out.transmit(copy.out.number, copy.frame);
                copy.copiesLeft--;
                copy.sendNs += BatadvLimits.BROADCAST_COPY_INTERVAL_NS;
            }
            if (copy.copiesLeft > 0) {
                nextNs = Engine.earlier(nextNs, copy.sendNs);
                waiting[i] = waiting[kept];
                waiting[kept++] = copy;
            } else {
                copy.frame = null;
            }
        }
        count = kept;
    }
}
