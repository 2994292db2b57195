package org.limesh.packet;

import org.limesh.base.Frame;

/**
 * Ethernet header.
 *
 * <pre>
 *  octet  0..5          6..11    12..13
 *         destination   source   type
 * </pre>
 */
public final class Ethernet {
    public static final int HEADER_OCTETS = 14;
    public static final int DESTINATION = 0;
    public static final int SOURCE = 6;
    public static final int TYPE = 12;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_IPV6 = 0x86dd;
    public static final int TYPE_BATADV = 0x4305;
    public static final int TYPE_8021Q = 0x8100;
    public static final int TYPE_8021AD = 0x88a8;

    private Ethernet() {}

    public static long destination(Frame frame) {
        return frame.mac(DESTINATION);
    }

    public static long source(Frame frame) {
        return frame.mac(SOURCE);
    }

    public static int type(Frame frame) {
        return frame.u16(TYPE);
    }

    /** Writes a header into the first 14 octets. */
    public static void put(Frame frame, long destination, long source, int type) {
        frame.putMac(DESTINATION, destination);
        frame.putMac(SOURCE, source);
        frame.put16(TYPE, type);
    }
}
