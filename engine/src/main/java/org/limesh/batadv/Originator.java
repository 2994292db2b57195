package org.limesh.batadv;

import java.util.Arrays;

/**
 * A node as known by others (or a secondary interface of one), with every neighbour that offers a way to it.
 *
 * <p>The protocol demands routing results for "default" and for each outgoing hard interface. They differ
 * only through the penalty for leaving by the same radio, so all wired interfaces share the default results:
 * plane 0. Each radio has a plane of its own. Sequence windows are the same for every interface, as every
 * OGM updates them all, and are kept once.
 *
 * <p>What the reception of an OGM touches lies in one array, so that it costs few cache misses:
 *
 * <pre>
 *  words   [plane 0 .. plane p-1] [slot 0: head, window, ring 0 .. ring p-1] [slot 1: ...] ...
 *  plane   bits 0..15 slot of the router + 1, bits 16..23 TTL of the last new OGM
 *  head    high half neighbour id, low half last seen (ms)
 *  window  bit n: the OGM with the number "latest - n" came by this neighbour
 *  ring    bits 0..39 last five TQ values, newest lowest, bits 40..47 their average without zeros
 * </pre>
 */
final class Originator {
    private static final int SLOT_FIXED_WORDS = 2;
    private static final int HEAD = 0;
    private static final int WINDOW = 1;
    private static final long RING_MASK = 0xff_ffff_ffffL;
    private static final int RING_VALUES = 5;
    private static final int AVERAGE_SHIFT = 40;

    final long mac;
    /** Place in the list of the table; changes when another one is removed. */
    int index;
    int lastSeenMs;
    int lastSeqno;
    long resetNs;
    /** Who spoke of it first; it counts against that neighbour's share of the table. May be null. */
    Neighbour introducer;
    /** True once an OGM of this originator was counted in the windows. */
    boolean heard;

    private long[] words;
    private int planes;
    private int slots;

    int broadcastSeqno;
    long broadcastWindow;
    long broadcastResetNs;

    /** Its translation table, null until it announces one. */
    PeerTable table;

    Originator(long mac, int planes, long nowNs) {
        this.mac = mac;
        this.planes = planes;
        this.words = new long[planes + 2 * (SLOT_FIXED_WORDS + planes)];
        this.lastSeenMs = (int) (nowNs / BatadvLimits.MS);
        this.resetNs = nowNs - BatadvLimits.RESET_PROTECTION_NS - 1;
        this.broadcastResetNs = resetNs;
    }

    private int base(int slot) {
        return planes + slot * (SLOT_FIXED_WORDS + planes);
    }

    int slots() {
        return slots;
    }

    int neighbourId(int slot) {
        return (int) (words[base(slot) + HEAD] >>> 32);
    }

    int seenMs(int slot) {
        return (int) words[base(slot) + HEAD];
    }

    void seen(int slot, int nowMs) {
        int at = base(slot) + HEAD;
        words[at] = words[at] & 0xffff_ffff_0000_0000L | nowMs & 0xffff_ffffL;
    }

    /** Slot of a neighbour, or -1. Few slots: a walk beats any index. */
    int slotOf(int neighbourId) {
        int stride = SLOT_FIXED_WORDS + planes;
        for (int slot = 0, at = planes + HEAD; slot < slots; slot++, at += stride) {
            if ((int) (words[at] >>> 32) == neighbourId) {
                return slot;
            }
        }
        return -1;
    }

    /** Adds an empty slot; -1 when there are too many. */
    int addSlot(int neighbourId, int nowMs) {
        if (slots == BatadvLimits.NEIGHBOURS_PER_ORIGINATOR) {
            return -1;
        }
        int at = base(slots);
        int stride = SLOT_FIXED_WORDS + planes;
        if (at + stride > words.length) {
            words = Arrays.copyOf(words, at + stride * Math.max(2, slots / 2));
        }
        Arrays.fill(words, at, at + stride, 0);
        words[at + HEAD] = (long) neighbourId << 32 | nowMs & 0xffff_ffffL;
        return slots++;
    }

    /** Takes a slot out and keeps the order of the others. */
    void removeSlot(int slot) {
        int stride = SLOT_FIXED_WORDS + planes;
        int at = base(slot);
        System.arraycopy(words, at + stride, words, at, base(slots) - at - stride);
        slots--;
        for (int plane = 0; plane < planes; plane++) {
            int router = router(plane);
            if (router == slot) {
                setRouter(plane, -1);
            } else if (router > slot) {
                setRouter(plane, router - 1);
            }
        }
    }

    long window(int slot) {
        return words[base(slot) + WINDOW];
    }

    /** How many of the last 64 OGMs of this originator came by this neighbour. */
    int receivedCount(int slot) {
        return Long.bitCount(words[base(slot) + WINDOW]);
    }

    /**
     * Moves all windows on to a sequence number {@code diff} ahead; {@code mine} is the slot that heard it,
     * or -1.
     */
    void shiftWindows(int diff, int mine) {
        boolean clear = diff <= -BatadvLimits.WINDOW || diff >= BatadvLimits.WINDOW;
        int stride = SLOT_FIXED_WORDS + planes;
        for (int slot = 0, at = planes + WINDOW; slot < slots; slot++, at += stride) {
            words[at] = clear ? 0 : diff > 0 ? words[at] << diff : words[at];
        }
        if (mine >= 0) {
            int bit = clear || diff > 0 ? 0 : -diff;
            words[base(mine) + WINDOW] |= 1L << bit;
        }
    }

    /** True when a slot other than {@code mine} has heard the number {@code back} before the latest one. */
    boolean heardElsewhere(int back, int mine) {
        for (int slot = 0; slot < slots; slot++) {
            if (slot != mine && (window(slot) >>> back & 1) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Slot of the router of a plane, or -1. */
    int router(int plane) {
        return (int) (words[plane] & 0xffff) - 1;
    }

    void setRouter(int plane, int slot) {
        words[plane] = words[plane] & ~0xffffL | slot + 1;
    }

    int lastTtl(int plane) {
        return (int) (words[plane] >>> 16) & 0xff;
    }

    void setLastTtl(int plane, int ttl) {
        words[plane] = words[plane] & ~0xff_0000L | (long) ttl << 16;
    }

    /** Average of the non-zero values among the last five. Zeros push old values out but do not lower it. */
    int average(int slot, int plane) {
        return (int) (words[base(slot) + SLOT_FIXED_WORDS + plane] >>> AVERAGE_SHIFT);
    }

    void pushTq(int slot, int plane, int tq) {
        int at = base(slot) + SLOT_FIXED_WORDS + plane;
        long ring = (words[at] << 8 | tq) & RING_MASK;
        int sum = 0;
        int count = 0;
        for (int i = 0, shift = 0; i < RING_VALUES; i++, shift += 8) {
            int value = (int) (ring >>> shift) & 0xff;
            sum += value;
            count += value == 0 ? 0 : 1;
        }
        words[at] = ring | (count == 0 ? 0 : (long) (sum / count) << AVERAGE_SHIFT);
    }

    /** A new OGM came by {@code mine}: every other way has missed it. */
    void pushZeroToOthers(int mine, int plane) {
        for (int slot = 0; slot < slots; slot++) {
            if (slot != mine && words[base(slot) + SLOT_FIXED_WORDS + plane] != 0) {
                pushTq(slot, plane, 0);
            }
        }
    }

    /** Slot with the highest average, the first of equals; -1 without slots. */
    int bestSlot(int plane) {
        int best = -1;
        for (int slot = 0; slot < slots; slot++) {
            if (best < 0 || average(slot, plane) > average(best, plane)) {
                best = slot;
            }
        }
        return best;
    }

    /** Adds a plane that starts as a copy of plane 0: a radio came up later. */
    void addPlane() {
        int oldPlanes = planes;
        int oldStride = SLOT_FIXED_WORDS + oldPlanes;
        long[] old = words;
        planes++;
        words = new long[base(Math.max(2, slots))];
        System.arraycopy(old, 0, words, 0, oldPlanes);
        words[oldPlanes] = old[0];
        for (int slot = 0; slot < slots; slot++) {
            int from = oldPlanes + slot * oldStride;
            System.arraycopy(old, from, words, base(slot), oldStride);
            words[base(slot) + oldStride] = old[from + SLOT_FIXED_WORDS];
        }
    }
}
