package org.limesh.sim;

import java.util.ArrayDeque;

/** One direction of a line: frames leave one after another at its rate; a full queue drops what comes. */
final class Lane {
    /** As many as a provider's box keeps at a line of some Mbit/s. */
    static final int QUEUE_LIMIT_FRAMES = 128;

    private final ArrayDeque<Long> departures = new ArrayDeque<>();
    private long busyUntilNs;
    private long dropped;

    /** When the last bit of a frame that comes now has left, or -1 when there is no room for it. */
    long leavesNs(long nowNs, int octets, long rateBps) {
        while (!departures.isEmpty() && departures.peekFirst() <= nowNs) {
            departures.pollFirst();
        }
        if (departures.size() >= QUEUE_LIMIT_FRAMES) {
            dropped++;
            return -1;
        }
        long tookNs = rateBps == 0 ? 0 : octets * 8_000_000_000L / rateBps;
        busyUntilNs = Math.max(nowNs, busyUntilNs) + tookNs;
        if (tookNs > 0) {
            departures.addLast(busyUntilNs);
        }
        return busyUntilNs;
    }

    /** Nothing waits any more. */
    void clear() {
        departures.clear();
        busyUntilNs = 0;
    }

    long dropped() {
        return dropped;
    }
}
