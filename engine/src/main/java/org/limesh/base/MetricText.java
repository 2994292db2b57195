package org.limesh.base;

/** Metrics for people, as the genuine tables write them: {@code 999M}, truncated. */
public final class MetricText {
    private static final String UNITS = "KMGT";

    private MetricText() {}

    public static String of(long bps) {
        if (bps < 10_000) {
            return Long.toString(bps);
        }
        long value = bps;
        int unit = -1;
        while (value >= 10_000 && unit + 1 < UNITS.length()) {
            value /= 1000;
            unit++;
        }
        return value + UNITS.substring(unit, unit + 1);
    }
}
