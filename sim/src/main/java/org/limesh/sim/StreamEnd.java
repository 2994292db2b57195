package org.limesh.sim;

import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;

/** Somebody who takes part in a {@link SimStream}: a client, or a host in the Internet. */
interface StreamEnd {
    String name();

    /** Null while it has none. */
    Ip4Address address4();

    long macBits();

    /** Octets of the longest IP packet it sends and takes. */
    int mtuOctets();

    void joined(SimStream stream);

    /** Sends an IPv4 packet whose Ethernet addresses are not set yet. */
    void send4(Ip4Address to, Frame frame);
}
