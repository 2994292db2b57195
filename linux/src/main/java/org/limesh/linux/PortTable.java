package org.limesh.linux;

import java.util.Arrays;
import java.util.List;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;

/** Which descriptor serves which port of the node; a port that is not served now drops what it is given. */
final class PortTable {
    private final FramePort[] byPort;
    private final FramePort[] all;

    PortTable(int ports) {
        this.byPort = new FramePort[ports];
        this.all = new FramePort[0];
    }

    private PortTable(FramePort[] byPort) {
        this.byPort = byPort;
        this.all = Arrays.stream(byPort).filter(java.util.Objects::nonNull).distinct().toArray(FramePort[]::new);
    }

    FramePort[] all() {
        return all;
    }

    FramePort at(int port) {
        return byPort[port];
    }

    /** A copy in which {@code served} (null for nothing) serves these ports. */
    PortTable with(List<Integer> ports, FramePort served) {
        FramePort[] copy = byPort.clone();
        ports.forEach(port -> copy[port] = served);
        return new PortTable(copy);
    }

    /** Returns false when nothing serves the port. */
    boolean transmit(int port, Frame frame) {
        FramePort served = byPort[port];
        if (served != null) {
            served.transmit(port, frame);
        }
        return served != null;
    }

    /** The same for a datagram. */
    boolean send(int port, Ip6Address destination, byte[] payload) {
        if (byPort[port] instanceof DatagramPort served) {
            served.send(destination, payload);
            return true;
        }
        return false;
    }
}
