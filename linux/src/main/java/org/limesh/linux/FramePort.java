package org.limesh.linux;

import org.limesh.base.Frame;
import org.limesh.base.Invariant;

/**
 * A descriptor that frames come from and go to; it may serve several ports of the node, or none: what the
 * host does in the kernel's place. Loop thread only, but for its making.
 */
sealed interface FramePort permits PacketSocketPort, TapPort, AnycastPort, DatagramPort, EarPort,
        VlanTap, VlanWire, TunnelEnd, TunnelEar {
    int fd();

    /** The interface it is open on; a port of the same name and number need not be opened again. */
    default int interfaceIndex() {
        return 0;
    }

    /** Receives one batch. Returns true when there may be more. */
    boolean receive(FrameSink sink);

    /** @param port number in {@link org.limesh.node.Node#ports()} */
    default void transmit(int port, Frame frame) {
        Invariant.check(false, "the node sends no frames through this port");
    }

    /** Sends what was collected. */
    default void flush() {}

    /** True when the interface went away: the descriptor must not be watched any more. */
    boolean isBroken();

    void close();
}
