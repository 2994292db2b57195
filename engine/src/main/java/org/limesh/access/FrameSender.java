package org.limesh.access;

import org.limesh.base.Frame;

/** The effects of an engine that does nothing but answer. */
public interface FrameSender {
    /** Sends a whole Ethernet frame from the anycast device. */
    void transmit(Frame frame);
}
