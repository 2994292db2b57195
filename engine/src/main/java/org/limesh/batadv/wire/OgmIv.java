package org.limesh.batadv.wire;

import org.limesh.base.Decoded;
import org.limesh.base.Invariant;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * Originator message of BATMAN IV. Several may follow each other in one packet.
 *
 * <pre>
 *  octet  0      1        2    3      4..7   8..13       14..19           20        21  22..23       24..
 *         type   version  ttl  flags  seqno  originator  previous sender  reserved  tq  tvlv octets  tvlvs
 * </pre>
 *
 * @param ttl            remaining hops, 0..255
 * @param flags          bit set; unknown bits are kept when forwarding
 * @param seqno          sequence number, 32 bits, wraps
 * @param originator     address of the hard interface that created it
 * @param previousSender originator-side address of whoever handed it to the last sender
 * @param tq             path quality, 0 (none) to 255 (perfect)
 * @param tvlvOctets     length of the containers behind the header, even
 */
public record OgmIv(
        int ttl, int flags, int seqno, MacAddress originator, MacAddress previousSender, int tq,
        int tvlvOctets) {
    public static final int HEADER_OCTETS = 24;
    public static final int TTL = 2;
    public static final int FLAGS = 3;
    public static final int SEQNO = 4;
    public static final int ORIGINATOR = 8;
    public static final int PREVIOUS_SENDER = 14;
    public static final int RESERVED = 20;
    public static final int TQ = 21;
    public static final int TVLV_OCTETS = 22;

    /** The sender does not use the originator's message it repeats here for routing. */
    public static final int FLAG_NOT_BEST_NEXT_HOP = 0x01;
    /** The message was heard straight from its originator, and leaves where it came in. */
    public static final int FLAG_DIRECT_LINK = 0x04;

    public OgmIv {
        Invariant.check((ttl | flags | tq) >>> 8 == 0, "TTL, flags and TQ have eight bits");
        Invariant.check(tvlvOctets >>> 16 == 0 && (tvlvOctets & 1) == 0,
                "TVLV length is even and has 16 bits");
    }

    /** Reads the message at {@code at}; its containers lie behind it and inside {@code limit}. */
    public static Decoded<OgmIv> parse(byte[] octets, int at, int limit) {
        if (limit - at < HEADER_OCTETS) {
            return new Decoded.Malformed<>("truncated", at);
        }
        if (octets[at + BatadvHeader.TYPE] != BatadvHeader.IV_OGM
                || octets[at + BatadvHeader.VERSION] != BatadvHeader.VERSION_15) {
            return new Decoded.Malformed<>("not_an_ogm", at);
        }
        int tvlvOctets = Octets.u16(octets, at + TVLV_OCTETS);
        if (tvlvOctets > limit - at - HEADER_OCTETS) {
            return new Decoded.Malformed<>("tvlv_too_long", at + TVLV_OCTETS);
        }
        if ((tvlvOctets & 1) != 0) {
            return new Decoded.Malformed<>("tvlv_odd", at + TVLV_OCTETS);
        }
        long originator = Octets.mac(octets, at + ORIGINATOR);
        if (originator == 0 || MacAddress.isMulticast(originator)) {
            return new Decoded.Malformed<>("originator_address", at + ORIGINATOR);
        }
        return new Decoded.Valid<>(new OgmIv(Octets.u8(octets, at + TTL), Octets.u8(octets, at + FLAGS),
                Octets.i32(octets, at + SEQNO), new MacAddress(originator),
                new MacAddress(Octets.mac(octets, at + PREVIOUS_SENDER)), Octets.u8(octets, at + TQ),
                tvlvOctets));
    }

    /** Writes the 24 octets of the header; the containers are the caller's. */
    public void emit(byte[] octets, int at) {
        put(octets, at, ttl, flags, seqno, originator.bits(), previousSender.bits(), tq, tvlvOctets);
    }

    /** The same without a record, for own messages. */
    public static void put(byte[] octets, int at, int ttl, int flags, int seqno, long originator,
            long previousSender, int tq, int tvlvOctets) {
        Octets.put8(octets, at + BatadvHeader.TYPE, BatadvHeader.IV_OGM);
        Octets.put8(octets, at + BatadvHeader.VERSION, BatadvHeader.VERSION_15);
        Octets.put8(octets, at + TTL, ttl);
        Octets.put8(octets, at + FLAGS, flags);
        Octets.put32(octets, at + SEQNO, seqno);
        Octets.putMac(octets, at + ORIGINATOR, originator);
        Octets.putMac(octets, at + PREVIOUS_SENDER, previousSender);
        Octets.put8(octets, at + RESERVED, 0);
        Octets.put8(octets, at + TQ, tq);
        Octets.put16(octets, at + TVLV_OCTETS, tvlvOctets);
    }
}
