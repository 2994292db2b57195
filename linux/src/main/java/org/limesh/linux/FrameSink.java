package org.limesh.linux;

import org.limesh.base.Frame;

/** Takes frames that a port received. */
interface FrameSink {
    /** @param port number in {@link org.limesh.node.Node#ports()} */
    void onFrame(int port, Frame frame);
}
