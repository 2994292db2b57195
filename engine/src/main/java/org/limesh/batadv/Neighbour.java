package org.limesh.batadv;

/**
 * Somebody whose frames arrive on a hard interface: (interface, source MAC of the Ethernet header).
 *
 * <p>Holds the echo window too: bit n says that our OGM sent n intervals ago came back from here. The
 * genuine program keeps it at the originator of that MAC, per interface; it is the same pair.
 */
final class Neighbour {
    final int id;
    final long mac;
    final Hardif hardif;
    /** The originator record of this MAC, or null while there is none. */
    Originator originator;
    long echoWindow;
    int lastSeenMs;
    /** Originators that it was the first to speak of. */
    int introduced;
    /** What it may still introduce: see {@link BatadvLimits#NEW_ORIGINATORS_BURST}. */
    int newOriginatorsLeft = BatadvLimits.NEW_ORIGINATORS_BURST;

    Neighbour(int id, long mac, Hardif hardif, Originator originator, int nowMs) {
        this.id = id;
        this.mac = mac;
        this.hardif = hardif;
        this.originator = originator;
        this.lastSeenMs = nowMs;
    }

    boolean mayIntroduce() {
        return newOriginatorsLeft > 0 && introduced < BatadvLimits.ORIGINATORS_PER_NEIGHBOUR;
    }

    /** How many of our last 64 OGMs came back from here. */
    int echoCount() {
        return Long.bitCount(echoWindow);
    }
}
