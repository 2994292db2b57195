package org.limesh.node;

import java.util.ArrayList;
import java.util.List;
import org.limesh.access.AccessEvent;
import org.limesh.access.DhcpConfig;
import org.limesh.access.DhcpServer;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.batadv.BatadvConfig;
import org.limesh.batadv.BatadvEngine;
import org.limesh.batadv.BatadvEvent;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.lime.NodePlan;

/**
 * A node. One thread calls it; it calls its host from within those calls.
 *
 * <p>Order of use: construct, {@link #start}, then {@link #onFrame} and {@link #onTimer} as they come.
 */
public final class Node implements Engine {
    private final NodePlan plan;
    private final NodeHost host;
    private final Counters counters = new Counters();
    private final List<Port> ports;
    private final int meshPort;
    private final int anycastPort;
    private final long startNs;
    private final BatadvEngine batadv;
    private final DhcpServer dhcp;

    /**
     * @param rng   seeded stream of this node
     * @param nowNs the host's clock now
     */
    public Node(NodePlan plan, NodeHost host, Rng rng, long nowNs) {
        this.plan = plan;
        this.host = host;
        this.startNs = nowNs;
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
            this.dhcp = new DhcpServer(dhcpConfig(plan), counters, new AccessOutbox());
        } else {
            this.anycastPort = -1;
            this.dhcp = null;
        }
        this.ports = List.copyOf(ports);
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
                anycast.leaseTimeSeconds(), anycast.clientMtuOctets(), plan.domain());
    }

    /** Tells the host what it shall look like. */
    public void start() {
        host.apply(HostPlan.of(plan));
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

    /** A frame came in. {@code port} as in {@link #ports()}. */
    public void onFrame(int port, Frame frame, long nowNs) {
        if (port == meshPort) {
            batadv.onMeshFrame(frame, nowNs);
        } else if (port == anycastPort) {
            dhcp.onFrame(frame, nowNs);
        } else {
            batadv.onFrame(port, frame, nowNs);
        }
    }

    @Override
    public void onTimer(long nowNs) {
        if (batadv != null && Engine.isDue(batadv.nextDeadlineNs(), nowNs)) {
            batadv.onTimer(nowNs);
        }
        if (dhcp != null && Engine.isDue(dhcp.nextDeadlineNs(), nowNs)) {
            dhcp.onTimer(nowNs);
        }
    }

    @Override
    public long nextDeadlineNs() {
        return Engine.earlier(batadv == null ? NEVER : batadv.nextDeadlineNs(),
                dhcp == null ? NEVER : dhcp.nextDeadlineNs());
    }

    public NodeSnapshot snapshot(long nowNs) {
        BatadvSnapshot layer2 = batadv == null ? null : batadv.snapshot(nowNs);
        return new NodeSnapshot(plan, nowNs, startNs, layer2, dhcp == null ? List.of() : dhcp.leases(),
                counters.snapshot(), List.of());
    }

    private final class BatadvOutbox implements BatadvEngine.Outbox {
        @Override
        public void transmit(int hardif, Frame frame) {
            host.transmit(hardif, frame);
        }

        @Override
        public void deliver(Frame frame) {
            host.transmit(meshPort, frame);
        }

        @Override
        public void report(BatadvEvent event) {
            host.report(new NodeEvent.Batadv(event));
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
    }
}
