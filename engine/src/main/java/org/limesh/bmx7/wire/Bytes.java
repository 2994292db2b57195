package org.limesh.bmx7.wire;

import java.util.Arrays;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;

/** Joining and cutting of octets. */
public final class Bytes {
    private Bytes() {}

    public static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    public static byte[] part(byte[] octets, int from, int to) {
        return Arrays.copyOfRange(octets, from, to);
    }

    public static Ip6Address address(byte[] octets, int at) {
        return new Ip6Address(Octets.i64(octets, at), Octets.i64(octets, at + 8));
    }

    public static void putAddress(byte[] octets, int at, Ip6Address address) {
        Octets.put64(octets, at, address.high());
        Octets.put64(octets, at + 8, address.low());
    }
}
