package org.limesh.lime;

import java.util.OptionalInt;
import java.util.function.Consumer;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;

/**
 * Addresses for clients: from network + start, as many as the limit says, or up to the highest host.
 *
 * @param first lowest
 * @param last  highest
 */
record DhcpRange(Ip4Address first, Ip4Address last) {
    private static final int MOST = 999_999_999;

    /** The range of the configuration; null after an error. */
    static DhcpRange of(LimeConfig config, Ip4Prefix node, Consumer<Diagnostic> problems) {
        OptionalInt start = number(config.option("network", "anygw_dhcp_start"), 2, problems);
        OptionalInt limit = number(config.option("network", "anygw_dhcp_limit"), 0, problems);
        if (start.isEmpty() || limit.isEmpty()) {
            return null;
        }
        long highestHost = (1L << (32 - node.lengthBits())) - 2;
        int from = start.getAsInt();
        UciOption startOption = config.option("network", "anygw_dhcp_start");
        if (highestHost < 2) {
            problems.accept(Diagnostic.error(config.option("network", "main_ipv4_address").origin(),
                    "the network "
                    + node.masked() + " has no room for a gateway and clients",
                    "write e.g. '10.%N1.0.0/16'"));
            return null;
        }
        if (from > highestHost) {
            problems.accept(Diagnostic.warning(startOption.origin(), "'anygw_dhcp_start' is " + from
                    + ": the network "
                    + node.masked() + " ends before it; clients get addresses from " + node.network().plus(2),
                    null));
            from = 2;
        }
        if (from < 2) {
            problems.accept(Diagnostic.warning(startOption.origin(), "'anygw_dhcp_start' is " + from
                    + ": address "
                    + node.network().plus(1) + " is the gateway's own; clients get addresses from "
                    + node.network().plus(2), null));
            from = 2;
        }
        long until = limit.getAsInt() == 0 ? highestHost : (long) from + limit.getAsInt() - 1;
        if (until > highestHost) {
            problems.accept(Diagnostic.warning(config.option("network", "anygw_dhcp_limit").origin(),
                    "'anygw_dhcp_limit' is " + limit.getAsInt() + ": the network " + node.masked()
                    + " has only "
                    + (highestHost - from + 1) + " addresses from there", null));
            until = highestHost;
        }
        return new DhcpRange(node.network().plus(from), node.network().plus((int) until));
    }

    private static OptionalInt number(UciOption option, int fallback, Consumer<Diagnostic> problems) {
        if (option == null) {
            return OptionalInt.of(fallback);
        }
        OptionalInt number = Numbers.parse(option.text().strip(), 0, MOST);
        if (number.isEmpty()) {
            problems.accept(Diagnostic.error(option.origin(), "'" + option.name() + "' is '"
                    + Words.shorten(option.text()) + "': not a number of addresses", "write e.g. '"
                    + fallback + "'"));
        }
        return number;
    }
}
