package org.limesh.packet;

import org.limesh.base.Frame;

/**
 * ICMP echo (RFC 792), the ping of IPv4.
 *
 * <pre>
 *  octet  0     1     2..3      4..5  6..7             8..
 *         type  code  checksum  id    sequence number  data
 * </pre>
 *
 * Accessors answer -1 where the frame holds no whole ICMP header.
 */
public final class Icmpv4 {
    public static final int HEADER_OCTETS = 8;
    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    private static final int CHECKSUM = 2;
    private static final int ID = 4;
    private static final int SEQUENCE = 6;

    private Icmpv4() {}

    private static int offset(Frame frame) {
        return Ipv4.upperOffset(frame, Ipv4.PROTOCOL_ICMP, HEADER_OCTETS);
    }

    public static int type(Frame frame) {
        int at = offset(frame);
        return at < 0 ? -1 : frame.u8(at);
    }

    public static int echoId(Frame frame) {
        int at = offset(frame);
        return at < 0 ? -1 : frame.u16(at + ID);
    }

    public static int echoSequence(Frame frame) {
        int at = offset(frame);
        return at < 0 ? -1 : frame.u16(at + SEQUENCE);
    }

    /** An echo request with {@code dataOctets} octets of zeros. */
    public static Frame echoRequest(long destinationMac, long sourceMac, int source, int destination, int id,
            int sequence, int dataOctets) {
        Frame frame = Ipv4.allocate(destinationMac, sourceMac, source, destination, Ipv4.PROTOCOL_ICMP,
                HEADER_OCTETS + dataOctets);
        int at = Ipv4.BASE + Ipv4.HEADER_OCTETS;
        frame.put8(at, ECHO_REQUEST);
        frame.put16(at + ID, id);
        frame.put16(at + SEQUENCE, sequence);
        frame.put16(at + CHECKSUM, Checksum.finish(Checksum.sum(frame, at, HEADER_OCTETS)));
        return frame;
    }

    /** The answer to an echo request, back to where it came from in layer 2 and 3. */
    public static Frame echoReply(Frame request) {
        Frame reply = request.copy();
        Ethernet.put(reply, Ethernet.source(request), Ethernet.destination(request), Ethernet.TYPE_IPV4);
        Ipv4.swapAddresses(reply);
        Ipv4.renew(reply, Ipv4.DEFAULT_TTL);
        int at = offset(request);
        int before = reply.u16(at);
        reply.put8(at, ECHO_REPLY);
        reply.put16(at + CHECKSUM, Checksum.update(reply.u16(at + CHECKSUM), before, reply.u16(at)));
        return reply;
    }
}
