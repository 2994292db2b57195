package org.limesh.batadv;

/**
 * Key of the translation tables: a client and its VLAN in one {@code long} that is never negative.
 *
 * <pre>
 *  bit  60..13   12        11..0
 *       MAC      tag bit   VLAN number
 * </pre>
 */
final class TtKey {
    private static final int VID_BITS = 13;

    private TtKey() {}

    /** @param vid legal on the wire: 0, or 0x8000 or-ed with twelve bits */
    static long of(long mac, int vid) {
        return mac << VID_BITS | (vid & 0x8000) >>> 3 | vid & 0xfff;
    }

    static long mac(long key) {
        return key >>> VID_BITS;
    }

    static int vid(long key) {
        return ((int) key & 0x1000) << 3 | (int) key & 0xfff;
    }
}
