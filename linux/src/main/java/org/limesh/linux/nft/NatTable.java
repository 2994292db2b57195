package org.limesh.linux.nft;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.limesh.host.HostState;

/**
 * Address translation and the clamp of TCP's segment size, as one table of family inet. Apart from the bridge
 * filters, so that a change of the uplink leaves those alone.
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

    /** The whole table: loading it replaces an older one in one step. */
    public static String compile(HostState desired) {
        StringBuilder text = new StringBuilder();
        text.append("add table ").append(TABLE).append("\ndelete table ").append(TABLE).append("\ntable ")
                .append(TABLE).append(" {\n");
        text.append("  chain postrouting {\n    type nat hook postrouting priority 100; policy accept;\n");
        for (HostState.Masquerade masquerade : desired.masquerades()) {
            text.append("    meta nfproto ipv4 oifname \"").append(masquerade.device()).append("\" ")
                    .append(masquerade.except() == null ? "" : "ip saddr != " + masquerade.except().masked()
                    + " ")
                    .append("counter masquerade comment \"masquerade.").append(masquerade.device())
                    .append("\"\n");
        }
        text.append("  }\n  chain forward {\n    type filter hook forward priority -150; policy accept;\n");
        for (String device : desired.mssClamps()) {
            text.append("    oifname \"").append(device).append("\" tcp flags & (syn|rst) == syn counter")
                    .append(" tcp option maxseg size set rt mtu comment \"clamp.").append(device)
                    .append("\"\n");
        }
        return text.append("  }\n}\n").toString();
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
