package org.limesh.bmx7;

import org.limesh.base.Seqno;

/**
 * Receive quality of a link (of the last 48 hello numbers, how many came) and transmit quality (what the
 * neighbour says of us). Both hold for 2 s and then fade to zero at 20 s.
 *
 * <p>While the link is young only the numbers since its first hello count, as if there were at least 16 of
 * them: two hellos make the link usable, where the genuine program wants five of its 48, and a link without
 * loss is worth its full speed after 16 instead of 48.
 */
final class LinkQuality {
    static final int WINDOW = 48;
    static final int FULL = 255;
    private static final int LEAST_KNOWN = 16;
    private static final int DUPLICATE_DISTANCE = 3;
    private static final long FRESH_NS = 2_000_000_000L;
    static final long TIMEOUT_NS = 20_000_000_000L;

    private long window;
    /** Numbers since the first hello, that one included; at most the window's length. */
    private int known;
    private int newest;
    private boolean heard;
    private long heardNs;
    private int reported;
    private boolean wasReported;
    private long reportedNs;

    /** A hello of the neighbour. False for a number that was heard before. */
    boolean onHello(int sqn, long nowNs) {
        int ahead = heard ? Seqno.difference16(sqn, newest) : WINDOW;
        if (ahead <= 0 && ahead >= -DUPLICATE_DISTANCE) {
            return false;
        }
        // Far behind means that it counts anew: so does the window.
        boolean anew = ahead < 0 || ahead >= WINDOW;
        window = anew ? 1 : window << ahead | 1;
        known = anew ? 1 : Math.min(known + ahead, WINDOW);
        window &= (1L << WINDOW) - 1;
        newest = sqn;
        heard = true;
        heardNs = nowNs;
        return true;
    }

    /** The neighbour's word on how well it receives us. */
    void onReport(int rxLq, long nowNs) {
        reported = rxLq;
        wasReported = true;
        reportedNs = nowNs;
    }

    int lastHello() {
        return newest;
    }

    long heardNs() {
        return heardNs;
    }

    boolean hasHello() {
        return heard;
    }

    boolean isDead(long nowNs, long bornNs) {
        return nowNs - (heard ? heardNs : bornNs) >= TIMEOUT_NS;
    }

    /** Without fading. */
    int received() {
        return FULL * Long.bitCount(window) / Math.max(known, LEAST_KNOWN);
    }

    int rq(long nowNs) {
        return heard ? faded(received(), nowNs - heardNs) : 0;
    }

    int tq(long nowNs) {
        return wasReported ? faded(reported, nowNs - reportedNs) : 0;
    }

    private static int faded(int quality, long ageNs) {
        if (ageNs <= FRESH_NS) {
            return quality;
        }
        return ageNs >= TIMEOUT_NS ? 0 : (int) (quality * (TIMEOUT_NS - ageNs) / TIMEOUT_NS);
    }
}
