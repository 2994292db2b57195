package org.limesh.linux;

import org.limesh.base.Frame;

/**
 * A descriptor that frames come from and go to; it may serve several ports of the node, or none: what the host
 * does in the kernel's place. Loop thread only,
 * but for its making.
 */
sealed interface FramePort permits PacketSocketPort, TapPort, AnycastPort, DatagramPort, EarPort,
        VlanTap, VlanWire, Tunnels.End, Tunnels.Ear {
    int fd();

    /** The interface it is open on; a port of the same name and number need not be opened again. */
    int interfaceIndex();

    /** Receives one batch. Returns true when there may be more. */
    boolean receive(FrameSink sink);

    /** @param port number in {@link org.limesh.node.Node#ports()} */
    void transmit(int port, Frame frame);

    /** Sends what was collected. */
    void flush();

    /** True when the interface went away: the descriptor must not be watched any more. */
    boolean isBroken();

    void close();
}
