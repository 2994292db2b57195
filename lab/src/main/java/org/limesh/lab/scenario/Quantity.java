package org.limesh.lab.scenario;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with units as people write them. Every reader throws {@link IllegalArgumentException} with a sentence. */
public final class Quantity {
    private static final Pattern DURATION_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|ms|s|m|h)");
    private static final Pattern RATE = Pattern.compile("(\\d+(?:\\.\\d+)?)(bit|kbit|mbit|gbit)");
    private static final Pattern PERCENT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*%?");
    private static final Pattern DISTANCE = Pattern.compile("(-?\\d+(?:\\.\\d+)?)(m|km)?");
    /** Longest time a scenario may name. */
    static final long DURATION_LIMIT_NS = 30L * 24 * 3_600_000_000_000L;

    private Quantity() {}

    /** {@code 250ms}, {@code 8s}, {@code 2m}, {@code 1m30s}: nanoseconds. */
    public static long durationNs(String text) {
        Matcher part = DURATION_PART.matcher(text);
        BigDecimal sum = BigDecimal.ZERO;
        int at = 0;
        while (at < text.length() && part.find(at) && part.start() == at) {
            sum = sum.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unitNs(part.group(2)))));
            at = part.end();
        }
        if (text.isEmpty() || at != text.length()) {
            String more = text.matches("\\d+(\\.\\d+)?") ? "; the unit is missing, write e.g. " + text + "s"
                    : "; write e.g. 250ms, 8s, 2m";
            throw new IllegalArgumentException("'" + text + "' is not a time" + more);
        }
        if (sum.compareTo(BigDecimal.valueOf(DURATION_LIMIT_NS)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is longer than 30 days");
        }
        return sum.longValue();
    }

    private static long unitNs(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
    }

    /** {@code 30mbit}, {@code 256kbit}: bit per second. */
    public static long rateBps(String text) {
        Matcher rate = RATE.matcher(text);
        if (!rate.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a rate; write e.g. 30mbit, 256kbit");
        }
        long unit = switch (rate.group(2)) {
            case "bit" -> 1;
            case "kbit" -> 1_000;
            case "mbit" -> 1_000_000;
            default -> 1_000_000_000L;
        };
        BigDecimal bps = new BigDecimal(rate.group(1)).multiply(BigDecimal.valueOf(unit));
        if (bps.signum() == 0 || bps.compareTo(BigDecimal.valueOf(1_000_000_000_000L)) > 0) {
            throw new IllegalArgumentException("'" + text + "': a rate is above 0 and at most 1000gbit");
        }
        return bps.longValue();
    }

    /** {@code 5%} or {@code 5}: 0.05. */
    public static double fraction(String text) {
        Matcher percent = PERCENT.matcher(text);
        if (!percent.matches() || Double.parseDouble(percent.group(1)) > 100) {
            throw new IllegalArgumentException("'" + text + "' is not a share from 0% to 100%");
        }
        return Double.parseDouble(percent.group(1)) / 100;
    }

    /** {@code 120m}, {@code 1.5km} or {@code -40}: metres. */
    public static double metres(String text) {
        Matcher distance = DISTANCE.matcher(text);
        if (!distance.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a distance; write e.g. 120m");
        }
        double metres = Double.parseDouble(distance.group(1)) * ("km".equals(distance.group(2)) ? 1000 : 1);
        if (Math.abs(metres) > 1_000_000) {
            throw new IllegalArgumentException("'" + text + "' is farther than 1000 km");
        }
        return metres;
    }

    /** {@code yes} or {@code no}, {@code true} or {@code false}. */
    public static boolean yesOrNo(String text) {
        return switch (text) {
            case "yes", "true" -> true;
            case "no", "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither yes nor no");
        };
    }

    /** {@code 8.2s}, {@code 3m04s}, {@code 240ms}: a duration for people. */
    public static String durationText(long durationNs) {
        long ms = Math.round(durationNs / 1e6);
        if (ms < 1000) {
            return ms + "ms";
        }
        if (ms < 60_000) {
            return ms % 1000 == 0 ? ms / 1000 + "s" : trimmed(ms / 1000.0) + "s";
        }
        long seconds = Math.round(ms / 1000.0);
        if (seconds < 3600) {
            return seconds / 60 + "m" + String.format("%02ds", seconds % 60);
        }
        return seconds / 3600 + "h" + String.format("%02dm", seconds / 60 % 60);
    }

    /** Text that {@link #durationNs} reads back, exact: for replay lines and messages about a file. */
    public static String exactText(long durationNs) {
        if (durationNs % 60_000_000_000L == 0 && durationNs >= 120_000_000_000L) {
            return durationNs / 60_000_000_000L + "m";
        }
        if (durationNs % 1_000_000_000L == 0) {
            return durationNs / 1_000_000_000L + "s";
        }
        return BigDecimal.valueOf(durationNs, durationNs < 1_000_000_000L ? 6 : 9).stripTrailingZeros()
                .toPlainString() + (durationNs < 1_000_000_000L ? "ms" : "s");
    }

    private static String trimmed(double value) {
        return BigDecimal.valueOf(Math.round(value * 1000), 3).stripTrailingZeros().toPlainString();
    }

    /** {@code 54 Mbit/s}. */
    public static String rateText(long bps) {
        if (bps >= 1_000_000_000L) {
            return trimmed(bps / 1e9) + " Gbit/s";
        }
        if (bps >= 1_000_000) {
            return trimmed(bps / 1e6) + " Mbit/s";
        }
        return bps >= 1000 ? trimmed(bps / 1e3) + " kbit/s" : bps + " bit/s";
    }
}
