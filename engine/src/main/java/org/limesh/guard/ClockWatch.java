package org.limesh.guard;

import org.limesh.base.Counters;

/** Tells when the wall clock cannot be right, or jumps. Timers do not use it; the lease store does. */
final class ClockWatch {
    /** 2023-01-01: this program is younger, so a clock that says less was never set. */
    static final long EARLIEST_MS = 1_672_531_200_000L;
    /** 2100-01-01. */
    static final long LATEST_MS = 4_102_444_800_000L;
    /** What a clock may be set by and no warning. */
    private static final long JUMP_MS = 60_000;
    /** How long a jump is shown. */
    private static final long SHOWN_NS = 600_000_000_000L;

    private final Counters counters;
    private final Warnings warnings;
    private boolean known;
    private long lastWallMs;
    private long lastNs;
    private boolean jumped;
    private long jumpNs;

    ClockWatch(Counters counters, Warnings warnings) {
        this.counters = counters;
        this.warnings = warnings;
    }

    void onClock(long wallMs, long nowNs) {
        warnings.set("clock", wallMs < EARLIEST_MS || wallMs >= LATEST_MS
                ? "the clock of this machine is wrong (" + wallMs / 1000 + " s after 1970): set it, or let NTP do it. "
                        + "Leases that were written down before may be taken for expired." : null);
        if (known) {
            long jumpMs = wallMs - lastWallMs - (nowNs - lastNs) / 1_000_000;
            if (Math.abs(jumpMs) > JUMP_MS) {
                counters.of("clock.jump").increment();
                jumped = true;
                jumpNs = nowNs;
                warnings.set("clock jump", "the clock of this machine jumped by " + jumpMs / 1000
                        + " s. Leases run on by a clock of their own, so no client is affected.");
            } else if (jumped && nowNs - jumpNs >= SHOWN_NS) {
                jumped = false;
                warnings.set("clock jump", null);
            }
        }
        known = true;
        lastWallMs = wallMs;
        lastNs = nowNs;
    }
}
