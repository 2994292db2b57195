package org.limesh.batadv;

import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.Octets;
import org.limesh.batadv.wire.FragmentPacket;
import org.limesh.batadv.wire.UnicastPacket;
import org.limesh.packet.Ethernet;

/** Cuts a packet that is too long for the next link into parts of equal length. */
final class Fragmenter {
    private final Mesh mesh;
    private final Counter fragmented;
    private final Counter tooLong;
    private int sequence;

    Fragmenter(Mesh mesh, int firstSequence) {
        this.mesh = mesh;
        this.sequence = firstSequence;
        this.fragmented = mesh.counter("batadv.fragment.sent");
        this.tooLong = mesh.counter("drop.batadv.too_long");
    }

    /**
     * Sends {@code frame} in parts to {@code to}.
     *
     * @return false when it would take more parts than the protocol has
     */
    boolean send(Neighbour to, Frame frame) {
        int length = frame.length() - Ethernet.HEADER_OCTETS;
        int room = Math.min(to.hardif.mtuOctets, BatadvLimits.FRAGMENT_OCTETS) - FragmentPacket.HEADER_OCTETS;
        int count = room < 1 ? Integer.MAX_VALUE : (length - 1) / room + 1;
        if (count > BatadvLimits.FRAGMENTS) {
            tooLong.increment();
            return false;
        }
        int partOctets = (length - 1) / count + 1;
        byte[] octets = frame.array();
        int begin = frame.offset() + Ethernet.HEADER_OCTETS;
        long destination = Octets.mac(octets, begin + UnicastPacket.DESTINATION);
        sequence = sequence + 1 & 0xffff;
        int end = length;
        for (int number = 0; number < count; number++) {
            int from = Math.max(0, end - partOctets);
            Frame part = Frame.allocate(Ethernet.HEADER_OCTETS + FragmentPacket.HEADER_OCTETS + end - from);
            int at = part.offset() + Ethernet.HEADER_OCTETS;
            FragmentPacket.put(part.array(), at, BatadvLimits.TTL, number, destination, mesh.primaryMac(), sequence, length);
            System.arraycopy(octets, begin + from, part.array(), at + FragmentPacket.HEADER_OCTETS, end - from);
            mesh.transmit(to, part);
            end = from;
        }
        fragmented.increment();
        return true;
    }
}
