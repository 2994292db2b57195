package org.limesh.linux.netlink;

import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;

/**
 * A route. Exactly one of the destinations is set.
 *
 * @param via4  next hop of an IPv4 route, null for an on-link one
 * @param via6  next hop of an IPv6 route, null for an on-link one
 */
public record RouteInfo(Ip4Prefix destination4, Ip6Prefix destination6, Ip4Address via4, Ip6Address via6,
        int index,
        int table, long metric) {

    /** What the kernel writes where nobody gave an IPv6 route a metric. */
    private static final long IPV6_METRIC = 1024;

    /** Of two routes with one key the kernel keeps one. */
    public record Key(Ip4Prefix destination4, Ip6Prefix destination6, int table, long metric) {}

    public static RouteInfo of(Ip4Prefix destination, Ip4Address via, int index, int table, long metric) {
        return new RouteInfo(destination, null, via, null, index, table, metric);
    }

    /** @param metric 0 for the kernel's own choice */
    public static RouteInfo of(Ip6Prefix destination, Ip6Address via, int index, int table, long metric) {
        return new RouteInfo(null, destination, null, via, index, table, metric == 0 ? IPV6_METRIC : metric);
    }

    public Key key() {
        return new Key(destination4, destination6, table, metric);
    }

    /** In the words of {@code ip route}. */
    public String text(String device) {
        return (destination4 != null ? destination4 : destination6)
                + (via4 != null ? " via " + via4 : via6 != null ? " via " + via6 : "") + " through " + device
                + " in table " + table;
    }
}
