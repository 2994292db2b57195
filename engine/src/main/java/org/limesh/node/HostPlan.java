package org.limesh.node;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.bmx7.wire.RsaKey;
import org.limesh.guard.PortPolicy;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;

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
    /** Stands for an address that follows from a key. */
    public static final Ip6Address STAND_IN = new Ip6Address(0xfd70L << 48, 1);
    private static final int BRIDGE_MTU_OCTETS = 1500;
    private static final int VLAN_TAG_OCTETS = 4;

    private HostPlan() {}

    /**
     * MAC of the mesh interface: the primary MAC with the first octet made local and different, so that
     * neither br-lan nor a hard interface has the same (bridge loop avoidance would take one for the other).
     */
    public static MacAddress meshMac(NodePlan plan) {
        return new MacAddress(plan.primaryMac().bits() & 0x00ff_ffff_ffffL | 0x0600_0000_0000L);
    }

    /**
     * The desired state of a node that has heard nobody yet, layer 3 included. Nobody has looked at its key:
     * {@link #STAND_IN} stands for the address that follows from the key, and fd71::1 for the tunnel's end.
     */
    public static HostState of(NodePlan plan) {
        return of(plan, STAND_IN, new Ip6Address(0xfd71L << 48, 1));
    }

    /**
     * The same with the addresses of its key.
     *
     * @param nodeKey names the node in the routed network
     */
    public static HostState of(NodePlan plan, RsaKey nodeKey) {
        return of(plan, nodeKey.nodeId().cryptoAddress(0), nodeKey.nodeId().cryptoAddress(1));
    }

    private static HostState of(NodePlan plan, Ip6Address primary, Ip6Address endpoint) {
        RoutedHost state = new RoutedHost(plan, of(plan, PortPolicy.CLIENTS_ONLY));
        if (plan.bmx7() != null) {
            state.addNetwork(primary, endpoint);
        }
        state.addUplink(null, null, false);
        state.reserveUplink();
        return state.build();
    }

    /** The desired state for a plan, without layer 3. */
    public static HostState of(NodePlan plan, PortPolicy ports) {
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
            links.add(new HostState.Link.Macvlan(ANYCAST_INTERFACE, BRIDGE, anycast.mac(),
                    BRIDGE_MTU_OCTETS));
            // The router's link-local address follows from the MAC, on every node the same: no other form,
            // and nobody is asked whether he has it, since at the end of a cable somebody may.
            sysctls.add(new HostState.Sysctl("net/ipv6/conf/" + ANYCAST_INTERFACE + "/addr_gen_mode", "0"));
            sysctls.add(new HostState.Sysctl("net/ipv6/conf/" + ANYCAST_INTERFACE + "/accept_dad", "0"));
            addresses4.add(new HostState.Address4(ANYCAST_INTERFACE, anycast.address4(), LAST_METRIC));
            addresses6.add(new HostState.Address6(ANYCAST_INTERFACE, anycast.address6(), LAST_METRIC, true));
            policyRules.add(new HostState.PolicyRule(new Ip4Prefix(anycast.address4().address(), 32), null,
                    ANYCAST_TABLE, 0));
            policyRules.add(new HostState.PolicyRule(null, new Ip6Prefix(anycast.address6().address(), 128),
                    ANYCAST_TABLE, 0));
            routes4.add(new HostState.Route4(anycast.address4().masked(), null, ANYCAST_INTERFACE,
                    ANYCAST_TABLE, 0));
            routes6.add(new HostState.Route6(anycast.address6().masked(), null, ANYCAST_INTERFACE,
                    ANYCAST_TABLE, 0));
        }
        return new HostState(links, bridgePorts, addresses4, addresses6, sysctls, policyRules, routes4,
                routes6,
                FilterPlan.of(plan, ports), List.of(), List.of());
    }
}
