package org.limesh.linux.nft;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.limesh.host.HostState;

/**
 * What happens to packets that are forwarded: who may leave through a reserved device, address translation
 * and the clamp of TCP's segment size. Apart from the bridge filters, so that a change of the uplink leaves
 * those alone.
 *
 * <pre>
 *   bridge limesh_marks   bat0 ─→ mark                    an IP hook only sees that br-lan was the way in
 *   inet limesh           X7main, marked ─→ uplink  drop  reserved for br-lan
 *                         SYN ─→ device             clamp
 *                         any ─→ uplink             masquerade
 * </pre>
 *
 * <p>The clamp looks at each SYN that is forwarded into the device: what it offers is at most what the way
 * carries. The answer to it takes another way and is clamped there.
 *
 * @param text  what was loaded
 * @param names of the rules, as their comments say
 * @param lines what the kernel printed right after it was loaded, counts left out
 */
public record NatTable(String text, List<String> names, List<String> lines) {
    static final String TABLE = "inet limesh";
    static final String MARKS = "bridge limesh_marks";
    /** One bit of the mark, high enough to leave those that people use. */
    private static final String MARK = "0x20000000";
    private static final Pattern COUNTS = Pattern.compile(" packets \\d+ bytes \\d+");
    private static final Pattern COMMENT = Pattern.compile("comment \"([^\"]*)\"");

    public NatTable {
        names = List.copyOf(names);
        lines = List.copyOf(lines);
    }

    /** Whether this is the table for that state. */
    public boolean isFor(HostState desired) {
        return compile(desired).equals(text);
    }

    /** True when there is something to load. */
    public static boolean isWanted(HostState desired) {
        return !desired.masquerades().isEmpty() || !desired.mssClamps().isEmpty()
                || !desired.reservations().isEmpty();
    }

    /** The whole table: loading it replaces an older one in one step. */
    public static String compile(HostState desired) {
        StringBuilder text = new StringBuilder(anew(TABLE));
        text.append("  chain postrouting {\n    type nat hook postrouting priority 100; policy accept;\n");
        for (HostState.Masquerade masquerade : desired.masquerades()) {
            text.append("    meta nfproto ipv4 oifname \"").append(masquerade.device()).append("\" ")
                    .append(masquerade.except() == null ? "" : "ip saddr != " + masquerade.except().masked()
                    + " ")
                    .append("counter masquerade comment \"masquerade.").append(masquerade.device())
                    .append("\"\n");
        }
        text.append("  }\n  chain forward {\n    type filter hook forward priority -150; policy accept;\n");
        List<String> marked = new ArrayList<>();
        for (HostState.Reservation reservation : desired.reservations()) {
            String out = "    oifname \"" + reservation.device() + "\" ";
            text.append(out).append("iifname != { \"").append(String.join("\", \"", reservation.from()))
                    .append("\" } counter drop comment \"reserved.").append(reservation.device())
                    .append("\"\n");
            if (reservation.notThrough() != null) {
                text.append(out).append("meta mark & ").append(MARK).append(" == ").append(MARK)
                        .append(" counter drop comment \"reserved.").append(reservation.device()).append('.')
                        .append(reservation.notThrough()).append("\"\n");
                marked.add(reservation.notThrough());
            }
        }
        for (String device : desired.mssClamps()) {
            text.append("    oifname \"").append(device).append("\" tcp flags & (syn|rst) == syn counter")
                    .append(" tcp option maxseg size set rt mtu comment \"clamp.").append(device)
                    .append("\"\n");
        }
        text.append("  }\n}\n");
        return marked.isEmpty() ? text.toString() : text + marks(marked);
    }

    private static String marks(List<String> ports) {
        StringBuilder text = new StringBuilder(anew(MARKS));
        text.append("  chain prerouting {\n    type filter hook prerouting priority -300; policy accept;\n");
        for (String port : ports) {
            text.append("    iifname \"").append(port).append("\" meta mark set meta mark | ").append(MARK)
                    .append(" comment \"mark.").append(port).append("\"\n");
        }
        return text.append("  }\n}\n").toString();
    }

    private static String anew(String table) {
        return "add table " + table + "\ndelete table " + table + "\ntable " + table + " {\n";
    }

    /** Tables that a text loads. */
    static List<String> tables(String text) {
        return text.contains(MARKS) ? List.of(TABLE, MARKS) : List.of(TABLE);
    }

    static List<String> names(String text) {
        List<String> names = new ArrayList<>();
        Matcher matcher = COMMENT.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    /** What the kernel printed, without what counts change. */
    static List<String> lines(String printed) {
        return printed.lines().map(line -> COUNTS.matcher(line.strip()).replaceAll(""))
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
