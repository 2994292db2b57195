package org.limesh.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.lime.NodePlan;

/**
 * The DNS servers that clients are told: the anycast address where a DNS server of ours answers there, and no
 * other beside it, since some clients ask all servers at once and believe the first. Without one of ours (in
 * the laboratory, or where another program has the port) the upstream ones of the configuration: a server
 * that is not there costs a client a timeout at every name.
 */
final class Resolvers {
    /** Clients use three at most; the rest would only make messages longer. */
    private static final int MAX_TOLD = 8;

    private Resolvers() {}

    static List<Ip4Address> ip4(NodePlan.Anycast anycast, boolean ownServer) {
        return ownServer ? List.of(anycast.address4().address())
                : upstream(anycast).stream().filter(text -> !isIp6(text)).map(Ip4Address::parse)
                .limit(MAX_TOLD).toList();
    }

    static List<Ip6Address> ip6(NodePlan.Anycast anycast, boolean ownServer) {
        return ownServer ? List.of(anycast.address6().address())
                : upstream(anycast).stream().filter(Resolvers::isIp6).map(Ip6Address::parse).limit(MAX_TOLD)
                .toList();
    }

    private static boolean isIp6(String text) {
        return text.indexOf(':') >= 0;
    }

    /** Servers for all names, as configured. */
    static List<String> upstream(NodePlan.Anycast anycast) {
        return anycast.resolvers().stream().filter(text -> !text.startsWith("/")).toList();
    }

    /** Domains of other clouds and their servers: entries of the form {@code /DOMAIN/ADDRESS}. */
    static Map<String, List<String>> otherDomains(NodePlan.Anycast anycast) {
        Map<String, List<String>> domains = new LinkedHashMap<>();
        for (String text : anycast.resolvers()) {
            if (text.startsWith("/")) {
                int slash = text.indexOf('/', 1);
                domains.computeIfAbsent(text.substring(1, slash).toLowerCase(java.util.Locale.ROOT),
                        unused -> new ArrayList<>()).add(text.substring(slash + 1));
            }
        }
        return domains;
    }
}
