package org.limesh.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.batadv.BatadvEngine;
import org.limesh.batadv.BatadvEvent;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Ethernet;

/**
 * batman-adv of a node: a port for each of its hard interfaces, one for the mesh interface, and what the
 * other parts ask about the cloud.
 *
 * <pre>
 *   hard interfaces ←─ frames ─→ BatadvEngine ←─ frames ─→ mesh interface, in the bridge
 *                                     │
 *                 who is of the cloud, how good the way, who came here from where
 * </pre>
 */
final class Layer2 implements Engine {
    /** Of the way to a station on the same cable. */
    static final int BEST_QUALITY = 255;
    /** Who roamed is asked about within a second. */
    private static final int MAX_ROAMED = 256;

    private final NodeHost host;
    private final Consumer<Frame> watcher;
    private final int meshPort;
    private final BatadvEngine engine;
    /** Originator that a client was at before it came here; the clients that came last. */
    private final Map<MacAddress, MacAddress> roamedFrom = new LinkedHashMap<>();

    /**
     * @param ports   still empty: the engine counts its hard interfaces from 0, and their ports have the
     *                same numbers
     * @param watcher sees each frame from the cloud before the bridge does
     */
    Layer2(NodePlan plan, NodeHost host, List<Port> ports, Counters counters, Rng rng,
            Consumer<Frame> watcher, long nowNs) {
        this.host = host;
        this.watcher = watcher;
        List<NodePlan.Hardif> hardifs = plan.batadv().hardifs();
        for (NodePlan.Hardif hardif : hardifs) {
            ports.add(new Port.Hardif(hardif.name(), hardif.device(), hardif.tag(), hardif.mac(),
                    hardif.mtuOctets(), hardif.wifi()));
        }
        this.meshPort = ports.size();
        ports.add(new Port.Mesh(HostPlan.MESH_INTERFACE));
        this.engine = new BatadvEngine(EngineConfigs.batadv(plan), HostPlan.meshMac(plan), counters, rng,
                new Outbox(), nowNs);
        for (NodePlan.Hardif hardif : hardifs) {
            engine.addHardif(hardif.name(), hardif.mac(), hardif.mtuOctets(), hardif.wifi(), nowNs);
        }
    }

    BatadvEngine engine() {
        return engine;
    }

    /** True for the port of a hard interface. */
    boolean isHardif(int port) {
        return port < meshPort;
    }

    /** True for the port of the mesh interface. */
    boolean isMesh(int port) {
        return port == meshPort;
    }

    /** A client spoke to its gateway, which the mesh interface does not see. */
    void onClientHeard(Frame frame, long nowNs) {
        if (frame.length() >= Ethernet.HEADER_OCTETS) {
            engine.onClientHeard(new MacAddress(Ethernet.source(frame)), nowNs);
        }
    }

    /** Puts a frame into the bridge as if it came from the cloud. */
    void toBridge(Frame frame) {
        host.transmit(meshPort, frame);
    }

    // ---- about the cloud ----------------------------------------------------------------------------

    /** Whether a MAC is that of a node or client of the cloud. */
    boolean knows(MacAddress mac) {
        return engine.hasLocalClient(mac.bits(), 0) || engine.bestOriginatorOf(mac.bits(), 0) >= 0;
    }

    /** Quality of the way to a station of the cloud: 255 on the same cable, else that of its originator. */
    int quality(MacAddress mac) {
        if (engine.hasLocalClient(mac.bits(), 0)) {
            return BEST_QUALITY;
        }
        long originator = engine.bestOriginatorOf(mac.bits(), 0);
        return originator < 0 ? 0 : engine.bestTq(originator);
    }

    /** Whether a station is at a client port of this node. */
    boolean isHere(MacAddress mac) {
        return engine.hasLocalClient(mac.bits(), 0);
    }

    /** Whether the next hop towards a station is the node that it is at. */
    boolean isNextDoor(MacAddress mac) {
        long originator = engine.bestOriginatorOf(mac.bits(), 0);
        return originator >= 0 && engine.nextHopOf(originator) == originator;
    }

    /** True when there is a way to this originator. */
    boolean reaches(MacAddress originator) {
        return engine.bestTq(originator.bits()) > 0;
    }

    /** Originator that a client came here from a moment ago, or null. */
    MacAddress roamedFrom(MacAddress client) {
        return roamedFrom.get(client);
    }

    /** Whether a station is at this originator. */
    boolean isAt(MacAddress station, MacAddress originator) {
        return engine.bestOriginatorOf(station.bits(), 0) == originator.bits();
    }

    // ---- time ---------------------------------------------------------------------------------------

    @Override
    public void onTimer(long nowNs) {
        if (Engine.isDue(engine.nextDeadlineNs(), nowNs)) {
            engine.onTimer(nowNs);
        }
    }

    @Override
    public long nextDeadlineNs() {
        return engine.nextDeadlineNs();
    }

    private final class Outbox implements BatadvEngine.Outbox {
        @Override
        public void transmit(int hardif, Frame frame) {
            host.transmit(hardif, frame);
        }

        @Override
        public void deliver(Frame frame) {
            watcher.accept(frame);
            toBridge(frame);
        }

        @Override
        public void report(BatadvEvent event) {
            if (event instanceof BatadvEvent.ClientRoamedHere(MacAddress client, int unused,
                    MacAddress from)) {
                roamedFrom.put(client, from);
                if (roamedFrom.size() > MAX_ROAMED) {
                    roamedFrom.remove(roamedFrom.keySet().iterator().next());
                }
            }
            host.report(new NodeEvent.Batadv(event));
        }
    }
}
