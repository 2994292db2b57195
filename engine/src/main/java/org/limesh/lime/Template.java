package org.limesh.lime;

import java.util.Locale;
import org.limesh.base.MacAddress;

/**
 * Fills in LibreMesh's templates: {@code %M1..%M6} bytes of the primary MAC, {@code %m1..%m6} bytes of its
 * identity, {@code %N1..%N6} bytes of the cloud's identity, {@code %H} the host name.
 *
 * @param mac      primary MAC
 * @param macId    identity of the MAC
 * @param cloudId  identity of the cloud
 */
public record Template(MacAddress mac, NetworkId macId, NetworkId cloudId) {
    private static final int MAX_SSID_OCTETS = 32;
    private static final int MAX_HOSTNAME_CHARS = 32;

    public static Template of(String apSsid, MacAddress mac) {
        return new Template(mac, NetworkId.ofMac(mac), NetworkId.ofSsid(apSsid));
    }

    /** For IPv4: bytes as decimal numbers. */
    public String decimal(String text) {
        return fill(text, false);
    }

    /** For everything else: bytes as two hex digits. */
    public String hex(String text) {
        return fill(text, true);
    }

    private String fill(String text, boolean hex) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            int octet = text.charAt(i) == '%' ? octet(text, i) : -1;
            if (octet < 0) {
                result.append(text.charAt(i));
            } else {
                result.append(hex ? String.format(Locale.ROOT, "%02x", octet) : Integer.toString(octet));
                i += 2;
            }
        }
        return result.toString();
    }

    private int octet(String text, int percent) {
        if (percent + 2 >= text.length()) {
            return -1;
        }
        int index = text.charAt(percent + 2) - '0';
        if (index < 1 || index > MacAddress.LENGTH_OCTETS) {
            return -1;
        }
        return switch (text.charAt(percent + 1)) {
            case 'M' -> mac.octet(index - 1);
            case 'm' -> macId.octet(index);
            case 'N' -> cloudId.octet(index);
            default -> -1;
        };
    }

    /**
     * Host name: hex templates, blanks to {@code -}, letters, digits and {@code -} kept, no {@code -} at the
     * ends, at most 32 characters. May come out empty.
     */
    public String hostname(String text) {
        StringBuilder name = new StringBuilder();
        for (char c : hex(text).toCharArray()) {
            boolean kept = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-';
            if (kept || c == ' ') {
                name.append(kept ? c : '-');
            }
        }
        int start = 0;
        int end = name.length();
        while (start < end && name.charAt(start) == '-') {
            start++;
        }
        while (end > start && name.charAt(end - 1) == '-') {
            end--;
        }
        return name.substring(start, Math.min(end, start + MAX_HOSTNAME_CHARS));
    }

    /** An SSID: {@code %H}, then the hex templates, cut to 32 octets without splitting a character. */
    public String ssid(String text, String hostname) {
        String full = hex(text.replace("%H", hostname));
        int octets = 0;
        int end = 0;
        while (end < full.length()) {
            int c = full.codePointAt(end);
            octets += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            if (octets > MAX_SSID_OCTETS) {
                break;
            }
            end += Character.charCount(c);
        }
        return full.substring(0, end);
    }
}
