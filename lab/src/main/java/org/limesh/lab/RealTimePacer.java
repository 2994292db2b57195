package org.limesh.lab;

/**
 * Says how far virtual time should be. When the machine cannot keep up, or after a pause, it starts anew
 * from where things are: virtual time never jumps to catch up.
 */
final class RealTimePacer {
    /** Speed for "as fast as possible". */
    static final double UNLIMITED = 0;
    static final double SLOWEST = 0.01;
    static final double FASTEST = 1000;
    /** Farther behind than this (wall time) is not caught up. */
    private static final long PATIENCE_NS = 250_000_000L;

    private double speed = 1;
    private long anchorWallNs;
    private long anchorVirtualNs;

    /** Virtual time is this now, whatever was before. */
    void anchor(long wallNs, long virtualNs) {
        anchorWallNs = wallNs;
        anchorVirtualNs = virtualNs;
    }

    double speed() {
        return speed;
    }

    /** @param newSpeed virtual seconds per second, or {@link #UNLIMITED} */
    void setSpeed(double newSpeed, long wallNs, long virtualNs) {
        speed = newSpeed;
        anchor(wallNs, virtualNs);
    }

    /** Where virtual time should be now. */
    long targetNs(long wallNs, long virtualNs) {
        if (speed == UNLIMITED) {
            return Long.MAX_VALUE;
        }
        long target = anchorVirtualNs + (long) ((wallNs - anchorWallNs) * speed);
        if (target - virtualNs > PATIENCE_NS * speed) {
            anchor(wallNs, virtualNs + (long) (PATIENCE_NS * speed));
            return anchorVirtualNs;
        }
        return target;
    }
}
