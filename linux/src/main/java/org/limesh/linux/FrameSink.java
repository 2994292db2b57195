package org.limesh.linux;

import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;

/** Takes frames and datagrams that a port received. */
interface FrameSink {
    /** @param port number in {@link org.limesh.node.Node#ports()} */
    void onFrame(int port, Frame frame);

    default void onDatagram(int port, Ip6Address source, byte[] payload) {}
}
