package org.limesh.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.access.AccessEvent;
import org.limesh.access.DhcpConfig;
import org.limesh.access.DhcpServer;
import org.limesh.access.FrameSender;
import org.limesh.access.Ip6Config;
import org.limesh.access.Lease;
import org.limesh.access.NameTable;
import org.limesh.access.RouterAdvertiser;
import org.limesh.access.StatelessDhcpV6;
import org.limesh.alfred.AlfredConfig;
import org.limesh.alfred.AlfredEngine;
import org.limesh.alfred.AlfredEvent;
import org.limesh.alfred.wire.AlfredMessage;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.batadv.BatadvConfig;
import org.limesh.batadv.BatadvEngine;
import org.limesh.batadv.BatadvEvent;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.bmx7.Bmx7Engine;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.gateway.ProbeResult;
import org.limesh.guard.Guard;
import org.limesh.guard.GuardConfig;
import org.limesh.guard.GuardEvent;
import org.limesh.guard.GuardSnapshot;
import org.limesh.guard.PortPolicy;
import org.limesh.host.FilterReport;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Arp;
import org.limesh.packet.DnsNames;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Ipv6;

/**
 * A node. One thread calls it; it calls its host from within those calls.
 *
 * <p>Order of use: construct, {@link #restore} where the host keeps a lease store, {@link #start}, then
 * {@link #onFrame}, {@link #onDatagram} and {@link #onTimer} as they come.
 */
public final class Node implements Engine {
    private static final int BEST_QUALITY = 255;
    /** So late a timer is worth a word. */
    private static final long PAUSE_NS = 5_000_000_000L;
    /** Who roamed is asked about within a second. */
    private static final int MAX_ROAMED = 256;

    private final NodePlan plan;
    private final NodeHost host;
    private final Counters counters = new Counters();
    private final Warnings warnings = new Warnings();
    private final List<Port> ports;
    private final int meshPort;
    private final int anycastPort;
    private final int arpPort;
    private final long startNs;
    private final BatadvEngine batadv;
    private final DhcpServer dhcp;
    private final RouterAdvertiser router;
    private final StatelessDhcpV6 dhcp6;
    private final int alfredPort;
    private final AlfredEngine alfred;
    private final VisPublisher vis;
    /** Null without clients: then there is nothing to share. */
    private final LeaseSharing sharing;
    /** Null without BMX7. */
    private final Layer3 layer3;
    private HostState applied;
    private HostState plainHost;
    private PortPolicy plainPolicy;
    /** What the engine told while it was at work, handled when it has finished. */
    private final ArrayDeque<AlfredEvent> alfredEvents = new ArrayDeque<>();
    /** Originator that a client was at before it came here; the clients that came last. */
    private final Map<MacAddress, MacAddress> roamedFrom = new LinkedHashMap<>();
    /** Null without clients: then there is nobody to keep apart. */
    private final Guard guard;
    private final int firstEar;
    /** Of the call that is under way. */
    private long nowNs;

    /**
     * @param secrets may be null where the plan has no BMX7; without them the node speaks none
     * @param rng     seeded stream of this node
     * @param nowNs   the host's clock now
     */
    public Node(NodePlan plan, NodeHost host, NodeSecrets secrets, Rng rng, long nowNs) {
        this.plan = plan;
        this.host = host;
        this.startNs = nowNs;
        this.nowNs = nowNs;
        List<Port> ports = new ArrayList<>();
        if (plan.batadv() != null) {
            for (NodePlan.Hardif hardif : plan.batadv().hardifs()) {
                ports.add(new Port.Hardif(hardif.name(), hardif.device(), hardif.tag(), hardif.mac(),
                        hardif.mtuOctets(), hardif.wifi()));
            }
            this.meshPort = ports.size();
            ports.add(new Port.Mesh(HostPlan.MESH_INTERFACE));
            this.batadv = startBatadv(plan.batadv(), rng.fork("batadv"), nowNs);
        } else {
            this.meshPort = -1;
            this.batadv = null;
        }
        if (plan.anycast() != null) {
            this.anycastPort = ports.size();
            ports.add(new Port.Anycast(HostPlan.ANYCAST_INTERFACE));
            this.arpPort = ports.size();
            ports.add(new Port.Arp("arp", HostPlan.BRIDGE));
            this.dhcp = new DhcpServer(dhcpConfig(plan), plan.primaryMac(), counters, new AccessOutbox());
            FrameSender toClients = frame -> host.transmit(anycastPort, frame);
            this.router = new RouterAdvertiser(ip6Config(plan), counters, rng.fork("router"), toClients,
                    nowNs);
            this.dhcp6 = new StatelessDhcpV6(ip6Config(plan), counters, toClients);
        } else {
            this.anycastPort = -1;
            this.arpPort = -1;
            this.dhcp = null;
            this.router = null;
            this.dhcp6 = null;
        }
        this.alfredPort = ports.size();
        ports.add(new Port.Datagram("alfred", HostPlan.BRIDGE, AlfredConfig.PORT, AlfredEngine.ALL_NODES));
        this.alfred = new AlfredEngine(new AlfredConfig(plan.primaryMac(), HostPlan.BRIDGE,
                plan.batadv() == null ? "none" : HostPlan.MESH_INTERFACE, AlfredConfig.Role.ELECTED,
                AlfredConfig.DEFAULT_SYNC_PERIOD_MS), counters, rng.fork("alfred"), new AlfredOutbox(), nowNs);
        this.vis = batadv == null ? null : new VisPublisher(batadv, alfred, rng.fork("vis"), nowNs);
        this.sharing = dhcp == null ? null
                : new LeaseSharing(plan, dhcp, alfred, counters, this::isOfCloud, rng.fork("leases"), nowNs);
        this.layer3 = (plan.bmx7() == null || secrets == null) && plan.wan() == null ? null
                : new Layer3(plan, host, secrets, ports, counters, warnings, rng.fork("layer3"), nowNs);
        this.firstEar = ports.size();
        this.guard = dhcp == null ? null : new Guard(guardConfig(plan), batadv != null, counters, new GuardOutbox(), nowNs);
        if (guard != null) {
            plan.lanPorts().forEach(port -> ports.add(new Port.Ear(port + "_ear", port)));
        }
        this.ports = List.copyOf(ports);
    }

    private static GuardConfig guardConfig(NodePlan plan) {
        List<NodePlan.Hardif> hardifs = plan.batadv() == null ? List.of() : plan.batadv().hardifs();
        List<GuardConfig.ClientPort> clientPorts = plan.lanPorts().stream().map(port -> new GuardConfig.ClientPort(port,
                plan.fixedPorts().contains(port), hardifs.stream().anyMatch(hardif -> hardif.device().equals(port)))).toList();
        return new GuardConfig(plan.primaryMac(), hardifs.isEmpty() ? MacAddress.ZERO : hardifs.getFirst().mac(),
                GuardConfig.cloudId(plan.apSsid()), plan.anycast().mac(), plan.address4().address(),
                plan.anycast().address4().address(), plan.anycast().address6().address(), clientPorts);
    }

    private boolean isOfCloud(MacAddress mac) {
        return batadv == null || batadv.hasLocalClient(mac.bits(), 0) || batadv.bestOriginatorOf(mac.bits(), 0) >= 0;
    }

    /** Quality of the way to a station of the cloud: 255 on the same cable, else that of its originator. */
    private int quality(MacAddress mac) {
        if (batadv == null || batadv.hasLocalClient(mac.bits(), 0)) {
            return BEST_QUALITY;
        }
        long originator = batadv.bestOriginatorOf(mac.bits(), 0);
        return originator < 0 ? 0 : batadv.bestTq(originator);
    }

    private BatadvEngine startBatadv(NodePlan.Batadv layer2, Rng rng, long nowNs) {
        BatadvConfig defaults = BatadvConfig.withInterval(layer2.origIntervalMs());
        BatadvConfig config = plan.anycast() == null ? defaults : defaults.withAnycast(plan.anycast().mac());
        BatadvEngine engine = new BatadvEngine(
                config, HostPlan.meshMac(plan), counters, rng, new BatadvOutbox(), nowNs);
        for (NodePlan.Hardif hardif : layer2.hardifs()) {
            // The engine numbers its hard interfaces in this order, and so do the ports.
            engine.addHardif(hardif.name(), hardif.mac(), hardif.mtuOctets(), hardif.wifi(), nowNs);
        }
        return engine;
    }

    private static DhcpConfig dhcpConfig(NodePlan plan) {
        NodePlan.Anycast anycast = plan.anycast();
        return new DhcpConfig(anycast.mac(), anycast.address4(), anycast.dhcpFirst(), anycast.dhcpLast(),
                List.of(plan.address4().address(), anycast.address4().address()),
                anycast.leaseTimeSeconds(), anycast.newClientsPerSecond(), anycast.clientMtuOctets(),
                plan.domain(), Resolvers.ip4(anycast, false));
    }

    private static Ip6Config ip6Config(NodePlan plan) {
        NodePlan.Anycast anycast = plan.anycast();
        return new Ip6Config(anycast.mac(), anycast.address6().masked(), anycast.clientMtuOctets(),
                Resolvers.ip6(anycast, false), DnsNames.isName(plan.domain()) ? List.of(plan.domain()) : List.of());
    }

    /** Tells the host what it shall look like. */
    public void start() {
        apply();
        if (layer3 != null) {
            layer3.start(nowNs);
        }
    }

    private void apply() {
        PortPolicy policy = guard == null ? PortPolicy.CLIENTS_ONLY : guard.policy();
        // Routes change often, the rest of the host hardly ever.
        if (plainHost == null || !policy.equals(plainPolicy)) {
            plainHost = HostPlan.of(plan, policy);
            plainPolicy = policy;
        }
        HostState desired = layer3 == null ? plainHost : layer3.extend(plainHost);
        if (!desired.equals(applied)) {
            applied = desired;
            host.apply(desired);
        }
    }

    /** The node ends in good order: what its clients should know by then is sent. Nothing may follow. */
    public void stop(long nowNs) {
        this.nowNs = nowNs;
        if (router != null) {
            router.sayGoodbye();
        }
    }

    public NodePlan plan() {
        return plan;
    }

    public List<Port> ports() {
        return ports;
    }

    /** Layer 2, or null without one; for checkers and benchmarks. */
    public BatadvEngine batadv() {
        return batadv;
    }

    /** Layer 3, or null without one; for checkers and benchmarks. */
    public Bmx7Engine bmx7() {
        return layer3 == null ? null : layer3.bmx7();
    }

    /** A frame came in. {@code port} as in {@link #ports()}. */
    public void onFrame(int port, Frame frame, long nowNs) {
        this.nowNs = nowNs;
        if (port == meshPort) {
            if (guard != null) {
                guard.onArp(frame, nowNs);
                if (guard.takesAnswer(frame)) {
                    return;
                }
            }
            batadv.onMeshFrame(frame, nowNs);
        } else if (isEar(port)) {
            guard.onHeard(port - firstEar, frame, nowNs);
        } else if (port == anycastPort) {
            onAnycastFrame(frame, nowNs);
        } else if (port == arpPort) {
            if (Arp.operation(frame) == Arp.REPLY) {
                dhcp.onArp(new Ip4Address(Arp.senderIp(frame)), new MacAddress(Arp.senderMac(frame)), nowNs);
            }
        } else if (layer3 != null && layer3.ownsFrames(port)) {
            layer3.onUplinkFrame(frame, nowNs);
        } else {
            batadv.onFrame(port, frame, nowNs);
        }
    }

    private boolean isEar(int port) {
        return guard != null && port >= firstEar && port < firstEar + plan.lanPorts().size();
    }

    /** Questions for addresses do not enter the cloud, so layer 2 is told here who asked. */
    private void onAnycastFrame(Frame frame, long nowNs) {
        if (batadv != null && frame.length() >= Ethernet.HEADER_OCTETS) {
            batadv.onClientHeard(new MacAddress(Ethernet.source(frame)), nowNs);
        }
        if (Icmpv6.type(frame) == Icmpv6.ROUTER_SOLICITATION) {
            router.onFrame(frame, nowNs);
        } else if (Ipv6.is(frame)) {
            dhcp6.onFrame(frame, nowNs);
        } else {
            dhcp.onFrame(frame, nowNs);
            sharing.onChange(nowNs);
        }
    }

    /** A datagram came in on a {@link Port.Datagram}. */
    public void onDatagram(int port, Ip6Address source, byte[] payload, long nowNs) {
        if (port == alfredPort) {
            alfred.onDatagram(source, payload, nowNs);
            afterAlfred(nowNs);
        } else if (layer3 != null && layer3.ownsDatagrams(port)) {
            layer3.onDatagram(port, source, payload, nowNs);
        }
    }

    /**
     * A device speaks from this link-local address from now on. Only devices whose MAC the plan does not say have to
     * be told, such as the uplink; a device that was told once is gone with null. Where the address was made from the
     * MAC, {@link #onUplinkMac} need not be called.
     *
     * @param device name of a device of BMX7, see {@link Port.Datagram#device}; others are ignored
     */
    public void onLinkLocal(String device, Ip6Address address, long nowNs) {
        this.nowNs = nowNs;
        if (layer3 != null) {
            layer3.onLinkLocal(device, address, nowNs);
        }
    }

    /** The uplink's device is there with this MAC; with null it is gone. Without it no address is asked for. */
    public void onUplinkMac(MacAddress mac, long nowNs) {
        this.nowNs = nowNs;
        if (layer3 != null) {
            layer3.onUplinkMac(mac, nowNs);
        }
    }

    /** A message came over the local socket of A.L.F.R.E.D.; the host numbers its sessions. */
    public void onLocal(int session, byte[] message, long nowNs) {
        switch (AlfredMessage.parse(message)) {
            case Decoded.Malformed<AlfredMessage>(String fault, int unused) -> {
                counters.of("drop.alfred.local_" + fault).increment();
                host.closeLocal(session);
            }
            case Decoded.Valid<AlfredMessage>(AlfredMessage valid) -> {
                alfred.onLocal(session, valid, nowNs);
                afterAlfred(nowNs);
            }
        }
    }

    /** The other side of a local session went away. */
    public void onLocalClosed(int session) {
        alfred.onLocalClosed(session);
    }

    /** What the host's filter rules have done, asked for or not. */
    public void onFilters(FilterReport report, long nowNs) {
        this.nowNs = nowNs;
        if (guard != null) {
            guard.onFilters(report, nowNs);
        }
    }

    /** The interface of a {@link Port.Ear} came, or its cable was plugged in. */
    public void onPlugged(int port, long nowNs) {
        this.nowNs = nowNs;
        guard.onPlugged(port - firstEar, nowNs);
    }

    /** What came of a question to the Internet. */
    public void onProbe(ProbeResult result, long nowNs) {
        this.nowNs = nowNs;
        if (layer3 != null) {
            layer3.onProbe(result, nowNs);
        }
    }

    /** The uplink's cable was plugged or pulled. */
    public void onUplinkCarrier(boolean carrier, long nowNs) {
        this.nowNs = nowNs;
        if (layer3 != null) {
            layer3.onUplinkCarrier(carrier, nowNs);
        }
    }

    /**
     * A person chooses the way to the Internet.
     *
     * @param gateway host name, or null to take the choice back
     * @param client  the choice counts for this client only; null for the whole node
     */
    public void pinExit(String gateway, Ip4Address client, long nowNs) {
        this.nowNs = nowNs;
        if (layer3 != null) {
            layer3.pinExit(gateway, client, nowNs);
        }
    }

    private void afterAlfred(long nowNs) {
        for (AlfredEvent next = alfredEvents.poll(); next != null; next = alfredEvents.poll()) {
            if (!(next instanceof AlfredEvent.RecordChanged)) {
                // Every node hears of every other each minute; that is no news for people.
                host.report(new NodeEvent.Alfred(next));
            }
            if (sharing != null) {
                switch (next) {
                    case AlfredEvent.RecordChanged(int type, MacAddress source) ->
                            sharing.onRecord(type, source, nowNs);
                    case AlfredEvent.PrimaryHeard unused -> sharing.request(nowNs);
                    default -> { }
                }
            }
        }
    }

    // ---- names --------------------------------------------------------------------------------------

    /**
     * Says whether the host answers DNS questions on the anycast addresses; not, unless it says so. Clients are
     * told that server, or the configured ones.
     */
    public void setDnsServer(boolean answers) {
        if (dhcp != null) {
            dhcp.setDnsServers(Resolvers.ip4(plan.anycast(), answers));
            router.setDnsServers(Resolvers.ip6(plan.anycast(), answers));
            dhcp6.setDnsServers(Resolvers.ip6(plan.anycast(), answers));
        }
    }

    /** What names of the cloud follow from, for {@link NameTable#of}; null without clients. */
    public NameTable.Facts nameFacts() {
        if (dhcp == null) {
            return null;
        }
        List<Lease> leases = new ArrayList<>(dhcp.leases());
        leases.addAll(dhcp.remoteLeases());
        return new NameTable.Facts(plan.domain(), plan.hostname(), plan.address4(), plan.address6(),
                plan.anycast().address4().address(), plan.anycast().address6().address(),
                plan.anycast().leaseTimeSeconds(), leases, sharing.nodes6(), Resolvers.otherDomains(plan.anycast()));
    }

    /** Where the host's DNS server asks for names of others, in this order: addresses as text. */
    public List<String> upstreamResolvers(long nowNs) {
        List<String> configured = dhcp == null ? List.of() : Resolvers.upstream(plan.anycast());
        if (!configured.isEmpty()) {
            return configured;
        }
        GatewaySnapshot gateway = snapshot(nowNs).gateway();
        return gateway == null || gateway.uplink() == null ? List.of()
                : gateway.uplink().resolvers().stream().map(Ip4Address::toString).toList();
    }

    // ---- lease store --------------------------------------------------------------------------------

    /** The wall clock now. Only the lease store uses it; nothing else of a node depends on it. */
    public void setWallClock(long wallMs, long nowNs) {
        if (dhcp != null) {
            dhcp.setWallClock(wallMs, nowNs);
            guard.onWallClock(wallMs, nowNs);
        }
    }

    /**
     * The host keeps a lease store, and this is what it held. Between construction and {@link #start}, after
     * {@link #setWallClock}.
     *
     * @param torn records that were not whole
     */
    public void restore(List<byte[]> records, int torn, long nowNs) {
        if (dhcp != null) {
            dhcp.restore(records, torn, nowNs);
        }
    }

    /** Records of a new store that may replace the old one; everything given to the host before is in them. */
    public List<byte[]> storeSnapshot(long nowNs) {
        return dhcp == null ? List.of() : dhcp.snapshotRecords(nowNs);
    }

    /** The first {@code count} records of {@link NodeHost#store} will survive a crash. */
    public void onStored(long count, long nowNs) {
        if (dhcp != null) {
            dhcp.onStored(count, nowNs);
        }
    }

    /** The store takes nothing any more, or takes again. */
    public void onStoreFailed(boolean failed, String reason) {
        if (dhcp != null) {
            dhcp.onStoreFailed(failed, reason);
        }
    }

    // ---- time ---------------------------------------------------------------------------------------

    @Override
    public void onTimer(long nowNs) {
        noticePause(nowNs);
        this.nowNs = nowNs;
        if (batadv != null && Engine.isDue(batadv.nextDeadlineNs(), nowNs)) {
            batadv.onTimer(nowNs);
        }
        if (dhcp != null && Engine.isDue(dhcp.nextDeadlineNs(), nowNs)) {
            dhcp.onTimer(nowNs);
        }
        if (router != null) {
            router.onTimer(nowNs);
        }
        if (sharing != null && Engine.isDue(sharing.nextDeadlineNs(), nowNs)) {
            sharing.onTimer(nowNs);
        }
        if (vis != null) {
            vis.onTimer(nowNs);
        }
        if (Engine.isDue(alfred.nextDeadlineNs(), nowNs)) {
            alfred.onTimer(nowNs);
        }
        if (guard != null && Engine.isDue(guard.nextDeadlineNs(), nowNs)) {
            guard.onTimer(nowNs);
            dhcp.remoteLeases().stream().filter(lease -> lease.address().equals(plan.address4().address())
                    && !lease.client().equals(plan.primaryMac())).findFirst()
                    .ifPresent(lease -> guard.onSameAddress(lease.client(), nowNs));
        }
        afterAlfred(nowNs);
        if (layer3 != null) {
            layer3.onTimer(nowNs);
            if (layer3.takeHostChange(nowNs)) {
                apply();
            }
        }
    }

    /** A host that calls far too late was suspended, or has too much to do: others have given this node up. */
    private void noticePause(long nowNs) {
        long deadlineNs = nextDeadlineNs();
        // A deadline may lie in the past because something is wanted at once.
        long lateNs = Math.min(nowNs - deadlineNs, nowNs - this.nowNs);
        if (deadlineNs != NEVER && lateNs > PAUSE_NS) {
            counters.of("node.pauses").increment();
            warnings.warn("pause", "this node stood still for " + lateNs / 1_000_000_000L + " s: its machine was"
                    + " suspended or has far too much to do. Its neighbours gave it up in that time; links and routes"
                    + " come back by themselves", 1, nowNs);
        }
    }

    @Override
    public long nextDeadlineNs() {
        long accessNs = dhcp == null ? NEVER : Engine.earlier(
                Engine.earlier(dhcp.nextDeadlineNs(), router.nextDeadlineNs()), sharing.nextDeadlineNs());
        long cloudNs = Engine.earlier(Engine.earlier(batadv == null ? NEVER : batadv.nextDeadlineNs(), accessNs),
                Engine.earlier(alfred.nextDeadlineNs(), vis == null ? NEVER : vis.nextDeadlineNs()));
        long guardNs = guard == null ? NEVER : guard.nextDeadlineNs();
        return Engine.earlier(guardNs, layer3 == null ? cloudNs : Engine.earlier(cloudNs, layer3.nextDeadlineNs()));
    }

    public NodeSnapshot snapshot(long nowNs) {
        BatadvSnapshot layer2 = batadv == null ? null : batadv.snapshot(nowNs);
        GuardSnapshot guarded = guard == null ? null : guard.snapshot(nowNs);
        List<String> allWarnings = new ArrayList<>(guarded == null ? List.of() : guarded.warnings());
        allWarnings.addAll(warnings.at(nowNs));
        return new NodeSnapshot(plan, nowNs, startNs, layer2, dhcp == null ? List.of() : dhcp.leases(),
                dhcp == null ? List.of() : dhcp.remoteLeases(), dhcp == null ? 0 : dhcp.ownSlices(),
                alfred.snapshot(nowNs), layer3 == null ? null : layer3.snapshot(nowNs),
                layer3 == null ? null : layer3.gateway(nowNs), guarded, counters.snapshot(), allWarnings);
    }

    private final class BatadvOutbox implements BatadvEngine.Outbox {
        @Override
        public void transmit(int hardif, Frame frame) {
            host.transmit(hardif, frame);
        }

        @Override
        public void deliver(Frame frame) {
            if (guard != null) {
                guard.onArp(frame, nowNs);
            }
            host.transmit(meshPort, frame);
        }

        @Override
        public void report(BatadvEvent event) {
            if (event instanceof BatadvEvent.ClientRoamedHere(MacAddress client, int unused, MacAddress from)) {
                roamedFrom.put(client, from);
                if (roamedFrom.size() > MAX_ROAMED) {
                    roamedFrom.remove(roamedFrom.keySet().iterator().next());
                }
            }
            host.report(new NodeEvent.Batadv(event));
        }
    }

    private final class GuardOutbox implements Guard.Outbox {
        @Override
        public void transmit(int port, Frame frame) {
            host.transmit(firstEar + port, frame);
        }

        @Override
        public void fromCloud(Frame frame) {
            host.transmit(meshPort, frame);
        }

        @Override
        public void fromGateway(Frame frame) {
            host.transmit(anycastPort, frame);
        }

        @Override
        public void readFilters() {
            host.readFilters();
        }

        @Override
        public void onPolicy(PortPolicy policy) {
            apply();
        }

        @Override
        public boolean reaches(MacAddress originator) {
            return batadv != null && batadv.bestTq(originator.bits()) > 0;
        }

        @Override
        public boolean hasNeighbours() {
            return batadv != null && batadv.hasNeighbours();
        }

        @Override
        public void report(GuardEvent event) {
            host.report(new NodeEvent.Guard(event));
        }
    }

    private final class AccessOutbox implements DhcpServer.Outbox {
        @Override
        public void transmit(Frame frame) {
            host.transmit(anycastPort, frame);
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
        public boolean ask(MacAddress owner, MacAddress client) {
            boolean asked = !owner.equals(plan.primaryMac());
            if (asked) {
                alfred.ask(owner, LeaseSharing.TYPE_REPORT, nowNs);
            }
            // The node it came from has confirmed its lease, if anybody has.
            MacAddress originator = roamedFrom.get(client);
            for (MacAddress member : originator == null ? List.<MacAddress>of() : dhcp.members()) {
                if (!member.equals(owner) && batadv.bestOriginatorOf(member.bits(), 0) == originator.bits()) {
                    alfred.ask(member, LeaseSharing.TYPE_REPORT, nowNs);
                    asked = true;
                }
            }
            return asked;
        }
    }

    private final class AlfredOutbox implements AlfredEngine.Outbox {
        @Override
        public void send(Ip6Address destination, byte[] payload) {
            host.send(alfredPort, destination, payload);
        }

        @Override
        public void reply(int session, AlfredMessage message) {
            host.replyLocal(session, message.emit());
        }

        @Override
        public void close(int session) {
            host.closeLocal(session);
        }

        @Override
        public void report(AlfredEvent event) {
            alfredEvents.add(event);
        }

        @Override
        public int quality(MacAddress server) {
            return Node.this.quality(server);
        }
    }
}
