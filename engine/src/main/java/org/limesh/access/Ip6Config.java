package org.limesh.access;

import java.util.List;
import org.limesh.base.Invariant;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.packet.DnsNames;

/**
 * What clients are told about IPv6.
 *
 * @param routerMac  the anycast MAC; the router's link-local address follows from it
 * @param prefix     the cloud's network, without host bits
 * @param mtuOctets  MTU for clients, 0 for "not said"
 * @param dnsServers recursive DNS servers; empty when there is none to name
 * @param searchList domains to complete short names with; empty when there is none
 */
public record Ip6Config(
        MacAddress routerMac, Ip6Prefix prefix, int mtuOctets, List<Ip6Address> dnsServers,
        List<String> searchList) {
    public Ip6Config {
        dnsServers = List.copyOf(dnsServers);
        searchList = List.copyOf(searchList);
        Invariant.check(prefix.masked().equals(prefix), "a network has no host bits");
        Invariant.check(DnsNames.areNames(searchList), "names fit a message");
    }

    /** The same with other DNS servers. */
    Ip6Config withDnsServers(List<Ip6Address> servers) {
        return new Ip6Config(routerMac, prefix, mtuOctets, servers, searchList);
    }

    /** Source address of everything said to clients: the same on all nodes of a cloud. */
    Ip6Address router() {
        return Ip6Address.linkLocalOf(routerMac);
    }

    /** True for a frame of somebody else; a bridge may give us our own. */
    boolean isFromClient(long etherSource) {
        return etherSource != 0 && !MacAddress.isMulticast(etherSource) && etherSource != routerMac.bits();
    }
}
