package org.limesh.node;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.bmx7.Bmx7Engine;
import org.limesh.bmx7.Bmx7Route;
import org.limesh.bmx7.TunnelChoice;
import org.limesh.bmx7.TunnelOffer;
import org.limesh.bmx7.wire.IpNet;
import org.limesh.gateway.GatewayEngine;
import org.limesh.host.FilterRule;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;

/**
 * What layer 3 wants of a host, on top of what the cloud wants.
 *
 * <pre>
 *   10.204.0.0/16 ─→ X7Out_7a31c2f0 ─→ fd71:(gateway) to fd70:(gateway) ─→ table 70 ─→ fe80::... on eth0_18
 *   main table       Link.Tunnel       outer packet                        next hop    Link.Vlan
 *
 *   fd71:(self) to fd70:(self) ─→ X7main ─→ br-lan or uplink           what others send through their X7Out_
 * </pre>
 */
final class RoutedHost {
    /** Table and priority of the rule for routes to nodes; the genuine program's numbers. */
    static final int NODE_TABLE = 70;
    static final int NODE_PRIORITY = 70;
    static final int MAIN_TABLE = 254;
    static final long ROUTE_METRIC = 1024;
    /** Device that takes other nodes' packets out of the tunnel. */
    static final String TUNNEL_IN = "X7main";
    /** An IPv6 header without options. */
    private static final int OUTER_OCTETS = 40;
    private static final int PRIMARY_LENGTH_BITS = 16;
    /** Before every other way, and after it. */
    private static final long OWN_METRIC = 512;
    private static final long SPARE_METRIC = 2048;
    /** One table for each exit that clients were given, from here on. */
    private static final int FIRST_CLIENT_TABLE = 1800;
    private static final int CLIENT_PRIORITY = 1800;
    private static final Ip4Prefix ALL4 = new Ip4Prefix(Ip4Address.ANY, 0);
    private static final Ip6Prefix ALL6 = new Ip6Prefix(Ip6Address.ANY, 0);

    private final NodePlan plan;
    private final HostState base;
    private final List<HostState.Link> links;
    private final List<HostState.Address4> addresses4;
    private final List<HostState.Address6> addresses6;
    private final List<HostState.Sysctl> sysctls;
    private final List<HostState.PolicyRule> policyRules;
    private final List<HostState.Route4> routes4;
    private final List<HostState.Route6> routes6;
    private final List<FilterRule> filters;
    private final List<HostState.Masquerade> masquerades;
    private final List<String> mssClamps;
    private final List<HostState.Reservation> reservations;
    /** Routes to clouds; whose clients have an exit of their own needs them beside it. */
    private final List<HostState.Route4> cloudRoutes = new ArrayList<>();
    private final Set<String> tunnels = new LinkedHashSet<>();
    private Ip4Address uplinkGateway;

    /** @param base what the cloud wants */
    RoutedHost(NodePlan plan, HostState base) {
        this.plan = plan;
        this.base = base;
        this.links = new ArrayList<>(base.links());
        this.addresses4 = new ArrayList<>(base.addresses4());
        this.addresses6 = new ArrayList<>(base.addresses6());
        this.sysctls = new ArrayList<>(base.sysctls());
        this.policyRules = new ArrayList<>(base.policyRules());
        this.routes4 = new ArrayList<>(base.routes4());
        this.routes6 = new ArrayList<>(base.routes6());
        this.filters = new ArrayList<>(base.filters());
        this.masquerades = new ArrayList<>(base.masquerades());
        this.mssClamps = new ArrayList<>(base.mssClamps());
        this.reservations = new ArrayList<>(base.reservations());
    }

    HostState build() {
        return new HostState(links, base.bridgePorts(), addresses4, addresses6, sysctls, policyRules, routes4,
                routes6, filters, masquerades, mssClamps, reservations);
    }

    /**
     * The devices of BMX7, and the end of the tunnels that lead here.
     *
     * @param primary  own address in the routed network
     * @param endpoint outer source of what others send to this node through tunnels
     */
    void addNetwork(Ip6Address primary, Ip6Address endpoint) {
        sysctls.add(new HostState.Sysctl("net/ipv4/conf/all/rp_filter", "2"));
        policyRules.add(new HostState.PolicyRule(null, ALL6, NODE_TABLE, NODE_PRIORITY));
        for (NodePlan.Bmx7Device device : plan.bmx7().devices()) {
            addDevice(device, primary);
        }
        if (!plan.bmx7().overCloud() && plan.batadv() != null) {
            // Members of one cloud must not take its layer 2 for a link between them.
            filters.add(new FilterRule(FilterRule.Hook.POSTROUTING, "to_cloud.bmx7", List.of(
                    new FilterRule.Condition.OutPort(List.of(HostPlan.MESH_INTERFACE)),
                    new FilterRule.Condition.UdpPorts(Bmx7Engine.PORT, Bmx7Engine.PORT))));
        }
        addTunnel(TUNNEL_IN, primary, endpoint);
        sysctls.add(new HostState.Sysctl("net/ipv4/conf/" + TUNNEL_IN + "/accept_local", "1"));
    }

    private void addDevice(NodePlan.Bmx7Device device, Ip6Address primary) {
        if (device.tag() != null) {
            // The kernel's VLAN device may be as large as its parent: the tag does not count.
            existing(device.parent(), device.mtuOctets());
            links.add(new HostState.Link.Vlan(device.name(), device.parent(), device.tag(), device.mac(),
                    device.mtuOctets()));
            // The link-local address is signed: it has to be the one that follows from the MAC.
            sysctls.add(new HostState.Sysctl("net/ipv6/conf/" + device.name() + "/addr_gen_mode", "0"));
        } else if (!device.name().equals(HostPlan.BRIDGE)) {
            existing(device.name(), 0);
        }
        // Nobody else can have this address: it is a hash of the node's key.
        addresses6.add(new HostState.Address6(device.name(), new Ip6Prefix(primary, PRIMARY_LENGTH_BITS), 0,
                true));
        looseSource(device.name());
        sysctls.add(new HostState.Sysctl("net/ipv4/conf/" + device.name() + "/send_redirects", "0"));
    }

    /** Ways differ: what comes in here may be answered elsewhere. */
    private void looseSource(String device) {
        HostState.Sysctl loose = new HostState.Sysctl("net/ipv4/conf/" + device + "/rp_filter", "2");
        if (!sysctls.contains(loose)) {
            sysctls.add(loose);
        }
    }

    /** Brings a device up; one that is there already may have to carry more. */
    private void existing(String device, int mtuOctets) {
        for (int i = 0; i < links.size(); i++) {
            if (links.get(i).name().equals(device)) {
                if (links.get(i) instanceof HostState.Link.Existing known && known.mtuOctets() < mtuOctets) {
                    links.set(i, new HostState.Link.Existing(device, mtuOctets));
                }
                return;
            }
        }
        links.add(new HostState.Link.Existing(device, mtuOctets));
    }

    private int tunnelMtuOctets() {
        return plan.bmx7().devices().stream().mapToInt(NodePlan.Bmx7Device::mtuOctets).min()
                .orElseThrow() - OUTER_OCTETS;
    }

    private void addTunnel(String device, Ip6Address local, Ip6Address remote) {
        links.add(new HostState.Link.Tunnel(device, local, remote, tunnelMtuOctets()));
        addresses4.add(new HostState.Address4(device, new Ip4Prefix(plan.address4().address(), 32), 0));
        addresses6.add(new HostState.Address6(device, new Ip6Prefix(plan.address6().address(), 128), 0,
                true));
        looseSource(device);
        mssClamps.add(device);
    }

    /**
     * Routes to nodes, and to networks that they announce. These stand in a table that is looked at first, so
     * whoever announced this cloud's own network would have its packets: that is not followed.
     */
    void addRoutes(List<Bmx7Route> routes) {
        IpNet own = IpNet.of(plan.address6());
        for (Bmx7Route route : routes) {
            if (own.overlaps(IpNet.of(route.network()))) {
                continue;
            }
            routes6.add(new HostState.Route6(route.network(), route.nextHop().linkLocal(),
                    route.nextHop().deviceName(), NODE_TABLE, ROUTE_METRIC));
        }
    }

    /** The tunnels in use, and what is routed into them. */
    void addTunnels(List<TunnelChoice> choices) {
        Set<IpNet> taken = new LinkedHashSet<>();
        for (TunnelChoice choice : choices) {
            if (choice.active() && !isOwn(choice.route()) && taken.add(choice.route())) {
                addTunnelOut(choice.offer());
                if (choice.route().family() == 4) {
                    cloudRoutes.add(new HostState.Route4(choice.route().prefix4(), null, choice.deviceName(),
                            MAIN_TABLE, choice.search().ipMetric()));
                } else {
                    routes6.add(new HostState.Route6(choice.route().prefix6(), null, choice.deviceName(),
                            MAIN_TABLE, choice.search().ipMetric()));
                }
            }
        }
        routes4.addAll(cloudRoutes);
    }

    private void addTunnelOut(TunnelOffer offer) {
        if (tunnels.add(offer.deviceName())) {
            addTunnel(offer.deviceName(), offer.endpoint(), offer.primary());
            addresses6.add(new HostState.Address6(offer.deviceName(), new Ip6Prefix(offer.endpoint(), 128), 0,
                    true));
        }
    }

    /** The own cloud is on br-lan; a tunnel to another member would lead past it. */
    private boolean isOwn(IpNet network) {
        return IpNet.of(plan.address4()).contains(network) || IpNet.of(plan.address6()).contains(network);
    }

    /**
     * The own uplink. Its default route is there even when another exit is used: questions to the Internet
     * leave through the device.
     *
     * @param address null while there is none
     * @param gateway null while there is none
     * @param used    whether it is this node's exit
     */
    void addUplink(Ip4Prefix address, Ip4Address gateway, boolean used) {
        if (plan.wan() == null) {
            return;
        }
        String device = plan.wan().device();
        existing(device, 0);
        looseSource(device);
        if (address != null) {
            addresses4.add(new HostState.Address4(device, address, 0));
            masquerades.add(new HostState.Masquerade(device, address.masked()));
            // Where br_netfilter is loaded (Docker does), frames of clients to the anycast MAC count as
            // confirmed connections when they leave the bridge, and those are not translated any more.
            sysctls.add(new HostState.Sysctl("net/bridge/bridge-nf-call-iptables", "0"));
            mssClamps.add(device);
        }
        if (gateway != null) {
            routes4.add(new HostState.Route4(ALL4, gateway, device, MAIN_TABLE, used ? OWN_METRIC
                    : SPARE_METRIC));
        }
        uplinkGateway = gateway;
    }

    /**
     * The uplink is for this node and for who is attached to it, until it is offered. A node that sends into
     * it all the same knows the tunnel's addresses or the MAC of the bridge, and its packets go no further.
     */
    void reserveUplink() {
        if (plan.wan() != null) {
            List<String> own = plan.anycast() == null ? List.of(HostPlan.BRIDGE)
                    : List.of(HostPlan.BRIDGE, HostPlan.ANYCAST_INTERFACE);
            reservations.add(new HostState.Reservation(plan.wan().device(), own,
                    plan.batadv() == null ? null : HostPlan.MESH_INTERFACE));
        }
    }

    /**
     * The exits in use, of the node and of clients for whom a person chose one.
     *
     * @param offers  by identity
     * @param exit    identity of the node's, or null
     * @param clients identities of the clients'
     */
    void addExits(Map<String, TunnelOffer> offers, String exit, Map<Ip4Address, String> clients) {
        TunnelOffer used = exit == null ? null : offers.get(exit);
        if (used != null) {
            addTunnelOut(used);
            routes4.add(new HostState.Route4(ALL4, null, used.deviceName(), MAIN_TABLE, ROUTE_METRIC));
        }
        Map<String, Integer> tables = new TreeMap<>();
        clients.values().forEach(each -> tables.put(each, 0));
        int table = FIRST_CLIENT_TABLE;
        for (Map.Entry<String, Integer> each : tables.entrySet()) {
            each.setValue(table);
            addTable(table, each.getKey(), offers.get(each.getKey()));
            table++;
        }
        clients.forEach((client, each) -> policyRules.add(new HostState.PolicyRule(new Ip4Prefix(client, 32),
                null, tables.get(each), CLIENT_PRIORITY)));
    }

    /** A table decides alone: what is not for the Internet stands in it too. */
    private void addTable(int table, String exit, TunnelOffer offer) {
        routes4.add(new HostState.Route4(plan.address4().masked(), null, HostPlan.BRIDGE, table, 0));
        for (HostState.Route4 route : cloudRoutes) {
            routes4.add(new HostState.Route4(route.destination(), null, route.device(), table,
                    route.metric()));
        }
        if (offer != null) {
            addTunnelOut(offer);
            routes4.add(new HostState.Route4(ALL4, null, offer.deviceName(), table, ROUTE_METRIC));
        } else if (exit.equals(GatewayEngine.OWN) && uplinkGateway != null) {
            routes4.add(new HostState.Route4(ALL4, uplinkGateway, plan.wan().device(), table, OWN_METRIC));
        }
    }
}
