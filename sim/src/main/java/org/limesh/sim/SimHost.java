package org.limesh.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.gateway.Probe;
import org.limesh.gateway.ProbeResult;
import org.limesh.guard.Guard;
import org.limesh.host.HostState;
import org.limesh.node.Node;
import org.limesh.node.NodeEvent;
import org.limesh.node.NodeHost;
import org.limesh.node.Port;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Udp;

/**
 * Host of a node: moves frames between the node's ports, the links and the bridge, and makes the desired
 * state real.
 *
 * <p>A frame that the bridge hands to the node while the node is at work waits until it has finished, as
 * it would in the queue of a TAP device.
 */
final class SimHost implements NodeHost {
    /** Unicast packet types of batman-adv that carry client frames: unicast, fragment, four addresses. */
    private static final int BATADV_UNICAST = 0x40;
    private static final int BATADV_UNICAST_LAST = 0x42;
    private static final int BATADV_TYPE_AT = 14;
    private static final int NO_PORT = -1;
    /** How long dropped frames are collected before the node is told. */
    private static final long BLAME_COLLECTED_NS = SimTime.SECOND;

    /** A frame, or a datagram: then there is a payload. */
    private record Waiting(int port, Frame frame, Trace trace, Ip6Address source, byte[] payload) {}

    private final Simulation sim;
    private final SimNode simNode;
    private final SimBridge bridge;
    private final Probes probes;
    /** Ports of the node that listen to a device past the bridge. */
    private final Map<String, Integer> ears = new LinkedHashMap<>();
    private boolean blamePending;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final int[] tagCodes;
    private final SimDevice[] devices;
    private int meshPort = NO_PORT;
    private int anycastPort = NO_PORT;
    private int arpPort = NO_PORT;
    /** Nothing arrives on it: simulated hosts have no HTTP, so there is nobody to find. */
    private int echoPort = NO_PORT;
    private int uplinkPort = NO_PORT;
    private Port.Uplink uplink;
    private Port.Datagram[] datagramPorts = {};
    private HostState desired = HostState.EMPTY;
    private Trace current;
    private boolean busy;

    SimHost(Simulation sim, SimNode simNode) {
        this.sim = sim;
        this.simNode = simNode;
        this.bridge = new SimBridge(sim, simNode, this);
        this.probes = new Probes(sim, this);
        int hardifs = simNode.plan().batadv() == null ? 0 : simNode.plan().batadv().hardifs().size();
        this.tagCodes = new int[hardifs];
        this.devices = new SimDevice[hardifs];
        for (int i = 0; i < hardifs; i++) {
            VlanTag tag = simNode.plan().batadv().hardifs().get(i).tag();
            tagCodes[i] = SimDevice.tagCode(tag);
            devices[i] = simNode.device(simNode.plan().batadv().hardifs().get(i).device());
        }
    }

    void setMeshPort(int port) {
        meshPort = port;
    }

    void setAnycastPort(int port) {
        anycastPort = port;
    }

    void setArpPort(int port) {
        arpPort = port;
    }

    void setEchoPort(int port) {
        echoPort = port;
    }

    void setUplinkPort(int port, Port.Uplink opened) {
        uplinkPort = port;
        uplink = opened;
    }

    void addDatagramPort(int port, Port.Datagram opened) {
        datagramPorts = Arrays.copyOf(datagramPorts, Math.max(datagramPorts.length, port + 1));
        datagramPorts[port] = opened;
    }

    void addEar(int port, String device) {
        ears.put(device, port);
    }

    SimBridge bridge() {
        return bridge;
    }

    HostStack stack() {
        return bridge.stack();
    }

    Map<String, Long> filterCounters() {
        return bridge.filterCounters();
    }

    @Override
    public void apply(HostState newDesired) {
        desired = newDesired;
        realize();
    }

    /** Makes the desired state real again. */
    void realize() {
        bridge.realize(simNode.faulted(desired));
    }

    @Override
    public void report(NodeEvent event) {
        if (event instanceof NodeEvent.Bmx7(Bmx7Event.DescriptionMade made)) {
            simNode.describedAs(made.descSqn());
        }
        sim.log(new EventLog.OfNode(simNode, event));
        for (SimObserver observer : sim.observers()) {
            observer.nodeReported(simNode, event, sim.nowNs());
        }
    }

    @Override
    public void transmit(int port, Frame frame) {
        if (port == meshPort) {
            for (SimObserver observer : sim.observers()) {
                observer.meshCrossed(simNode, false, frame, sim.nowNs());
            }
            bridge.fromMesh(frame, current);
        } else if (port == anycastPort) {
            if (Udp.sourcePort(frame) == Udp.PORT_DHCP_SERVER) {
                gatewayAnswered(SimObserver.Answer.DHCP, dhcpClient(frame), Ethernet.source(frame));
                acknowledged(frame);
            } else if (Icmpv6.type(frame) == Icmpv6.ROUTER_ADVERTISEMENT
                    && !MacAddress.isMulticast(Ethernet.destination(frame))) {
                gatewayAnswered(SimObserver.Answer.ROUTER, Ethernet.destination(frame),
                        Ethernet.source(frame));
            }
            bridge.fromStack(frame, null);
        } else if (port == arpPort || port == echoPort) {
            bridge.fromStack(frame, null);
        } else if (port == uplinkPort) {
            simNode.device(uplink.device()).transmit(SimDevice.tagCode(null), frame, null);
        } else if (port >= devices.length && simNode.node().ports().get(port) instanceof Port.Ear ear) {
            simNode.device(ear.device()).transmit(SimDevice.tagCode(null), frame, null);
        } else {
            devices[port].transmit(tagCodes[port], frame, carriesClientFrame(frame) ? current : null);
        }
    }

    @Override
    public void send(int port, Ip6Address destination, byte[] payload) {
        Port.Datagram socket = datagramPorts[port];
        bridge.stack().send(socket.device(), destination, socket.udpPort(), payload);
    }

    @Override
    public void store(byte[] record) {
        simNode.store().store(record);
    }

    /** Number of the port that listens to UDP on this device, or -1. */
    int listening(String device, int udpPort) {
        for (int port = 0; port < datagramPorts.length; port++) {
            Port.Datagram socket = datagramPorts[port];
            if (socket != null && socket.udpPort() == udpPort && socket.device().equals(device)) {
                return port;
            }
        }
        return NO_PORT;
    }

    Port.Datagram datagramPort(int port) {
        return datagramPorts[port];
    }

    /** A datagram reached the node. */
    void toDatagram(int port, Ip6Address source, byte[] payload) {
        call(new Waiting(port, null, null, source, payload), sim.nowNs());
    }

    /** An answer by ARP reached the bridge. */
    void toArp(Frame frame) {
        if (arpPort != NO_PORT) {
            call(arpPort, frame, null, sim.nowNs());
        }
    }

    /** A frame for the DHCP client of the uplink. */
    void toUplink(String device, Frame frame) {
        if (uplinkPort != NO_PORT && uplink.device().equals(device)) {
            call(uplinkPort, frame, null, sim.nowNs());
        }
    }

    /** A packet for the host itself that no port of the node takes. */
    void toProbes(String device, Frame packet) {
        probes.receive(device, packet);
    }

    @Override
    public void probe(Probe probe) {
        probes.ask(probe);
    }

    /** A question of the node was answered, or was not. */
    void onProbe(ProbeResult result) {
        turn(node -> node.onProbe(result, sim.nowNs()));
    }

    /** The uplink's cable was plugged or pulled. */
    void onUplinkCarrier(boolean carrier) {
        turn(node -> node.onUplinkCarrier(carrier, sim.nowNs()));
    }

    /** Lets the node do something outside of its frames and timers. */
    void turn(Consumer<Node> action) {
        if (simNode.host() == this) {
            Node node = simNode.node();
            Invariant.check(!busy, "a node is not interrupted");
            busy = true;
            action.accept(node);
            finish(node, sim.nowNs());
        }
    }

    private void acknowledged(Frame frame) {
        if (DhcpMessage.parse(frame) instanceof Decoded.Valid<DhcpMessage>(var message)
                && message.type() == DhcpMessage.ACK && !message.yiaddr().equals(Ip4Address.ANY)) {
            long leaseNs = message.options().u32(DhcpOptions.LEASE_SECONDS, 0) * SimTime.SECOND;
            for (SimObserver observer : sim.observers()) {
                observer.acknowledged(simNode, message.chaddr(), message.yiaddr(), leaseNs, sim.nowNs());
            }
        }
    }

    private static long dhcpClient(Frame frame) {
        return switch (DhcpMessage.parse(frame)) {
            case Decoded.Valid<DhcpMessage>(var message) -> message.chaddr().bits();
            case Decoded.Malformed<DhcpMessage> unused -> MacAddress.ZERO.bits();
        };
    }

    void gatewayAnswered(SimObserver.Answer kind, long clientMac, long answeringMac) {
        for (SimObserver observer : sim.observers()) {
            observer.gatewayAnswered(simNode, kind, clientMac, answeringMac, sim.nowNs());
        }
    }

    private static boolean carriesClientFrame(Frame frame) {
        int type = frame.u8(BATADV_TYPE_AT);
        return type >= BATADV_UNICAST && type <= BATADV_UNICAST_LAST;
    }

    /** A frame came in on a hard interface. */
    void fromLink(int port, Frame frame, Trace trace, long nowNs) {
        Trace longer = trace;
        if (trace != null) {
            longer = trace.through(simNode.index());
            for (SimObserver observer : sim.observers()) {
                observer.forwarded(simNode, longer, nowNs);
            }
        }
        call(port, frame, longer, nowNs);
    }

    @Override
    public void readFilters() {
        sim.at(sim.nowNs(), () -> tellFilters(simNode.node()));
    }

    /** A rule that blames has dropped a frame. */
    void onBlamed() {
        if (!blamePending) {
            blamePending = true;
            sim.at(sim.nowNs() + BLAME_COLLECTED_NS, () -> {
                blamePending = false;
                tellFilters(simNode.node());
            });
        }
    }

    private void tellFilters(Node node) {
        if (simNode.host() == this && node != null) {
            busy = true;
            node.onFilters(bridge.filterReport(fault()), sim.nowNs());
            finish(node, sim.nowNs());
        }
    }

    /** What is not as the node wants it, or null. */
    String fault() {
        HostState real = simNode.faulted(desired);
        if (!real.filters().equals(desired.filters())) {
            return real.filters().size() + " filter rules are in force instead of " + desired.filters().size();
        }
        for (HostState.Sysctl wanted : desired.sysctls()) {
            if (!real.sysctls().contains(wanted)) {
                return wanted.path() + " is not " + wanted.value();
            }
        }
        return null;
    }

    /** A frame came in on a cable, whatever its tag: what tells who is there is heard past the bridge. */
    void hear(String device, Frame frame, long nowNs) {
        Integer ear = ears.get(device);
        if (ear != null && Guard.wants(frame)) {
            call(ear, frame, null, nowNs);
        }
    }

    /** A frame came in on a cable that is a port of the bridge. */
    void fromBridgePort(String device, Frame frame, Trace trace, long nowNs) {
        bridge.fromDevice(device, frame, trace);
    }

    /** A frame came in on a VLAN or a port with addresses of its own. */
    void fromInterface(HostInterface in, Frame frame, Trace trace) {
        bridge.stack().receive(in, frame, trace);
    }

    /** The bridge sends a frame into the mesh. */
    void toMesh(Frame frame, Trace before) {
        if (meshPort == NO_PORT) {
            return;
        }
        for (SimObserver observer : sim.observers()) {
            observer.meshCrossed(simNode, true, frame, sim.nowNs());
        }
        Trace trace = null;
        if ((frame.u8(0) & 1) == 0) {
            trace = new Trace(simNode.cloud(), simNode.index(), sim.nextTraceId(), sim.nowNs(),
                    new int[] {simNode.index()}, Trace.journeyOf(before));
        }
        call(meshPort, frame, trace, sim.nowNs());
    }

    /** A frame for the anycast port reached the anycast identity. */
    void toAnycast(Frame frame) {
        if (anycastPort != NO_PORT) {
            call(anycastPort, frame, null, sim.nowNs());
        }
    }

    private void call(int port, Frame frame, Trace trace, long nowNs) {
        call(new Waiting(port, frame, trace, null, null), nowNs);
    }

    private void call(Waiting next, long nowNs) {
        if (simNode.host() != this) {
            // A timer of the stack of an earlier life.
            return;
        }
        if (busy) {
            waiting.add(next);
            return;
        }
        Node node = simNode.node();
        busy = true;
        handOver(node, next, nowNs);
        finish(node, nowNs);
    }

    private void handOver(Node node, Waiting next, long nowNs) {
        current = next.trace();
        if (next.payload() != null) {
            node.onDatagram(next.port(), next.source(), next.payload(), nowNs);
        } else {
            node.onFrame(next.port(), next.frame(), nowNs);
        }
    }

    void onStored(long count, long nowNs) {
        Node node = simNode.node();
        busy = true;
        node.onStored(count, nowNs);
        finish(node, nowNs);
    }

    void onTimer(long nowNs) {
        Node node = simNode.node();
        busy = true;
        node.onTimer(nowNs);
        finish(node, nowNs);
    }

    private void finish(Node node, long nowNs) {
        Waiting next = waiting.poll();
        while (next != null) {
            handOver(node, next, nowNs);
            next = waiting.poll();
        }
        current = null;
        busy = false;
        simNode.arm(nowNs);
    }
}
