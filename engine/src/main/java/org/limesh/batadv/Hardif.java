package org.limesh.batadv;

import org.limesh.base.MacAddress;

/** A hard interface: carries mesh frames. Number 0 is the primary; its MAC is the identity of the node. */
final class Hardif {
    final int number;
    final String name;
    final long mac;
    final MacAddress address;
    final int mtuOctets;
    final boolean wifi;
    /** Which set of routing results is forwarded on this interface, see {@link Originator}. */
    final int plane;
    /** Sequence number that the next prepared OGM gets. */
    int ogmCounter;
    /** Neighbours heard here and not forgotten yet. */
    int neighbourCount;
    /** One of them, the only one when the count is 1. */
    Neighbour lastNeighbour;

    Hardif(int number, String name, MacAddress address, int mtuOctets, boolean wifi, int plane,
            int ogmCounter) {
        this.number = number;
        this.name = name;
        this.address = address;
        this.mac = address.bits();
        this.mtuOctets = mtuOctets;
        this.wifi = wifi;
        this.plane = plane;
        this.ogmCounter = ogmCounter;
    }

    boolean isPrimary() {
        return number == 0;
    }
}
