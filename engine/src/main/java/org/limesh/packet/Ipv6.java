package org.limesh.packet;

import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;

/**
 * IPv6 header (RFC 8200) in an untagged Ethernet frame.
 *
 * <pre>
 *  octet after the Ethernet header
 *   0..3                      4..5            6            7          8..23   24..39
 *   version 6, class, label   payload octets  next header  hop limit  source  destination
 * </pre>
 *
 * Accessors answer -1, false or null where {@link #is} is false.
 */
public final class Ipv6 {
    public static final int HEADER_OCTETS = 40;
    public static final int NEXT_TCP = 6;
    public static final int NEXT_UDP = 17;
    public static final int NEXT_ICMPV6 = 58;
    public static final int NEXT_IPV4 = 4;
    public static final int DEFAULT_HOP_LIMIT = 64;

    /** Position of the header in an Ethernet frame. */
    public static final int BASE = Ethernet.HEADER_OCTETS;
    private static final int VERSION = BASE;
    static final int PAYLOAD_OCTETS = BASE + 4;
    static final int NEXT_HEADER = BASE + 6;
    private static final int HOP_LIMIT = BASE + 7;
    private static final int SOURCE = BASE + 8;
    private static final int DESTINATION = BASE + 24;

    private static final int NEXT_HOP_BY_HOP = 0;
    private static final int NEXT_ROUTING = 43;
    static final int NEXT_FRAGMENT = 44;
    private static final int NEXT_DESTINATION_OPTIONS = 60;
    /** A packet with more extension headers than this is none that a host sends; looking stops there. */
    private static final int MAX_EXTENSION_HEADERS = 8;

    private Ipv6() {}

    /** True when the frame holds a whole IPv6 header and as many octets as that header announces. */
    public static boolean is(Frame frame) {
        return frame.length() >= BASE + HEADER_OCTETS && Ethernet.type(frame) == Ethernet.TYPE_IPV6
                && frame.u8(VERSION) >>> 4 == 6
                && BASE + HEADER_OCTETS + frame.u16(PAYLOAD_OCTETS) <= frame.length();
    }

    public static Ip6Address source(Frame frame) {
        return is(frame) ? address(frame, SOURCE) : null;
    }

    public static Ip6Address destination(Frame frame) {
        return is(frame) ? address(frame, DESTINATION) : null;
    }

    /** True when the packet comes from this address; without making an object. */
    public static boolean isFrom(Frame frame, Ip6Address address) {
        return is(frame) && holds(frame, SOURCE, address);
    }

    /** True when the packet goes to this address; without making an object. */
    public static boolean isTo(Frame frame, Ip6Address address) {
        return is(frame) && holds(frame, DESTINATION, address);
    }

    /** True when the packet goes to a multicast group. */
    public static boolean isToMulticast(Frame frame) {
        return is(frame) && frame.u8(DESTINATION) == 0xff;
    }

    public static int nextHeader(Frame frame) {
        return is(frame) ? frame.u8(NEXT_HEADER) : -1;
    }

    public static int hopLimit(Frame frame) {
        return is(frame) ? frame.u8(HOP_LIMIT) : -1;
    }

    /** Octets behind the header. */
    public static int payloadOctets(Frame frame) {
        return is(frame) ? frame.u16(PAYLOAD_OCTETS) : -1;
    }

    static Ip6Address address(Frame frame, int at) {
        byte[] array = frame.array();
        int start = frame.offset() + at;
        return new Ip6Address(Octets.i64(array, start), Octets.i64(array, start + 8));
    }

    static void putAddress(Frame frame, int at, Ip6Address address) {
        byte[] array = frame.array();
        int start = frame.offset() + at;
        Octets.put64(array, start, address.high());
        Octets.put64(array, start + 8, address.low());
    }

    static boolean holds(Frame frame, int at, Ip6Address address) {
        byte[] array = frame.array();
        int start = frame.offset() + at;
        return Octets.i64(array, start) == address.high() && Octets.i64(array, start + 8) == address.low();
    }

    /** Where the octets of the packet end in the frame. */
    static int end(Frame frame) {
        return BASE + HEADER_OCTETS + frame.u16(PAYLOAD_OCTETS);
    }

    /**
     * Position of the upper protocol's header behind any extension headers, or -1 when the packet is
     * another protocol's, a later fragment, or too short. Multicast listener reports hide ICMPv6 behind a
     * hop-by-hop header, and so might whoever wants to get past a filter.
     */
    public static int upperOffset(Frame frame, int protocol, int atLeastOctets) {
        if (!is(frame)) {
            return -1;
        }
        int next = frame.u8(NEXT_HEADER);
        int at = BASE + HEADER_OCTETS;
        int end = end(frame);
        for (int count = 0; count < MAX_EXTENSION_HEADERS && isExtension(next) && next != protocol; count++) {
            if (at + 8 > end) {
                return -1;
            }
            if (next == NEXT_FRAGMENT && frame.u16(at + 2) >>> 3 != 0) {
                return -1;
            }
            int octets = next == NEXT_FRAGMENT ? 8 : (frame.u8(at + 1) + 1) * 8;
            next = frame.u8(at);
            at += octets;
        }
        return next == protocol && at + atLeastOctets <= end ? at : -1;
    }

    private static boolean isExtension(int next) {
        return next == NEXT_HOP_BY_HOP || next == NEXT_ROUTING || next == NEXT_FRAGMENT
                || next == NEXT_DESTINATION_OPTIONS;
    }

    /**
     * Takes one from the hop limit, as a router does. The frame must be the caller's own.
     *
     * @return false, with the frame unchanged, when the limit does not allow another hop
     */
    public static boolean decrementHopLimit(Frame frame) {
        if (!is(frame) || frame.u8(HOP_LIMIT) <= 1) {
            return false;
        }
        frame.put8(HOP_LIMIT, frame.u8(HOP_LIMIT) - 1);
        return true;
    }

    /** An Ethernet frame with both headers written and room for the payload behind them. */
    public static Frame allocate(long destinationMac, long sourceMac, Ip6Address source, Ip6Address destination,
            int nextHeader, int hopLimit, int payloadOctets) {
        Frame frame = Frame.allocate(BASE + HEADER_OCTETS + payloadOctets);
        Ethernet.put(frame, destinationMac, sourceMac, Ethernet.TYPE_IPV6);
        frame.put8(VERSION, 0x60);
        frame.put16(PAYLOAD_OCTETS, payloadOctets);
        frame.put8(NEXT_HEADER, nextHeader);
        frame.put8(HOP_LIMIT, hopLimit);
        putAddress(frame, SOURCE, source);
        putAddress(frame, DESTINATION, destination);
        return frame;
    }

    /** The Ethernet address of a multicast group (RFC 2464). */
    public static long multicastMac(Ip6Address group) {
        return 0x3333_0000_0000L | group.low() & 0xffff_ffffL;
    }
}
