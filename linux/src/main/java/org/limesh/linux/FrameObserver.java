package org.limesh.linux;

import org.limesh.base.Frame;

/** Sees every frame of a node's ports. Called on the loop thread: it must return at once and never throw. */
public interface FrameObserver {
    /**
     * @param port     name of the port, e.g. {@code eth0_29}
     * @param incoming true when the node received it
     * @param frame    without the VLAN tag; not to be changed
     */
    void onFrame(String port, boolean incoming, Frame frame, long nowNs);
}
