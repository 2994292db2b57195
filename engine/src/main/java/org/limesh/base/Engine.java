package org.limesh.base;

/**
 * A protocol as a state machine without I/O: frames, commands and time come in as arguments, effects
 * leave through the engine's own outbox. One caller thread; every call runs to completion.
 *
 * <p>The caller hands in non-decreasing times and calls {@link #onTimer} when {@link #nextDeadlineNs}
 * has been reached; calling it early does nothing, calling it late does what was due.
 */
public interface Engine {
    /** Deadline of an engine that waits for nothing. Compare with {@code ==} before comparing by difference. */
    long NEVER = Long.MAX_VALUE;

    /** Does everything that is due at {@code nowNs}. */
    void onTimer(long nowNs);

    /** When {@link #onTimer} wants to be called next, or {@link #NEVER}. May lie in the past. */
    long nextDeadlineNs();

    /** The earlier of two deadlines, either of which may be {@link #NEVER}. */
    static long earlier(long aNs, long bNs) {
        if (aNs == NEVER) {
            return bNs;
        }
        return bNs == NEVER || aNs - bNs <= 0 ? aNs : bNs;
    }

    /** True when a deadline has been reached. */
    static boolean isDue(long deadlineNs, long nowNs) {
        return deadlineNs != NEVER && deadlineNs - nowNs <= 0;
    }
}
