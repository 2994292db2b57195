package org.limesh.packet;

import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;

/**
 * The Internet checksum (RFC 1071): one's complement of the one's complement sum of 16-bit words.
 *
 * <p>Sums are kept as a {@code long} that has not been folded yet, so parts can be added in any order:
 *
 * <pre>
 *   int checksum = Checksum.finish(Checksum.pseudo4(source, destination, Ipv4.PROTOCOL_UDP, length)
 *           + Checksum.sum(octets, offset, length));
 * </pre>
 *
 * Only a part that starts at an even distance from the beginning may be added.
 */
public final class Checksum {
    private Checksum() {}

    /** The unfolded sum of {@code length} octets; an odd last octet counts as the upper half of a word. */
    public static long sum(byte[] octets, int offset, int length) {
        long sum = 0;
        int at = offset;
        int end = offset + length;
        // Two halves of 32 bits per step: one's complement sums do not care how wide the words are, and
        // a frame of 64 KiB cannot carry out of 64 bits.
        for (; at + 8 <= end; at += 8) {
            long word = Octets.i64(octets, at);
            sum += (word >>> 32) + (word & 0xffff_ffffL);
        }
        for (; at + 2 <= end; at += 2) {
            sum += Octets.u16(octets, at);
        }
        if (at < end) {
            sum += (octets[at] & 0xff) << 8;
        }
        return sum;
    }

    /** The unfolded sum over a part of a frame. */
    public static long sum(Frame frame, int at, int length) {
        return sum(frame.array(), frame.offset() + at, length);
    }

    /** The checksum to write into a packet whose checksum field was zero when it was summed. */
    public static int finish(long sum) {
        long folded = (sum >>> 32) + (sum & 0xffff_ffffL);
        folded = (folded >>> 32) + (folded & 0xffff_ffffL);
        folded = (folded >>> 16) + (folded & 0xffff);
        folded = (folded >>> 16) + (folded & 0xffff);
        folded = (folded >>> 16) + (folded & 0xffff);
        return (int) ~folded & 0xffff;
    }

    /** The checksum of octets that stand alone, e.g. an IPv4 header. Zero when they hold a right one. */
    public static int of(byte[] octets, int offset, int length) {
        return finish(sum(octets, offset, length));
    }

    /** The sum of the IPv4 pseudo header of UDP and TCP. */
    public static long pseudo4(int source, int destination, int protocol, int lengthOctets) {
        return (source & 0xffff_ffffL) + (destination & 0xffff_ffffL) + protocol + lengthOctets;
    }

    /** The sum of the IPv6 pseudo header of UDP, TCP and ICMPv6. */
    public static long pseudo6(Ip6Address source, Ip6Address destination, int protocol, int lengthOctets) {
        return halves(source.high()) + halves(source.low()) + halves(destination.high()) + halves(destination.low())
                + protocol + lengthOctets;
    }

    private static long halves(long word) {
        return (word >>> 32) + (word & 0xffff_ffffL);
    }

    /**
     * The checksum after one 16-bit word of the packet changed (RFC 1624), e.g. the one holding the TTL.
     */
    public static int update(int checksum, int oldWord, int newWord) {
        return finish((~checksum & 0xffffL) + (~oldWord & 0xffffL) + (newWord & 0xffffL));
    }
}
