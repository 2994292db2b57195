package org.limesh.linux.netlink;

import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;

/**
 * An address of an interface. Exactly one of the two is set.
 *
 * @param metric of the route that came with it, 0 for the kernel's default
 */
public record AddressInfo(int index, Ip4Prefix address4, Ip6Prefix address6, long metric) {}
