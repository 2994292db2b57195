package org.limesh.node;

import static org.limesh.host.FilterRule.Hook.FORWARD;
import static org.limesh.host.FilterRule.Hook.POSTROUTING;
import static org.limesh.host.FilterRule.Hook.PREROUTING;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.host.FilterRule;
import org.limesh.host.FilterRule.Condition;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Ethernet;

/**
 * What a host shall look like for a plan: the bridge, the anycast gateway and the rules that keep its
 * frames at the node a client is attached to.
 */
public final class HostPlan {
    public static final String BRIDGE = "br-lan";
    public static final String MESH_INTERFACE = "bat0";
    public static final String ANYCAST_INTERFACE = "anygw";
    /** Table with the anycast address's way back to its cloud; LibreMesh's number. */
    public static final int ANYCAST_TABLE = 170;
    /** The node talks to its cloud from br-lan with its own address, never through anygw. */
    public static final long LAST_METRIC = 2147483647L;
    private static final int BRIDGE_MTU_OCTETS = 1500;
    private static final int VLAN_TAG_OCTETS = 4;
    private static final int ANYCAST_MAC_PREFIX_BITS = 24;
    private static final int DHCP_SERVER = 67;
    private static final int DHCP_CLIENT = 68;
    private static final int DHCP6_SERVER = 547;
    private static final int DHCP6_CLIENT = 546;
    private static final int ROUTER_SOLICITATION = 133;
    private static final int ROUTER_ADVERTISEMENT = 134;

    private HostPlan() {}

    /**
     * MAC of the mesh interface: the primary MAC with the first octet made local and different, so that
     * neither br-lan nor a hard interface has the same (bridge loop avoidance would take one for the other).
     */
    public static MacAddress meshMac(NodePlan plan) {
        return new MacAddress(plan.primaryMac().bits() & 0x00ff_ffff_ffffL | 0x0600_0000_0000L);
    }

    /** The desired state for a plan. */
    public static HostState of(NodePlan plan) {
        List<HostState.Link> links = new ArrayList<>();
        List<HostState.BridgePort> bridgePorts = new ArrayList<>();
        List<HostState.Address4> addresses4 = new ArrayList<>();
        List<HostState.Address6> addresses6 = new ArrayList<>();
        List<HostState.Sysctl> sysctls = new ArrayList<>();
        List<HostState.PolicyRule> policyRules = new ArrayList<>();
        List<HostState.Route4> routes4 = new ArrayList<>();
        List<HostState.Route6> routes6 = new ArrayList<>();

        links.add(new HostState.Link.Bridge(BRIDGE, plan.primaryMac(), BRIDGE_MTU_OCTETS));
        for (String port : plan.lanPorts()) {
            links.add(new HostState.Link.Existing(port, 0));
            bridgePorts.add(new HostState.BridgePort(BRIDGE, port));
        }
        if (plan.batadv() != null) {
            for (NodePlan.Hardif hardif : plan.batadv().hardifs()) {
                // The tag is part of what the device has to carry.
                links.add(new HostState.Link.Existing(hardif.device(),
                        hardif.mtuOctets() + (hardif.tag() == null ? 0 : VLAN_TAG_OCTETS)));
            }
            links.add(new HostState.Link.MeshTap(MESH_INTERFACE, meshMac(plan), BRIDGE_MTU_OCTETS));
            bridgePorts.add(new HostState.BridgePort(BRIDGE, MESH_INTERFACE));
        }
        addresses4.add(new HostState.Address4(BRIDGE, plan.address4(), 0));
        addresses6.add(new HostState.Address6(BRIDGE, plan.address6(), 0, false));
        sysctls.add(new HostState.Sysctl("net/ipv4/ip_forward", "1"));
        sysctls.add(new HostState.Sysctl("net/ipv6/conf/all/forwarding", "1"));
        // Without arp_ignore Linux answers for the anycast address with the bridge's own MAC, and a client
        // that learns that MAC loses its gateway when it roams.
        for (String device : plan.anycast() == null ? List.of(BRIDGE) : List.of(BRIDGE, ANYCAST_INTERFACE)) {
            sysctls.add(new HostState.Sysctl("net/ipv4/conf/" + device + "/arp_ignore", "1"));
            sysctls.add(new HostState.Sysctl("net/ipv4/conf/" + device + "/arp_announce", "2"));
            sysctls.add(new HostState.Sysctl("net/ipv4/conf/" + device + "/rp_filter", "2"));
        }
        if (plan.anycast() != null) {
            NodePlan.Anycast anycast = plan.anycast();
            links.add(new HostState.Link.Macvlan(ANYCAST_INTERFACE, BRIDGE, anycast.mac(), BRIDGE_MTU_OCTETS));
            // The router's link-local address follows from the MAC, on every node the same: no other form,
            // and nobody is asked whether he has it, since at the end of a cable somebody may.
            sysctls.add(new HostState.Sysctl("net/ipv6/conf/" + ANYCAST_INTERFACE + "/addr_gen_mode", "0"));
            sysctls.add(new HostState.Sysctl("net/ipv6/conf/" + ANYCAST_INTERFACE + "/accept_dad", "0"));
            addresses4.add(new HostState.Address4(ANYCAST_INTERFACE, anycast.address4(), LAST_METRIC));
            addresses6.add(new HostState.Address6(ANYCAST_INTERFACE, anycast.address6(), LAST_METRIC, true));
            policyRules.add(new HostState.PolicyRule(new Ip4Prefix(anycast.address4().address(), 32), null, ANYCAST_TABLE, 0));
            policyRules.add(new HostState.PolicyRule(null, new Ip6Prefix(anycast.address6().address(), 128), ANYCAST_TABLE, 0));
            routes4.add(new HostState.Route4(anycast.address4().masked(), null, ANYCAST_INTERFACE, ANYCAST_TABLE, 0));
            routes6.add(new HostState.Route6(anycast.address6().masked(), null, ANYCAST_INTERFACE, ANYCAST_TABLE, 0));
        }
        return new HostState(links, bridgePorts, addresses4, addresses6, sysctls, policyRules, routes4, routes6,
                filters(plan), List.of(), List.of());
    }

    private static List<FilterRule> filters(NodePlan plan) {
        List<FilterRule> rules = new ArrayList<>();
        if (plan.anycast() != null) {
            Condition fromCloud = new Condition.InPort(List.of(MESH_INTERFACE), false);
            Condition fromHere = new Condition.InPort(List.of(MESH_INTERFACE), true);
            Condition toCloud = new Condition.OutPort(List.of(MESH_INTERFACE));
            long macPrefix = plan.anycast().mac().bits();
            Condition source = new Condition.EtherSource(macPrefix, ANYCAST_MAC_PREFIX_BITS);
            Condition destination = new Condition.EtherDestination(macPrefix, ANYCAST_MAC_PREFIX_BITS);
            Condition arpSender = new Condition.ArpSender(plan.anycast().address4().address());
            Condition arpTarget = new Condition.ArpTarget(plan.anycast().address4().address());
            Condition neighbour = new Condition.NeighbourTarget(plan.anycast().address6().address());
            Condition router = new Condition.Icmp6Type(List.of(ROUTER_SOLICITATION, ROUTER_ADVERTISEMENT));
            Condition dhcpRequest = new Condition.UdpPorts(-1, DHCP_SERVER);
            Condition dhcpAnswer = new Condition.UdpPorts(DHCP_SERVER, DHCP_CLIENT);
            Condition dhcp6Request = new Condition.UdpPorts(-1, DHCP6_SERVER);
            Condition dhcp6Answer = new Condition.UdpPorts(DHCP6_SERVER, DHCP6_CLIENT);

            rules.add(drop(PREROUTING, "from_cloud.anycast_source", fromCloud, source));
            rules.add(drop(PREROUTING, "from_cloud.anycast_destination", fromCloud, destination));
            rules.add(drop(PREROUTING, "from_cloud.arp_sender", fromCloud, arpSender));
            rules.add(drop(PREROUTING, "from_cloud.arp_target", fromCloud, arpTarget));
            rules.add(drop(PREROUTING, "from_cloud.neighbour", fromCloud, neighbour));
            rules.add(drop(PREROUTING, "from_cloud.router", fromCloud, router));
            rules.add(drop(PREROUTING, "from_cloud.dhcp_answer", fromCloud, dhcpAnswer));
            rules.add(drop(PREROUTING, "from_cloud.dhcp_request", fromCloud, dhcpRequest));
            rules.add(drop(PREROUTING, "from_cloud.dhcp6_answer", fromCloud, dhcp6Answer));
            rules.add(drop(PREROUTING, "from_cloud.dhcp6_request", fromCloud, dhcp6Request));
            rules.add(drop(PREROUTING, "from_client.anycast_source", fromHere, source));
            rules.add(drop(PREROUTING, "from_client.arp_sender", fromHere, arpSender));
            rules.add(drop(PREROUTING, "from_client.mesh_frame", fromHere, new Condition.EtherType(Ethernet.TYPE_BATADV)));
            rules.add(drop(FORWARD, "within.anycast_destination", destination));
            rules.add(drop(FORWARD, "within.router_advertisement", fromHere,
                    new Condition.Icmp6Type(List.of(ROUTER_ADVERTISEMENT))));
            rules.add(drop(FORWARD, "within.dhcp_answer", fromHere, dhcpAnswer));
            rules.add(drop(FORWARD, "within.dhcp6_answer", fromHere, dhcp6Answer));
            rules.add(drop(POSTROUTING, "to_cloud.anycast_source", toCloud, source));
            rules.add(drop(POSTROUTING, "to_cloud.anycast_destination", toCloud, destination));
            rules.add(drop(POSTROUTING, "to_cloud.arp_sender", toCloud, arpSender));
            rules.add(drop(POSTROUTING, "to_cloud.arp_target", toCloud, arpTarget));
            rules.add(drop(POSTROUTING, "to_cloud.neighbour", toCloud, neighbour));
            rules.add(drop(POSTROUTING, "to_cloud.router", toCloud, router));
            rules.add(drop(POSTROUTING, "to_cloud.dhcp_request", toCloud, dhcpRequest));
            rules.add(drop(POSTROUTING, "to_cloud.dhcp_answer", toCloud, dhcpAnswer));
            rules.add(drop(POSTROUTING, "to_cloud.dhcp6_request", toCloud, dhcp6Request));
            rules.add(drop(POSTROUTING, "to_cloud.dhcp6_answer", toCloud, dhcp6Answer));
        }
        return rules;
    }

    private static FilterRule drop(FilterRule.Hook hook, String counter, Condition... conditions) {
        return new FilterRule(hook, counter, List.of(conditions));
    }
}
