package org.limesh.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.host.FilterReport;
import org.limesh.host.FilterRule;
import org.limesh.host.HostState;
import org.limesh.packet.Ethernet;

/**
 * The learning bridge of a host with the identities that live on it, made from the desired state.
 *
 * <pre>
 *   port ─→ PREROUTING ─→ learn ─┬─→ FORWARD ─→ POSTROUTING ─→ other ports
 *                                └─→ br-lan, anygw ─→ (answers) POSTROUTING ─→ ports
 * </pre>
 *
 * <p>As on Linux the macvlan makes the bridge promiscuous: a frame for the anycast MAC reaches anygw and,
 * since no port ever has that MAC, is flooded too. Only the FORWARD rule stops that flood.
 */
final class SimBridge {
    /** Bridge ports of one host; more clients are refused like by a full access point. */
    static final int PORTS_LIMIT = 256;
    private static final String CLIENT_PORT_PREFIX = "ap";

    private final Simulation sim;
    private final SimNode node;
    private final SimHost host;
    private final List<BridgePort> ports = new ArrayList<>();
    private final MacTable macs = new MacTable();
    private final FilterTable filters;
    private final HostStack stack;
    private BridgePort meshPort;

    SimBridge(Simulation sim, SimNode node, SimHost host) {
        this.sim = sim;
        this.node = node;
        this.host = host;
        this.filters = new FilterTable(host::onBlamed);
        this.stack = new HostStack(sim, node, host, this);
    }

    HostStack stack() {
        return stack;
    }

    /** Makes a desired state real; clients stay plugged. */
    void realize(HostState state) {
        ports.removeIf(port -> port.client() == null);
        meshPort = null;
        for (HostState.BridgePort wanted : state.bridgePorts()) {
            HostState.Link link = linkOf(state, wanted.port());
            BridgePort port = new BridgePort(wanted.port(),
                    link instanceof HostState.Link.MeshTap ? null : node.deviceOrNull(wanted.port()), null);
            if (link instanceof HostState.Link.MeshTap) {
                meshPort = port;
                ports.addFirst(port);
            } else if (port.device() != null) {
                ports.add(port);
            }
        }
        filters.load(state.filters());
        stack.realize(state);
    }

    private static HostState.Link linkOf(HostState state, String name) {
        for (HostState.Link link : state.links()) {
            if (link.name().equals(name)) {
                return link;
            }
        }
        return null;
    }

    FilterReport filterReport(String fault) {
        return filters.report(fault);
    }

    Map<String, Long> filterCounters() {
        return filters.counters();
    }

    /** Gives a client a port of its own, or null when there is no room. */
    BridgePort plug(SimClient client) {
        if (ports.size() >= PORTS_LIMIT) {
            return null;
        }
        int number = 0;
        while (portNamed(CLIENT_PORT_PREFIX + number) != null) {
            number++;
        }
        BridgePort port = new BridgePort(CLIENT_PORT_PREFIX + number, null, client);
        ports.add(port);
        return port;
    }

    void unplug(BridgePort port) {
        ports.remove(port);
        macs.forget(port);
    }

    private BridgePort portNamed(String name) {
        for (BridgePort port : ports) {
            if (port.name().equals(name)) {
                return port;
            }
        }
        return null;
    }

    void fromMesh(Frame frame, Trace trace) {
        if (meshPort != null) {
            receive(meshPort, frame, trace);
        }
    }

    void fromDevice(String device, Frame frame, Trace trace) {
        BridgePort port = portNamed(device);
        if (port != null) {
            receive(port, frame, trace);
        }
    }

    /** A frame came in on a port. */
    void receive(BridgePort in, Frame frame, Trace trace) {
        if (frame.length() < Ethernet.HEADER_OCTETS
                || filters.drops(FilterRule.Hook.PREROUTING, frame, in.name(), null)) {
            return;
        }
        long source = Ethernet.source(frame);
        long destination = Ethernet.destination(frame);
        long nowNs = sim.nowNs();
        if (!MacAddress.isMulticast(source)) {
            macs.learn(source, in, nowNs);
        }
        boolean multicast = MacAddress.isMulticast(destination);
        boolean forUs = !multicast && stack.isBridgeMac(destination);
        if (!forUs) {
            BridgePort out = multicast ? null : macs.find(destination, nowNs);
            if (out != null) {
                forward(in, out, frame, trace);
            } else {
                for (BridgePort each : List.copyOf(ports)) {
                    forward(in, each, frame, trace);
                }
            }
        }
        stack.receive(in.name(), frame, destination, trace);
    }

    private void forward(BridgePort in, BridgePort out, Frame frame, Trace trace) {
        // The table of MACs may name a port as it was before the desired state changed.
        if (!in.equals(out) && !filters.drops(FilterRule.Hook.FORWARD, frame, in.name(), out.name())) {
            leave(in.name(), out, frame, trace);
        }
    }

    private void leave(String in, BridgePort out, Frame frame, Trace trace) {
        if (filters.drops(FilterRule.Hook.POSTROUTING, frame, in, out.name())) {
            return;
        }
        if (out.isMesh()) {
            host.toMesh(frame, trace);
        } else if (out.client() != null) {
            out.client().fromAccess(out, frame, trace);
        } else {
            out.device().transmit(SimDevice.tagCode(null), frame, trace);
        }
    }

    /** A frame made or routed by one of the interfaces of this host. */
    void fromStack(Frame frame, Trace trace) {
        long destination = Ethernet.destination(frame);
        BridgePort out = MacAddress.isMulticast(destination) ? null : macs.find(destination, sim.nowNs());
        if (out != null) {
            leave(null, out, frame, trace);
        } else {
            for (BridgePort each : List.copyOf(ports)) {
                leave(null, each, frame, trace);
            }
        }
    }
}
