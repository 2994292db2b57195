package org.limesh.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.limesh.base.Engine;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.bmx7.KeySource;
import org.limesh.bmx7.wire.RsaPrivateKey;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;
import org.limesh.node.HostPlan;
import org.limesh.node.Node;
import org.limesh.node.NodeSecrets;
import org.limesh.node.NodeSnapshot;
import org.limesh.node.Port;

/** A node with its simulated host: can be switched off and on, and moved. */
public final class SimNode implements EventTarget {
    /** What the wall clocks say when virtual time begins: some day in 2023. */
    private static final long FIRST_WALL_CLOCK_MS = 1_700_000_000_000L;

    /** 2048 bits, what genuine nodes make by default. */
    private static final int NODE_KEY_TYPE = 6;

    private final Simulation sim;
    private final String name;
    private final int index;
    private final int cloud;
    private final Map<String, SimDevice> devices = new LinkedHashMap<>();
    private final List<SimClient> clients = new ArrayList<>();
    private UnaryOperator<HostState> hostFault = UnaryOperator.identity();
    private NodePlan plan;
    private double xM;
    private double yM;
    private int boots;
    private RsaPrivateKey nodeKey;
    private int lastDescSqn;
    private boolean carrier;
    private long bootedNs;
    private long armedNs = Engine.NEVER;
    private final SimStore store;
    private long wallClockMs = FIRST_WALL_CLOCK_MS;
    private Node node;
    private SimHost host;

    SimNode(Simulation sim, NodeSpec spec, int index, int cloud) {
        this.sim = sim;
        this.name = spec.name();
        this.plan = spec.plan();
        this.index = index;
        this.cloud = cloud;
        this.xM = spec.xM();
        this.yM = spec.yM();
        makeDevices();
        this.store = new SimStore(sim, this);
    }

    private void makeDevices() {
        if (plan.batadv() != null) {
            for (NodePlan.Hardif hardif : plan.batadv().hardifs()) {
                makeDevice(hardif.device(), hardif.wifi());
            }
        }
        if (plan.bmx7() != null) {
            for (NodePlan.Bmx7Device device : plan.bmx7().devices()) {
                if (!device.parent().equals(HostPlan.BRIDGE)) {
                    makeDevice(device.parent(), device.wifi());
                }
            }
        }
        if (plan.wan() != null) {
            makeDevice(plan.wan().device(), false);
        }
        for (String port : plan.lanPorts()) {
            makeDevice(port, false).setBridged();
        }
    }

    private SimDevice makeDevice(String named, boolean radio) {
        return devices.computeIfAbsent(named, unused -> new SimDevice(sim, this, named, radio));
    }

    public String name() {
        return name;
    }

    /** Place in {@link Simulation#nodes()}. */
    public int index() {
        return index;
    }

    /** Number of its cloud: place in {@link Simulation#clouds()}. */
    public int cloud() {
        return cloud;
    }

    public NodePlan plan() {
        return plan;
    }

    public double xM() {
        return xM;
    }

    public double yM() {
        return yM;
    }

    /** Puts the node elsewhere; links follow the radio model. */
    public void moveTo(double newXM, double newYM) {
        xM = newXM;
        yM = newYM;
        sim.radioLinks().radiosChanged(this);
    }

    public boolean isUp() {
        return node != null;
    }

    /** The node while it is up, else null. A restart makes a new one. */
    public Node node() {
        return node;
    }

    /** State of the node, or null while it is off. */
    public NodeSnapshot snapshot() {
        return node == null ? null : node.snapshot(sim.nowNs());
    }

    /** When it was last powered. */
    public long bootedNs() {
        return bootedNs;
    }

    /** How often it was powered. */
    public int boots() {
        return boots;
    }

    /** Power off: everything it knew is gone, but for what its lease store has made durable. */
    public void fail() {
        if (node != null) {
            store.cut();
            node = null;
            host = null;
            armedNs = Engine.NEVER;
            for (SimDevice device : devices.values()) {
                device.reset();
            }
            sim.topologyChanged("node " + name + " off");
            for (SimObserver observer : sim.observers()) {
                observer.powered(this, false, sim.nowNs());
            }
            for (SimClient client : List.copyOf(clients)) {
                client.linkDown();
            }
        }
    }

    /** Power on, after a power off when it was on: a fresh node with the same plan. */
    public void restart() {
        fail();
        boots++;
        bootedNs = sim.nowNs();
        host = new SimHost(sim, this);
        node = new Node(plan, host, secrets(), sim.rng("node " + name + " boot " + boots), sim.nowNs());
        for (SimDevice device : devices.values()) {
            device.forgetListeners();
        }
        for (int port = 0; port < node.ports().size(); port++) {
            switch (node.ports().get(port)) {
                case Port.Hardif hardif ->
                        devices.get(hardif.device()).listen(hardif.tag(), hardif.mac(), port);
                case Port.Mesh mesh -> host.setMeshPort(port);
                case Port.Anycast anycast -> host.setAnycastPort(port);
                case Port.Ear ear -> host.addEar(port, ear.device());
                case Port.Datagram datagram -> host.addDatagramPort(port, datagram);
                case Port.Arp unused -> host.setArpPort(port);
                case Port.Echo unused -> host.setEchoPort(port);
                case Port.Uplink uplink -> host.setUplinkPort(port, uplink);
            }
        }
        node.setWallClock(wallClockMs + sim.nowNs() / SimTime.MS, sim.nowNs());
        store.restore(node, sim.nowNs());
        sim.topologyChanged("node " + name + " on");
        for (SimObserver observer : sim.observers()) {
            observer.powered(this, true, sim.nowNs());
        }
        node.start();
        tellDevices();
        arm(sim.nowNs());
        for (SimClient client : List.copyOf(clients)) {
            client.linkUp();
        }
    }

    /** What makes it the same node as before: its key and its last description number are on its flash. */
    private NodeSecrets secrets() {
        if (plan.bmx7() == null) {
            return null;
        }
        KeySource keys = sim.keys().forNode(sim.rng("secrets of " + name + " boot " + boots));
        if (nodeKey == null) {
            nodeKey = keys.newRsaKey(NODE_KEY_TYPE);
        }
        return new NodeSecrets(nodeKey, lastDescSqn, keys, sim.verifications());
    }

    void describedAs(int descSqn) {
        lastDescSqn = descSqn;
    }

    /**
     * What the plan can not know of the devices: addresses of those without a tag, and the uplink's carrier.
     */
    private void tellDevices() {
        for (NodePlan.Bmx7Device device : plan.bmx7() == null ? List.<NodePlan.Bmx7Device>of()
                : plan.bmx7().devices()) {
            HostInterface on = host.stack().interfaces().get(device.name());
            if (device.mac() == null && on != null && on.kind == HostInterface.Kind.PORT) {
                node.onLinkLocal(device.name(), on.linkLocal, sim.nowNs());
            }
        }
        if (plan.wan() != null) {
            carrier = device(plan.wan().device()).hasCarrier();
            node.onUplinkMac(new MacAddress(device(plan.wan().device()).mac()), sim.nowNs());
            node.onUplinkCarrier(carrier, sim.nowNs());
        }
    }

    /** A cable or line of one of its devices came or went. */
    void carrierChanged() {
        if (plan.wan() == null || node == null) {
            return;
        }
        boolean now = device(plan.wan().device()).hasCarrier();
        if (now != carrier) {
            carrier = now;
            SimHost told = host;
            sim.at(sim.nowNs(), () -> told.onUplinkCarrier(device(plan.wan().device()).hasCarrier()));
        }
    }

    /** The node's wall clock jumps; it notices at its next start. */
    public void jumpWallClock(long byMs) {
        wallClockMs += byMs;
    }

    SimStore store() {
        return store;
    }

    /** A person chooses an exit, see {@link Node#pinExit}. Only while it is up. */
    public void pinExit(String gateway, Ip4Address client) {
        node.pinExit(gateway, client, sim.nowNs());
        arm(sim.nowNs());
    }

    /** Changes the configuration: restarts with another plan of the same devices. */
    public void restart(NodePlan newPlan) {
        plan = newPlan;
        makeDevices();
        sim.radioLinks().radiosChanged(this);
        restart();
    }

    /**
     * Breaks the host: what the node wants goes through this before it is made real. For tests that show
     * what a missing filter rule or a changed kernel setting does. Takes effect at once and stays.
     */
    public void setHostFault(UnaryOperator<HostState> fault) {
        hostFault = fault;
        if (host != null) {
            host.realize();
        }
    }

    /** What about filters or settings of its host is not as the node wants it, or null. */
    String hostFault() {
        return host == null ? null : host.fault();
    }

    HostState faulted(HostState desired) {
        return hostFault.apply(desired);
    }

    /** Network interfaces, in the order of the plan. */
    public List<SimDevice> devices() {
        return List.copyOf(devices.values());
    }

    /** The same without a copy. */
    Collection<SimDevice> deviceList() {
        return devices.values();
    }

    /**
     * Device of this name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public SimDevice device(String deviceName) {
        SimDevice device = devices.get(deviceName);
        if (device == null) {
            throw new IllegalArgumentException("node '" + name + "' has no device '" + deviceName
                    + "'; it has "
                    + String.join(", ", devices.keySet()));
        }
        return device;
    }

    /** True for the uplink and for devices on which BMX7 has no tag. */
    boolean speaksUntagged(String deviceName) {
        if (plan.wan() != null && plan.wan().device().equals(deviceName)) {
            return true;
        }
        return plan.bmx7() != null && plan.bmx7().devices().stream().anyMatch(each -> each.tag() == null
                && each.name().equals(deviceName));
    }

    SimDevice deviceOrNull(String deviceName) {
        return devices.get(deviceName);
    }

    /** Host while the node is up, else null. */
    SimHost host() {
        return host;
    }

    /** Frames that filter rules dropped since the node was powered, by the rule's counter name. */
    public Map<String, Long> filterCounters() {
        return host == null ? new LinkedHashMap<>() : host.filterCounters();
    }

    /** Clients attached here. */
    public List<SimClient> clients() {
        return List.copyOf(clients);
    }

    void addClient(SimClient client) {
        clients.add(client);
    }

    void removeClient(SimClient client) {
        clients.remove(client);
    }

    /** Makes sure that an event will call the node's timer no later than its next deadline. */
    void arm(long nowNs) {
        if (node == null) {
            return;
        }
        long deadlineNs = node.nextDeadlineNs();
        // An event that is armed already and comes earlier is left alone: it finds nothing to do and arms
        // anew.
        if (deadlineNs < armedNs) {
            armedNs = Math.max(deadlineNs, nowNs);
            sim.schedule(armedNs, this, boots, null, null);
        }
    }

    @Override
    public void fire(int bootOfEvent, Object first, Object second, long nowNs) {
        // An event that a nearer one has overtaken, or of an earlier life of the node, is void.
        if (node != null && bootOfEvent == boots && armedNs == nowNs) {
            armedNs = Engine.NEVER;
            host.onTimer(nowNs);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
