package org.limesh.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.limesh.access.DhcpServer;
import org.limesh.access.Lease;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Ipv6;
import org.limesh.sharedstate.LeaseEntry;
import org.limesh.sharedstate.LeaseState;
import org.limesh.sharedstate.OwnLease;
import org.limesh.sharedstate.SharedStateEngine;
import org.limesh.sharedstate.StateDocument;
import org.limesh.sharedstate.StateExchange;

/**
 * Carries leases between the DHCP server and {@code shared-state}: the second way to nodes of today's
 * LibreMesh.
 *
 * <pre>
 *   DhcpServer ──own leases, own address──→ SharedStateEngine ←─maps─→ neighbours, through the host
 *              ←── leases of others ───────        │  ↑
 *                                                ping  answers      echo port on the bridge
 * </pre>
 *
 * What a node tells by {@link LeaseSharing}'s reports is not taken from here: those are exact, this is not.
 */
final class StateSharing implements Engine {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int MAX_NODES = 4096;
    private static final Ip6Address ALL_NODES = new Ip6Address(0xff02L << 48, 1);

    private final NodePlan plan;
    private final NodeHost host;
    /** Null without layer 2: then whoever answers is on the same cable. */
    private final Layer2 layer2;
    private final DhcpServer dhcp;
    private final LeaseSharing reports;
    private final Counters counters;
    private final int port;
    private final int echoId;
    private final SharedStateEngine engine;
    /** MACs of bridges by host name, from the entries in which nodes tell of themselves. */
    private final Map<String, MacAddress> nodes = new LinkedHashMap<>();
    /** MACs with a lease, without those of nodes; made anew for each round. */
    private final Set<MacAddress> clients = new LinkedHashSet<>();
    private int sequence;
    private long seenChanges = -1;
    private int toldAsked = -1;
    private int toldAnswered = -1;
    private long nowNs;

    /** @param ports gets a port for echo */
    StateSharing(NodePlan plan, NodeHost host, Layer2 layer2, DhcpServer dhcp, LeaseSharing reports,
            List<Port> ports,
            Counters counters, Rng rng, long nowNs) {
        this.plan = plan;
        this.host = host;
        this.layer2 = layer2;
        this.dhcp = dhcp;
        this.reports = reports;
        this.counters = counters;
        this.port = ports.size();
        ports.add(new Port.Echo("echo", HostPlan.BRIDGE));
        this.echoId = rng.nextInt(1 << 16);
        this.nowNs = nowNs;
        this.engine = new SharedStateEngine(plan.hostname(), plan.sharedState().candidates(), counters,
                rng.fork("shared-state"), new Outbox(), nowNs);
    }

    // ---- inputs -------------------------------------------------------------------------------------

    /** True for the port of echo. */
    boolean owns(int port) {
        return port == this.port;
    }

    void onEcho(Frame frame, long nowNs) {
        this.nowNs = nowNs;
        if (Icmpv6.type(frame) == Icmpv6.ECHO_REPLY && Icmpv6.echoId(frame) == echoId
                && Icmpv6.echoSequence(frame) == sequence) {
            engine.onNeighbour(Ipv6.source(frame), nowNs);
        }
    }

    /** See {@link Node#onStateQuestion}. */
    List<LeaseEntry> onQuestion(Ip6Address peer, Decoded<StateDocument> told, long nowNs) {
        this.nowNs = nowNs;
        if (!peer.isLinkLocal() || layer2 != null && !(peer.isEui64() && layer2.knows(peer.eui64Mac()))) {
            counters.of("drop.sharedstate.unknown_peer").increment();
            return null;
        }
        return engine.onQuestion(peer, told, nowNs);
    }

    /** See {@link Node#onStateAnswer}. */
    void onAnswer(int round, Ip6Address peer, String name, Decoded<StateDocument> told, long nowNs) {
        this.nowNs = nowNs;
        if (peer == null) {
            engine.onAnswer(round, name, told);
        } else {
            engine.onAnswer(round, peer, told);
        }
    }

    // ---- what is learned ----------------------------------------------------------------------------

    /** The author knows its client best: it is who gave the address, as far as anybody can tell. */
    private void learn(List<LeaseEntry> entries, String teller) {
        for (LeaseEntry entry : entries) {
            boolean tellsOfItself = !entry.isRemoved() && entry.hostname().equals(entry.author());
            if (tellsOfItself && (nodes.size() < MAX_NODES || nodes.containsKey(entry.author()))) {
                nodes.put(entry.author(), entry.mac());
            }
        }
        for (LeaseEntry entry : entries) {
            // A removed lease ends nothing here: the client may have walked on, and it runs out by itself.
            if (!entry.isRemoved() && !entry.author().equals(plan.hostname())
                    && !reports.hasReportOf(entry.author(), nowNs)) {
                learn(entry, teller);
            }
        }
    }

    private void learn(LeaseEntry entry, String teller) {
        long leaseSeconds = plan.anycast().leaseTimeSeconds();
        // How often it was bleached tells how long ago it was said, to within one time.
        long agoSeconds = Math.max(0, LeaseState.BLEACH_TTL - entry.bleachTtl() - 1)
                * LeaseState.BLEACH_SECONDS;
        if (agoSeconds >= leaseSeconds) {
            counters.of("lease.rejected.too_old").increment();
            return;
        }
        MacAddress node = nodes.getOrDefault(entry.author(), MacAddress.ZERO);
        dhcp.learn(node, entry.mac(), "", entry.address(), entry.hostname(), leaseSeconds - agoSeconds,
                "held at " + entry.author() + ", as shared-state of " + teller + " tells", nowNs);
    }

    // ---- what is told -------------------------------------------------------------------------------

    private void tellOwn() {
        List<OwnLease> own = new ArrayList<>();
        own.add(new OwnLease(plan.address4().address(), plan.primaryMac(), plan.hostname()));
        for (Lease lease : dhcp.leases()) {
            own.add(new OwnLease(lease.address(), lease.client(), lease.hostname()));
        }
        Set<Ip4Address> elsewhere = new LinkedHashSet<>();
        dhcp.remoteLeases().forEach(lease -> elsewhere.add(lease.address()));
        engine.setOwn(own, elsewhere::contains, nowNs);
    }

    private SharedStateEngine.Kinship kinship(Ip6Address neighbour) {
        if (!neighbour.isEui64()) {
            return SharedStateEngine.Kinship.NOBODY;
        }
        MacAddress mac = neighbour.eui64Mac();
        if (mac.equals(plan.primaryMac()) || mac.equals(plan.anycast().mac()) || clients.contains(mac)) {
            return SharedStateEngine.Kinship.NOBODY;
        }
        if (plan.alfredOnLan() && layer2 != null && layer2.isHere(mac)) {
            // A person says that there are nodes; those with a lease are none.
            return SharedStateEngine.Kinship.NEIGHBOUR;
        }
        if (layer2 == null || layer2.isHere(mac) || !layer2.knows(mac)) {
            return SharedStateEngine.Kinship.NEAR;
        }
        return layer2.isNextDoor(mac) ? SharedStateEngine.Kinship.NEIGHBOUR : SharedStateEngine.Kinship.FAR;
    }

    /** Whoever has a lease that somebody else gave is no node. */
    private void lookWhoIsClient() {
        clients.clear();
        dhcp.leases().forEach(lease -> clients.add(lease.client()));
        for (Lease lease : dhcp.remoteLeases()) {
            if (!lease.client().equals(lease.confirmedBy())) {
                clients.add(lease.client());
            }
        }
    }

    // ---- time ---------------------------------------------------------------------------------------

    @Override
    public void onTimer(long nowNs) {
        this.nowNs = nowNs;
        if (reports.changes() != seenChanges) {
            seenChanges = reports.changes();
            tellOwn();
        }
        if (Engine.isDue(engine.nextDeadlineNs(), nowNs)) {
            engine.onTimer(nowNs);
        }
    }

    @Override
    public long nextDeadlineNs() {
        return engine.nextDeadlineNs();
    }

    private final class Outbox implements SharedStateEngine.Outbox {
        @Override
        public void ping() {
            sequence = sequence + 1 & 0xffff;
            lookWhoIsClient();
            host.transmit(port, Icmpv6.echoRequest(Ipv6.multicastMac(ALL_NODES), plan.primaryMac().bits(),
                    Ip6Address.linkLocalOf(plan.primaryMac()), ALL_NODES, echoId, sequence, 0));
        }

        @Override
        public SharedStateEngine.Kinship kinship(Ip6Address neighbour) {
            return StateSharing.this.kinship(neighbour);
        }

        @Override
        public void exchange(StateExchange exchange) {
            host.exchangeState(exchange);
        }

        @Override
        public void learned(List<LeaseEntry> entries, String teller) {
            learn(entries, teller);
        }

        @Override
        public void exchanged(int asked, int answered) {
            if (asked != toldAsked || answered != toldAnswered) {
                toldAsked = asked;
                toldAnswered = answered;
                host.report(new NodeEvent.StateExchanged(asked, answered));
            }
        }
    }
}
