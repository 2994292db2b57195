package org.limesh.batadv.wire;

import org.limesh.base.Decoded;
import org.limesh.base.Invariant;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * Client frame on its way to the node of its destination, in the short and the 4-address form.
 *
 * <pre>
 *  octet  0      1        2    3     4..9         10..15  16       17        18..
 *         0x40   version  ttl  ttvn  destination  inner Ethernet frame ...
 *         0x42   version  ttl  ttvn  destination  source  subtype  reserved  inner Ethernet frame
 * </pre>
 *
 * @param ttl         remaining hops, 0..255
 * @param ttvn        version of the destination's translation table as the sender knew it, 8 bits
 * @param destination primary address of the node that the frame goes to
 * @param source      originator that sent it, null in the short form
 * @param subtype     {@link #SUBTYPE_DATA} and so on; 0 in the short form
 */
public record UnicastPacket(int ttl, int ttvn, MacAddress destination, MacAddress source, int subtype) {
    public static final int HEADER_OCTETS = 10;
    public static final int FOUR_ADDRESS_OCTETS = 18;
    public static final int TTL = 2;
    public static final int TTVN = 3;
    public static final int DESTINATION = 4;
    public static final int SOURCE = 10;
    public static final int SUBTYPE = 16;
    public static final int RESERVED = 17;

    public static final int SUBTYPE_DATA = 1;
    public static final int SUBTYPE_DHT_GET = 2;
    public static final int SUBTYPE_DHT_PUT = 3;
    public static final int SUBTYPE_DAT_CACHE_REPLY = 4;

    /** An inner frame has at least an Ethernet header. */
    static final int INNER_MIN_OCTETS = 14;

    public UnicastPacket {
        Invariant.check((ttl | ttvn | subtype) >>> 8 == 0, "TTL, TTVN and subtype have eight bits");
        Invariant.check(source != null || subtype == 0, "only the 4-address form has a subtype");
    }

    /** Length of the header of type 0x40 or 0x42. */
    public static int headerOctets(int type) {
        return type == BatadvHeader.UNICAST_4ADDRESS ? FOUR_ADDRESS_OCTETS : HEADER_OCTETS;
    }

    /** Reads the header at {@code at}; at least an Ethernet header follows inside {@code limit}. */
    public static Decoded<UnicastPacket> parse(byte[] octets, int at, int limit) {
        if (limit - at < HEADER_OCTETS + INNER_MIN_OCTETS) {
            return new Decoded.Malformed<>("truncated", at);
        }
        int type = Octets.u8(octets, at);
        boolean fourAddress = type == BatadvHeader.UNICAST_4ADDRESS;
        if (type != BatadvHeader.UNICAST && !fourAddress
                || octets[at + BatadvHeader.VERSION] != BatadvHeader.VERSION_15) {
            return new Decoded.Malformed<>("not_a_unicast", at);
        }
        if (fourAddress && limit - at < FOUR_ADDRESS_OCTETS + INNER_MIN_OCTETS) {
            return new Decoded.Malformed<>("truncated", at);
        }
        long destination = Octets.mac(octets, at + DESTINATION);
        if (destination == 0 || MacAddress.isMulticast(destination)) {
            return new Decoded.Malformed<>("destination_address", at + DESTINATION);
        }
        return new Decoded.Valid<>(new UnicastPacket(Octets.u8(octets, at + TTL), Octets.u8(octets,
                at + TTVN),
                new MacAddress(destination), fourAddress ? new MacAddress(Octets.mac(octets,
                at + SOURCE)) : null,
                fourAddress ? Octets.u8(octets, at + SUBTYPE) : 0));
    }

    /** Length of this header, 10 or 18. */
    public int lengthOctets() {
        return source == null ? HEADER_OCTETS : FOUR_ADDRESS_OCTETS;
    }

    /** Writes the header. */
    public void emit(byte[] octets, int at) {
        put(octets, at, ttl, ttvn, destination.bits());
        if (source != null) {
            Octets.put8(octets, at, BatadvHeader.UNICAST_4ADDRESS);
            Octets.putMac(octets, at + SOURCE, source.bits());
            Octets.put8(octets, at + SUBTYPE, subtype);
            Octets.put8(octets, at + RESERVED, 0);
        }
    }

    /** Writes the short form. */
    public static void put(byte[] octets, int at, int ttl, int ttvn, long destination) {
        Octets.put8(octets, at, BatadvHeader.UNICAST);
        Octets.put8(octets, at + BatadvHeader.VERSION, BatadvHeader.VERSION_15);
        Octets.put8(octets, at + TTL, ttl);
        Octets.put8(octets, at + TTVN, ttvn);
        Octets.putMac(octets, at + DESTINATION, destination);
    }
}
