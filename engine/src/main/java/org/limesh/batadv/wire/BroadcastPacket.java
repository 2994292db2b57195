package org.limesh.batadv.wire;

import org.limesh.base.Decoded;
import org.limesh.base.Invariant;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * Flooded client frame.
 *
 * <pre>
 *  octet  0      1        2    3         4..7   8..13       14..
 *         type   version  ttl  reserved  seqno  originator  inner Ethernet frame
 * </pre>
 *
 * @param ttl        remaining hops, 0..255
 * @param seqno      number of this flood at its originator, 32 bits, wraps
 * @param originator primary address of the node that started the flood
 */
public record BroadcastPacket(int ttl, int seqno, MacAddress originator) {
    public static final int HEADER_OCTETS = 14;
    public static final int TTL = 2;
    public static final int RESERVED = 3;
    public static final int SEQNO = 4;
    public static final int ORIGINATOR = 8;

    public BroadcastPacket {
        Invariant.check(ttl >>> 8 == 0, "TTL has eight bits");
    }

    /** Reads the header at {@code at}; at least an Ethernet header follows inside {@code limit}. */
    public static Decoded<BroadcastPacket> parse(byte[] octets, int at, int limit) {
        if (limit - at < HEADER_OCTETS + UnicastPacket.INNER_MIN_OCTETS) {
            return new Decoded.Malformed<>("truncated", at);
        }
        if (octets[at] != BatadvHeader.BROADCAST
                || octets[at + BatadvHeader.VERSION] != BatadvHeader.VERSION_15) {
            return new Decoded.Malformed<>("not_a_broadcast", at);
        }
        long originator = Octets.mac(octets, at + ORIGINATOR);
        if (originator == 0 || MacAddress.isMulticast(originator)) {
            return new Decoded.Malformed<>("originator_address", at + ORIGINATOR);
        }
        return new Decoded.Valid<>(new BroadcastPacket(Octets.u8(octets, at + TTL), Octets.i32(octets,
                at + SEQNO),
                new MacAddress(originator)));
    }

    /** Writes the 14 octets of the header. */
    public void emit(byte[] octets, int at) {
        put(octets, at, ttl, seqno, originator.bits());
    }

    public static void put(byte[] octets, int at, int ttl, int seqno, long originator) {
        Octets.put8(octets, at, BatadvHeader.BROADCAST);
        Octets.put8(octets, at + BatadvHeader.VERSION, BatadvHeader.VERSION_15);
        Octets.put8(octets, at + TTL, ttl);
        Octets.put8(octets, at + RESERVED, 0);
        Octets.put32(octets, at + SEQNO, seqno);
        Octets.putMac(octets, at + ORIGINATOR, originator);
    }
}
