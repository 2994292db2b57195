package org.limesh.node;

import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.guard.Guard;
import org.limesh.guard.GuardEvent;
import org.limesh.guard.PortPolicy;
import org.limesh.lime.NodePlan;

/** The guard of a node, an ear at each client port, and what it learns from the other parts. */
final class GuardSide implements Engine {
    private final NodeHost host;
    /** Null without layer 2. */
    private final Layer2 layer2;
    private final ClientServices clients;
    private final Runnable onPolicy;
    private final int firstEar;
    private final int earCount;
    private final Guard engine;

    /**
     * @param layer2   may be null
     * @param ports    gets an ear for each client port
     * @param onPolicy called when what shall be done about the client ports is different
     */
    GuardSide(NodePlan plan, NodeHost host, Layer2 layer2, ClientServices clients, List<Port> ports,
            Counters counters, Runnable onPolicy, long nowNs) {
        this.host = host;
        this.layer2 = layer2;
        this.clients = clients;
        this.onPolicy = onPolicy;
        this.firstEar = ports.size();
        this.earCount = plan.lanPorts().size();
        plan.lanPorts().forEach(port -> ports.add(new Port.Ear(port + "_ear", port)));
        this.engine = new Guard(EngineConfigs.guard(plan), layer2 != null, counters, new Outbox(), nowNs);
    }

    Guard engine() {
        return engine;
    }

    /** True for the ear at a client port. */
    boolean owns(int port) {
        return port >= firstEar && port < firstEar + earCount;
    }

    void onHeard(int port, Frame frame, long nowNs) {
        clients.onHeard(port - firstEar + 1, frame);
        engine.onHeard(port - firstEar, frame, nowNs);
    }

    void onPlugged(int port, long nowNs) {
        engine.onPlugged(port - firstEar, nowNs);
    }

    /**
     * A frame goes from the bridge to the cloud.
     *
     * @return true when it is the guard's own and shall go no further
     */
    boolean takes(Frame frame, long nowNs) {
        engine.onArp(frame, nowNs);
        return engine.takesAnswer(frame);
    }

    @Override
    public void onTimer(long nowNs) {
        if (Engine.isDue(engine.nextDeadlineNs(), nowNs)) {
            engine.onTimer(nowNs);
            clients.stationWithSameAddress().ifPresent(other -> engine.onSameAddress(other, nowNs));
        }
    }

    @Override
    public long nextDeadlineNs() {
        return engine.nextDeadlineNs();
    }

    private final class Outbox implements Guard.Outbox {
        @Override
        public void transmit(int port, Frame frame) {
            host.transmit(firstEar + port, frame);
        }

        @Override
        public void fromCloud(Frame frame) {
            // The guard asks for it only where it was told that there is a cloud.
            layer2.toBridge(frame);
        }

        @Override
        public void fromGateway(Frame frame) {
            clients.fromGateway(frame);
        }

        @Override
        public void readFilters() {
            host.readFilters();
        }

        @Override
        public void onPolicy(PortPolicy policy) {
            onPolicy.run();
        }

        @Override
        public boolean reaches(MacAddress originator) {
            return layer2 != null && layer2.reaches(originator);
        }

        @Override
        public boolean hasNeighbours() {
            return layer2 != null && layer2.engine().hasNeighbours();
        }

        @Override
        public void report(GuardEvent event) {
            host.report(new NodeEvent.Guard(event));
        }
    }
}
