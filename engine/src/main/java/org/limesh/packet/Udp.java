package org.limesh.packet;

import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;

/**
 * UDP header (RFC 768) behind IPv4 or IPv6.
 *
 * <pre>
 *  octet  0..1         2..3              4..5           6..7
 *         source port  destination port  length octets  checksum
 * </pre>
 *
 * Accessors answer -1 where the frame holds no whole UDP header, also in later fragments.
 */
public final class Udp {
    public static final int HEADER_OCTETS = 8;
    public static final int PORT_DHCP_SERVER = 67;
    public static final int PORT_DHCP_CLIENT = 68;
    private static final int DESTINATION_PORT = 2;
    private static final int LENGTH = 4;
    private static final int CHECKSUM = 6;

    private Udp() {}

    /** Position of the header in an Ethernet frame. */
    public static int offset(Frame frame) {
        int at = Ipv4.upperOffset(frame, Ipv4.PROTOCOL_UDP, HEADER_OCTETS);
        return at >= 0 ? at : Ipv6.upperOffset(frame, Ipv6.NEXT_UDP, HEADER_OCTETS);
    }

    public static int sourcePort(Frame frame) {
        int at = offset(frame);
        return at < 0 ? -1 : frame.u16(at);
    }

    public static int destinationPort(Frame frame) {
        int at = offset(frame);
        return at < 0 ? -1 : frame.u16(at + DESTINATION_PORT);
    }

    /** Octets behind the header; -1 also when the announced length does not fit the packet. */
    public static int payloadOctets(Frame frame) {
        int at = offset(frame);
        if (at < 0) {
            return -1;
        }
        int end = Ipv4.is(frame) ? Ipv4.payloadOffset(frame) + Ipv4.payloadOctets(frame) : Ipv6.end(frame);
        int length = frame.u16(at + LENGTH);
        return length >= HEADER_OCTETS && at + length <= end ? length - HEADER_OCTETS : -1;
    }

    /** Position of the payload. */
    public static int payloadOffset(Frame frame) {
        int at = offset(frame);
        return at < 0 ? -1 : at + HEADER_OCTETS;
    }

    /** A datagram over IPv4 in an Ethernet frame, checksum included. */
    public static Frame frame4(long destinationMac, long sourceMac, int source, int sourcePort, int destination,
            int destinationPort, byte[] payload) {
        int length = HEADER_OCTETS + payload.length;
        Frame frame = Ipv4.allocate(destinationMac, sourceMac, source, destination, Ipv4.PROTOCOL_UDP, length);
        put(frame, Ipv4.BASE + Ipv4.HEADER_OCTETS, sourcePort, destinationPort, payload,
                Checksum.pseudo4(source, destination, Ipv4.PROTOCOL_UDP, length));
        return frame;
    }

    /** A datagram over IPv6 in an Ethernet frame, checksum included. */
    public static Frame frame6(long destinationMac, long sourceMac, Ip6Address source, int sourcePort,
            Ip6Address destination, int destinationPort, byte[] payload) {
        int length = HEADER_OCTETS + payload.length;
        Frame frame = Ipv6.allocate(destinationMac, sourceMac, source, destination, Ipv6.NEXT_UDP,
                Ipv6.DEFAULT_HOP_LIMIT, length);
        put(frame, Ipv6.BASE + Ipv6.HEADER_OCTETS, sourcePort, destinationPort, payload,
                Checksum.pseudo6(source, destination, Ipv6.NEXT_UDP, length));
        return frame;
    }

    private static void put(Frame frame, int at, int sourcePort, int destinationPort, byte[] payload, long pseudo) {
        int length = HEADER_OCTETS + payload.length;
        frame.put16(at, sourcePort);
        frame.put16(at + DESTINATION_PORT, destinationPort);
        frame.put16(at + LENGTH, length);
        frame.putBytes(at + HEADER_OCTETS, payload);
        int checksum = Checksum.finish(pseudo + Checksum.sum(frame, at, length));
        // Zero means "not computed" on the wire; all ones is the same number in one's complement.
        frame.put16(at + CHECKSUM, checksum == 0 ? 0xffff : checksum);
    }
}
