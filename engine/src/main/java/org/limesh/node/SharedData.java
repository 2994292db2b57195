package org.limesh.node;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.limesh.access.DhcpServer;
import org.limesh.alfred.AlfredConfig;
import org.limesh.alfred.AlfredEngine;
import org.limesh.alfred.AlfredEvent;
import org.limesh.alfred.AlfredSnapshot;
import org.limesh.alfred.wire.AlfredMessage;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.lime.NodePlan;

/**
 * What a node and its cloud tell each other by A.L.F.R.E.D.: its part of the map, and leases. Leases by
 * {@code shared-state} too, where that is switched on.
 *
 * <pre>
 *   Layer2 ─→ VisPublisher ──→ AlfredEngine ←─→ datagrams on the bridge
 *   DHCP ←──→ LeaseSharing ←─→      ↕
 *    ↕                       local sessions, of tools on this machine
 *   StateSharing ←─→ maps of neighbours, over HTTP
 * </pre>
 */
final class SharedData implements Engine {
    private final NodeHost host;
    private final Counters counters;
    /** Null without layer 2: then whoever is heard is on the same cable. */
    private final Layer2 layer2;
    /** Null without clients. */
    private final DhcpServer dhcp;
    private final MacAddress self;
    private final int port;
    private final AlfredEngine alfred;
    /** Null without layer 2: there is no map to tell. */
    private final VisPublisher vis;
    /** Null without clients: then there is nothing to share. */
    private final LeaseSharing sharing;
    /** Null where leases are not told over HTTP. */
    private final StateSharing state;
    /** What the engine told while it was at work, handled when it has finished. */
    private final ArrayDeque<AlfredEvent> events = new ArrayDeque<>();

    /**
     * @param layer2  may be null
     * @param clients may be null
     * @param ports   gets a port for A.L.F.R.E.D.
     * @param rng     of the node
     */
    SharedData(NodePlan plan, NodeHost host, Layer2 layer2, ClientServices clients, List<Port> ports,
            Counters counters, Warnings warnings, Rng rng, long nowNs) {
        this.host = host;
        this.counters = counters;
        this.layer2 = layer2;
        this.dhcp = clients == null ? null : clients.dhcp();
        this.self = plan.primaryMac();
        this.port = ports.size();
        ports.add(new Port.Datagram("alfred", HostPlan.BRIDGE, AlfredConfig.PORT, AlfredEngine.ALL_NODES));
        this.alfred = new AlfredEngine(new AlfredConfig(self, HostPlan.BRIDGE, layer2 == null ? "none"
                : HostPlan.MESH_INTERFACE, AlfredConfig.Role.ELECTED, AlfredConfig.DEFAULT_SYNC_PERIOD_MS),
                counters, rng.fork("alfred"), new Outbox(), nowNs);
        this.vis = layer2 == null ? null
                : new VisPublisher(layer2.engine(), alfred, rng.fork("vis"), nowNs);
        this.sharing = dhcp == null ? null
                : new LeaseSharing(plan, dhcp, alfred, counters, warnings,
                mac -> layer2 == null || layer2.knows(mac), rng.fork("leases"), nowNs);
        this.state = dhcp == null || plan.sharedState() == null ? null
                : new StateSharing(plan, host, layer2, dhcp, sharing, ports, counters, rng.fork("state"),
                nowNs);
    }

    // ---- inputs -------------------------------------------------------------------------------------

    /** True for the port of A.L.F.R.E.D. */
    boolean owns(int port) {
        return port == this.port;
    }

    void onDatagram(Ip6Address source, byte[] payload, long nowNs) {
        alfred.onDatagram(source, payload, nowNs);
        settle(nowNs);
    }

    /** The second carrier of leases, or null. */
    StateSharing state() {
        return state;
    }

    /** See {@link Node#onLocal}. */
    void onLocal(int session, byte[] message, long nowNs) {
        switch (AlfredMessage.parse(message)) {
            case Decoded.Malformed<AlfredMessage>(String fault, int unused) -> {
                counters.of("drop.alfred.local_" + fault).increment();
                host.closeLocal(session);
            }
            case Decoded.Valid<AlfredMessage>(AlfredMessage valid) -> {
                alfred.onLocal(session, valid, nowNs);
                settle(nowNs);
            }
        }
    }

    void onLocalClosed(int session) {
        alfred.onLocalClosed(session);
    }

    /** The DHCP server was at work. Only with clients. */
    void onLeases(long nowNs) {
        sharing.onChange(nowNs);
    }

    /**
     * A client came with an address that this node knows nothing of: nodes that may are asked.
     *
     * @param owner of the part of the pool that the address lies in
     * @return false when there was nobody to ask
     */
    boolean ask(MacAddress owner, MacAddress client, long nowNs) {
        boolean asked = !owner.equals(self);
        if (asked) {
            alfred.ask(owner, LeaseSharing.TYPE_REPORT, nowNs);
        }
        // The node it came from has confirmed its lease, if anybody has.
        MacAddress originator = layer2 == null ? null : layer2.roamedFrom(client);
        for (MacAddress member : originator == null ? List.<MacAddress>of() : dhcp.members()) {
            if (!member.equals(owner) && layer2.isAt(member, originator)) {
                alfred.ask(member, LeaseSharing.TYPE_REPORT, nowNs);
                asked = true;
            }
        }
        return asked;
    }

    /** Handles what the engine has told; it must not be at work. */
    void settle(long nowNs) {
        for (AlfredEvent next = events.poll(); next != null; next = events.poll()) {
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

    // ---- time ---------------------------------------------------------------------------------------

    /** {@link #settle} is left to the caller: what the guard has to say comes first. */
    @Override
    public void onTimer(long nowNs) {
        if (sharing != null && Engine.isDue(sharing.nextDeadlineNs(), nowNs)) {
            sharing.onTimer(nowNs);
        }
        if (state != null) {
            state.onTimer(nowNs);
        }
        if (vis != null) {
            vis.onTimer(nowNs);
        }
        if (Engine.isDue(alfred.nextDeadlineNs(), nowNs)) {
            alfred.onTimer(nowNs);
        }
    }

    @Override
    public long nextDeadlineNs() {
        long publishNs = Engine.earlier(sharing == null ? NEVER : sharing.nextDeadlineNs(),
                vis == null ? NEVER : vis.nextDeadlineNs());
        publishNs = Engine.earlier(publishNs, state == null ? NEVER : state.nextDeadlineNs());
        return Engine.earlier(publishNs, alfred.nextDeadlineNs());
    }

    // ---- reading ------------------------------------------------------------------------------------

    /** IPv6 addresses that nodes told of themselves, by the MAC that their leases name. Only with clients. */
    Map<MacAddress, Ip6Address> nodes6() {
        return sharing.nodes6();
    }

    AlfredSnapshot snapshot(long nowNs) {
        return alfred.snapshot(nowNs);
    }

    private final class Outbox implements AlfredEngine.Outbox {
        @Override
        public void send(Ip6Address destination, byte[] payload) {
            host.send(port, destination, payload);
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
            events.add(event);
        }

        @Override
        public int quality(MacAddress server) {
            return layer2 == null ? Layer2.BEST_QUALITY : layer2.quality(server);
        }

        @Override
        public boolean knows(MacAddress source) {
            return layer2 == null || layer2.knows(source);
        }
    }
}
