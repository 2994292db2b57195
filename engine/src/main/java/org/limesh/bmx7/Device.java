package org.limesh.bmx7;

import org.limesh.base.Ip6Address;

/** A network device that BMX7 speaks on. */
final class Device {
    /** Number given by the engine, from 0; the index on the wire is one more. */
    final int number;
    final String name;
    final Ip6Address linkLocal;
    final LinkLayer layer;
    final int channel;
    final Outgoing outgoing = new Outgoing();
    long rateMaxBps;
    int helloSqn;
    long sentPackets;
    long sentOctets;
    long receivedPackets;
    long receivedOctets;

    Device(int number, String name, Ip6Address linkLocal, LinkLayer layer, int channel, long rateMaxBps,
            int helloSqn) {
        this.number = number;
        this.name = name;
        this.linkLocal = linkLocal;
        this.layer = layer;
        this.channel = channel;
        this.rateMaxBps = rateMaxBps;
        this.helloSqn = helloSqn;
    }

    int wireIndex() {
        return number + 1;
    }
}
