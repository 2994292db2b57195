package org.limesh.packet;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Domain names as router advertisements (RFC 8106) and DHCPv6 (RFC 8415) carry them: RFC 1035 without
 * compression.
 *
 * <pre>
 *  octet  0       1..     ...   last
 *         octets  label   ...   0
 * </pre>
 *
 * Only labels of visible ASCII without a dot: whatever is read can be shown and written again.
 */
public final class DnsNames {
    private static final int MAX_LABEL_OCTETS = 63;
    private static final int MAX_NAME_OCTETS = 255;
    /** Names of one list: no search list is so long, and a flood of tiny names must not cost much memory. */
    private static final int MAX_NAMES = 32;

    private DnsNames() {}

    /** True for a text that can be carried, e.g. {@code thisnode.info}. */
    public static boolean isName(String text) {
        if (text.isEmpty() || text.length() + 2 > MAX_NAME_OCTETS) {
            return false;
        }
        int label = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '.') {
                if (label == 0 || label > MAX_LABEL_OCTETS) {
                    return false;
                }
                label = 0;
            } else if (isVisible(text.charAt(i))) {
                label++;
            } else {
                return false;
            }
        }
        return true;
    }

    private static boolean isVisible(int octet) {
        return octet > ' ' && octet < 0x7f && octet != '.';
    }

    /** True for a list that can be carried. */
    public static boolean areNames(List<String> names) {
        return names.size() <= MAX_NAMES && names.stream().allMatch(DnsNames::isName);
    }

    static int lengthOctets(List<String> names) {
        int sum = 0;
        for (String name : names) {
            sum += name.length() + 2;
        }
        return sum;
    }

    /** Writes names one behind the other; returns the position behind them. */
    static int write(byte[] octets, int from, List<String> names) {
        int at = from;
        for (String name : names) {
            int label = at++;
            for (byte octet : name.getBytes(StandardCharsets.US_ASCII)) {
                if (octet == '.') {
                    octets[label] = (byte) (at - label - 1);
                    label = at++;
                } else {
                    octets[at++] = octet;
                }
            }
            octets[label] = (byte) (at - label - 1);
            octets[at++] = 0;
        }
        return at;
    }

    /**
     * Reads names up to {@code end}; null when one is not complete, too long or not fit to be
     * shown, or when there are too many.
     *
     * @param padded zeros may follow the last name
     */
    static List<String> read(byte[] octets, int from, int end, boolean padded) {
        List<String> names = new ArrayList<>();
        int at = from;
        while (at < end) {
            if (octets[at] == 0) {
                return padded && areZero(octets, at, end) ? names : null;
            }
            StringBuilder name = new StringBuilder();
            at = readName(octets, at, end, name);
            if (at < 0 || names.size() == MAX_NAMES) {
                return null;
            }
            names.add(name.toString());
        }
        return names;
    }

    private static int readName(byte[] octets, int from, int end, StringBuilder name) {
        int at = from;
        while (at < end && octets[at] != 0) {
            int octetsOfLabel = octets[at] & 0xff;
            int next = at + 1 + octetsOfLabel;
            if (octetsOfLabel > MAX_LABEL_OCTETS || next >= end || next - from >= MAX_NAME_OCTETS) {
                return -1;
            }
            if (!name.isEmpty()) {
                name.append('.');
            }
            for (int i = at + 1; i < next; i++) {
                if (!isVisible(octets[i])) {
                    return -1;
                }
                name.append((char) octets[i]);
            }
            at = next;
        }
        return at < end ? at + 1 : -1;
    }

    private static boolean areZero(byte[] octets, int from, int end) {
        for (int at = from; at < end; at++) {
            if (octets[at] != 0) {
                return false;
            }
        }
        return true;
    }
}
