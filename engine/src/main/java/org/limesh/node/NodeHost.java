package org.limesh.node;

import org.limesh.base.Frame;
import org.limesh.host.HostState;

/** What a host supplies to its node. Called from within the node's own calls, on the same thread. */
public interface NodeHost {
    /**
     * Sends a frame out of a port of the node. The frame is the host's from now on.
     *
     * @param port number of the port in {@link Node#ports()}
     */
    void transmit(int port, Frame frame);

    /** The host shall look like this from now on. */
    void apply(HostState desired);

    /** Something worth telling happened. */
    void report(NodeEvent event);
}
