package org.limesh.linux.netlink;

import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;

/**
 * "Packets from this source look into that table." Exactly one of the sources is set.
 *
 * @param priority lower is asked first; 0 in an order for the kernel's own choice
 */
public record RuleInfo(Ip4Prefix from4, Ip6Prefix from6, int table, int priority) {
    /** Whether this rule, found, is what {@code wanted} asks for. */
    public boolean satisfies(RuleInfo wanted) {
        return table == wanted.table && (wanted.priority == 0 || priority == wanted.priority)
                && java.util.Objects.equals(from4, wanted.from4)
                && java.util.Objects.equals(from6, wanted.from6);
    }

    /** In the words of {@code ip rule}. */
    public String text() {
        return "from " + (from4 != null ? from4 : from6) + " lookup " + table
                + (priority == 0 ? "" : ", priority " + priority);
    }
}
