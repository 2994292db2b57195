package org.limesh.packet;

import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;

/**
 * ICMPv6 echo (RFC 4443) and neighbour discovery (RFC 4861).
 *
 * <pre>
 *  octet       0     1     2..3      4..7                  8..23    24..
 *  echo        type  code  checksum  id, sequence number   data
 *  135 NS      type  0     checksum  0                     target   options
 *  136 NA      type  0     checksum  R S O flags           target   options
 *  133 RS      type  0     checksum  0                     options
 *  134 RA      type  0     checksum  hop limit, flags, ...
 * </pre>
 *
 * Accessors answer -1, null or false where the frame does not hold what is asked for.
 */
public final class Icmpv6 {
    public static final int HEADER_OCTETS = 8;
    public static final int ECHO_REQUEST = 128;
    public static final int ECHO_REPLY = 129;
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int NEIGHBOUR_SOLICITATION = 135;
    public static final int NEIGHBOUR_ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;
    public static final int OPTION_SOURCE_MAC = 1;
    public static final int OPTION_TARGET_MAC = 2;
    public static final int FLAG_ROUTER = 0x80;
    public static final int FLAG_SOLICITED = 0x40;
    public static final int FLAG_OVERRIDE = 0x20;

    private static final int CHECKSUM = 2;
    private static final int ID = 4;
    private static final int FLAGS = 4;
    private static final int SEQUENCE = 6;
    private static final int TARGET = 8;
    private static final int NEIGHBOUR_OPTIONS = 24;
    private static final int ROUTER_OPTIONS = 8;
    static final int MAC_OPTION_OCTETS = 8;
    private static final int HOP_LIMIT_OF_NEIGHBOUR_DISCOVERY = 255;
    static final Ip6Address ALL_ROUTERS = new Ip6Address(0xff02L << 48, 2);

    private Icmpv6() {}

    private static int offset(Frame frame) {
        return Ipv6.upperOffset(frame, Ipv6.NEXT_ICMPV6, HEADER_OCTETS);
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

    /** Position of a neighbour message's target, or -1. */
    private static int targetOffset(Frame frame) {
        int at = Ipv6.upperOffset(frame, Ipv6.NEXT_ICMPV6, NEIGHBOUR_OPTIONS);
        if (at < 0 || frame.u8(at) != NEIGHBOUR_SOLICITATION && frame.u8(at) != NEIGHBOUR_ADVERTISEMENT) {
            return -1;
        }
        return at + TARGET;
    }

    /** The address that a neighbour solicitation or advertisement is about, else null. */
    public static Ip6Address target(Frame frame) {
        int at = targetOffset(frame);
        return at < 0 ? null : Ipv6.address(frame, at);
    }

    /** True for a neighbour solicitation or advertisement about this address; without making an object. */
    public static boolean isAbout(Frame frame, Ip6Address address) {
        int at = targetOffset(frame);
        return at >= 0 && Ipv6.holds(frame, at, address);
    }

    /** Flags R, S, O of a neighbour advertisement in the upper three bits of an octet; -1 for others. */
    public static int neighbourFlags(Frame frame) {
        return type(frame) == NEIGHBOUR_ADVERTISEMENT ? frame.u8(offset(frame) + FLAGS) : -1;
    }

    /** The MAC in option {@link #OPTION_SOURCE_MAC} or {@link #OPTION_TARGET_MAC} of NS, NA or RS; else -1. */
    public static long macOption(Frame frame, int option) {
        int type = type(frame);
        if (type != NEIGHBOUR_SOLICITATION && type != NEIGHBOUR_ADVERTISEMENT && type != ROUTER_SOLICITATION) {
            return -1;
        }
        int at = offset(frame) + (type == ROUTER_SOLICITATION ? ROUTER_OPTIONS : NEIGHBOUR_OPTIONS);
        int end = Ipv6.end(frame);
        while (at + MAC_OPTION_OCTETS <= end) {
            int octets = frame.u8(at + 1) * 8;
            if (frame.u8(at) == option && octets == MAC_OPTION_OCTETS) {
                return frame.mac(at + 2);
            }
            if (octets == 0) {
                return -1;
            }
            at += octets;
        }
        return -1;
    }

    /** An echo request with {@code dataOctets} octets of zeros. */
    public static Frame echoRequest(long destinationMac, long sourceMac, Ip6Address source, Ip6Address destination,
            int id, int sequence, int dataOctets) {
        Frame frame = allocate(destinationMac, sourceMac, source, destination, Ipv6.DEFAULT_HOP_LIMIT, ECHO_REQUEST,
                HEADER_OCTETS + dataOctets);
        int at = Ipv6.BASE + Ipv6.HEADER_OCTETS;
        frame.put16(at + ID, id);
        frame.put16(at + SEQUENCE, sequence);
        return seal(frame, source, destination);
    }

    /**
     * The answer to an echo request, back to where it came from.
     *
     * @param self address that answers; the request may have gone to a multicast group
     */
    public static Frame echoReply(Frame request, long selfMac, Ip6Address self) {
        int from = offset(request);
        int length = Ipv6.end(request) - from;
        Ip6Address to = Ipv6.source(request);
        Frame reply = allocate(Ethernet.source(request), selfMac, self, to, Ipv6.DEFAULT_HOP_LIMIT, ECHO_REPLY, length);
        int at = Ipv6.BASE + Ipv6.HEADER_OCTETS;
        System.arraycopy(request.array(), request.offset() + from + ID, reply.array(), reply.offset() + at + ID,
                length - ID);
        return seal(reply, self, to);
    }

    /** Asks for the MAC of {@code target} at its solicited-node group. From {@link Ip6Address#ANY}: a probe. */
    public static Frame neighbourSolicitation(long sourceMac, Ip6Address source, Ip6Address target) {
        Ip6Address group = target.solicitedNode();
        boolean probe = source.equals(Ip6Address.ANY);
        Frame frame = allocate(Ipv6.multicastMac(group), sourceMac, source, group, HOP_LIMIT_OF_NEIGHBOUR_DISCOVERY,
                NEIGHBOUR_SOLICITATION, NEIGHBOUR_OPTIONS + (probe ? 0 : MAC_OPTION_OCTETS));
        int at = Ipv6.BASE + Ipv6.HEADER_OCTETS;
        Ipv6.putAddress(frame, at + TARGET, target);
        if (!probe) {
            putMacOption(frame, at + NEIGHBOUR_OPTIONS, OPTION_SOURCE_MAC, sourceMac);
        }
        return seal(frame, source, group);
    }

    /** Tells {@code destination} the MAC of {@code target}. */
    public static Frame neighbourAdvertisement(long destinationMac, long sourceMac, Ip6Address source,
            Ip6Address destination, Ip6Address target, int flags) {
        Frame frame = allocate(destinationMac, sourceMac, source, destination, HOP_LIMIT_OF_NEIGHBOUR_DISCOVERY,
                NEIGHBOUR_ADVERTISEMENT, NEIGHBOUR_OPTIONS + MAC_OPTION_OCTETS);
        int at = Ipv6.BASE + Ipv6.HEADER_OCTETS;
        frame.put8(at + FLAGS, flags);
        Ipv6.putAddress(frame, at + TARGET, target);
        putMacOption(frame, at + NEIGHBOUR_OPTIONS, OPTION_TARGET_MAC, sourceMac);
        return seal(frame, source, destination);
    }

    /** Position of the ICMPv6 message, or -1. */
    static int messageOffset(Frame frame) {
        return offset(frame);
    }

    /**
     * What RFC 4861 has a receiver of router discovery check before it looks at options; null when all is
     * well.
     */
    static String discoveryFault(Frame frame, int type, int atLeastOctets) {
        if (type(frame) != type) {
            return "type";
        }
        int at = offset(frame);
        int length = Ipv6.end(frame) - at;
        if (length < atLeastOctets) {
            return "truncated";
        }
        // A router would have taken one off, so 255 proves a sender on the link.
        if (Ipv6.hopLimit(frame) != HOP_LIMIT_OF_NEIGHBOUR_DISCOVERY) {
            return "hop_limit";
        }
        if (frame.u8(at + 1) != 0) {
            return "code";
        }
        long sum = Checksum.pseudo6(Ipv6.source(frame), Ipv6.destination(frame), Ipv6.NEXT_ICMPV6, length);
        return Checksum.finish(sum + Checksum.sum(frame, at, length)) == 0 ? null : "checksum";
    }

    /** A message of neighbour or router discovery, whose checksum field is zero, as a frame. */
    static Frame discoveryFrame(
            long destinationMac, long sourceMac, Ip6Address source, Ip6Address destination, byte[] message) {
        Frame frame = Ipv6.allocate(destinationMac, sourceMac, source, destination, Ipv6.NEXT_ICMPV6,
                HOP_LIMIT_OF_NEIGHBOUR_DISCOVERY, message.length);
        frame.putBytes(Ipv6.BASE + Ipv6.HEADER_OCTETS, message);
        return seal(frame, source, destination);
    }

    static void putMacOption(byte[] octets, int at, int option, long mac) {
        octets[at] = (byte) option;
        octets[at + 1] = MAC_OPTION_OCTETS / 8;
        Octets.putMac(octets, at + 2, mac);
    }

    private static void putMacOption(Frame frame, int at, int option, long mac) {
        frame.put8(at, option);
        frame.put8(at + 1, MAC_OPTION_OCTETS / 8);
        frame.putMac(at + 2, mac);
    }

    private static Frame allocate(long destinationMac, long sourceMac, Ip6Address source, Ip6Address destination,
            int hopLimit, int type, int octets) {
        Frame frame =
                Ipv6.allocate(destinationMac, sourceMac, source, destination, Ipv6.NEXT_ICMPV6, hopLimit, octets);
        frame.put8(Ipv6.BASE + Ipv6.HEADER_OCTETS, type);
        return frame;
    }

    private static Frame seal(Frame frame, Ip6Address source, Ip6Address destination) {
        int at = Ipv6.BASE + Ipv6.HEADER_OCTETS;
        int length = frame.length() - at;
        frame.put16(at + CHECKSUM, Checksum.finish(
                Checksum.pseudo6(source, destination, Ipv6.NEXT_ICMPV6, length) + Checksum.sum(frame, at, length)));
        return frame;
    }
}
