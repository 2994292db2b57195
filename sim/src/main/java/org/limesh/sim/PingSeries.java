package org.limesh.sim;

import java.util.Arrays;

/** Echo requests of one client at a constant pace, and what came back. */
public final class PingSeries {
    static final long LOST = -1;

    private final int identifier;
    private final long intervalNs;
    private long[] sentNs = new long[64];
    private long[] roundTripNs = new long[64];
    private int sent;
    private int received;
    private int duplicates;
    private boolean stopped;

    PingSeries(int identifier, long intervalNs) {
        this.identifier = identifier;
        this.intervalNs = intervalNs;
    }

    int identifier() {
        return identifier;
    }

    public long intervalNs() {
        return intervalNs;
    }

    public int sent() {
        return sent;
    }

    /** Requests that were answered, each counted once. */
    public int received() {
        return received;
    }

    /** Answers beyond the first: two nodes answered, or a frame was doubled. */
    public int duplicates() {
        return duplicates;
    }

    /** No more requests; answers under way still count. */
    public void stop() {
        stopped = true;
    }

    public boolean isStopped() {
        return stopped;
    }

    /** When a request was sent; {@code number} counts from 0. */
    public long sentNs(int number) {
        return sentNs[number];
    }

    /** Time to the first answer, or -1 when there was none (yet). */
    public long roundTripNs(int number) {
        return roundTripNs[number];
    }

    /** Share 0..1 of the requests sent in [from, to) that got no answer; 0 when none was sent. */
    public double loss(long fromNs, long toNs) {
        int asked = 0;
        int answered = 0;
        for (int i = 0; i < sent; i++) {
            if (sentNs[i] >= fromNs && sentNs[i] < toNs) {
                asked++;
                answered += roundTripNs[i] == LOST ? 0 : 1;
            }
        }
        return asked == 0 ? 0 : 1.0 - (double) answered / asked;
    }

    /** Longest time between two answers that came one after the other in [from, to], its ends included. */
    public long longestGapNs(long fromNs, long toNs) {
        long[] arrivals = new long[sent];
        int count = 0;
        for (int i = 0; i < sent; i++) {
            long atNs = sentNs[i] + roundTripNs[i];
            if (roundTripNs[i] != LOST && atNs >= fromNs && atNs <= toNs) {
                arrivals[count++] = atNs;
            }
        }
        Arrays.sort(arrivals, 0, count);
        long longest = 0;
        long lastNs = fromNs;
        for (int i = 0; i < count; i++) {
            longest = Math.max(longest, arrivals[i] - lastNs);
            lastNs = arrivals[i];
        }
        return Math.max(longest, toNs - lastNs);
    }

    /** A request leaves; returns its number. */
    int onSent(long nowNs) {
        if (sent == sentNs.length) {
            sentNs = Arrays.copyOf(sentNs, sent * 2);
            roundTripNs = Arrays.copyOf(roundTripNs, sent * 2);
        }
        sentNs[sent] = nowNs;
        roundTripNs[sent] = LOST;
        return sent++;
    }

    /** An answer came. The number on the wire has 16 bits: the latest request with these bits is meant. */
    void onAnswer(int sequence16, long nowNs) {
        int number = sent - 1 - (sent - 1 - sequence16 & 0xffff);
        if (number < 0) {
            return;
        }
        if (roundTripNs[number] == LOST) {
            roundTripNs[number] = nowNs - sentNs[number];
            received++;
        } else {
            duplicates++;
        }
    }
}
