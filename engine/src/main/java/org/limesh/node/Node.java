package org.limesh.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.limesh.access.DhcpServer;
import org.limesh.access.NameTable;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.batadv.BatadvEngine;
import org.limesh.bmx7.Bmx7Engine;
import org.limesh.gateway.ProbeResult;
import org.limesh.guard.GuardEvent;
import org.limesh.guard.GuardSnapshot;
import org.limesh.guard.PortPolicy;
import org.limesh.host.FilterReport;
import org.limesh.lime.NodePlan;
import org.limesh.sharedstate.LeaseEntry;
import org.limesh.sharedstate.StateDocument;
import org.limesh.sharedstate.StateExchange;

/**
 * A node: the index of its parts, and the order in which they are made and have their turn. One thread
 * calls it; it calls its host from within those calls.
 *
 * <p>Order of use: construct, {@link #restore} where the host keeps a lease store, {@link #start}, then
 * {@link #onFrame}, {@link #onDatagram} and {@link #onTimer} as they come.
 */
public final class Node implements Engine {
    private final NodePlan plan;
    private final Counters counters = new Counters();
    private final Warnings warnings;
    private final PauseWatch pauses;
    private final List<Port> ports;
    private final long startNs;
    /** Null without batman-adv. */
    private final Layer2 layer2;
    /** Null without an anycast gateway: then there are no clients. */
    private final ClientServices clients;
    private final SharedData shared;
    /** Null without BMX7 and without an uplink. */
    private final Layer3 layer3;
    /** Null without clients: then there is nobody to keep apart. */
    private final GuardSide guard;
    /** Those of the parts between layer 2 and layer 3 that there are, in the order of their turn. */
    private final Engine[] middleParts;
    /**
     * When the first of the middle parts wants its turn. Most of what comes in is for layer 2 or 3 alone and
     * does not touch them, so asking them all each time would be the dearest part of many calls.
     */
    private long middleNs;
    private boolean middleStale = true;
    /** A middle part was at work since all had their turn. */
    private boolean middleTouched = true;
    private final DesiredHost desired;
    /** Of the call that is under way. */
    private long nowNs;

    /**
     * @param secrets may be null where the plan has no BMX7; without them the node speaks none
     * @param rng     seeded stream of this node
     * @param nowNs   the host's clock now
     */
    public Node(NodePlan plan, NodeHost host, NodeSecrets secrets, Rng rng, long nowNs) {
        this.plan = plan;
        this.startNs = nowNs;
        this.nowNs = nowNs;
        this.warnings = new Warnings(counters, sentence ->
                host.report(new NodeEvent.Guard(new GuardEvent.Warned(sentence))));
        this.pauses = new PauseWatch(counters, warnings);
        // Each part takes the next numbers for its ports: layer 2 from 0, as its engine counts.
        List<Port> ports = new ArrayList<>();
        this.layer2 = plan.batadv() == null ? null
                : new Layer2(plan, host, ports, counters, rng.fork("batadv"), this::onFromCloud, nowNs);
        this.clients = plan.anycast() == null ? null : new ClientServices(plan, host, layer2, ports, counters,
                rng.fork("router"), this::askOtherNodes, nowNs);
        this.shared = new SharedData(plan, host, layer2, clients, ports, counters, warnings, rng, nowNs);
        this.layer3 = (plan.bmx7() == null || secrets == null) && plan.wan() == null ? null
                : new Layer3(plan, host, secrets, ports, counters, warnings, rng.fork("layer3"), nowNs);
        this.guard = clients == null ? null
                : new GuardSide(plan, host, layer2, clients, ports, counters, this::apply, nowNs);
        this.ports = List.copyOf(ports);
        this.middleParts = Stream.of(clients, shared, guard).filter(Objects::nonNull)
                .toArray(Engine[]::new);
        this.desired = new DesiredHost(plan, host, layer3);
    }

    /** From the cloud into the bridge; the other direction is in {@link #onFrame}. */
    private void onFromCloud(Frame frame) {
        if (guard != null) {
            touchMiddle();
            guard.engine().onArp(frame, nowNs);
        }
    }

    /** A middle part is at work: its deadline is another one afterwards. */
    private void touchMiddle() {
        middleStale = true;
        middleTouched = true;
    }

    private boolean askOtherNodes(MacAddress owner, MacAddress client) {
        return shared.ask(owner, client, nowNs);
    }

    /** Tells the host what it shall look like. */
    public void start() {
        touchMiddle();
        apply();
        if (layer3 != null) {
            layer3.start(nowNs);
        }
    }

    private void apply() {
        desired.apply(guard == null ? PortPolicy.CLIENTS_ONLY : guard.engine().policy());
    }

    /** The node ends in good order: what its clients should know by then is sent. Nothing may follow. */
    public void stop(long nowNs) {
        touchMiddle();
        this.nowNs = nowNs;
        if (clients != null) {
            clients.sayGoodbye();
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
        return layer2 == null ? null : layer2.engine();
    }

    /** Layer 3, or null without one; for checkers and benchmarks. */
    public Bmx7Engine bmx7() {
        return layer3 == null ? null : layer3.bmx7();
    }

    /** A frame came in. {@code port} as in {@link #ports()}. */
    public void onFrame(int port, Frame frame, long nowNs) {
        this.nowNs = nowNs;
        if (layer2 != null && layer2.isHardif(port)) {
            layer2.engine().onFrame(port, frame, nowNs);
        } else if (layer3 != null && layer3.ownsFrames(port)) {
            layer3.onUplinkFrame(frame, nowNs);
        } else {
            touchMiddle();
            if (layer2 != null && layer2.isMesh(port)) {
                if (guard == null || !guard.takes(frame, nowNs)) {
                    layer2.engine().onMeshFrame(frame, nowNs);
                }
            } else if (guard != null && guard.owns(port)) {
                guard.onHeard(port, frame, nowNs);
            } else if (clients != null && clients.owns(port)) {
                if (clients.onFrame(port, frame, nowNs)) {
                    shared.onLeases(nowNs);
                }
            } else if (shared.state() != null && shared.state().owns(port)) {
                shared.state().onEcho(frame, nowNs);
            }
        }
    }

    /** A datagram came in on a {@link Port.Datagram}. */
    public void onDatagram(int port, Ip6Address source, byte[] payload, long nowNs) {
        if (shared.owns(port)) {
            touchMiddle();
            shared.onDatagram(source, payload, nowNs);
        } else if (layer3 != null && layer3.ownsDatagrams(port)) {
            layer3.onDatagram(port, source, payload, nowNs);
        }
    }

    /**
     * A device speaks from this link-local address from now on. Only devices whose MAC the plan does not say
     * have to be told, such as the uplink; a device that was told once is gone with null. Where the address
     * was made from the MAC, {@link #onUplinkMac} need not be called.
     *
     * @param device name of a device of BMX7, see {@link Port.Datagram#device}; others are ignored
     */
    public void onLinkLocal(String device, Ip6Address address, long nowNs) {
        this.nowNs = nowNs;
        if (layer3 != null) {
            layer3.onLinkLocal(device, address, nowNs);
        }
    }

    /** The uplink's device is there with this MAC; null: it is gone. Without it no address is asked for. */
    public void onUplinkMac(MacAddress mac, long nowNs) {
        this.nowNs = nowNs;
        if (layer3 != null) {
            layer3.onUplinkMac(mac, nowNs);
        }
    }

    /** A message came over the local socket of A.L.F.R.E.D.; the host numbers its sessions. */
    public void onLocal(int session, byte[] message, long nowNs) {
        touchMiddle();
        shared.onLocal(session, message, nowNs);
    }

    /** The other side of a local session went away. */
    public void onLocalClosed(int session) {
        touchMiddle();
        shared.onLocalClosed(session);
    }

    /**
     * A peer brings its map of {@code shared-state}.
     *
     * @param peer who asks, by its link-local address on the bridge
     * @return what it gets in return; null for nothing: it is unknown here, comes too often, or brought
     *     something
     *         malformed
     */
    public List<LeaseEntry> onStateQuestion(Ip6Address peer, Decoded<StateDocument> told, long nowNs) {
        touchMiddle();
        this.nowNs = nowNs;
        return shared.state() == null ? null : shared.state().onQuestion(peer, told, nowNs);
    }

    /**
     * What came back from a peer of a {@link StateExchange}.
     *
     * @param peer a neighbour; null when it is a candidate
     * @param name of the peer, for people
     * @param told null when there was no answer
     */
    public void onStateAnswer(int round, Ip6Address peer, String name, Decoded<StateDocument> told,
            long nowNs) {
        touchMiddle();
        this.nowNs = nowNs;
        if (shared.state() != null) {
            shared.state().onAnswer(round, peer, name, told, nowNs);
        }
    }

    /** What the host's filter rules have done, asked for or not. */
    public void onFilters(FilterReport report, long nowNs) {
        touchMiddle();
        this.nowNs = nowNs;
        if (guard != null) {
            guard.engine().onFilters(report, nowNs);
        }
    }

    /** The interface of a {@link Port.Ear} came, or its cable was plugged in. */
    public void onPlugged(int port, long nowNs) {
        touchMiddle();
        this.nowNs = nowNs;
        guard.onPlugged(port, nowNs);
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

    // ---- names --------------------------------------------------------------------------------------

    /**
     * Says whether the host answers DNS questions on the anycast addresses; not, unless it says so. Clients
     * are told that server, or the configured ones.
     */
    public void setDnsServer(boolean answers) {
        touchMiddle();
        if (clients != null) {
            clients.setDnsServer(answers);
        }
    }

    /** What names of the cloud follow from, for {@link NameTable#of}; null without clients. */
    public NameTable.Facts nameFacts() {
        return clients == null ? null : clients.nameFacts(shared.nodes6());
    }

    /** Where the host's DNS server asks for names of others, in this order: addresses as text. */
    public List<String> upstreamResolvers(long nowNs) {
        List<String> configured = clients == null ? List.of() : clients.configuredResolvers();
        return !configured.isEmpty() || layer3 == null ? configured
                : layer3.uplinkResolvers().stream().map(Ip4Address::toString).toList();
    }

    // ---- lease store --------------------------------------------------------------------------------

    /** The wall clock now. Only the lease store uses it; nothing else of a node depends on it. */
    public void setWallClock(long wallMs, long nowNs) {
        touchMiddle();
        if (clients != null) {
            clients.dhcp().setWallClock(wallMs, nowNs);
            guard.engine().onWallClock(wallMs, nowNs);
        }
    }

    /**
     * The host keeps a lease store, and this is what it held. Between construction and {@link #start}, after
     * {@link #setWallClock}.
     *
     * @param torn records that were not whole
     */
    public void restore(List<byte[]> records, int torn, long nowNs) {
        touchMiddle();
        if (clients != null) {
            clients.dhcp().restore(records, torn, nowNs);
        }
    }

    /** Records of a new store that may replace the old one; all that the host was given is in them. */
    public List<byte[]> storeSnapshot(long nowNs) {
        touchMiddle();
        return clients == null ? List.of() : clients.dhcp().snapshotRecords(nowNs);
    }

    /** The first {@code count} records of {@link NodeHost#store} will survive a crash. */
    public void onStored(long count, long nowNs) {
        touchMiddle();
        if (clients != null) {
            clients.dhcp().onStored(count, nowNs);
        }
    }

    /** The store takes nothing any more, or takes again. */
    public void onStoreFailed(boolean failed, String reason) {
        touchMiddle();
        if (clients != null) {
            clients.dhcp().onStoreFailed(failed, reason);
        }
    }

    // ---- time ---------------------------------------------------------------------------------------

    @Override
    public void onTimer(long nowNs) {
        pauses.onCall(nextDeadlineNs(), this.nowNs, nowNs);
        this.nowNs = nowNs;
        if (layer2 != null) {
            layer2.onTimer(nowNs);
        }
        if (middleTouched || Engine.isDue(middleDeadlineNs(), nowNs)) {
            for (Engine part : middleParts) {
                part.onTimer(nowNs);
            }
            shared.settle(nowNs);
            middleStale = true;
            middleTouched = false;
        }
        if (layer3 != null) {
            layer3.onTimer(nowNs);
            if (layer3.takeHostChange(nowNs)) {
                apply();
            }
        }
    }

    private long middleDeadlineNs() {
        if (middleStale) {
            middleStale = false;
            middleNs = NEVER;
            for (Engine part : middleParts) {
                middleNs = Engine.earlier(middleNs, part.nextDeadlineNs());
            }
        }
        return middleNs;
    }

    @Override
    public long nextDeadlineNs() {
        long nextNs = layer3 == null ? NEVER : layer3.nextDeadlineNs();
        nextNs = Engine.earlier(nextNs, middleDeadlineNs());
        return layer2 == null ? nextNs : Engine.earlier(nextNs, layer2.nextDeadlineNs());
    }

    public NodeSnapshot snapshot(long nowNs) {
        GuardSnapshot guarded = guard == null ? null : guard.engine().snapshot(nowNs);
        List<String> allWarnings = new ArrayList<>(guarded == null ? List.of() : guarded.warnings());
        allWarnings.addAll(warnings.at(nowNs));
        DhcpServer dhcp = clients == null ? null : clients.dhcp();
        return new NodeSnapshot(plan, nowNs, startNs, layer2 == null ? null : layer2.engine().snapshot(nowNs),
                dhcp == null ? List.of() : dhcp.leases(), dhcp == null ? List.of() : dhcp.remoteLeases(),
                dhcp == null ? 0 : dhcp.ownSlices(), shared.snapshot(nowNs),
                layer3 == null ? null : layer3.snapshot(nowNs), layer3 == null ? null : layer3.gateway(nowNs),
                guarded, counters.snapshot(), allWarnings);
    }
}
