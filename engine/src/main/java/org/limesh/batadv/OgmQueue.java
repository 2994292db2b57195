package org.limesh.batadv;

import java.util.Arrays;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Octets;
import org.limesh.base.Rng;
import org.limesh.batadv.wire.OgmIv;
import org.limesh.packet.Ethernet;

/**
 * Originator messages waiting to leave, packed into as few frames as the rules of the protocol allow.
 *
 * <p>The frame is built in place: its octets are allocated once per transmission, messages are appended,
 * and what leaves is never touched again.
 */
final class OgmQueue {
    private static final int FRAME_AT = Frame.HEADROOM_OCTETS;
    private static final int OGM_AT = FRAME_AT + Ethernet.HEADER_OCTETS;

    /** One frame in the making. */
    private static final class Waiting {
        Hardif in;
        Hardif out;
        boolean own;
        long sendNs;
        byte[] octets;
        /** Octets of all messages together. */
        int length;
        int ogms;
        /** Bit n: message n was heard straight from its originator. */
        int directLinks;
    }

    private final Mesh mesh;
    private final Rng rng;
    private final Counter sentFrames;
    private final Counter sentOgms;
    private final Counter dropped;
    private Waiting[] waiting = new Waiting[8];
    private int count;
    private int forwardedCount;
    /** Emptied ones, to be used again. */
    private final Waiting[] spare = new Waiting[8];
    private int spareCount;
    private long nextNs = Engine.NEVER;

    OgmQueue(Mesh mesh, Rng rng) {
        this.mesh = mesh;
        this.rng = rng;
        this.sentFrames = mesh.counter("batadv.ogm.frames_sent");
        this.sentOgms = mesh.counter("batadv.ogm.sent");
        this.dropped = mesh.counter("drop.batadv.ogm_queue_full");
    }

    long nextDeadlineNs() {
        return nextNs;
    }

    /** Queues an own message with its containers. */
    void addOwn(Hardif in, Hardif out, int ttl, int seqno, byte[] tvlvs, long sendNs) {
        int octets = OgmIv.HEADER_OCTETS + tvlvs.length;
        Waiting packet = start(in, out, true, sendNs, octets);
        OgmIv.put(packet.octets, OGM_AT, ttl, 0, seqno, in.mac, in.mac, 255, tvlvs.length);
        System.arraycopy(tvlvs, 0, packet.octets, OGM_AT + OgmIv.HEADER_OCTETS, tvlvs.length);
    }

    /**
     * Queues a message to be repeated on {@code out}.
     *
     * @param source octets to repeat, with all containers, from {@code at}
     */
    void addForwarded(Hardif in, Hardif out, byte[] source, int at, int octets, int ttl, int flags,
            long previousSender, int tq, long nowNs) {
        boolean direct = (flags & OgmIv.FLAG_DIRECT_LINK) != 0;
        long sendNs = nowNs + rng.nextInt(BatadvLimits.FORWARD_JITTER_MS * BatadvLimits.MS);
        Waiting packet = mesh.config.aggregation() ? fitting(in, out, octets, direct, ttl, sendNs) : null;
        int position;
        if (packet == null) {
            if (forwardedCount >= BatadvLimits.QUEUE) {
                dropped.increment();
                return;
            }
            long waitMs = mesh.config.aggregation() ? BatadvLimits.AGGREGATION_MS : 0;
            packet = start(in, out, false, sendNs + waitMs * BatadvLimits.MS, octets);
            position = OGM_AT;
        } else {
            position = OGM_AT + packet.length;
            packet.length += octets;
            packet.ogms++;
        }
        if (direct) {
            packet.directLinks |= 1 << (packet.ogms - 1);
        }
        System.arraycopy(source, at, packet.octets, position, octets);
        packet.octets[position + OgmIv.TTL] = (byte) ttl;
        packet.octets[position + OgmIv.FLAGS] = (byte) flags;
        packet.octets[position + OgmIv.TQ] = (byte) tq;
        Octets.putMac(packet.octets, position + OgmIv.PREVIOUS_SENDER, previousSender);
    }

    private Waiting start(Hardif in, Hardif out, boolean own, long sendNs, int octets) {
        Waiting packet = spareCount > 0 ? spare[--spareCount] : new Waiting();
        packet.in = in;
        packet.out = out;
        packet.own = own;
        packet.sendNs = sendNs;
        packet.octets = new byte[OGM_AT + Math.max(octets, room(out))];
        packet.length = octets;
        packet.ogms = 1;
        packet.directLinks = 0;
        if (count == waiting.length) {
            waiting = Arrays.copyOf(waiting, count * 2);
        }
        waiting[count++] = packet;
        forwardedCount += own ? 0 : 1;
        nextNs = Engine.earlier(nextNs, sendNs);
        return packet;
    }

    private static int room(Hardif out) {
        return Math.min(BatadvLimits.AGGREGATION_OCTETS, out.mtuOctets);
    }

    /** A waiting packet that this message may join, the youngest first; or null. */
    private Waiting fitting(Hardif in, Hardif out, int octets, boolean direct, int ttl, long sendNs) {
        long latestNs = sendNs + (long) BatadvLimits.AGGREGATION_MS * BatadvLimits.MS;
        for (int i = count - 1; i >= 0; i--) {
            Waiting packet = waiting[i];
            if (packet.out == out && packet.length + octets <= room(out)
                    && packet.ogms < BatadvLimits.AGGREGATION_OGMS
                    && packet.sendNs - sendNs > 0 && packet.sendNs - latestNs <= 0
                    && mayJoin(packet, in, direct, ttl)) {
                return packet;
            }
        }
        return null;
    }

    /**
     * Messages that leave on all interfaces are packed together, and those that leave only where they came
     * in (of secondary interfaces, TTL 1) are packed together.
     */
    private static boolean mayJoin(Waiting packet, Hardif in, boolean direct, int ttl) {
        int firstFlags = packet.octets[OGM_AT + OgmIv.FLAGS];
        boolean firstDirect = (firstFlags & OgmIv.FLAG_DIRECT_LINK) != 0;
        if (!direct) {
            return !firstDirect && packet.octets[OGM_AT + OgmIv.TTL] != 1
                    && (!packet.own || packet.in.isPrimary());
        }
        return ttl == 1 && packet.in == in && (firstDirect || packet.own && !packet.in.isPrimary());
    }

    /**
     * Sends what is due.
     *
     * @param onOwnSent told when the copy of an own message for its own interface left
     */
    void sendDue(long nowNs, OwnOgmSent onOwnSent) {
        while (Engine.isDue(nextNs, nowNs)) {
            int due = earliest();
            Waiting packet = waiting[due];
            // Keeps the order of arrival: it decides which packet a message joins.
            System.arraycopy(waiting, due + 1, waiting, due, count - due - 1);
            waiting[--count] = null;
            forwardedCount -= packet.own ? 0 : 1;
            findNext();
            send(packet);
            boolean ownCopy = packet.own && packet.in == packet.out;
            Hardif in = packet.in;
            recycle(packet);
            if (ownCopy) {
                onOwnSent.onOwnOgmSent(in, nowNs);
            }
        }
    }

    /** The next own message of an interface can be prepared. */
    interface OwnOgmSent {
        void onOwnOgmSent(Hardif hardif, long nowNs);
    }

    private int earliest() {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (waiting[i].sendNs - waiting[best].sendNs < 0) {
                best = i;
            }
        }
        return best;
    }

    private void findNext() {
        nextNs = count == 0 ? Engine.NEVER : waiting[earliest()].sendNs;
    }

    private void recycle(Waiting packet) {
        packet.octets = null;
        if (spareCount < spare.length) {
            spare[spareCount++] = packet;
        }
    }

    private void send(Waiting packet) {
        byte[] octets = packet.octets;
        int at = OGM_AT;
        for (int i = 0; i < packet.ogms; i++) {
            int flags = octets[at + OgmIv.FLAGS] & ~OgmIv.FLAG_DIRECT_LINK;
            // The flag says "this goes back where it came from", so it is true on one interface only.
            if ((packet.directLinks >>> i & 1) != 0 && packet.in == packet.out) {
                flags |= OgmIv.FLAG_DIRECT_LINK;
            }
            octets[at + OgmIv.FLAGS] = (byte) flags;
            at += OgmIv.HEADER_OCTETS + Octets.u16(octets, at + OgmIv.TVLV_OCTETS);
        }
        Frame frame = Frame.wrap(octets, FRAME_AT, Ethernet.HEADER_OCTETS + packet.length);
        Ethernet.put(frame, Mesh.BROADCAST_MAC, packet.out.mac, Ethernet.TYPE_BATADV);
        sentFrames.increment();
        sentOgms.add(packet.ogms);
        mesh.out.transmit(packet.out.number, frame);
    }
}
