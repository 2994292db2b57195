package org.limesh.bmx7;

/** Effort that may be spent in one second; what is over is refused, not queued. */
final class Budget {
    private final int perSecond;
    private long second = Long.MIN_VALUE;
    private int spent;

    Budget(int perSecond) {
        this.perSecond = perSecond;
    }

    boolean has(int effort, long nowNs) {
        long present = Math.floorDiv(nowNs, Bmx7Limits.SECOND);
        if (present != second) {
            second = present;
            spent = 0;
        }
        return spent + effort <= perSecond;
    }

    void spend(int effort) {
        spent += effort;
    }
}
