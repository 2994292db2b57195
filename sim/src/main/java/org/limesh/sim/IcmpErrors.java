package org.limesh.sim;

import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.packet.Checksum;
import org.limesh.packet.Icmpv4;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Ipv6;

/**
 * What a router tells a sender whose packet it can not forward (RFC 792, RFC 4443): no way, too many hops,
 * too long. Nothing is said about packets that themselves tell of an error.
 */
final class IcmpErrors {
    static final int UNREACHABLE4 = Icmpv4.DESTINATION_UNREACHABLE;
    static final int TIME_EXCEEDED4 = Icmpv4.TIME_EXCEEDED;
    static final int CODE_TOO_LONG4 = 4;
    static final int UNREACHABLE6 = 1;
    static final int TOO_BIG6 = 2;
    static final int TIME_EXCEEDED6 = 3;
    private static final int HEADER_OCTETS = 8;
    private static final int QUOTED4_OCTETS = 8;
    private static final int QUOTED6_LIMIT_OCTETS = 512;
    private static final int FIRST_INFORMATIONAL6 = 128;

    private IcmpErrors() {}

    /** The message about an IPv4 packet, from this address; null when none may be sent. */
    static Frame about4(Frame packet, int from, int type, int code, int mtuOctets) {
        int told = Icmpv4.type(packet);
        boolean error = told >= 0 && told != Icmpv4.ECHO_REQUEST && told != Icmpv4.ECHO_REPLY;
        if (!Ipv4.is(packet) || error || Ipv4.fragmentOffset(packet) != 0 || from == 0
                || Ipv4.source(packet) == 0) {
            return null;
        }
        int header = Ipv4.payloadOffset(packet) - Ipv4.BASE;
        int quoted = header + Math.min(QUOTED4_OCTETS, Ipv4.payloadOctets(packet));
        Frame frame = Ipv4.allocate(0, 0, from, Ipv4.source(packet), Ipv4.PROTOCOL_ICMP, HEADER_OCTETS
                + quoted);
        int at = Ipv4.BASE + Ipv4.HEADER_OCTETS;
        frame.put8(at, type);
        frame.put8(at + 1, code);
        frame.put16(at + 6, mtuOctets);
        copy(packet, Ipv4.BASE, frame, at + HEADER_OCTETS, quoted);
        frame.put16(at + 2, Checksum.finish(Checksum.sum(frame, at, HEADER_OCTETS + quoted)));
        return frame;
    }

    /** The message about an IPv6 packet, from this address; null when none may be sent. */
    static Frame about6(Frame packet, Ip6Address from, int type, int code, int mtuOctets) {
        int told = Icmpv6.type(packet);
        boolean error = told >= 0 && told < FIRST_INFORMATIONAL6;
        Ip6Address to = Ipv6.source(packet);
        if (to == null || error || from == null || to.isMulticast() || to.equals(Ip6Address.ANY)
                || Ipv6.isToMulticast(packet)) {
            return null;
        }
        int quoted = Math.min(QUOTED6_LIMIT_OCTETS, Ipv6.HEADER_OCTETS + Ipv6.payloadOctets(packet));
        Frame frame = Ipv6.allocate(0, 0, from, to, Ipv6.NEXT_ICMPV6, Ipv6.DEFAULT_HOP_LIMIT,
                HEADER_OCTETS + quoted);
        int at = Ipv6.BASE + Ipv6.HEADER_OCTETS;
        frame.put8(at, type);
        frame.put8(at + 1, code);
        frame.put32(at + 4, mtuOctets);
        copy(packet, Ipv6.BASE, frame, at + HEADER_OCTETS, quoted);
        frame.put16(at + 2, Checksum.finish(Checksum.pseudo6(from, to, Ipv6.NEXT_ICMPV6, HEADER_OCTETS
                + quoted)
                + Checksum.sum(frame, at, HEADER_OCTETS + quoted)));
        return frame;
    }

    private static void copy(Frame from, int fromAt, Frame to, int toAt, int octets) {
        System.arraycopy(from.array(), from.offset() + fromAt, to.array(), to.offset() + toAt, octets);
    }
}
