package org.limesh.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;
import org.limesh.packet.Ethernet;

/**
 * A network interface of a node, e.g. {@code wlan0-mesh} or {@code eth0}. It belongs to the node's host:
 * links stay when the node is off.
 *
 * <p>The VLAN tag travels beside the frame and is counted with its four octets. A frame is given to the
 * hard interface that listens for its tag and its destination, so clouds on one radio do not meet. A
 * collision of two radios talking at once is not modelled; each device sends one frame after another.
 */
public final class SimDevice {
    /**
     * Frames waiting for the device; the next one is dropped. As many as a queue of mac80211 keeps per
     * station.
     */
    static final int QUEUE_LIMIT_FRAMES = 256;
    /** The same for a cable: Linux's usual length of a transmit queue. */
    static final int CABLE_QUEUE_LIMIT_FRAMES = 1000;
    private static final int FIRST_QUEUE_FRAMES = 64;
    /** First try and seven repetitions, the limit of 802.11 for short frames. */
    static final int UNICAST_TRIES = 8;
    /** Mean time a repetition waits for the medium, growing by this with each. */
    private static final long BACKOFF_NS = 150_000;
    private static final int TAG_OCTETS = 4;
    private static final int UNTAGGED = 0;
    /** What stands in the trace instead of a port of the node. */
    private static final int BRIDGED = -1;
    private static final int FIRST_INTERFACE = -2;

    private final Simulation sim;
    private final SimNode node;
    private final String name;
    private final int id;
    private final boolean radio;

    private int[] tagCodes = {};
    private int[] nodePorts = {};
    private long[] macs = {};
    private HostInterface[] interfaces = {};
    private boolean bridged;
    private SimUplink uplink;

    private final List<LinkEnd> ends = new ArrayList<>();
    private LinkGroup[] groups = {};
    private long broadcastRateBps;
    private boolean stale;

    /** A ring that grows up to the limit. */
    private long[] departures = new long[FIRST_QUEUE_FRAMES];
    private int oldest;
    private int waiting;
    private long busyUntilNs;

    private long sentFrames;
    private long sentOctets;
    private long receivedFrames;
    private long receivedOctets;
    private long droppedFrames;
    private long unansweredFrames;

    SimDevice(Simulation sim, SimNode node, String name, boolean radio) {
        this.sim = sim;
        this.node = node;
        this.name = name;
        this.radio = radio;
        this.id = sim.nextDeviceId();
    }

    public SimNode node() {
        return node;
    }

    /** Name on its node, e.g. {@code wlan0-mesh}. */
    public String name() {
        return name;
    }

    public boolean isRadio() {
        return radio;
    }

    /** Frames sent, each repetition of a radio counted once. */
    public long sentFrames() {
        return sentFrames;
    }

    /** Octets sent: Ethernet frames with their VLAN tag, without checksum and preamble. */
    public long sentOctets() {
        return sentOctets;
    }

    public long receivedFrames() {
        return receivedFrames;
    }

    public long receivedOctets() {
        return receivedOctets;
    }

    /** Frames dropped because {@value #QUEUE_LIMIT_FRAMES} were waiting, {@value #CABLE_QUEUE_LIMIT_FRAMES} at a cable. */
    public long droppedFrames() {
        return droppedFrames;
    }

    /** Radio unicasts that no try brought over, or whose receiver is not in reach. */
    public long unansweredFrames() {
        return unansweredFrames;
    }

    /** Names of the devices that can be reached over links that are up, with the quality towards them. */
    public Map<SimDevice, LinkQuality> reach() {
        Map<SimDevice, LinkQuality> reach = new LinkedHashMap<>();
        for (LinkEnd end : ends) {
            if (end.up) {
                reach.put(end.to, end.quality);
            }
        }
        return reach;
    }

    /** True when a link that is up and lets something through leads to this node. */
    boolean reaches(int nodeIndex) {
        for (LinkEnd end : ends) {
            if (end.up && end.to.node.index() == nodeIndex && end.quality.loss() < 1) {
                return true;
            }
        }
        return false;
    }

    /**
     * Its own address, for frames without tag that are its host's own. The primary interface has the node's;
     * the laboratory gives that to all, since no two of them are on one wire.
     */
    long mac() {
        return node.plan().primaryMac().bits();
    }

    void setUplink(SimUplink line) {
        uplink = line;
    }

    /** True while the other end of a cable is there: a line's, or another node's device. */
    boolean hasCarrier() {
        boolean carrier = uplink != null && uplink.isPlugged();
        for (LinkEnd end : ends) {
            carrier |= end.up;
        }
        return carrier;
    }

    /** A frame comes in from the line of the provider. */
    void fromUplink(Frame frame, long nowNs) {
        receive(null, UNTAGGED, frame, null, Simulation.contentHash(frame), nowNs);
    }

    /** The interfaces with addresses that live on it, tagged or not. */
    void setInterfaces(HostInterface[] living) {
        interfaces = living;
    }

    HostInterface[] interfaces() {
        return interfaces;
    }

    /** Listens for a tag on behalf of a port of the node. */
    void listen(VlanTag tag, MacAddress mac, int nodePort) {
        int at = tagCodes.length;
        tagCodes = Arrays.copyOf(tagCodes, at + 1);
        nodePorts = Arrays.copyOf(nodePorts, at + 1);
        macs = Arrays.copyOf(macs, at + 1);
        tagCodes[at] = tagCode(tag);
        nodePorts[at] = nodePort;
        macs[at] = mac.bits();
    }

    void forgetListeners() {
        tagCodes = new int[0];
        nodePorts = new int[0];
        macs = new long[0];
        interfaces = new HostInterface[0];
    }

    boolean hasHardif() {
        return tagCodes.length > 0;
    }

    /** Untagged frames belong to the bridge of the node. */
    void setBridged() {
        bridged = true;
    }

    boolean isBridged() {
        return bridged;
    }

    static int tagCode(VlanTag tag) {
        return tag == null ? UNTAGGED : tag.tpid() << 16 | tag.id();
    }

    private static VlanTag tagOf(int tagCode) {
        return tagCode == UNTAGGED ? null : new VlanTag(tagCode >>> 16, tagCode & 0xffff);
    }

    void checkKind(SimLink.Kind kind) {
        if (radio != (kind == SimLink.Kind.RADIO)) {
            throw new IllegalArgumentException("device " + this + " is "
                    + (radio ? "a radio" : "a cable port")
                    + " and cannot have a link of kind " + kind);
        }
    }

    void addEnd(LinkEnd end) {
        ends.add(end);
        linksChanged();
    }

    void removeEnd(LinkEnd end) {
        ends.remove(end);
        linksChanged();
    }

    void linksChanged() {
        stale = true;
        node.carrierChanged();
    }

    LinkEnd linkTo(SimDevice other) {
        for (LinkEnd end : ends) {
            if (end.to == other) {
                return end;
            }
        }
        return null;
    }

    private void refresh() {
        stale = false;
        Map<Long, List<LinkEnd>> byDelay = new LinkedHashMap<>();
        broadcastRateBps = 0;
        for (LinkEnd end : ends) {
            if (end.up) {
                byDelay.computeIfAbsent(end.quality.delayNs(), unused -> new ArrayList<>()).add(end);
                long rateBps = end.quality.rateBps();
                // A broadcast goes at the rate that the slowest listener understands.
                broadcastRateBps = broadcastRateBps == 0 || rateBps != 0 && rateBps < broadcastRateBps
                        ? rateBps : broadcastRateBps;
            }
        }
        groups = new LinkGroup[byDelay.size()];
        int at = 0;
        for (Map.Entry<Long, List<LinkEnd>> entry : byDelay.entrySet()) {
            groups[at++] = new LinkGroup(entry.getKey(), entry.getValue().toArray(new LinkEnd[0]));
        }
    }

    /** Sends a frame. */
    void transmit(int tagCode, Frame frame, Trace trace) {
        if (stale) {
            refresh();
        }
        long nowNs = sim.nowNs();
        while (waiting > 0 && departures[oldest] <= nowNs) {
            oldest = (oldest + 1) % departures.length;
            waiting--;
        }
        if (waiting == (radio ? QUEUE_LIMIT_FRAMES : CABLE_QUEUE_LIMIT_FRAMES)) {
            droppedFrames++;
            return;
        }
        int octets = frame.length() + (tagCode == UNTAGGED ? 0 : TAG_OCTETS);
        sentFrames++;
        sentOctets += octets;
        for (SimObserver observer : sim.frameObservers()) {
            observer.frameSent(this, tagOf(tagCode), frame, nowNs);
        }
        if (uplink != null && tagCode == UNTAGGED) {
            uplink.fromNode(frame);
        }
        long destination = Ethernet.destination(frame);
        if (radio && !MacAddress.isMulticast(destination)) {
            transmitUnicast(tagCode, frame, trace, octets, destination, nowNs);
            return;
        }
        long leavesNs = occupy(nowNs, airTimeNs(octets, broadcastRateBps));
        for (LinkGroup group : groups) {
            sim.schedule(leavesNs + group.delayNs, group, tagCode, frame, trace);
        }
    }

    private void transmitUnicast(int tagCode, Frame frame, Trace trace, int octets, long destination,
            long nowNs) {
        LinkEnd end = endOf(tagCode, destination);
        long airTimeNs = airTimeNs(octets, end == null ? broadcastRateBps : end.quality.rateBps());
        double loss = end == null ? 1 : end.quality.loss();
        int tries = 1;
        boolean arrived = loss == 0 || loss < 1 && !sim.lossRng.nextBoolean(loss);
        long tookNs = airTimeNs;
        while (!arrived && tries < UNICAST_TRIES) {
            tookNs += airTimeNs + tries * BACKOFF_NS;
            tries++;
            arrived = loss < 1 && !sim.lossRng.nextBoolean(loss);
        }
        long leavesNs = occupy(nowNs, tookNs);
        if (arrived) {
            sim.schedule(leavesNs + end.quality.delayNs(), end, tagCode, frame, trace);
        } else {
            unansweredFrames++;
        }
    }

    private LinkEnd endOf(int tagCode, long destination) {
        for (LinkEnd end : ends) {
            if (end.up && end.to.node.isUp() && end.to.listens(tagCode, destination)) {
                return end;
            }
        }
        return null;
    }

    private boolean listens(int tagCode, long destination) {
        for (int i = 0; i < tagCodes.length; i++) {
            if (tagCodes[i] == tagCode && macs[i] == destination) {
                return true;
            }
        }
        for (HostInterface each : interfaces) {
            if (each.tagCode == tagCode && each.mac == destination) {
                return true;
            }
        }
        return false;
    }

    private static long airTimeNs(int octets, long rateBps) {
        return rateBps == 0 ? 0 : octets * 8_000_000_000L / rateBps;
    }

    private long occupy(long nowNs, long tookNs) {
        if (tookNs == 0) {
            return Math.max(nowNs, busyUntilNs);
        }
        busyUntilNs = Math.max(nowNs, busyUntilNs) + tookNs;
        if (waiting == departures.length) {
            growQueue();
        }
        departures[(oldest + waiting) % departures.length] = busyUntilNs;
        waiting++;
        return busyUntilNs;
    }

    private void growQueue() {
        long[] longer = new long[2 * departures.length];
        int untilEnd = departures.length - oldest;
        System.arraycopy(departures, oldest, longer, 0, untilEnd);
        System.arraycopy(departures, 0, longer, untilEnd, oldest);
        departures = longer;
        oldest = 0;
    }

    /** A frame comes in from a link. */
    void receive(SimDevice from, int tagCode, Frame frame, Trace trace, long contentHash, long nowNs) {
        if (!node.isUp()) {
            return;
        }
        receivedFrames++;
        receivedOctets += frame.length() + (tagCode == UNTAGGED ? 0 : TAG_OCTETS);
        if (bridged && (tagCode == UNTAGGED || Ethernet.type(frame) == Ethernet.TYPE_BATADV)) {
            node.host().hear(name, frame, nowNs);
        }
        long destination = Ethernet.destination(frame);
        boolean multicast = MacAddress.isMulticast(destination);
        for (int i = 0; i < tagCodes.length; i++) {
            boolean meant = tagCodes[i] == tagCode && (macs[i] == destination || multicast);
            // On a hard interface without a tag everything else is the host's own.
            if (meant && (tagCode != UNTAGGED || Ethernet.type(frame) == Ethernet.TYPE_BATADV)) {
                if (from.node.cloud() != node.cloud()) {
                    leaked(from, nowNs);
                }
                observe(from, tagCode, frame, nowNs);
                sim.hashDelivery(id, nodePorts[i], contentHash);
                node.host().fromLink(nodePorts[i], frame, trace, nowNs);
                return;
            }
        }
        if (bridged && tagCode == UNTAGGED) {
            if (from != null && from.bridged && from.node.cloud() != node.cloud()) {
                leaked(from, nowNs);
            }
            observe(from, tagCode, frame, nowNs);
            sim.hashDelivery(id, BRIDGED, contentHash);
            node.host().fromBridgePort(name, frame, trace, nowNs);
            return;
        }
        HostInterface[] living = interfaces;
        for (int i = 0; i < living.length; i++) {
            if (living[i].tagCode == tagCode && (living[i].mac == destination || multicast)) {
                observe(from, tagCode, frame, nowNs);
                sim.hashDelivery(id, FIRST_INTERFACE - i, contentHash);
                node.host().fromInterface(living[i], frame, trace);
                return;
            }
        }
    }

    private void leaked(SimDevice from, long nowNs) {
        for (SimObserver observer : sim.observers()) {
            observer.leaked(from, this, nowNs);
        }
    }

    private void observe(SimDevice from, int tagCode, Frame frame, long nowNs) {
        for (SimObserver observer : sim.frameObservers()) {
            observer.frameReceived(from, this, tagOf(tagCode), frame, nowNs);
        }
    }

    /** The node was switched off: what waited is gone. */
    void reset() {
        waiting = 0;
        busyUntilNs = sim.nowNs();
    }

    /** {@code plaza:wlan0-mesh}. */
    @Override
    public String toString() {
        return node.name() + ":" + name;
    }
}
