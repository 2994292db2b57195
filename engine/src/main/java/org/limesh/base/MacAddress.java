package org.limesh.base;

/**
 * Ethernet address.
 *
 * <p>Hot tables keep the bare {@code long}; this type is for interfaces between rooms and for people.
 *
 * @param bits the 48 bits, first octet on the wire most significant; upper 16 bits zero
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {
    public static final int LENGTH_OCTETS = 6;
    public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);
    public static final MacAddress ZERO = new MacAddress(0);

    public MacAddress {
        Invariant.check(bits >>> 48 == 0, "a MAC address has 48 bits");
    }

    /**
     * Reads {@code aa:bb:cc:dd:ee:ff}; {@code -} is accepted instead of {@code :}.
     *
     * @throws IllegalArgumentException when the text is anything else
     */
    public static MacAddress parse(String text) {
        String[] parts = text.split("[:-]", -1);
        if (parts.length != LENGTH_OCTETS) {
            throw new IllegalArgumentException("'" + text + "' is not a MAC address; write e.g. 02:ca:fe:12:34:56");
        }
        long bits = 0;
        for (String part : parts) {
            if (part.length() < 1 || part.length() > 2 || !part.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a MAC address; write e.g. 02:ca:fe:12:34:56");
            }
            bits = bits << 8 | Integer.parseInt(part, 16);
        }
        return new MacAddress(bits);
    }

    /** The octet at {@code index} 0..5, as on the wire. */
    public int octet(int index) {
        return (int) (bits >>> (40 - 8 * index)) & 0xff;
    }

    public boolean isMulticast() {
        return isMulticast(bits);
    }

    public boolean isZero() {
        return bits == 0;
    }

    /** True for a multicast or broadcast address held as bare bits. */
    public static boolean isMulticast(long bits) {
        return (bits & 0x0100_0000_0000L) != 0;
    }

    /** The 12 lower-case hex digits without separators, as in the file name {@code lime-02cafe123456}. */
    public String digits() {
        String hex = Long.toHexString(bits);
        return "0".repeat(12 - hex.length()) + hex;
    }

    @Override
    public int compareTo(MacAddress other) {
        return Long.compare(bits, other.bits);
    }

    @Override
    public String toString() {
        return toString(bits);
    }

    /** Text form of an address held as bare bits. */
    public static String toString(long bits) {
        char[] text = new char[17];
        int at = 0;
        for (int shift = 40; shift >= 0; shift -= 8) {
            int octet = (int) (bits >>> shift) & 0xff;
            text[at++] = Character.forDigit(octet >> 4, 16);
            text[at++] = Character.forDigit(octet & 15, 16);
            if (shift > 0) {
                text[at++] = ':';
            }
        }
        return new String(text);
    }
}
