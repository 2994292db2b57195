package org.limesh.interop;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waiting for something to become true in real time. */
public final class Wait {
    private static final int PERIOD_MS = 100;

    private Wait() {}

    /**
     * Asks until the answer is yes.
     *
     * @param what  what is waited for, for the message
     * @param state asked once more for the message when the time is over
     * @return milliseconds waited
     */
    public static long until(String what, Duration limit, Callable<Boolean> condition, Callable<?> state)
            throws Exception {
        long startNs = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - startNs > limit.toNanos()) {
                throw new AssertionError("after %d s still not: %s%n%s".formatted(limit.toSeconds(), what, state.call()));
            }
            Thread.sleep(PERIOD_MS);
        }
        return (System.nanoTime() - startNs) / 1_000_000;
    }

    /** As above, without a state to show. */
    public static long until(String what, Duration limit, Callable<Boolean> condition) throws Exception {
        return until(what, limit, condition, () -> "");
    }
}
