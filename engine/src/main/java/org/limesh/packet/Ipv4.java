package org.limesh.packet;

import org.limesh.base.Frame;

/**
 * IPv4 header (RFC 791) in an untagged Ethernet frame.
 *
 * <pre>
 *  octet after the Ethernet header
 *   0            1    2..3    4..5  6..7            8    9         10..11    12..15  16..19
 *   version 4,   DSCP total   id    flags 3 bits,   TTL  protocol  checksum  source  destination
 *   header words      octets        offset 13 bits
 * </pre>
 *
 * Accessors answer -1 (or false) where {@link #is} is false. As address -1 reads 255.255.255.255.
 */
public final class Ipv4 {
    public static final int HEADER_OCTETS = 20;
    public static final int PROTOCOL_ICMP = 1;
    public static final int PROTOCOL_TCP = 6;
    public static final int PROTOCOL_UDP = 17;
    public static final int DEFAULT_TTL = 64;

    /** Position of the header in an Ethernet frame. */
    public static final int BASE = Ethernet.HEADER_OCTETS;
    private static final int VERSION = BASE;
    private static final int TOTAL_OCTETS = BASE + 2;
    private static final int ID = BASE + 4;
    private static final int FRAGMENT = BASE + 6;
    private static final int TTL = BASE + 8;
    private static final int PROTOCOL = BASE + 9;
    private static final int CHECKSUM = BASE + 10;
    private static final int SOURCE = BASE + 12;
    private static final int DESTINATION = BASE + 16;
    private static final int FRAGMENT_OFFSET_MASK = 0x1fff;
    private static final int MORE_FRAGMENTS_OR_OFFSET = 0x3fff;
    private static final int DONT_FRAGMENT = 0x4000;

    private Ipv4() {}

    /** True when the frame holds a whole IPv4 header and as many octets as that header announces. */
    public static boolean is(Frame frame) {
        if (frame.length() < BASE + HEADER_OCTETS || Ethernet.type(frame) != Ethernet.TYPE_IPV4
                || frame.u8(VERSION) >>> 4 != 4) {
            return false;
        }
        int header = headerOctetsUnchecked(frame);
        int total = frame.u16(TOTAL_OCTETS);
        return header >= HEADER_OCTETS && total >= header && BASE + total <= frame.length();
    }

    private static int headerOctetsUnchecked(Frame frame) {
        return (frame.u8(VERSION) & 15) * 4;
    }

    /** Where in the frame the header ends. */
    public static int payloadOffset(Frame frame) {
        return is(frame) ? BASE + headerOctetsUnchecked(frame) : -1;
    }

    /** Octets behind the header, without Ethernet's padding. */
    public static int payloadOctets(Frame frame) {
        return is(frame) ? frame.u16(TOTAL_OCTETS) - headerOctetsUnchecked(frame) : -1;
    }

    public static int source(Frame frame) {
        return is(frame) ? frame.i32(SOURCE) : -1;
    }

    public static int destination(Frame frame) {
        return is(frame) ? frame.i32(DESTINATION) : -1;
    }

    public static int protocol(Frame frame) {
        return is(frame) ? frame.u8(PROTOCOL) : -1;
    }

    public static int ttl(Frame frame) {
        return is(frame) ? frame.u8(TTL) : -1;
    }

    /** Distance of a fragment from the packet's start in octets; 0 in a whole packet. */
    public static int fragmentOffset(Frame frame) {
        return is(frame) ? (frame.u16(FRAGMENT) & FRAGMENT_OFFSET_MASK) * 8 : -1;
    }

    /** True for any piece of a fragmented packet. */
    public static boolean isFragment(Frame frame) {
        return is(frame) && (frame.u16(FRAGMENT) & MORE_FRAGMENTS_OR_OFFSET) != 0;
    }

    public static boolean isUdp(Frame frame) {
        return protocol(frame) == PROTOCOL_UDP;
    }

    public static boolean isTcp(Frame frame) {
        return protocol(frame) == PROTOCOL_TCP;
    }

    public static boolean isIcmp(Frame frame) {
        return protocol(frame) == PROTOCOL_ICMP;
    }

    /** True when the header's own checksum is right. */
    public static boolean checksumIsRight(Frame frame) {
        return is(frame) && Checksum.of(frame.array(), frame.offset() + BASE, headerOctetsUnchecked(frame)) == 0;
    }

    /** Position of the upper protocol's header when the frame is a first or only piece of that protocol. */
    static int upperOffset(Frame frame, int protocol, int atLeastOctets) {
        if (!is(frame) || frame.u8(PROTOCOL) != protocol || (frame.u16(FRAGMENT) & FRAGMENT_OFFSET_MASK) != 0) {
            return -1;
        }
        int header = headerOctetsUnchecked(frame);
        return frame.u16(TOTAL_OCTETS) - header >= atLeastOctets ? BASE + header : -1;
    }

    /**
     * Takes one from the TTL and mends the checksum, as a router does. The frame must be the caller's own.
     *
     * @return false, with the frame unchanged, when the TTL does not allow another hop
     */
    public static boolean decrementTtl(Frame frame) {
        if (!is(frame) || frame.u8(TTL) <= 1) {
            return false;
        }
        int before = frame.u16(TTL);
        frame.put8(TTL, frame.u8(TTL) - 1);
        frame.put16(CHECKSUM, Checksum.update(frame.u16(CHECKSUM), before, frame.u16(TTL)));
        return true;
    }

    /** Rewrites both addresses and the header checksum (not the upper protocol's). */
    static void swapAddresses(Frame frame) {
        int source = frame.i32(SOURCE);
        frame.put32(SOURCE, frame.i32(DESTINATION));
        frame.put32(DESTINATION, source);
    }

    /** Sets a fresh TTL and header checksum. The frame must be the caller's own. */
    static void renew(Frame frame, int ttl) {
        frame.put8(TTL, ttl);
        frame.put16(CHECKSUM, 0);
        frame.put16(CHECKSUM, Checksum.of(frame.array(), frame.offset() + BASE, headerOctetsUnchecked(frame)));
    }

    /** An Ethernet frame with both headers written and room for the payload behind them. */
    public static Frame allocate(
            long destinationMac, long sourceMac, int source, int destination, int protocol, int payloadOctets) {
        Frame frame = Frame.allocate(BASE + HEADER_OCTETS + payloadOctets);
        Ethernet.put(frame, destinationMac, sourceMac, Ethernet.TYPE_IPV4);
        frame.put8(VERSION, 0x45);
        frame.put16(TOTAL_OCTETS, HEADER_OCTETS + payloadOctets);
        frame.put16(ID, 0);
        frame.put16(FRAGMENT, DONT_FRAGMENT);
        frame.put8(PROTOCOL, protocol);
        frame.put32(SOURCE, source);
        frame.put32(DESTINATION, destination);
        renew(frame, DEFAULT_TTL);
        return frame;
    }
}
