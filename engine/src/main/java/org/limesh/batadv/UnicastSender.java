package org.limesh.batadv;

import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.batadv.wire.UnicastTvlvPacket;
import org.limesh.packet.Ethernet;

/** Sends packets of the unicast kinds one hop on, in parts where the link is too short for them. */
final class UnicastSender {
    private final Mesh mesh;
    private final Counter noRoute;
    private final Fragmenter fragmenter;

    UnicastSender(Mesh mesh, Fragmenter fragmenter) {
        this.mesh = mesh;
        this.fragmenter = fragmenter;
        this.noRoute = mesh.counter("drop.batadv.no_route");
    }

    /**
     * Sends a packet towards an originator.
     *
     * @param plane 0 for local traffic, else that of the interface the packet came in on
     * @param frame Ethernet header not yet filled in; ours to write
     */
    boolean send(Originator to, int plane, Frame frame) {
        Neighbour router = to == null ? null : mesh.router(to, plane);
        if (router == null) {
            noRoute.increment();
            return false;
        }
        if (frame.length() - Ethernet.HEADER_OCTETS > router.hardif.mtuOctets) {
            return fragmenter.send(router, frame);
        }
        mesh.transmit(router, frame);
        return true;
    }

    /** Sends one container in a packet of its own. */
    boolean sendTvlv(Originator to, long source, byte[] container) {
        Frame frame = Frame.allocate(
                Ethernet.HEADER_OCTETS + UnicastTvlvPacket.HEADER_OCTETS + container.length);
        int at = frame.offset() + Ethernet.HEADER_OCTETS;
        UnicastTvlvPacket.put(frame.array(), at, BatadvLimits.TTL, to.mac, source, container.length);
        frame.putBytes(Ethernet.HEADER_OCTETS + UnicastTvlvPacket.HEADER_OCTETS, container);
        return send(to, 0, frame);
    }
}
