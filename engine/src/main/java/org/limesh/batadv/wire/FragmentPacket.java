package org.limesh.batadv.wire;

import org.limesh.base.Octets;

/**
 * Part of a packet of a unicast kind that was too long for a link.
 *
 * <pre>
 *  octet  0      1        2    3                                       4..9         10..15      16..17    18..19      20..
 *         0x41   version  ttl  number (4 bits), priority (3), reserved  destination  originator  sequence  total size  part
 * </pre>
 *
 * Parts are cut from the end: number 0 carries the last octets. The total size is that of the packet without its
 * outer Ethernet header.
 */
public final class FragmentPacket {
    public static final int HEADER_OCTETS = 20;
    public static final int NUMBER = 3;
    public static final int DESTINATION = 4;
    public static final int ORIGINATOR = 10;
    public static final int SEQUENCE = 16;
    public static final int TOTAL_SIZE = 18;

    private FragmentPacket() {}

    public static void put(byte[] octets, int at, int ttl, int number, long destination, long originator, int sequence,
            int totalOctets) {
        octets[at] = (byte) BatadvHeader.UNICAST_FRAGMENT;
        octets[at + BatadvHeader.VERSION] = BatadvHeader.VERSION_15;
        octets[at + BatadvHeader.TTL] = (byte) ttl;
        octets[at + NUMBER] = (byte) (number << 4);
        Octets.putMac(octets, at + DESTINATION, destination);
        Octets.putMac(octets, at + ORIGINATOR, originator);
        Octets.put16(octets, at + SEQUENCE, sequence);
        Octets.put16(octets, at + TOTAL_SIZE, totalOctets);
    }

    public static int number(byte[] octets, int at) {
        return Octets.u8(octets, at + NUMBER) >>> 4;
    }
}
