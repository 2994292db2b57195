package org.limesh.access;

import java.util.ArrayDeque;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;

/**
 * The way of records to the store, and answers that wait until theirs is durable.
 *
 * <pre>
 *   grant ─→ write record n ─→ host ... fsync ... ─→ onStored(n) ─→ ACK leaves
 * </pre>
 *
 * Without a store, and while it fails, an answer leaves at once.
 */
final class StoreQueue {
    private static final long MS_NS = 1_000_000;
    /**
     * Answers per millisecond. What one sync made durable must not leave in one burst: the queue of a radio or of
     * a receiver holds a few hundred frames.
     */
    private static final int BURST = 32;

    private record Waiting(long record, Frame frame, AccessEvent event) {}

    private final Counters counters;
    private final DhcpServer.Outbox out;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean open;
    private boolean failed;
    private long written;
    private long durable;
    private long wallOffsetMs;
    /** When more of what is durable leaves. */
    private long releaseNs = Engine.NEVER;

    StoreQueue(Counters counters, DhcpServer.Outbox out) {
        this.counters = counters;
        this.out = out;
    }

    void setWallClock(long wallMs, long nowNs) {
        wallOffsetMs = wallMs - nowNs / MS_NS;
    }

    /** From now on records are written. */
    void open() {
        open = true;
    }

    boolean isOpen() {
        return open;
    }

    /** True when an answer that only memory knows would be too little. */
    boolean isStuck(boolean nobodyElseKnows) {
        return failed && nobodyElseKnows;
    }

    byte[] dated(LeaseRecord fact, long nowNs) {
        return LeaseRecord.emit(new LeaseRecord.Dated(nowNs / MS_NS + wallOffsetMs, nowNs / MS_NS, fact));
    }

    /** What the clocks say now, for comparing with a record. */
    LeaseRecord.Dated now(long nowNs) {
        return new LeaseRecord.Dated(nowNs / MS_NS + wallOffsetMs, nowNs / MS_NS, new LeaseRecord.Start());
    }

    void write(LeaseRecord fact, long nowNs) {
        if (open) {
            written++;
            out.store(dated(fact, nowNs));
        }
    }

    /** Sends a frame when everything written so far is durable. */
    void sendWhenDurable(Frame frame, AccessEvent event) {
        if (!open || failed || durable >= written) {
            out.transmit(frame);
            out.report(event);
        } else if (waiting.size() >= DhcpServer.MAX_WAITING) {
            counters.of("dhcp.store_busy").increment();
        } else {
            waiting.add(new Waiting(written, frame, event));
        }
    }

    void onStored(long count, long nowNs) {
        durable = Math.max(durable, count);
        if (releaseNs == Engine.NEVER) {
            release(nowNs);
        }
    }

    long nextReleaseNs() {
        return releaseNs;
    }

    void onTimer(long nowNs) {
        if (Engine.isDue(releaseNs, nowNs)) {
            release(nowNs);
        }
    }

    private void release(long nowNs) {
        for (int i = 0; i < BURST && isReleasable(); i++) {
            sendFirst();
        }
        releaseNs = isReleasable() ? nowNs + MS_NS : Engine.NEVER;
    }

    private boolean isReleasable() {
        return !waiting.isEmpty() && waiting.getFirst().record() <= durable;
    }

    private void sendFirst() {
        Waiting next = waiting.removeFirst();
        out.transmit(next.frame());
        out.report(next.event());
    }

    void onFailed(boolean nowFailed, String reason) {
        if (nowFailed && !failed) {
            counters.of("disk.full").increment();
            out.report(new AccessEvent.StoreFailed(reason));
        }
        failed = nowFailed;
        if (failed) {
            while (isReleasable()) {
                sendFirst();
            }
            // Their clients ask again; by then it is decided whether memory will do.
            counters.of("dhcp.store_failed").add(waiting.size());
            waiting.clear();
        }
    }
}
