package org.limesh.access;

import java.util.List;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;

/**
 * What the DHCP server hands out.
 *
 * @param serverMac        source MAC of answers: the anycast MAC
 * @param server           server id and router with the mask: the anycast address
 * @param first            lowest address of the pool
 * @param last             highest address of the pool
 * @param reserved         addresses in the pool that are never given: the node's own
 * @param leaseTimeSeconds lease time
 * @param newPerSecond     clients without a lease that are served per second and client port, after a burst of five
 *                         times as many
 * @param mtuOctets        option 26
 * @param domain           option 15
 * @param dnsServers       option 6; empty when there is none to name
 */
public record DhcpConfig(
        MacAddress serverMac,
        Ip4Prefix server,
        Ip4Address first,
        Ip4Address last,
        List<Ip4Address> reserved,
        int leaseTimeSeconds,
        int newPerSecond,
        int mtuOctets,
        String domain,
        List<Ip4Address> dnsServers) {
    public DhcpConfig {
        reserved = List.copyOf(reserved);
        dnsServers = List.copyOf(dnsServers);
    }
}
