package org.limesh.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.limesh.access.AccessEvent;
import org.limesh.access.DhcpServer;
import org.limesh.access.FrameSender;
import org.limesh.access.Lease;
import org.limesh.access.NameTable;
import org.limesh.access.RouterAdvertiser;
import org.limesh.access.StatelessDhcpV6;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Arp;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Ipv6;
import org.limesh.packet.Udp;

/**
 * What a node does for its clients as their gateway: addresses of both versions, and what names follow from.
 *
 * <pre>
 *   anycast port ─→ who asked ────────────→ Layer2
 *                ─→ router solicitation ─→ RouterAdvertiser ─┐
 *                ─→ other IPv6 ──────────→ StatelessDhcpV6 ──┼─→ anycast port
 *                ─→ IPv4 ────────────────→ DhcpServer ───────┘
 *   ears at the client ports ─→ who asks where ─→ │
 *   ARP port ──→ answers to its probes ──────→ │  ↕
 *                                         lease store
 * </pre>
 */
final class ClientServices implements Engine {
    /** Clients whose port is remembered; a flood of invented ones takes this much memory. */
    private static final int MAX_ASKERS = 4096;

    private final NodePlan plan;
    private final NodeHost host;
    /** Null without layer 2. */
    private final Layer2 layer2;
    private final BiPredicate<MacAddress, MacAddress> otherNodes;
    private final int anycastPort;
    private final int arpPort;
    private final DhcpServer dhcp;
    private final RouterAdvertiser router;
    private final StatelessDhcpV6 dhcp6;
    /** In whose name a DHCP question was heard on which client port, those that came last. */
    private final Map<MacAddress, Integer> askers = new LinkedHashMap<>();

    /**
     * @param layer2     may be null
     * @param ports      gets a port for the anycast device and one for ARP
     * @param otherNodes asks nodes that may know a lease, see {@link DhcpServer.Outbox#ask}
     */
    ClientServices(NodePlan plan, NodeHost host, Layer2 layer2, List<Port> ports, Counters counters,
            Rng rng, BiPredicate<MacAddress, MacAddress> otherNodes, long nowNs) {
        this.plan = plan;
        this.host = host;
        this.layer2 = layer2;
        this.otherNodes = otherNodes;
        this.anycastPort = ports.size();
        ports.add(new Port.Anycast(HostPlan.ANYCAST_INTERFACE));
        this.arpPort = ports.size();
        ports.add(new Port.Arp("arp", HostPlan.BRIDGE));
        FrameSender toClients = this::fromGateway;
        this.dhcp = new DhcpServer(EngineConfigs.dhcp(plan), plan.primaryMac(), counters, new Outbox());
        this.router = new RouterAdvertiser(EngineConfigs.ip6(plan), counters, rng, toClients, nowNs);
        this.dhcp6 = new StatelessDhcpV6(EngineConfigs.ip6(plan), counters, toClients);
    }

    /** Sends a frame from the gateway identity. */
    void fromGateway(Frame frame) {
        host.transmit(anycastPort, frame);
    }

    // ---- inputs -------------------------------------------------------------------------------------

    /** True for the port of the anycast device and that of ARP. */
    boolean owns(int port) {
        return port == anycastPort || port == arpPort;
    }

    /** @return true when leases may have changed */
    boolean onFrame(int port, Frame frame, long nowNs) {
        if (port == arpPort) {
            if (Arp.operation(frame) == Arp.REPLY) {
                dhcp.onArp(new Ip4Address(Arp.senderIp(frame)), new MacAddress(Arp.senderMac(frame)), nowNs);
            }
            return false;
        }
        if (layer2 != null) {
            // Questions for addresses do not enter the cloud, so layer 2 is told here who asked.
            layer2.onClientHeard(frame, nowNs);
        }
        if (Icmpv6.type(frame) == Icmpv6.ROUTER_SOLICITATION) {
            router.onFrame(frame, nowNs);
            return false;
        }
        if (Ipv6.is(frame)) {
            dhcp6.onFrame(frame, nowNs);
            return false;
        }
        dhcp.onFrame(frame, nowNs);
        return true;
    }

    /**
     * A frame was heard on a client port, before the bridge took it to the anycast device.
     *
     * @param number of the port, from 1
     */
    void onHeard(int number, Frame frame) {
        if (Udp.destinationPort(frame) == Udp.PORT_DHCP_SERVER && !Ipv6.is(frame)) {
            MacAddress client = DhcpMessage.clientOf(frame);
            askers.remove(client);
            askers.put(client, number);
            if (askers.size() > MAX_ASKERS) {
                askers.remove(askers.keySet().iterator().next());
            }
        }
    }

    /** The node ends in good order: clients with another router take that one at once. */
    void sayGoodbye() {
        router.sayGoodbye();
    }

    // ---- names --------------------------------------------------------------------------------------

    /** See {@link Node#setDnsServer}. */
    void setDnsServer(boolean answers) {
        dhcp.setDnsServers(Resolvers.ip4(plan.anycast(), answers));
        router.setDnsServers(Resolvers.ip6(plan.anycast(), answers));
        dhcp6.setDnsServers(Resolvers.ip6(plan.anycast(), answers));
    }

    /** @param nodes6 IPv6 addresses that nodes told of themselves, by the MAC that their leases name */
    NameTable.Facts nameFacts(Map<MacAddress, Ip6Address> nodes6) {
        List<Lease> leases = new ArrayList<>(dhcp.leases());
        leases.addAll(dhcp.remoteLeases());
        return new NameTable.Facts(plan.domain(), plan.hostname(), plan.address4(), plan.address6(),
                plan.anycast().address4().address(), plan.anycast().address6().address(),
                plan.anycast().leaseTimeSeconds(), leases, nodes6, Resolvers.otherDomains(plan.anycast()));
    }

    /** Servers for all names, as configured. */
    List<String> configuredResolvers() {
        return Resolvers.upstream(plan.anycast());
    }

    // ---- leases -------------------------------------------------------------------------------------

    /** The server itself: for the lease store, for those who share leases and for readers. */
    DhcpServer dhcp() {
        return dhcp;
    }

    /** Who else has this node's own address, as other nodes tell. */
    Optional<MacAddress> stationWithSameAddress() {
        return dhcp.remoteLeases().stream().filter(lease -> lease.address().equals(plan.address4().address())
                && !lease.client().equals(plan.primaryMac())).findFirst().map(Lease::client);
    }

    // ---- time ---------------------------------------------------------------------------------------

    @Override
    public void onTimer(long nowNs) {
        if (Engine.isDue(dhcp.nextDeadlineNs(), nowNs)) {
            dhcp.onTimer(nowNs);
        }
        router.onTimer(nowNs);
    }

    @Override
    public long nextDeadlineNs() {
        return Engine.earlier(dhcp.nextDeadlineNs(), router.nextDeadlineNs());
    }

    private final class Outbox implements DhcpServer.Outbox {
        @Override
        public void transmit(Frame frame) {
            fromGateway(frame);
        }

        @Override
        public void report(AccessEvent event) {
            host.report(new NodeEvent.Access(event));
        }

        @Override
        public void store(byte[] record) {
            host.store(record);
        }

        @Override
        public boolean probe(Ip4Address address) {
            // From the node's own identity: answers to the anycast one would not come through the cloud.
            host.transmit(arpPort, Arp.request(plan.primaryMac().bits(), plan.address4().address().bits(),
                    address.bits()));
            return true;
        }

        @Override
        public int portOf(MacAddress client) {
            return askers.getOrDefault(client, 0);
        }

        @Override
        public boolean ask(MacAddress owner, MacAddress client) {
            return otherNodes.test(owner, client);
        }
    }
}
