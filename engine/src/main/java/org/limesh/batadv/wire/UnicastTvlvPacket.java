package org.limesh.batadv.wire;

import org.limesh.base.Decoded;
import org.limesh.base.Invariant;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * Containers sent to one node: requests and answers of the translation table, roaming advertisements.
 *
 * <pre>
 *  octet  0      1        2    3         4..9         10..15  16..17       18..19   20..
 *         0x44   version  ttl  reserved  destination  source  tvlv octets  padding  tvlvs
 * </pre>
 *
 * @param ttl         remaining hops, 0..255
 * @param destination originator that it goes to
 * @param source      originator that it speaks for
 * @param tvlvOctets  length of the containers behind the header
 */
public record UnicastTvlvPacket(int ttl, MacAddress destination, MacAddress source, int tvlvOctets) {
    public static final int HEADER_OCTETS = 20;
    public static final int TTL = 2;
    public static final int RESERVED = 3;
    public static final int DESTINATION = 4;
    public static final int SOURCE = 10;
    public static final int TVLV_OCTETS = 16;
    public static final int PADDING = 18;

    public UnicastTvlvPacket {
        Invariant.check(ttl >>> 8 == 0 && tvlvOctets >>> 16 == 0, "TTL has 8 bits, TVLV length 16");
    }

    /** Reads the header at {@code at}; its containers lie behind it and inside {@code limit}. */
    public static Decoded<UnicastTvlvPacket> parse(byte[] octets, int at, int limit) {
        if (limit - at < HEADER_OCTETS) {
            return new Decoded.Malformed<>("truncated", at);
        }
        if (octets[at] != BatadvHeader.UNICAST_TVLV
                || octets[at + BatadvHeader.VERSION] != BatadvHeader.VERSION_15) {
            return new Decoded.Malformed<>("not_a_unicast_tvlv", at);
        }
        int tvlvOctets = Octets.u16(octets, at + TVLV_OCTETS);
        if (tvlvOctets > limit - at - HEADER_OCTETS) {
            return new Decoded.Malformed<>("tvlv_too_long", at + TVLV_OCTETS);
        }
        long destination = Octets.mac(octets, at + DESTINATION);
        long source = Octets.mac(octets, at + SOURCE);
        if (destination == 0 || MacAddress.isMulticast(destination)) {
            return new Decoded.Malformed<>("destination_address", at + DESTINATION);
        }
        if (source == 0 || MacAddress.isMulticast(source)) {
            return new Decoded.Malformed<>("source_address", at + SOURCE);
        }
        return new Decoded.Valid<>(new UnicastTvlvPacket(Octets.u8(octets, at + TTL),
                new MacAddress(destination),
                new MacAddress(source), tvlvOctets));
    }

    /** Writes the 20 octets of the header. */
    public void emit(byte[] octets, int at) {
        put(octets, at, ttl, destination.bits(), source.bits(), tvlvOctets);
    }

    public static void put(byte[] octets, int at, int ttl, long destination, long source, int tvlvOctets) {
        Octets.put8(octets, at, BatadvHeader.UNICAST_TVLV);
        Octets.put8(octets, at + BatadvHeader.VERSION, BatadvHeader.VERSION_15);
        Octets.put8(octets, at + TTL, ttl);
        Octets.put8(octets, at + RESERVED, 0);
        Octets.putMac(octets, at + DESTINATION, destination);
        Octets.putMac(octets, at + SOURCE, source);
        Octets.put16(octets, at + TVLV_OCTETS, tvlvOctets);
        Octets.put16(octets, at + PADDING, 0);
    }
}
