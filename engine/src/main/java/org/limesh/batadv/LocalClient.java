package org.limesh.batadv;

/** A client behind this node's mesh interface. */
final class LocalClient {
    final long key;
    /** See {@link TtFlags}. */
    int flags;
    int lastSeenMs;
    /** Floods it may start now, see {@link BatadvLimits#FLOODS_BURST}. */
    private int floodsLeft = BatadvLimits.FLOODS_BURST;
    private long floodsRefilledNs;

    LocalClient(long key, int flags, int nowMs) {
        this.key = key;
        this.flags = flags;
        this.lastSeenMs = nowMs;
    }

    /** Takes one flood from its share; false when it has used it up. */
    boolean mayFlood(long nowNs) {
        if (floodsLeft == BatadvLimits.FLOODS_BURST) {
            floodsRefilledNs = nowNs;
        }
        long earned = (nowNs - floodsRefilledNs) / BatadvLimits.FLOOD_INTERVAL_NS;
        if (earned > 0) {
            floodsLeft = (int) Math.min(BatadvLimits.FLOODS_BURST, floodsLeft + earned);
            floodsRefilledNs += earned * BatadvLimits.FLOOD_INTERVAL_NS;
        }
        if (floodsLeft == 0) {
            return false;
        }
        floodsLeft--;
        return true;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
