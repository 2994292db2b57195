package org.limesh.linux.offload;

import org.limesh.base.Octets;
import org.limesh.packet.Checksum;
import org.limesh.packet.Ethernet;

/** Where things are in an Ethernet frame with TCP over IPv4 or IPv6 in an array. */
final class TcpFrame {
    static final int IP_AT = 14;
    static final int TCP_CHECKSUM = 16;
    static final int PROTOCOL_TCP = 6;
    private static final int TCP_SEQUENCE = 4;
    private static final int TCP_WORDS = 12;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_HEADER_OCTETS = 20;
    private static final int IP4_LENGTH = 2;
    private static final int IP4_CHECKSUM = 10;
    private static final int IP4_SOURCE = 12;
    private static final int IP4_HEADER_OCTETS = 20;
    private static final int IP6_LENGTH = 4;
    private static final int IP6_SOURCE = 8;
    private static final int IP6_HEADER_OCTETS = 40;

    private TcpFrame() {}

    static boolean is4(byte[] a, int ip) {
        return a[ip] >> 4 == 4;
    }

    /** Sum of the pseudo header for this many octets of TCP. */
    static long pseudoSum(byte[] a, int ip, int tcpOctets) {
        return (is4(a, ip) ? Checksum.sum(a, ip + IP4_SOURCE, 8) : Checksum.sum(a, ip + IP6_SOURCE, 32))
                + PROTOCOL_TCP + tcpOctets;
    }

    /** Writes the IP length and, in IPv4, its header checksum; {@code end} is behind the packet. */
    static void putIpLength(byte[] a, int ip, int end) {
        if (is4(a, ip)) {
            int headerOctets = (a[ip] & 15) * 4;
            Octets.put16(a, ip + IP4_LENGTH, end - ip);
            Octets.put16(a, ip + IP4_CHECKSUM, 0);
            Octets.put16(a, ip + IP4_CHECKSUM, Checksum.of(a, ip, headerOctets));
        } else {
            Octets.put16(a, ip + IP6_LENGTH, end - ip - IP6_HEADER_OCTETS);
        }
    }

    static int headerOctets(byte[] a, int tcp) {
        return (a[tcp + TCP_WORDS] >> 4 & 15) * 4;
    }

    static int flags(byte[] a, int tcp) {
        return a[tcp + TCP_FLAGS] & 0xff;
    }

    static void putFlags(byte[] a, int tcp, int flags) {
        a[tcp + TCP_FLAGS] = (byte) flags;
    }

    static int sequence(byte[] a, int tcp) {
        return Octets.i32(a, tcp + TCP_SEQUENCE);
    }

    static void putSequence(byte[] a, int tcp, int sequence) {
        Octets.put32(a, tcp + TCP_SEQUENCE, sequence);
    }

    /**
     * Position of the TCP header of a frame without VLAN tag, IP options, fragments and padding, relative to
     * the frame; -1 for every other frame.
     */
    static int plainTcp(byte[] a, int frame, int lengthOctets) {
        int ip = frame + IP_AT;
        int tcp = -1;
        if (lengthOctets >= IP_AT + IP4_HEADER_OCTETS + TCP_HEADER_OCTETS
                && Octets.u16(a, frame + 12) == Ethernet.TYPE_IPV4 && a[ip] == 0x45
                && a[ip + 9] == PROTOCOL_TCP
                && (Octets.u16(a, ip + 6) & 0x3fff) == 0
                && Octets.u16(a, ip + IP4_LENGTH) == lengthOctets - IP_AT) {
            tcp = IP_AT + IP4_HEADER_OCTETS;
        } else if (lengthOctets >= IP_AT + IP6_HEADER_OCTETS + TCP_HEADER_OCTETS
                && Octets.u16(a, frame + 12) == Ethernet.TYPE_IPV6 && a[ip + 6] == PROTOCOL_TCP
                && Octets.u16(a, ip + IP6_LENGTH) == lengthOctets - IP_AT - IP6_HEADER_OCTETS) {
            tcp = IP_AT + IP6_HEADER_OCTETS;
        }
        if (tcp < 0) {
            return -1;
        }
        int headerOctets = headerOctets(a, frame + tcp);
        return headerOctets >= TCP_HEADER_OCTETS && tcp + headerOctets <= lengthOctets ? tcp : -1;
    }
}
