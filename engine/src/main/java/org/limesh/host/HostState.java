package org.limesh.host;

import java.util.List;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;

/**
 * Everything a node wants its host to look like. Immutable; compare two of them to see what to change.
 *
 * @param links        interfaces to make (or, for {@link Link.Existing}, to bring up), in this order
 * @param bridgePorts  which interface is a port of which bridge
 * @param addresses4   IPv4 addresses of interfaces
 * @param addresses6   IPv6 addresses of interfaces
 * @param sysctls      kernel settings, as path below {@code /proc/sys} and value
 * @param policyRules  rules that choose a routing table
 * @param routes4      IPv4 routes beyond those the addresses bring
 * @param routes6      IPv6 routes beyond those the addresses bring
 * @param filters      bridge filter rules
 * @param masquerades  where IPv4 packets leave with the device's own address as source
 * @param mssClamps    devices through which TCP may not offer more than their MTU carries
 * @param reservations devices through which only packets of some others may leave
 */
public record HostState(
        List<Link> links,
        List<BridgePort> bridgePorts,
        List<Address4> addresses4,
        List<Address6> addresses6,
        List<Sysctl> sysctls,
        List<PolicyRule> policyRules,
        List<Route4> routes4,
        List<Route6> routes6,
        List<FilterRule> filters,
        List<Masquerade> masquerades,
        List<String> mssClamps,
        List<Reservation> reservations) {

    /** A host of which nothing is wanted. */
    public static final HostState EMPTY = new HostState(List.of(), List.of(), List.of(), List.of(), List.of(),
            List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    public HostState {
        links = List.copyOf(links);
        bridgePorts = List.copyOf(bridgePorts);
        addresses4 = List.copyOf(addresses4);
        addresses6 = List.copyOf(addresses6);
        sysctls = List.copyOf(sysctls);
        policyRules = List.copyOf(policyRules);
        routes4 = List.copyOf(routes4);
        routes6 = List.copyOf(routes6);
        filters = List.copyOf(filters);
        masquerades = List.copyOf(masquerades);
        mssClamps = List.copyOf(mssClamps);
        reservations = List.copyOf(reservations);
    }

    /** A host without reservations. */
    public HostState(List<Link> links, List<BridgePort> bridgePorts, List<Address4> addresses4,
            List<Address6> addresses6, List<Sysctl> sysctls, List<PolicyRule> policyRules, List<Route4> routes4,
            List<Route6> routes6, List<FilterRule> filters, List<Masquerade> masquerades,
            List<String> mssClamps) {
        this(links, bridgePorts, addresses4, addresses6, sysctls, policyRules, routes4, routes6, filters,
                masquerades, mssClamps, List.of());
    }

    /** The same with other links. */
    public HostState withLinks(List<Link> others) {
        return new HostState(others, bridgePorts, addresses4, addresses6, sysctls, policyRules, routes4, routes6,
                filters, masquerades, mssClamps, reservations);
    }

    /** The same with other IPv6 addresses. */
    public HostState withAddresses6(List<Address6> others) {
        return new HostState(links, bridgePorts, addresses4, others, sysctls, policyRules, routes4, routes6,
                filters, masquerades, mssClamps, reservations);
    }

    /** The same with other settings. */
    public HostState withSysctls(List<Sysctl> others) {
        return new HostState(links, bridgePorts, addresses4, addresses6, others, policyRules, routes4, routes6,
                filters, masquerades, mssClamps, reservations);
    }

    /** The same with other bridge filter rules. */
    public HostState withFilters(List<FilterRule> others) {
        return new HostState(links, bridgePorts, addresses4, addresses6, sysctls, policyRules, routes4, routes6,
                others, masquerades, mssClamps, reservations);
    }

    /** An interface. */
    public sealed interface Link {
        String name();

        int mtuOctets();

        /** A bridge of ours. */
        record Bridge(String name, MacAddress mac, int mtuOctets) implements Link {}

        /** A macvlan in bridge mode on {@code parent}: a second identity on the same wire. */
        record Macvlan(String name, String parent, MacAddress mac, int mtuOctets) implements Link {}

        /** The mesh interface: its other end is our batman-adv engine. */
        record MeshTap(String name, MacAddress mac, int mtuOctets) implements Link {}

        /**
         * A VLAN of another interface, with an IPv6 link-local address of its own.
         *
         * @param tag never null: an untagged device is its parent itself
         */
        record Vlan(String name, String parent, VlanTag tag, MacAddress mac, int mtuOctets) implements Link {}

        /**
         * Carries IPv4 and IPv6 packets in IPv6 packets, hop limit 64, no option: what is routed into it
         * leaves from {@code local} to {@code remote}, and only what comes from {@code remote} to
         * {@code local} comes out of it. Of a one-way tunnel each end uses one direction.
         */
        record Tunnel(String name, Ip6Address local, Ip6Address remote, int mtuOctets) implements Link {}

        /**
         * An interface that is there already: it is brought up, nothing else, and left as it was found.
         *
         * @param mtuOctets least frame size wanted; 0 when any will do
         */
        record Existing(String name, int mtuOctets) implements Link {}
    }

    public record BridgePort(String bridge, String port) {}

    /** @param prefixRouteMetric metric of the route that the address brings; 0 for the kernel's default */
    public record Address4(String device, Ip4Prefix address, long prefixRouteMetric) {}

    /**
     * @param prefixRouteMetric metric of the route that the address brings; 0 for the kernel's default
     * @param skipDuplicateCheck true for an address that other nodes rightly have too
     */
    public record Address6(String device, Ip6Prefix address, long prefixRouteMetric, boolean skipDuplicateCheck) {}

    /** @param path for example {@code net/ipv4/conf/br-lan/arp_ignore} */
    public record Sysctl(String path, String value) {}

    /**
     * "Packets from this source look into that table." Exactly one of the sources is set.
     *
     * @param from4    IPv4 source or null
     * @param from6    IPv6 source or null, {@code ::/0} for all
     * @param priority lower is asked first; 0 for the kernel's own choice, before the main table
     */
    public record PolicyRule(Ip4Prefix from4, Ip6Prefix from6, int table, int priority) {}

    /** @param via next hop, null for an on-link route and into a tunnel */
    public record Route4(Ip4Prefix destination, Ip4Address via, String device, int table, long metric) {}

    /** @param via next hop, link-local too; null for an on-link route and into a tunnel */
    public record Route6(Ip6Prefix destination, Ip6Address via, String device, int table, long metric) {}

    /**
     * IPv4 packets that leave through {@code device} get its address as source, and their answers find back.
     *
     * @param except sources that leave as they are: those of the device's own network; may be null
     */
    public record Masquerade(String device, Ip4Prefix except) {}

    /**
     * Packets that are forwarded through {@code device} must have come in through one of {@code from}, and not
     * through the bridge port {@code notThrough} of it; others are dropped. What the host itself sends is free.
     *
     * @param notThrough null when all ports are fine
     */
    public record Reservation(String device, List<String> from, String notThrough) {
        public Reservation {
            from = List.copyOf(from);
        }

        /**
         * Whether a packet may leave.
         *
         * @param in      device that it came in through
         * @param through bridge port of that device, null for none or one that nobody knows
         */
        public boolean admits(String in, String through) {
            return from.contains(in) && (notThrough == null || !notThrough.equals(through));
        }
    }
}
