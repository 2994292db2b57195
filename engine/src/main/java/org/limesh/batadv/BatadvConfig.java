package org.limesh.batadv;

/**
 * Settings of one mesh interface.
 *
 * @param origIntervalMs     mean time between own originator messages
 * @param hopPenalty         0..255, taken off the TQ at every forward; 30
 * @param aggregation        pack several originator messages into one frame
 * @param broadcastCopies    transmissions of a broadcast on a wired hard interface; 1
 * @param broadcastCopiesWifi the same on a radio; 3
 */
public record BatadvConfig(
        int origIntervalMs, int hopPenalty, boolean aggregation, int broadcastCopies, int broadcastCopiesWifi) {
    public static final int DEFAULT_HOP_PENALTY = 30;

    /** Everything as the genuine program has it, but for the interval. */
    public static BatadvConfig withInterval(int origIntervalMs) {
        return new BatadvConfig(origIntervalMs, DEFAULT_HOP_PENALTY, true, 1, 3);
    }
}
