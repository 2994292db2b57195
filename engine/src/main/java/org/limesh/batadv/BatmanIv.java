package org.limesh.batadv;

import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.base.Seqno;
import org.limesh.batadv.wire.BatadvHeader;
import org.limesh.batadv.wire.OgmIv;
import org.limesh.batadv.wire.Tvlv;
import org.limesh.packet.Ethernet;

/**
 * Routing of BATMAN IV: what is done with a received originator message.
 *
 * <pre>
 *  OGM ─→ echo of ours? ─→ windows ─→ per plane: loop? ─→ TVLVs ─→ link TQ ─→ ranking ─→ router
 *                                                                      └──→ per interface: forward
 * </pre>
 *
 * Nothing is allocated here except records of new originators and neighbours.
 */
final class BatmanIv {
    private static final int UNDECIDED = -1;
    /** As many messages as usually fit into a frame; what is behind them is looked up when its turn comes. */
    private static final int AHEAD = 12;

    private final Mesh mesh;
    private final OgmQueue queue;
    private final TtSync tt;
    private final Counter received;
    private final Counter echoes;
    private final Counter forwardedEchoes;
    private final Counter notBest;
    private final Counter duplicates;
    private final Counter protectedJumps;
    private final Counter malformed;
    private final Counter ownSource;
    /** TQ of the message in hand per plane, or {@link #UNDECIDED} when a rule stopped it there. */
    private final int[] planeTq = new int[BatadvLimits.HARDIFS + 1];

    /** Originators of the messages of the frame in hand, null where not known. */
    private final Originator[] ahead = new Originator[AHEAD];

    // The frame in hand.
    private Hardif in;
    private long source;
    /** Null until the source turns out to be worth a record. */
    private Neighbour neighbour;
    private byte[] octets;
    private long nowNs;
    private int nowMs;

    BatmanIv(Mesh mesh, OgmQueue queue, TtSync tt) {
        this.mesh = mesh;
        this.queue = queue;
        this.tt = tt;
        this.received = mesh.counter("batadv.ogm.received");
        this.echoes = mesh.counter("batadv.ogm.echo");
        this.forwardedEchoes = mesh.counter("batadv.ogm.forwarded_echo");
        this.notBest = mesh.counter("batadv.ogm.not_best_next_hop");
        this.duplicates = mesh.counter("batadv.ogm.duplicate");
        this.protectedJumps = mesh.counter("seqno-protected");
        this.malformed = mesh.counter("drop.batadv.ogm_malformed");
        this.ownSource = mesh.counter("drop.batadv.own_source");
    }

    /** A frame of type IV OGM; the common checks have been made. */
    void onFrame(Hardif in, Frame frame, long nowNs) {
        this.in = in;
        this.source = Ethernet.source(frame);
        if (mesh.isOwn(source)) {
            ownSource.increment();
            return;
        }
        this.octets = frame.array();
        this.nowNs = nowNs;
        this.nowMs = (int) (nowNs / BatadvLimits.MS);
        this.neighbour = mesh.neighbours.get(source, in);
        int at = frame.offset() + Ethernet.HEADER_OCTETS;
        int limit = frame.offset() + frame.length();
        lookUp(at, limit);
        int number = 0;
        while (limit - at >= OgmIv.HEADER_OCTETS && octets[at] == BatadvHeader.IV_OGM) {
            int tvlvOctets = Octets.u16(octets, at + OgmIv.TVLV_OCTETS);
            if (tvlvOctets > limit - at - OgmIv.HEADER_OCTETS || (tvlvOctets & 1) != 0
                    || octets[at + BatadvHeader.VERSION] != BatadvHeader.VERSION_15) {
                malformed.increment();
                break;
            }
            onOgm(at, tvlvOctets, number < ahead.length ? ahead[number] : null);
            number++;
            at += OgmIv.HEADER_OCTETS + tvlvOctets;
        }
        this.octets = null;
    }

    /**
     * Looks all originators of a frame up before the first is dealt with: in a large mesh each look misses
     * the caches, and misses that do not wait for each other cost little more than one.
     */
    private void lookUp(int first, int limit) {
        int at = first;
        for (int number = 0; number < ahead.length; number++) {
            boolean whole = limit - at >= OgmIv.HEADER_OCTETS;
            ahead[number] = whole ? mesh.originators.get(Octets.mac(octets, at + OgmIv.ORIGINATOR)) : null;
            at += whole ? OgmIv.HEADER_OCTETS + Octets.u16(octets, at + OgmIv.TVLV_OCTETS) : 0;
        }
    }

    /** @param known record of its originator, or null when there was none before this frame */
    private void onOgm(int at, int tvlvOctets, Originator known) {
        received.increment();
        long mac = Octets.mac(octets, at + OgmIv.ORIGINATOR);
        if (mesh.isOwn(mac)) {
            onEcho(at, mac);
            return;
        }
        long previousSender = Octets.mac(octets, at + OgmIv.PREVIOUS_SENDER);
        if (mesh.isOwn(previousSender)) {
            forwardedEchoes.increment();
            return;
        }
        if ((octets[at + OgmIv.FLAGS] & OgmIv.FLAG_NOT_BEST_NEXT_HOP) != 0) {
            notBest.increment();
            return;
        }
        if (mac == 0 || MacAddress.isMulticast(mac)) {
            malformed.increment();
            return;
        }
        Originator originator = known != null ? known : mesh.originator(mac, neighbour, nowNs);
        if (originator != null) {
            onForeignOgm(originator, at, tvlvOctets, previousSender);
        }
    }

    /** One of our own messages comes back: the neighbour hears us. */
    private void onEcho(int at, long mac) {
        echoes.increment();
        Originator sender = mesh.originator(source, neighbour, nowNs);
        if (sender == null || !sender.heard || mac != in.mac
                || (octets[at + OgmIv.FLAGS] & OgmIv.FLAG_DIRECT_LINK) == 0) {
            return;
        }
        int age = Seqno.difference32(in.ogmCounter - 2, Octets.i32(octets, at + OgmIv.SEQNO));
        if (neighbour != null && age >= 0 && age < BatadvLimits.WINDOW) {
            neighbour.echoWindow |= 1L << age;
            neighbour.lastSeenMs = nowMs;
        }
    }

    private void onForeignOgm(Originator originator, int at, int tvlvOctets, long previousSender) {
        int seqno = Octets.i32(octets, at + OgmIv.SEQNO);
        int slot = neighbour == null ? -1 : originator.slotOf(neighbour.id);
        int verdict = updateWindows(originator, seqno, slot);
        int tq = Octets.u8(octets, at + OgmIv.TQ);
        if (verdict == Verdict.PROTECTED || tq == 0) {
            return;
        }
        boolean single = originator.mac == source;
        boolean fresh = verdict == Verdict.NEW;
        int ttl = Octets.u8(octets, at + OgmIv.TTL);
        Originator link = single ? originator : neighbour == null ? null : neighbour.originator;
        int linkSlot = UNDECIDED;
        int baseTq = 0;
        int planes = mesh.originators.planes();
        for (int plane = 0; plane < planes; plane++) {
            planeTq[plane] = UNDECIDED;
            if (isLoop(originator, plane, previousSender, single)) {
                continue;
            }
            if (plane == 0 && tvlvOctets > 0) {
                onTvlvs(originator, at + OgmIv.HEADER_OCTETS, tvlvOctets);
            }
            if (link == null) {
                link = linkOriginator();
            }
            if (link == null || !single && link.router(plane) < 0) {
                continue;
            }
            if (linkSlot < 0) {
                linkSlot = linkSlot(link);
                if (linkSlot < 0) {
                    return;
                }
                baseTq = linkTq(tq, neighbour.echoCount(), link.receivedCount(linkSlot));
            }
            touch(originator, single, linkSlot);
            planeTq[plane] = planeTq(baseTq, tq, link, linkSlot, plane);
            boolean similar = originator.lastSeqno == seqno && originator.lastTtl(plane) - 3 <= ttl;
            if (planeTq[plane] >= 1 && (fresh || similar)) {
                rank(originator, plane, ttl, fresh);
            }
        }
        forward(originator, at, tvlvOctets, single, verdict == Verdict.NEIGHBOUR_DUPLICATE);
    }

    /** What the sequence windows say of a message. */
    private static final class Verdict {
        static final int NEW = 0;
        static final int ORIGINATOR_DUPLICATE = 1;
        static final int NEIGHBOUR_DUPLICATE = 2;
        static final int PROTECTED = 3;

        private Verdict() {}
    }

    private int updateWindows(Originator originator, int seqno, int slot) {
        int diff = Seqno.difference32(seqno, originator.lastSeqno);
        boolean jump = diff <= -BatadvLimits.WINDOW || diff >= BatadvLimits.EXPECTED_SEQNO_RANGE;
        if (jump && originator.slots() > 0) {
            if (nowNs - originator.resetNs < BatadvLimits.RESET_PROTECTION_NS) {
                protectedJumps.increment();
                return Verdict.PROTECTED;
            }
            originator.resetNs = nowNs;
        }
        int verdict = Verdict.NEW;
        if (diff <= 0 && diff > -BatadvLimits.WINDOW) {
            if (slot >= 0 && (originator.window(slot) >>> -diff & 1) != 0) {
                verdict = Verdict.NEIGHBOUR_DUPLICATE;
                duplicates.increment();
            } else if (originator.heardElsewhere(-diff, slot)) {
                verdict = Verdict.ORIGINATOR_DUPLICATE;
                duplicates.increment();
            }
        }
        originator.shiftWindows(diff, slot);
        if (diff > 0 || diff <= -BatadvLimits.WINDOW) {
            originator.lastSeqno = seqno;
        }
        originator.heard = true;
        return verdict;
    }

    /** True when the message went to our router, from it to us, and would now go on round that way. */
    private boolean isLoop(Originator originator, int plane, long previousSender, boolean single) {
        Neighbour router = mesh.router(originator, plane);
        if (router == null || router.mac != previousSender || originator.mac == previousSender
                || router.originator == null) {
            return false;
        }
        Neighbour routersRouter = mesh.router(router.originator, plane);
        return routersRouter != null && routersRouter.mac == router.mac;
    }

    private void onTvlvs(Originator originator, int at, int tvlvOctets) {
        int limit = at + tvlvOctets;
        for (int c = at; Tvlv.fits(octets, c, limit); c = Tvlv.next(octets, c)) {
            if (Tvlv.is(octets, c, Tvlv.TRANSLATION_TABLE, 1)) {
                tt.onAnnouncement(originator, octets, Tvlv.value(c), Tvlv.valueOctets(octets, c), nowNs);
            }
        }
    }

    /** The originator record of the sender: of the link that the message came over. */
    private Originator linkOriginator() {
        Originator link = mesh.originator(source, neighbour, nowNs);
        if (neighbour != null) {
            neighbour.originator = link;
        }
        return link;
    }

    /** Slot of the sender under its own originator; makes the neighbour and the slot. -1 when refused. */
    private int linkSlot(Originator link) {
        if (neighbour == null) {
            if (mesh.neighbours.isFull()) {
                mesh.reportLimit("neighbours", BatadvLimits.NEIGHBOURS, nowNs);
                return -1;
            }
            neighbour = mesh.neighbours.add(source, in, link, nowMs);
            mesh.out.report(new BatadvEvent.NeighbourHeard(in.name, new MacAddress(source)));
        } else if (neighbour.originator != link) {
            neighbour.originator = link;
        }
        int slot = link.slotOf(neighbour.id);
        return slot >= 0 ? slot : link.addSlot(neighbour.id, nowMs);
    }

    private void touch(Originator originator, boolean single, int linkSlot) {
        originator.lastSeenMs = nowMs;
        neighbour.lastSeenMs = nowMs;
        if (single) {
            originator.seen(linkSlot, nowMs);
        }
    }

    /**
     * TQ over the link, without the penalty of the interface.
     *
     * @param echoes   how many of our last 64 came back
     * @param received how many of the neighbour's last 64 came here
     */
    static int linkTq(int tq, int echoes, int received) {
        return planeTq(tq, echoes, received, 255);
    }

    private static int planeTq(int tq, int echoes, int received, int penalty) {
        int both = Math.min(echoes, received);
        int tqOwn = both < 1 ? 0 : 255 * both / received;
        int missed = BatadvLimits.WINDOW - received;
        int asymmetry = 255 - 255 * missed * missed * missed / (64 * 64 * 64);
        // 32 bits unsigned in the genuine program; a long holds the same.
        return (int) ((long) tq * tqOwn * asymmetry * penalty / (255 * 255 * 255));
    }

    private int planeTq(int baseTq, int tq, Originator link, int linkSlot, int plane) {
        if (!in.wifi || plane == 0 || in.plane != plane) {
            return baseTq;
        }
        // Leaving by the radio it came in on costs air time twice.
        int penalty = 255 * (255 - mesh.config.hopPenalty()) / 255;
        return planeTq(tq, neighbour.echoCount(), link.receivedCount(linkSlot), penalty);
    }

    /** Enters the TQ of the message in hand, and makes the sender the router if it is better. */
    private void rank(Originator originator, int plane, int ttl, boolean fresh) {
        int slot = originator.slotOf(neighbour.id);
        if (slot < 0) {
            slot = originator.addSlot(neighbour.id, nowMs);
            if (slot < 0) {
                mesh.reportLimit("neighbours per originator", BatadvLimits.NEIGHBOURS_PER_ORIGINATOR, nowNs);
                return;
            }
        }
        if (fresh) {
            originator.pushZeroToOthers(slot, plane);
            originator.setLastTtl(plane, ttl);
        }
        originator.pushTq(slot, plane, planeTq[plane]);
        originator.seen(slot, nowMs);
        int router = originator.router(plane);
        if (router == slot || router >= 0 && keepsRouter(originator, router, slot, plane)) {
            return;
        }
        originator.setRouter(plane, slot);
        if (plane == 0) {
            Neighbour from = router < 0 ? null : mesh.neighbours.at(originator.neighbourId(router));
            mesh.routeChanged(originator, from, neighbour);
        }
    }

    private boolean keepsRouter(Originator originator, int router, int candidate, int plane) {
        int held = originator.average(router, plane);
        int offered = originator.average(candidate, plane);
        if (held != offered) {
            return held > offered;
        }
        // Equal: the one that hears us better.
        return neighbour.echoCount() <= mesh.neighbours.at(originator.neighbourId(router)).echoCount();
    }

    private void forward(Originator originator, int at, int tvlvOctets, boolean single,
            boolean neighbourDuplicate) {
        int ttl = Octets.u8(octets, at + OgmIv.TTL);
        if (ttl <= 1 || neighbour == null || !single && neighbourDuplicate) {
            return;
        }
        for (int number = 0; number < mesh.hardifCount(); number++) {
            Hardif out = mesh.hardif(number);
            int tq = planeTq[out.plane];
            if (tq == UNDECIDED || single && ttl <= 2 && out != in || !single && tq < 1) {
                continue;
            }
            boolean best = isBestNextHop(originator, out.plane);
            if (!best && !single) {
                continue;
            }
            int flags = octets[at + OgmIv.FLAGS] & 0xff & ~OgmIv.FLAG_DIRECT_LINK;
            // A single-hop message is repeated in any case: that echo is how the neighbour measures us.
            flags |= single ? OgmIv.FLAG_DIRECT_LINK : 0;
            flags |= best ? 0 : OgmIv.FLAG_NOT_BEST_NEXT_HOP;
            int repeatedTq = tq * (255 - mesh.config.hopPenalty()) / 255;
            queue.addForwarded(in, out, octets, at, OgmIv.HEADER_OCTETS + tvlvOctets, ttl - 1, flags, source,
                    repeatedTq, nowNs);
        }
    }

    private boolean isBestNextHop(Originator originator, int plane) {
        int router = originator.router(plane);
        return router >= 0 && originator.average(router, plane) != 0
                && mesh.neighbours.at(originator.neighbourId(router)).mac == source;
    }
}
