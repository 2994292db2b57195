package org.limesh.node;

import static org.limesh.host.FilterRule.Hook.FORWARD;
import static org.limesh.host.FilterRule.Hook.POSTROUTING;
import static org.limesh.host.FilterRule.Hook.PREROUTING;

import java.util.ArrayList;
import java.util.List;
import org.limesh.alfred.AlfredConfig;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.guard.Hello;
import org.limesh.guard.PortPolicy;
import org.limesh.guard.SelfTest;
import org.limesh.host.FilterRule;
import org.limesh.host.FilterRule.Condition;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;

/**
 * The rules that keep the anycast gateway at the node a client is attached to, and clients from pretending to
 * be it. {@code docs/anycast.md} says of each rule what it is for.
 *
 * <pre>
 *   from_cloud   bat0 and cables to other nodes ─→ bridge   nothing of a gateway, no question to one
 *   from_client  any other port ─→ bridge                   nothing that only a node may say; tells who did
 *   within       port ─→ port                               no second copy for the anycast MAC
 *   to_cloud     bridge ─→ bat0 and cables                  as from_cloud, of our own and of others
 *   port         cut off by what is at its end              nothing at all
 * </pre>
 */
final class FilterPlan {
    private static final int ANYCAST_MAC_PREFIX_BITS = 24;
    private static final int DHCP_SERVER = 67;
    private static final int DHCP_CLIENT = 68;
    private static final int DHCP6_SERVER = 547;
    private static final int DHCP6_CLIENT = 546;
    private static final int BMX7 = 6270;
    private static final int HTTP = 80;
    /** Addresses that nodes make of their keys. */
    private static final Ip6Prefix NODE_ADDRESSES = Ip6Prefix.parse("fd70::/12");

    private final List<FilterRule> rules = new ArrayList<>();
    private final PortPolicy ports;
    private final Condition source;
    private final Condition destination;
    private final Ip4Address gateway4;
    /** The global address and the one that router advertisements come from. */
    private final List<Ip6Address> gateway6;
    private final Condition router =
            new Condition.Icmp6Type(List.of(Icmpv6.ROUTER_SOLICITATION, Icmpv6.ROUTER_ADVERTISEMENT));
    private final Condition dhcpRequest = new Condition.UdpPorts(-1, DHCP_SERVER);
    private final Condition dhcpAnswer = new Condition.UdpPorts(DHCP_SERVER, DHCP_CLIENT);
    private final Condition dhcp6Request = new Condition.UdpPorts(-1, DHCP6_SERVER);
    private final Condition dhcp6Answer = new Condition.UdpPorts(DHCP6_SERVER, DHCP6_CLIENT);

    private FilterPlan(NodePlan.Anycast anycast, PortPolicy ports) {
        this.ports = ports;
        this.source = new Condition.EtherSource(anycast.mac().bits(), ANYCAST_MAC_PREFIX_BITS);
        this.destination = new Condition.EtherDestination(anycast.mac().bits(), ANYCAST_MAC_PREFIX_BITS);
        this.gateway4 = anycast.address4().address();
        this.gateway6 = List.of(anycast.address6().address(), Ip6Address.linkLocalOf(anycast.mac()));
    }

    /** The rules of a plan; none without an anycast gateway. */
    static List<FilterRule> of(NodePlan plan, PortPolicy ports) {
        if (plan.anycast() == null) {
            return List.of();
        }
        FilterPlan made = new FilterPlan(plan.anycast(), ports);
        made.cutOff();
        made.fromCloud();
        made.fromClients(!plan.alfredOnLan(), !plan.alfredOnLan() && plan.sharedState() != null);
        made.drop(FORWARD, "within.anycast_destination", made.destination);
        made.toCloud();
        return made.rules;
    }

    private void cutOff() {
        drop(PREROUTING, "port.hello", new Condition.EtherType(Hello.ETHER_TYPE));
        if (!ports.blocked().isEmpty()) {
            drop(PREROUTING, "port.blocked_in", new Condition.InPort(ports.blocked(), false));
            drop(POSTROUTING, "port.blocked_out", new Condition.OutPort(ports.blocked()));
        }
    }

    /** Ports beyond which another node serves its clients. */
    private List<String> cloudPorts() {
        List<String> all = new ArrayList<>(List.of(HostPlan.MESH_INTERFACE));
        all.addAll(ports.unserved());
        return all;
    }

    private void fromCloud() {
        Condition fromCloud = new Condition.InPort(cloudPorts(), false);
        drop(PREROUTING, SelfTest.CLOUD_PRETENDS, fromCloud, source);
        drop(PREROUTING, "from_cloud.anycast_destination", fromCloud, destination);
        drop(PREROUTING, "from_cloud.arp_sender", fromCloud, new Condition.ArpSender(gateway4));
        drop(PREROUTING, SelfTest.CLOUD_ASKS_ARP, fromCloud, new Condition.ArpTarget(gateway4));
        gateway6.forEach(address ->
                drop(PREROUTING, SelfTest.CLOUD_ASKS_ND, fromCloud, new Condition.NeighbourTarget(address)));
        drop(PREROUTING, "from_cloud.router", fromCloud, router);
        drop(PREROUTING, "from_cloud.dhcp_answer", fromCloud, dhcpAnswer);
        drop(PREROUTING, SelfTest.CLOUD_ASKS_DHCP, fromCloud, dhcpRequest);
        drop(PREROUTING, "from_cloud.dhcp6_answer", fromCloud, dhcp6Answer);
        drop(PREROUTING, "from_cloud.dhcp6_request", fromCloud, dhcp6Request);
        drop(PREROUTING, "from_cloud.mesh_frame", fromCloud, new Condition.EtherType(Ethernet.TYPE_BATADV));
    }

    /** What is said there of shared data is believed, so clients may not say it. */
    private void fromClients(boolean noAlfred, boolean noSharedState) {
        List<String> notClients = cloudPorts();
        notClients.addAll(ports.cables());
        Condition client = new Condition.InPort(notClients, true);
        // Another node's gateway on the same wire says these rightly; they are dropped without a word.
        if (!ports.cables().isEmpty()) {
            Condition cable = new Condition.InPort(ports.cables(), false);
            drop(PREROUTING, "from_cable.anycast_source", cable, source);
            drop(PREROUTING, "from_cable.arp_sender", cable, new Condition.ArpSender(gateway4));
            drop(PREROUTING, "from_cable.router", cable,
                    new Condition.Icmp6Type(List.of(Icmpv6.ROUTER_ADVERTISEMENT)));
            drop(PREROUTING, "from_cable.dhcp_answer", cable, dhcpAnswer);
            drop(PREROUTING, "from_cable.dhcp6_answer", cable, dhcp6Answer);
            drop(PREROUTING, "from_cable.mesh_frame", cable, new Condition.EtherType(Ethernet.TYPE_BATADV));
        }
        blame("from_client.anycast_source", client, source);
        blame("from_client.arp_sender", client, new Condition.ArpSender(gateway4));
        gateway6.forEach(address -> blame("from_client.neighbour_advertisement", client,
                new Condition.NeighbourAdvertised(address)));
        blame("from_client.router_advertisement", client,
                new Condition.Icmp6Type(List.of(Icmpv6.ROUTER_ADVERTISEMENT)));
        blame("from_client.redirect", client, new Condition.Icmp6Type(List.of(Icmpv6.REDIRECT)));
        blame("from_client.dhcp_answer", client, dhcpAnswer);
        blame("from_client.dhcp6_answer", client, dhcp6Answer);
        blame("from_client.ip_source", client, new Condition.Ip4Source(gateway4));
        gateway6.forEach(address -> blame("from_client.ip6_source", client,
                new Condition.Ip6Source(address)));
        blame("from_client.mesh_frame", client, new Condition.EtherType(Ethernet.TYPE_BATADV));
        blame("from_client.vlan_tag", client, new Condition.VlanTagged());
        if (noAlfred) {
            blame("from_client.alfred", client, new Condition.UdpPorts(-1, AlfredConfig.PORT));
        }
        if (noSharedState) {
            // A client that answers was asked, since it may have been a node. Web pages at other addresses
            // are nobody's business.
            blame("from_client.shared_state", client, new Condition.LinkLocalTcp(-1, HTTP));
            drop(PREROUTING, "from_client.shared_state_answer", client, new Condition.LinkLocalTcp(HTTP, -1));
        }
        List<String> noRouters = new ArrayList<>(notClients);
        noRouters.addAll(ports.routers());
        Condition noRouter = new Condition.InPort(noRouters, true);
        blame("from_client.bmx7", noRouter, new Condition.UdpPorts(-1, BMX7));
        // The outer source of a tunnel is the gateway's own and known to all: only nodes may use it.
        blame("from_client.tunnel", noRouter, new Condition.Tunnelled(NODE_ADDRESSES));
    }

    private void toCloud() {
        Condition toCloud = new Condition.OutPort(cloudPorts());
        drop(POSTROUTING, SelfTest.TO_CLOUD_PRETENDS, toCloud, source);
        drop(POSTROUTING, "to_cloud.anycast_destination", toCloud, destination);
        drop(POSTROUTING, "to_cloud.arp_sender", toCloud, new Condition.ArpSender(gateway4));
        questions(POSTROUTING, "to_cloud", toCloud);
        drop(POSTROUTING, "to_cloud.dhcp_answer", toCloud, dhcpAnswer);
        drop(POSTROUTING, "to_cloud.dhcp6_answer", toCloud, dhcp6Answer);
        if (!ports.cables().isEmpty()) {
            // This node serves who is on the wire. What its other clients ask is not for the wire.
            questions(FORWARD, "to_cable", new Condition.OutPort(ports.cables()));
        }
    }

    private void questions(FilterRule.Hook hook, String name, Condition where) {
        drop(hook, name + ".arp_target", where, new Condition.ArpTarget(gateway4));
        gateway6.forEach(address -> drop(hook, name + ".neighbour", where,
                new Condition.NeighbourTarget(address)));
        drop(hook, name + ".router", where, router);
        drop(hook, name + ".dhcp_request", where, dhcpRequest);
        drop(hook, name + ".dhcp6_request", where, dhcp6Request);
    }

    private void drop(FilterRule.Hook hook, String counter, Condition... conditions) {
        rules.add(new FilterRule(hook, counter, List.of(conditions)));
    }

    private void blame(String counter, Condition... conditions) {
        rules.add(new FilterRule(PREROUTING, counter, List.of(conditions), true));
    }
}
