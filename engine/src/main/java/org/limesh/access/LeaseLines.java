package org.limesh.access;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;

/**
 * Leases as LibreMesh nodes of the classic era tell them, one a line:
 *
 * <pre>
 *   52:54:00:aa:bb:01,id:01:52:54:00:aa:bb:01,10.13.7.21,phone1
 *   MAC               id:CLIENTID             ADDRESS    HOSTNAME
 * </pre>
 *
 * The client id is the MAC where there is none; the host name may be missing. A node tells its own IPv6
 * address, too, in a line of the same form.
 */
public final class LeaseLines {
    private static final int MAX_LINES = 4096;
    private static final int MAX_ID_OCTETS = 255;

    private LeaseLines() {}

    /**
     * One line.
     *
     * @param clientId hex digits, or empty where the line names the MAC or nothing
     */
    public record Line(MacAddress client, String clientId, Ip4Address address, String hostname) {}

    /** A line with an IPv6 address. */
    public record Line6(MacAddress client, Ip6Address address) {}

    /** What a text held. @param refused lines that are none */
    public record Content(List<Line> lines, List<Line6> lines6, int refused) {}

    /** The line that a node writes about its own IPv6 address. */
    public static String emit6(MacAddress node, Ip6Address address, String hostname) {
        return node + ",id:" + node + "," + address + "," + hostname + "\n";
    }

    /** The text; leases beyond {@code maxOctets} are left out. */
    public static byte[] emit(List<Line> lines, int maxOctets) {
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            String id = line.clientId().isEmpty() ? line.client().toString() : colons(line.clientId());
            String next = line.client() + ",id:" + id + "," + line.address() + "," + line.hostname() + "\n";
            if (text.length() + next.length() > maxOctets) {
                break;
            }
            text.append(next);
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String colons(String digits) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < digits.length(); i += 2) {
            text.append(i == 0 ? "" : ":").append(digits, i, i + 2);
        }
        return text.toString();
    }

    public static Content parse(byte[] octets) {
        List<Line> lines = new ArrayList<>();
        List<Line6> lines6 = new ArrayList<>();
        int refused = 0;
        for (String line : new String(octets, StandardCharsets.US_ASCII).split("\n", MAX_LINES)) {
            if (line.isBlank()) {
                continue;
            }
            String[] words = line.strip().split(",", -1);
            String address6 = address6(words);
            Line parsed = address6 == null ? parse(words) : null;
            Line6 parsed6 = address6 == null ? null : parse6(words[0], address6);
            if (parsed != null) {
                lines.add(parsed);
            } else if (parsed6 != null) {
                lines6.add(parsed6);
            } else {
                refused++;
            }
        }
        return new Content(lines, lines6, refused);
    }

    /** Null without one. Some tools put it in brackets. */
    private static String address6(String[] words) {
        String address = words.length < 2 ? "" : words[1].startsWith("id:") && words.length > 2 ? words[2] : words[1];
        return !address.startsWith("[") && !address.contains(":") ? null
                : address.replace("[", "").replace("]", "");
    }

    private static Line6 parse6(String mac, String address) {
        try {
            return new Line6(MacAddress.parse(mac), Ip6Address.parse(address));
        } catch (IllegalArgumentException notALease) {
            return null;
        }
    }

    /** Null for what is no lease. */
    private static Line parse(String[] words) {
        int at = words.length > 1 && words[1].startsWith("id:") ? 2 : 1;
        if (words.length <= at || words.length > at + 2) {
            return null;
        }
        try {
            MacAddress client = MacAddress.parse(words[0]);
            String id = at == 2 ? words[1].substring("id:".length()) : "";
            String digits = id.equalsIgnoreCase(words[0]) ? "" : id.replace(":", "").toLowerCase(java.util.Locale.ROOT);
            boolean hex = digits.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
            if (!hex || digits.length() % 2 != 0 || digits.length() > 2 * MAX_ID_OCTETS) {
                // dnsmasq takes a name as an id too; the MAC has to do then.
                digits = "";
            }
            String hostname = words.length > at + 1 && !words[at + 1].equals("*") ? Client.label(words[at + 1]) : "";
            return new Line(client, digits, Ip4Address.parse(words[at]), hostname);
        } catch (IllegalArgumentException notALease) {
            return null;
        }
    }
}
