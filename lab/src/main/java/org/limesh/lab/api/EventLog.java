package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.List;

/**
 * The last events of a run. One or more threads append, any thread reads.
 *
 * <p>At the limit the oldest is forgotten; a reader notices by the gap in {@link EventRecord#seq}.
 */
public final class EventLog {
    /** Enough for some minutes of a busy laboratory of 100 nodes; about 2 MB. */
    public static final int DEFAULT_LIMIT = 10_000;

    private final EventRecord[] ring;
    private long lastSeq;

    public EventLog() {
        this(DEFAULT_LIMIT);
    }

    public EventLog(int limit) {
        ring = new EventRecord[limit];
    }

    public synchronized EventRecord append(long timeNs, String node, String kind, String text) {
        lastSeq++;
        EventRecord event = new EventRecord(lastSeq, timeNs, node, kind, text);
        ring[slot(lastSeq)] = event;
        return event;
    }

    /** Number of the newest event; 0 when nothing happened yet. */
    public synchronized long lastSeq() {
        return lastSeq;
    }

    /** The newest {@code limit} events with a number above {@code seq}, oldest first. */
    public synchronized List<EventRecord> since(long seq, int limit) {
        long first = Math.max(Math.max(seq, 0), lastSeq - Math.min(limit, ring.length)) + 1;
        List<EventRecord> events = new ArrayList<>();
        for (long at = first; at <= lastSeq; at++) {
            events.add(ring[slot(at)]);
        }
        return events;
    }

    private int slot(long seq) {
        return (int) (seq % ring.length);
    }
}
