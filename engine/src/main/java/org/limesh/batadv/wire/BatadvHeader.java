package org.limesh.batadv.wire;

/**
 * What every batman-adv packet starts with, and the numbers of its kinds.
 *
 * <pre>
 *  octet  0      1         2
 *         type   version   ttl (not in ELP)
 * </pre>
 *
 * Offsets here and in the other classes of this package count from the first octet of the packet, which
 * is octet 14 of the (untagged) Ethernet frame.
 */
public final class BatadvHeader {
    /** Compatibility version; a packet of any other is dropped. */
    public static final int VERSION_15 = 15;

    public static final int TYPE = 0;
    public static final int VERSION = 1;
    public static final int TTL = 2;
    /** Shortest payload that can be told apart. */
    public static final int MIN_OCTETS = 2;

    public static final int IV_OGM = 0x00;
    public static final int BROADCAST = 0x01;
    public static final int CODED = 0x02;
    public static final int ELP = 0x03;
    public static final int OGM2 = 0x04;
    public static final int MULTICAST = 0x05;
    /** First of the kinds that carry a destination at offset 4, known or not. */
    public static final int UNICAST_MIN = 0x40;
    public static final int UNICAST = 0x40;
    public static final int UNICAST_FRAGMENT = 0x41;
    public static final int UNICAST_4ADDRESS = 0x42;
    public static final int ICMP = 0x43;
    public static final int UNICAST_TVLV = 0x44;
    public static final int UNICAST_MAX = 0x7f;

    private BatadvHeader() {}

    /** True for the kinds that are sent to one neighbour and name a destination originator at offset 4. */
    public static boolean isUnicastKind(int type) {
        return type >= UNICAST_MIN && type <= UNICAST_MAX;
    }

    /** Length of the fixed header of a kind; 0 for a kind that nobody knows. */
    public static int headerOctets(int type) {
        return switch (type) {
            case IV_OGM -> OgmIv.HEADER_OCTETS;
            case BROADCAST -> BroadcastPacket.HEADER_OCTETS;
            case CODED -> 46;
            case ELP -> 16;
            case OGM2 -> 20;
            case MULTICAST -> 6;
            case UNICAST_FRAGMENT -> FragmentPacket.HEADER_OCTETS;
            case UNICAST_4ADDRESS -> UnicastPacket.FOUR_ADDRESS_OCTETS;
            case ICMP -> 20;
            case UNICAST_TVLV -> UnicastTvlvPacket.HEADER_OCTETS;
            default -> isUnicastKind(type) ? UnicastPacket.HEADER_OCTETS : 0;
        };
    }
}
