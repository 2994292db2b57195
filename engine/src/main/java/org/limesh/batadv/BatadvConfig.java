package org.limesh.batadv;

import org.limesh.base.Invariant;
import org.limesh.base.MacAddress;

/**
 * Settings of one mesh interface.
 *
 * @param origIntervalMs     mean time between own originator messages
 * @param hopPenalty         0..255, taken off the TQ at every forward; 30
 * @param aggregation        pack several originator messages into one frame
 * @param broadcastCopies    transmissions of a broadcast on a wired hard interface; 1
 * @param broadcastCopiesWifi the same on a radio; 3
 * @param anycastPrefix      first three octets of the MACs that every node of the cloud has (LibreMesh's
 *                           anygw); such a client is never announced nor taken from another node, for it
 *                           would pull everybody's gateway traffic to one node. -1 for none
 */
public record BatadvConfig(
        int origIntervalMs,
        int hopPenalty,
        boolean aggregation,
        int broadcastCopies,
        int broadcastCopiesWifi,
        int anycastPrefix) {
    public static final int DEFAULT_HOP_PENALTY = 30;
    public static final int LIBREMESH_ANYCAST_PREFIX = 0xaaaaaa;
    private static final int PREFIX_SHIFT_BITS = 24;

    public BatadvConfig {
        Invariant.check(origIntervalMs >= 2 * BatadvLimits.OGM_JITTER_MS,
                "interval is at least twice its jitter");
        Invariant.check(hopPenalty >= 0 && hopPenalty <= 255, "hop penalty is 0 to 255");
        Invariant.check(broadcastCopies >= 1 && broadcastCopiesWifi >= 1,
                "a broadcast is sent at least once");
    }

    public BatadvConfig(
            int origIntervalMs, int hopPenalty, boolean aggregation, int broadcastCopies,
            int broadcastCopiesWifi) {
        this(origIntervalMs, hopPenalty, aggregation, broadcastCopies, broadcastCopiesWifi,
                LIBREMESH_ANYCAST_PREFIX);
    }

    /** Everything as the genuine program has it, but for the interval. */
    public static BatadvConfig withInterval(int origIntervalMs) {
        return new BatadvConfig(origIntervalMs, DEFAULT_HOP_PENALTY, true, 1, 3);
    }

    /** The same with the first three octets of this address as those of anycast addresses. */
    public BatadvConfig withAnycast(MacAddress anycast) {
        return new BatadvConfig(origIntervalMs, hopPenalty, aggregation, broadcastCopies, broadcastCopiesWifi,
                (int) (anycast.bits() >>> PREFIX_SHIFT_BITS));
    }

    boolean isAnycast(long mac) {
        return mac >>> PREFIX_SHIFT_BITS == anycastPrefix;
    }
}
