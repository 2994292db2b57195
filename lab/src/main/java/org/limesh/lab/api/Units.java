package org.limesh.lab.api;

import java.util.Locale;

/** Numbers as people read them. */
final class Units {
    private static final long SECOND_NS = 1_000_000_000L;

    private Units() {}

    /** {@code 312ms}, {@code 8.2s}, {@code 3m04s}, {@code 2h05m}, {@code 3d04h}; {@code -} below 0. */
    static String duration(long ns) {
        if (ns < 0) {
            return "-";
        }
        if (ns < SECOND_NS) {
            return ns / 1_000_000 + "ms";
        }
        if (ns < 60 * SECOND_NS) {
            long tenths = ns / (SECOND_NS / 10);
            return tenths / 10 + "." + tenths % 10 + "s";
        }
        long seconds = ns / SECOND_NS;
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%dm%02ds", seconds / 60, seconds % 60);
        }
        if (seconds < 86_400) {
            return String.format(Locale.ROOT, "%dh%02dm", seconds / 3600, seconds / 60 % 60);
        }
        return String.format(Locale.ROOT, "%dd%02dh", seconds / 86_400, seconds / 3600 % 24);
    }

    /** {@code 90}, {@code 90k}, {@code 1.2M}; {@code -} below 0. */
    static String octets(long count) {
        if (count < 0) {
            return "-";
        }
        String units = " kMGT";
        double value = count;
        int unit = 0;
        while (value >= 1000 && unit < units.length() - 1) {
            value /= 1000;
            unit++;
        }
        if (unit == 0) {
            return Long.toString(count);
        }
        return String.format(Locale.ROOT, value < 10 ? "%.1f%c" : "%.0f%c", value, units.charAt(unit));
    }

    /** {@code 38 Mbit/s}, {@code 512 kbit/s}, {@code 1.2 Gbit/s}. */
    static String rate(long bps) {
        String[] units = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s"};
        double value = bps;
        int unit = 0;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        boolean whole = value >= 10 || value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }

    /** {@code 0:08.204}, {@code 1:02:03.004}: a clock since the start. */
    static String clock(long ns) {
        long ms = Math.max(0, ns) / 1_000_000;
        long seconds = ms / 1000;
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d.%03d", seconds / 60, seconds % 60, ms % 1000)
                : String.format(Locale.ROOT, "%d:%02d:%02d.%03d",
                        seconds / 3600, seconds / 60 % 60, seconds % 60, ms % 1000);
    }
}
