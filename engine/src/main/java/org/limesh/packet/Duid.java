package org.limesh.packet;

import java.util.Arrays;
import java.util.HexFormat;
import org.limesh.base.Invariant;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * Who a client or server of DHCPv6 is (RFC 8415, 11): octets to compare, whatever is in them. Immutable.
 *
 * <pre>
 *  octet  0..1     2..
 *         type     value
 *         3        2..3 hardware type 1, 4..9 MAC: the form that {@link #ofMac} makes
 * </pre>
 */
public final class Duid {
    static final int MIN_OCTETS = 3;
    static final int MAX_OCTETS = 130;
    private static final int TYPE_LINK_LAYER = 3;
    private static final int HARDWARE_ETHERNET = 1;

    private final byte[] octets;

    Duid(byte[] octets) {
        Invariant.check(octets.length >= MIN_OCTETS && octets.length <= MAX_OCTETS,
                "a DUID has 3 to 130 octets");
        this.octets = octets;
    }

    /** The same wherever the same MAC is. */
    public static Duid ofMac(MacAddress mac) {
        byte[] octets = new byte[4 + MacAddress.LENGTH_OCTETS];
        Octets.put16(octets, 0, TYPE_LINK_LAYER);
        Octets.put16(octets, 2, HARDWARE_ETHERNET);
        Octets.putMac(octets, 4, mac.bits());
        return new Duid(octets);
    }

    byte[] toBytes() {
        return octets.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Duid duid && Arrays.equals(octets, duid.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(octets);
    }
}
