package org.limesh.batadv;

/**
 * Checksum of a translation table, per VLAN: the exclusive or of one CRC-32C per client, over VLAN id
 * (2 octets), sync flags (1) and MAC (6). The register starts at zero and is not inverted at the end,
 * unlike in most uses of this polynomial. So the order of clients does not matter, and a client is taken
 * out by adding it again.
 */
public final class TtCrc {
    private static final int POLYNOMIAL = 0x82f6_3b78;
    private static final int[] TABLE = table();

    private TtCrc() {}

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < 256; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ POLYNOMIAL : crc >>> 1;
            }
            table[i] = crc;
        }
        return table;
    }

    private static int step(int crc, int octet) {
        return crc >>> 8 ^ TABLE[(crc ^ octet) & 0xff];
    }

    /** Share of one client in the checksum of its VLAN. */
    public static int ofClient(long mac, int vid, int flags) {
        int crc = step(step(0, vid >>> 8), vid);
        crc = step(crc, flags & TtFlags.SYNC_MASK);
        for (int shift = 40; shift >= 0; shift -= 8) {
            crc = step(crc, (int) (mac >>> shift));
        }
        return crc;
    }

    /** The same for a table key, see {@link TtKey}. */
    static int ofKey(long key, int flags) {
        return ofClient(TtKey.mac(key), TtKey.vid(key), flags);
    }
}
