package org.limesh.linux;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;

/** Which descriptor serves which port of the node; a port that is not served now drops what it is given. */
final class PortTable {
    private final FramePort[] byPort;
    private final List<FramePort> besides;
    private final FramePort[] all;

    PortTable(int ports) {
        this(new FramePort[ports], List.of());
    }

    private PortTable(FramePort[] byPort, List<FramePort> besides) {
        this.byPort = byPort;
        this.besides = List.copyOf(besides);
        this.all = Stream.concat(Arrays.stream(byPort), besides.stream()).filter(java.util.Objects::nonNull)
                .distinct().toArray(FramePort[]::new);
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
        return new PortTable(copy, besides);
    }

    /** This table, or one in which these are served too and belong to no port of the node. */
    PortTable withBesides(List<FramePort> others) {
        return others.equals(besides) ? this : new PortTable(byPort, others);
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
