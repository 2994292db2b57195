package org.limesh.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Octets;
import org.limesh.base.Rng;
import org.limesh.bmx7.LaboratoryKeys;
import org.limesh.bmx7.VerificationCache;

/**
 * A world of nodes, links and clients in virtual time. One thread; nothing is shared between two
 * simulations, so several may run side by side on threads of their own.
 *
 * <p>Everything that happens is an event in the total order (time, sequence). The same seed and the same
 * calls give the same events and so the same {@link #traceHash}.
 *
 * <pre>{@code
 *   Simulation sim = new Simulation(1);
 *   sim.setRadio(RadioModel.Range.perfect(120));
 *   SimNode plaza = sim.addNode(new NodeSpec("plaza", plan, 0, 0));
 *   SimClient ana = sim.addClient(new ClientSpec("ana", mac));
 *   ana.attach(plaza);
 *   sim.at(30 * SimTime.SECOND, () -> ana.roam(other, 30 * SimTime.MS));
 *   sim.runUntil(60 * SimTime.SECOND);
 * }</pre>
 */
public final class Simulation {
    /** How many recent events a violation tells. */
    static final int RECENT_EVENTS = 200;
    /** Violations beyond this are only counted: the first ones tell the cause. */
    static final int VIOLATIONS_KEPT = 100;

    /** Enough for the signatures and secrets of 1,000 nodes with many neighbours. */
    private static final int VERIFICATIONS_LIMIT = 100_000;

    private static final EventTarget ACTIONS = (what, action, unused, nowNs) -> ((Runnable) action).run();
    private static final SimObserver[] NOBODY = {};

    private final long seed;
    private final Rng root;
    private final EventQueue queue = new EventQueue();
    private final Map<String, SimNode> nodes = new LinkedHashMap<>();
    private final List<SimNode> nodesByIndex = new ArrayList<>();
    private final Map<String, SimClient> clients = new LinkedHashMap<>();
    private final Map<Long, SimClient> clientsByMac = new LinkedHashMap<>();
    private final Map<String, Integer> clouds = new LinkedHashMap<>();
    private final RadioLinks links = new RadioLinks(this);
    private final Topology topology = new Topology(this);
    private final RoutedTopology routedTopology = new RoutedTopology(this);
    private final SimInternet internet = new SimInternet(this);
    private final List<Violation> violations = new ArrayList<>();
    private final EventLog recent = new EventLog(RECENT_EVENTS);
    private SimObserver[] observers = NOBODY;
    private SimObserver[] frameObservers = NOBODY;
    private String replay;
    private long violationCount;
    private long nowNs;
    private long executed;
    private long hash = 0x9e37_79b9_7f4a_7c15L;
    private long lastChangeNs;
    private long lastTopologyChangeNs;
    private long lastUplinkChangeNs;
    private long topologyVersion;
    private long nextTraceId;
    private int nextDeviceId;
    private Frame lastDatagram;
    private byte[] lastPayload;
    private final LaboratoryKeys keys;
    private VerificationCache verifications = new VerificationCache(VERIFICATIONS_LIMIT);
    final Rng lossRng;

    public Simulation(long seed) {
        this.seed = seed;
        this.root = new Rng(seed);
        this.lossRng = rng("loss");
        this.keys = new LaboratoryKeys(seed);
        this.replay = "limesh test --swarm --seeds 1 --from " + seed;
    }

    public long seed() {
        return seed;
    }

    /** Virtual time since the start. */
    public long nowNs() {
        return nowNs;
    }

    /** Number of events that have been executed. */
    public long executedEvents() {
        return executed;
    }

    /** Hash over every frame delivered so far: time, receiver, port and octets; and every client delivery. */
    public long traceHash() {
        return hash;
    }

    /** A seeded stream of random numbers of its own for a purpose; the same purpose gives the same stream. */
    public Rng rng(String purpose) {
        return root.fork(purpose);
    }

    /** Runs an action at a time, after everything that was scheduled for that time before. */
    public void at(long timeNs, Runnable action) {
        schedule(timeNs, ACTIONS, 0, action, null);
    }

    /** Runs an action again and again until it answers false. */
    public void every(long firstNs, long intervalNs, java.util.function.BooleanSupplier action) {
        at(firstNs, () -> {
            if (action.getAsBoolean()) {
                every(nowNs + intervalNs, intervalNs, action);
            }
        });
    }

    /** Executes one event. False when none is left. */
    public boolean step() {
        long nextNs = queue.nextTimeNs();
        if (nextNs == EventQueue.NONE) {
            return false;
        }
        nowNs = nextNs;
        executed++;
        queue.fireNext();
        return true;
    }

    /** Executes everything up to and including this time; afterwards it is that time. */
    public void runUntil(long timeNs) {
        long nextNs = queue.nextTimeNs();
        while (nextNs <= timeNs && nextNs != EventQueue.NONE) {
            nowNs = nextNs;
            executed++;
            queue.fireNext();
            nextNs = queue.nextTimeNs();
        }
        nowNs = Math.max(nowNs, timeNs);
    }

    /** Puts a node into the world; it starts at once when its specification says so. */
    public SimNode addNode(NodeSpec spec) {
        if (nodes.containsKey(spec.name())) {
            throw new IllegalArgumentException("there are two nodes named '" + spec.name()
                    + "'; names are unique");
        }
        Integer cloud = clouds.computeIfAbsent(spec.plan().apSsid(), unused -> clouds.size());
        SimNode node = new SimNode(this, spec, nodes.size(), cloud);
        nodes.put(spec.name(), node);
        nodesByIndex.add(node);
        links.radiosChanged(node);
        lastTopologyChangeNs = nowNs;
        topologyVersion++;
        if (spec.up()) {
            node.restart();
        }
        return node;
    }

    public List<SimNode> nodes() {
        return List.copyOf(nodesByIndex);
    }

    /** The node of this name, or null. */
    public SimNode node(String name) {
        return nodes.get(name);
    }

    /** Puts a client into the world, attached to nothing. */
    public SimClient addClient(ClientSpec spec) {
        if (clients.containsKey(spec.name())) {
            throw new IllegalArgumentException("there are two clients named '" + spec.name()
                    + "'; names are unique");
        }
        SimClient client = new SimClient(this, spec, clients.size());
        clients.put(spec.name(), client);
        clientsByMac.put(spec.mac().bits(), client);
        return client;
    }

    public List<SimClient> clients() {
        return List.copyOf(clients.values());
    }

    /** The client of this name, or null. */
    public SimClient client(String name) {
        return clients.get(name);
    }

    /** The client with this MAC, or null. */
    SimClient clientOf(long mac) {
        return clientsByMac.get(mac);
    }

    /** SSIDs of the clouds, in the order of their first node. */
    public List<String> clouds() {
        return List.copyOf(clouds.keySet());
    }

    /** Chooses how radio links appear; links made by hand stay. */
    public void setRadio(RadioModel model) {
        links.setModel(model);
    }

    public RadioModel radio() {
        return links.model();
    }

    /** Plugs a cable between two devices. */
    public SimLink cable(SimDevice a, SimDevice b, LinkQuality quality) {
        return links.addByHand(a, b, SimLink.Kind.CABLE, quality, quality);
    }

    /** Joins two radios by hand, whatever the radio model says; an automatic link between them gives way. */
    public SimLink radioLink(SimDevice a, SimDevice b, LinkQuality there, LinkQuality back) {
        return links.addByHand(a, b, SimLink.Kind.RADIO, there, back);
    }

    /**
     * Gives a node the line of a provider, not plugged in yet. It stays over restarts.
     *
     * @throws IllegalArgumentException when the node has no device for it, or a line already
     */
    public SimUplink addUplink(SimNode node, UplinkSpec spec) {
        return internet.add(node, spec);
    }

    /** The lines of all nodes, and who is behind them. */
    public SimInternet internet() {
        return internet;
    }

    /**
     * The way of a packet of this client, by the tables of the hosts as they are now.
     *
     * @throws IllegalStateException when the client has no address or is attached to no node that is up
     */
    public RouteWalk.Way route(SimClient from, Ip4Address destination) {
        if (from.address4() == null || from.access() == null || !from.access().isUp()) {
            throw new IllegalStateException("client '" + from.name()
                    + "' has no address or no node: wait for its lease");
        }
        return RouteWalk.walk(this, from.access(), from.address4(), destination);
    }

    /** The way of a packet from a node, for example of an answer from the exit back to a client. */
    public RouteWalk.Way route(SimNode from, Ip4Address source, Ip4Address destination) {
        return RouteWalk.walk(this, from, source, destination);
    }

    /** All links that exist now, up or down. */
    public List<SimLink> links() {
        return links.all();
    }

    /** Ends all faults of links and lines (up, as they were made) and powers all nodes that are off. */
    public void healAll() {
        links.healAll();
        internet.healAll();
        for (SimNode node : nodes.values()) {
            if (!node.isUp()) {
                node.restart();
            }
        }
    }

    public void addObserver(SimObserver observer) {
        observers = append(observers, observer);
        if (observer.wantsFrames()) {
            frameObservers = append(frameObservers, observer);
        }
    }

    private static SimObserver[] append(SimObserver[] to, SimObserver observer) {
        SimObserver[] longer = java.util.Arrays.copyOf(to, to.length + 1);
        longer[to.length] = observer;
        return longer;
    }

    /** What a violation tells people to type. */
    public void setReplay(String command) {
        this.replay = command;
    }

    /** Broken invariants, the first {@value #VIOLATIONS_KEPT}. */
    public List<Violation> violations() {
        return List.copyOf(violations);
    }

    /** How many invariants were broken, all of them. */
    public long violationCount() {
        return violationCount;
    }

    /** Records a broken invariant; the simulation goes on. */
    public void violate(String invariant, String what) {
        violationCount++;
        if (violations.size() < VIOLATIONS_KEPT) {
            violations.add(new Violation(invariant, seed, nowNs, what, recent.lines(), replay));
        }
    }

    /** When a link, node, position or client attachment last changed. */
    public long lastChangeNs() {
        return lastChangeNs;
    }

    /** When a link or node last changed. */
    public long lastTopologyChangeNs() {
        return lastTopologyChangeNs;
    }

    /** Grows with every change of links and nodes. */
    long topologyVersion() {
        return topologyVersion;
    }

    /** What the links promise; one for all checkers, since it is dear. */
    Topology topology() {
        return topology;
    }

    RoutedTopology routedTopology() {
        return routedTopology;
    }

    int nodeCount() {
        return nodesByIndex.size();
    }

    SimNode nodeAt(int index) {
        return nodesByIndex.get(index);
    }

    LaboratoryKeys keys() {
        return keys;
    }

    /** Another size for what is remembered of verifications, before the first node; for tests. */
    void setVerificationsKept(int limit) {
        verifications = new VerificationCache(limit);
    }

    /** What any node of this world has verified need not be verified again. */
    VerificationCache verifications() {
        return verifications;
    }

    SimObserver[] observers() {
        return observers;
    }

    SimObserver[] frameObservers() {
        return frameObservers;
    }

    RadioLinks radioLinks() {
        return links;
    }

    long nextTraceId() {
        return nextTraceId++;
    }

    int nextDeviceId() {
        return nextDeviceId++;
    }

    void schedule(long timeNs, EventTarget target, int what, Object first, Object second) {
        queue.schedule(Math.max(timeNs, nowNs), target, what, first, second);
    }

    /** Tells everybody that the world changed, and remembers when. */
    void changed(String what) {
        lastChangeNs = nowNs;
        log(what);
        for (SimObserver observer : observers) {
            observer.changed(what, nowNs);
        }
    }

    /** The same for a line of a provider: nobody but those who want to get out is concerned. */
    void uplinkChanged(String what) {
        lastUplinkChangeNs = nowNs;
        log(what);
        for (SimObserver observer : observers) {
            observer.changed(what, nowNs);
        }
    }

    /** Somebody disturbs layer 2: as if a link had changed, but no link has. */
    void disturbed() {
        lastChangeNs = nowNs;
        lastTopologyChangeNs = nowNs;
    }

    /** When a line of a provider was last plugged, pulled, or changed its mood. */
    public long lastUplinkChangeNs() {
        return lastUplinkChangeNs;
    }

    /** The same for a change of links or nodes. */
    void topologyChanged(String what) {
        lastTopologyChangeNs = nowNs;
        topologyVersion++;
        changed(what);
    }

    void log(Object what) {
        recent.add(nowNs, what);
    }

    /** The payload of a datagram; one copy for all who hear the same frame. */
    byte[] payloadOf(Frame datagram, int at, int octets) {
        if (datagram != lastDatagram) {
            lastDatagram = datagram;
            lastPayload = datagram.copyOf(at, octets).toBytes();
        }
        return lastPayload;
    }

    /** Mixes a delivery into the trace. */
    void hashDelivery(int receiver, int port, long contentHash) {
        long z = hash ^ nowNs * 0x9e37_79b9_7f4a_7c15L ^ ((long) receiver << 32 | port & 0xffff_ffffL);
        z = (z ^ z >>> 29) * 0xbf58_476d_1ce4_e5b9L ^ contentHash;
        hash = (z ^ z >>> 32) * 0x94d0_49bb_1331_11ebL;
    }

    /** Hash of the octets of a frame. */
    static long contentHash(Frame frame) {
        byte[] octets = frame.array();
        int at = frame.offset();
        int end = at + frame.length();
        long h = frame.length() * 0x9e37_79b9_7f4a_7c15L;
        for (; at + 8 <= end; at += 8) {
            h = (h ^ Octets.i64(octets, at)) * 0xbf58_476d_1ce4_e5b9L;
            h ^= h >>> 31;
        }
        for (; at < end; at++) {
            h = (h ^ octets[at]) * 0x0000_0100_0000_01b3L;
        }
        return h ^ h >>> 29;
    }
}
