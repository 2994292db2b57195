package org.limesh.node;

import java.util.List;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.lime.NodePlan;

/**
 * The DNS servers that clients are told: the upstream ones of the configuration. LibreMesh names the anycast
 * address, but no DNS server of ours answers there yet, and a server that is not there costs a client a
 * timeout at every name.
 */
final class Resolvers {
    /** Clients use three at most; the rest would only make messages longer. */
    private static final int MAX_TOLD = 8;

    private Resolvers() {}

    static List<Ip4Address> ip4(NodePlan.Anycast anycast) {
        return anycast.resolvers().stream().filter(text -> !isIp6(text)).map(Ip4Address::parse)
                .limit(MAX_TOLD).toList();
    }

    static List<Ip6Address> ip6(NodePlan.Anycast anycast) {
        return anycast.resolvers().stream().filter(Resolvers::isIp6).map(Ip6Address::parse)
                .limit(MAX_TOLD).toList();
    }

    private static boolean isIp6(String text) {
        return text.indexOf(':') >= 0;
    }
}
