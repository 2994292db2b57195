package org.limesh.node;

import org.limesh.base.Counters;
import org.limesh.base.Engine;

/** Notices that a node stood still: its neighbours gave it up meanwhile, and nobody would know why. */
final class PauseWatch {
    /** So late a timer is worth a word. */
    private static final long PAUSE_NS = 5_000_000_000L;

    private final Counters counters;
    private final Warnings warnings;

    PauseWatch(Counters counters, Warnings warnings) {
        this.counters = counters;
        this.warnings = warnings;
    }

    /**
     * The host calls. One that does so far too late was suspended, or has too much to do.
     *
     * @param deadlineNs when the node wanted to be called, or {@link Engine#NEVER}
     * @param lastNs     when it was called before
     */
    void onCall(long deadlineNs, long lastNs, long nowNs) {
        // A deadline may lie in the past because something is wanted at once.
        long lateNs = Math.min(nowNs - deadlineNs, nowNs - lastNs);
        if (deadlineNs != Engine.NEVER && lateNs > PAUSE_NS) {
            counters.of("node.pauses").increment();
            warnings.warn("pause", "this node stood still for " + lateNs / 1_000_000_000L
                    + " s: its machine was suspended or has far too much to do. Its neighbours gave it up in"
                    + " that time; links and routes come back by themselves", 1, nowNs);
        }
    }
}
