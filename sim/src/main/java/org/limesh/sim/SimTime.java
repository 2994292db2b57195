package org.limesh.sim;

/** Virtual time, counted in nanoseconds from the start of the simulation. */
public final class SimTime {
    public static final long MS = 1_000_000L;
    public static final long SECOND = 1_000 * MS;
    public static final long MINUTE = 60 * SECOND;

    private SimTime() {}

    /** For people: {@code 12.345 s}. */
    public static String text(long ns) {
        long ms = ns / MS;
        String fraction = Long.toString(1000 + ms % 1000).substring(1);
        return ms / 1000 + "." + fraction + " s";
    }
}
