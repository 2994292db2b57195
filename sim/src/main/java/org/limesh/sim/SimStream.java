package org.limesh.sim;

/** A TCP-like stream between two clients, and how well it goes. */
public final class SimStream {
    SimStream() {}

    /** Ends it; no more data is written. */
    public void stop() {}

    /** True while neither end has given up. */
    public boolean isAlive() {
        return true;
    }

    /** Octets delivered in order to the receiver's application. */
    public long deliveredOctets() {
        return 0;
    }

    /** Segments sent again. */
    public long retransmissions() {
        return 0;
    }

    /** Longest time without an in-order delivery that ended or lasted in [from, to]. */
    public long longestGapNs(long fromNs, long toNs) {
        return 0;
    }

    /** Delivered bits per second in [from, to], by the deliveries that were seen. */
    public long goodputBps(long fromNs, long toNs) {
        return 0;
    }
}
