package org.limesh.linux.netlink;

import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;

/** An on-link route. Exactly one of the destinations is set. */
public record RouteInfo(Ip4Prefix destination4, Ip6Prefix destination6, int index, int table, long metric) {}
