package org.limesh.access;

/** Lets {@code perSecond} things happen on average and {@code burst} at once. Starts full. */
public final class RateLimit {
    private static final long SECOND_NS = 1_000_000_000L;

    private final long costNs;
    private final long fullNs;
    private long creditNs;
    private long updatedNs;
    private boolean used;

    public RateLimit(int perSecond, int burst) {
        this.costNs = SECOND_NS / perSecond;
        this.fullNs = burst * costNs;
        this.creditNs = fullNs;
    }

    /** True, and one less left, when another one may happen now. */
    public boolean take(long nowNs) {
        if (used) {
            // A long silence must not overflow the credit, so it is capped before it is added.
            creditNs = Math.min(fullNs, creditNs + Math.clamp(nowNs - updatedNs, 0, fullNs));
        }
        used = true;
        updatedNs = nowNs;
        if (creditNs < costNs) {
            return false;
        }
        creditNs -= costNs;
        return true;
    }
}
