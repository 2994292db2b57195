package org.limesh.base;

import java.util.ArrayList;
import java.util.List;

/**
 * IPv6 address.
 *
 * @param high the first 64 bits
 * @param low  the last 64 bits
 */
public record Ip6Address(long high, long low) implements Comparable<Ip6Address> {
    public static final int LENGTH_OCTETS = 16;
    public static final Ip6Address ANY = new Ip6Address(0, 0);

    /**
     * Reads hexadecimal groups with at most one {@code ::}. Dotted IPv4 tails and zones are not accepted.
     *
     * @throws IllegalArgumentException when the text is anything else
     */
    public static Ip6Address parse(String text) {
        int gap = text.indexOf("::");
        List<Integer> head = groups(text, gap < 0 ? text : text.substring(0, gap));
        List<Integer> tail = gap < 0 ? List.of() : groups(text, text.substring(gap + 2));
        int given = head.size() + tail.size();
        if (gap < 0 ? given != 8 : given > 7) {
            throw notAnAddress(text);
        }
        List<Integer> all = new ArrayList<>(head);
        while (all.size() < 8 - tail.size()) {
            all.add(0);
        }
        all.addAll(tail);
        long high = 0;
        long low = 0;
        for (int i = 0; i < 4; i++) {
            high = high << 16 | all.get(i);
            low = low << 16 | all.get(i + 4);
        }
        return new Ip6Address(high, low);
    }

    private static List<Integer> groups(String whole, String part) {
        List<Integer> groups = new ArrayList<>();
        if (!part.isEmpty()) {
            for (String group : part.split(":", -1)) {
                if (group.isEmpty() || group.length() > 4 || !group.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                    throw notAnAddress(whole);
                }
                groups.add(Integer.parseInt(group, 16));
            }
        }
        return groups;
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException("'" + text + "' is not an IPv6 address; write e.g. fd0d:fe46:8ce8::1");
    }

    /** The link-local address that an interface with this MAC makes for itself (EUI-64). */
    public static Ip6Address linkLocalOf(MacAddress mac) {
        long eui = mac.bits() >>> 24 << 40 | 0xfffeL << 24 | mac.bits() & 0xff_ffffL;
        return new Ip6Address(0xfe80L << 48, eui ^ 0x0200_0000_0000_0000L);
    }

    /** True when the interface part was made from a MAC (EUI-64). */
    public boolean isEui64() {
        return (low >>> 24 & 0xffff) == 0xfffe;
    }

    /** The MAC that the interface part was made from; only when {@link #isEui64}. */
    public MacAddress eui64Mac() {
        long eui = low ^ 0x0200_0000_0000_0000L;
        return new MacAddress(eui >>> 40 << 24 | eui & 0xff_ffffL);
    }

    /** The solicited-node multicast group that neighbour solicitations for this address go to. */
    public Ip6Address solicitedNode() {
        return new Ip6Address(0xff02L << 48, 0x0000_0001_ff00_0000L | low & 0xff_ffffL);
    }

    public boolean isMulticast() {
        return high >>> 56 == 0xff;
    }

    public boolean isLinkLocal() {
        return high >>> 54 == 0xfe80 >>> 6;
    }

    /** Group {@code index} 0..7 of 16 bits. */
    public int group(int index) {
        return (int) ((index < 4 ? high : low) >>> (48 - 16 * (index & 3))) & 0xffff;
    }

    @Override
    public int compareTo(Ip6Address other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Shortest form of RFC 5952: lower case, the longest run of two or more zero groups becomes {@code ::}. */
    @Override
    public String toString() {
        int bestStart = -1;
        int bestCount = 1;
        for (int i = 0; i < 8; i++) {
            int count = 0;
            while (i + count < 8 && group(i + count) == 0) {
                count++;
            }
            if (count > bestCount) {
                bestStart = i;
                bestCount = count;
            }
            i += count;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestCount - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }
}
