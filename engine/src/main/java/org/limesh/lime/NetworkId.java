package org.limesh.lime;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.limesh.base.MacAddress;

/**
 * The 16 bytes that LibreMesh derives from a text: MD5 of its UTF-8 bytes followed by one line feed.
 *
 * <p>The line feed comes from the shell's {@code echo}; without it one gets another network.
 *
 * @param digits 32 lower-case hex digits
 */
public record NetworkId(String digits) {
    /** The identity of a cloud, from its {@code ap_ssid}: bytes 1 to 6 are N1..N6. */
    public static NetworkId ofSsid(String apSsid) {
        return of(apSsid);
    }

    /** From a MAC: bytes 1 to 6 are the templates m1..m6. */
    public static NetworkId ofMac(MacAddress mac) {
        return of(mac.digits());
    }

    /** From an interface name: bytes 2 and 3 go into the MAC of a hard interface. */
    public static NetworkId ofInterface(String name) {
        return of(name);
    }

    private static NetworkId of(String text) {
        try {
            byte[] md5 = MessageDigest.getInstance("MD5").digest((text
                    + "\n").getBytes(StandardCharsets.UTF_8));
            return new NetworkId(HexFormat.of().formatHex(md5));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has MD5", impossible);
        }
    }

    /** Byte {@code index} 1..16, as 0..255. */
    public int octet(int index) {
        return Integer.parseInt(hex(index), 16);
    }

    /** Byte {@code index} 1..16, as two hex digits. */
    public String hex(int index) {
        return digits.substring(2 * index - 2, 2 * index);
    }
}
