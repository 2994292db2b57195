package org.limesh.packet;

import org.limesh.base.Frame;

/**
 * TCP header (RFC 9293) behind IPv4 or IPv6; as much as a byte stream without options needs.
 *
 * <pre>
 *  octet  0..1    2..3         4..7      8..11          12           13     14..15  16..17    18..19
 *         source  destination  sequence  acknowledged   header       flags  window  checksum  urgent
 *         port    port         number    number         words << 4
 * </pre>
 *
 * Accessors take the position of the header, found once with {@link #offset}.
 */
public final class Tcp {
    public static final int HEADER_OCTETS = 20;
    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;

    private static final int DESTINATION_PORT = 2;
    private static final int SEQUENCE = 4;
    private static final int ACKNOWLEDGED = 8;
    private static final int HEADER_WORDS = 12;
    private static final int FLAGS = 13;
    private static final int WINDOW = 14;
    private static final int CHECKSUM = 16;

    private Tcp() {}

    /** Position of the header in an Ethernet frame, or -1 when there is no whole one. */
    public static int offset(Frame frame) {
        int at = Ipv4.upperOffset(frame, Ipv4.PROTOCOL_TCP, HEADER_OCTETS);
        return at >= 0 ? at : Ipv6.upperOffset(frame, Ipv6.NEXT_TCP, HEADER_OCTETS);
    }

    public static int sourcePort(Frame frame, int at) {
        return frame.u16(at);
    }

    public static int destinationPort(Frame frame, int at) {
        return frame.u16(at + DESTINATION_PORT);
    }

    public static int sequence(Frame frame, int at) {
        return frame.i32(at + SEQUENCE);
    }

    public static int acknowledged(Frame frame, int at) {
        return frame.i32(at + ACKNOWLEDGED);
    }

    public static int flags(Frame frame, int at) {
        return frame.u8(at + FLAGS);
    }

    public static int window(Frame frame, int at) {
        return frame.u16(at + WINDOW);
    }

    /** Octets of data in the segment; -1 when its header does not fit the packet. */
    public static int payloadOctets(Frame frame, int at) {
        int end = Ipv4.is(frame) ? Ipv4.payloadOffset(frame) + Ipv4.payloadOctets(frame) : Ipv6.end(frame);
        int header = (frame.u8(at + HEADER_WORDS) >>> 4) * 4;
        return header >= HEADER_OCTETS && at + header <= end ? end - at - header : -1;
    }

    /** A segment over IPv4 in an Ethernet frame, checksum included; its data is zeros. */
    public static Frame frame4(long destinationMac, long sourceMac, int source, int sourcePort, int destination,
            int destinationPort, int sequence, int acknowledged, int flags, int window, int payloadOctets) {
        int length = HEADER_OCTETS + payloadOctets;
        Frame frame = Ipv4.allocate(destinationMac, sourceMac, source, destination, Ipv4.PROTOCOL_TCP, length);
        int at = Ipv4.BASE + Ipv4.HEADER_OCTETS;
        frame.put16(at, sourcePort);
        frame.put16(at + DESTINATION_PORT, destinationPort);
        frame.put32(at + SEQUENCE, sequence);
        frame.put32(at + ACKNOWLEDGED, acknowledged);
        frame.put8(at + HEADER_WORDS, HEADER_OCTETS / 4 << 4);
        frame.put8(at + FLAGS, flags);
        frame.put16(at + WINDOW, window);
        // The data is zeros, so the header alone decides the sum.
        frame.put16(at + CHECKSUM, Checksum.finish(Checksum.pseudo4(source, destination, Ipv4.PROTOCOL_TCP, length)
                + Checksum.sum(frame, at, HEADER_OCTETS)));
        return frame;
    }
}
