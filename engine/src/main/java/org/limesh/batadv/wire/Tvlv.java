package org.limesh.batadv.wire;

import org.limesh.base.Octets;

/**
 * Container header and the walk over containers, which follow each other without padding.
 *
 * <pre>
 *  octet  0      1        2..3                 4..
 *         type   version  length of the value  value
 * </pre>
 *
 * The walk costs nothing: {@code for (int c = at; Tvlv.fits(o, c, limit); c = Tvlv.next(o, c))}. It always
 * advances by at least the header, and ends at a container of odd length or one that is longer than what
 * is left, as the genuine program of 2024 does.
 */
public final class Tvlv {
    public static final int HEADER_OCTETS = 4;
    public static final int TYPE = 0;
    public static final int VERSION = 1;
    public static final int LENGTH = 2;

    public static final int GATEWAY = 1;
    public static final int DAT = 2;
    public static final int NETWORK_CODING = 3;
    public static final int TRANSLATION_TABLE = 4;
    public static final int ROAMING = 5;
    public static final int MULTICAST = 6;
    public static final int MULTICAST_VERSION = 2;
    public static final int MULTICAST_TRACKER = 7;

    private Tvlv() {}

    /**
     * True when a whole container of even length starts at {@code at} and ends at or before {@code limit}.
     */
    public static boolean fits(byte[] octets, int at, int limit) {
        if (limit - at < HEADER_OCTETS) {
            return false;
        }
        int length = Octets.u16(octets, at + LENGTH);
        return (length & 1) == 0 && length <= limit - at - HEADER_OCTETS;
    }

    /** Where the container after the one at {@code at} starts. */
    public static int next(byte[] octets, int at) {
        return at + HEADER_OCTETS + Octets.u16(octets, at + LENGTH);
    }

    public static int value(int at) {
        return at + HEADER_OCTETS;
    }

    public static int valueOctets(byte[] octets, int at) {
        return Octets.u16(octets, at + LENGTH);
    }

    /** True for a container of this type and version. */
    public static boolean is(byte[] octets, int at, int type, int version) {
        return octets[at + TYPE] == type && octets[at + VERSION] == version;
    }

    public static void put(byte[] octets, int at, int type, int version, int valueOctets) {
        Octets.put8(octets, at + TYPE, type);
        Octets.put8(octets, at + VERSION, version);
        Octets.put16(octets, at + LENGTH, valueOctets);
    }
}
