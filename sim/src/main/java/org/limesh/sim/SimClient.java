package org.limesh.sim;

import java.util.List;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;

/**
 * A phone or PC: asks for an address, makes itself one of IPv6, resolves, pings, talks. It is attached to one
 * node's access at a time, through a bridge port of its own ({@code ap0}, {@code ap1}, ...).
 */
public final class SimClient implements EventTarget, StreamEnd {
    private static final int TO_ACCESS = 0;
    private static final int TO_CLIENT = 1;
    private static final int KINDS = 2;
    private static final long PUNISHED_NS = 15 * SimTime.SECOND;
    private static final int DEFAULT_MTU_OCTETS = 1500;

    private final Simulation sim;
    private final ClientSpec spec;
    private final int index;
    private final ClientStack stack;
    private final DhcpClient dhcp;
    private SimNode access;
    private SimNode lastAccess;
    private long leftNs;
    private long attackedNs = -1;
    private BridgePort port;
    private int attachment;
    private int roaming;

    SimClient(Simulation sim, ClientSpec spec, int index) {
        this.sim = sim;
        this.spec = spec;
        this.index = index;
        this.stack = new ClientStack(sim, this);
        this.dhcp = new DhcpClient(sim, this, sim.rng("client " + spec.name()));
    }

    public String name() {
        return spec.name();
    }

    public MacAddress mac() {
        return spec.mac();
    }

    public ClientSpec spec() {
        return spec;
    }

    /** Place in {@link Simulation#clients()}. */
    public int index() {
        return index;
    }

    /**
     * Node it is attached to, or null. The node may be off: then the client has no link until it is on
     * again.
     */
    public SimNode access() {
        return access;
    }

    /** True when it is attached to a node that is up. */
    public boolean hasLink() {
        return port != null;
    }

    /**
     * Grows with every change of the link, so that an observer can tell whether something happened between.
     */
    int attachment() {
        return attachment;
    }

    /** Attaches to a node, after leaving the one before; starts DHCP, or confirms the lease it has. */
    public void attach(SimNode node) {
        leave();
        access = node;
        node.addClient(this);
        if (node.isUp()) {
            linkUp();
        }
        for (SimObserver observer : sim.observers()) {
            observer.attached(this, lastAccess, leftNs, sim.nowNs());
        }
        sim.changed("client " + name() + " at " + node.name());
    }

    /** Leaves the node; keeps its lease, as a phone does. Also ends a roam under way. */
    public void detach() {
        if (access != null) {
            leave();
            sim.changed("client " + name() + " away");
        }
        roaming++;
    }

    private void leave() {
        roaming++;
        linkDown();
        if (access != null) {
            access.removeClient(this);
            lastAccess = access;
            leftNs = sim.nowNs();
            access = null;
        }
    }

    /** Leaves now and attaches to another node after a gap. */
    public void roam(SimNode to, long gapNs) {
        detach();
        int thisRoam = roaming;
        sim.at(sim.nowNs() + gapNs, () -> {
            if (roaming == thisRoam) {
                attach(to);
            }
        });
    }

    /** Says that it does now what it may not do; the frames are the caller's. */
    void attacks(String how) {
        attackedNs = sim.nowNs();
        sim.log("client " + name() + " attacks: " + how);
        for (SimObserver observer : sim.observers()) {
            observer.attacked(this, attackedNs);
        }
    }

    /** True while it may still pay for what it did: who floods is not heard himself. */
    boolean attackedLately() {
        return attackedNs >= 0 && sim.nowNs() - attackedNs < PUNISHED_NS;
    }

    /** The lease it holds, or null. */
    public ClientLease lease() {
        return dhcp.lease();
    }

    /** Its IPv4 address, or null. */
    public Ip4Address address4() {
        return dhcp.lease() == null ? null : dhcp.lease().address();
    }

    /** How often a server acknowledged a request; renewals included. */
    public int acknowledgements() {
        return dhcp.acknowledgements();
    }

    /** Answers to its requests beyond the first to each: more than one server heard them. */
    public int surplusAnswers() {
        return dhcp.surplusAnswers();
    }

    /** Its IPv6 link-local address. */
    public Ip6Address linkLocal() {
        return Ip6Address.linkLocalOf(spec.mac());
    }

    /**
     * Its IPv6 address besides the link-local one: given by hand, else made of an announced prefix; or null.
     */
    public Ip6Address address6() {
        return stack.address6();
    }

    /** Link-local addresses of the routers that announce themselves to it, first heard first. */
    public List<Ip6Address> routers6() {
        return stack.slaac().routers();
    }

    /** Gives it an IPv6 address by hand; it then makes none of an announced prefix. */
    public void setAddress6(Ip6Prefix address) {
        stack.setAddress6(address);
    }

    /** MAC it learned for its gateway, or null. */
    public MacAddress gatewayMac() {
        return dhcp.lease() == null ? null : stack.neighbourMac(dhcp.lease().router());
    }

    /** MAC it learned for an address ({@code Ip4Address} or {@code Ip6Address}), or null. */
    public MacAddress neighbourMac(Object address) {
        return stack.neighbourMac(address);
    }

    /** Forgets what ARP and ND have taught it. */
    public void flushNeighbours() {
        stack.flushNeighbours();
    }

    /** Gives its lease back and starts DHCP anew. */
    public void releaseLease() {
        dhcp.release();
    }

    /** When {@link #releaseLease} was last called on a lease; long ago when never. */
    long releasedNs() {
        return dhcp.releasedNs();
    }

    /**
     * Whether it confirms its lease with the server after it was attached anew (INIT-REBOOT); true at first.
     */
    public void setConfirmsLease(boolean confirms) {
        dhcp.setConfirms(confirms);
    }

    /** Pings an IPv4 address from now on; each request waits for ARP like any packet. */
    public PingSeries startPing(Ip4Address target, long intervalNs) {
        return stack.startPing(target, intervalNs);
    }

    /** Pings an IPv6 address on its link from now on. */
    public PingSeries startPing(Ip6Address target, long intervalNs) {
        return stack.startPing(target, intervalNs);
    }

    /**
     * Opens a TCP-like stream to another client. Both must have an address by now.
     *
     * @param rateBps what the application writes, 0 for as much as the window lets through
     * @throws IllegalStateException when one of them has no address
     */
    public SimStream startStream(SimClient to, long rateBps) {
        if (address4() == null || to.address4() == null) {
            throw new IllegalStateException("a stream from '" + name() + "' to '" + to.name()
                    + "' needs an IPv4 address at both; wait for their leases");
        }
        return SimStream.open(sim, this, to, false, rateBps);
    }

    /** Sends a TCP-like stream to a host in the Internet. */
    public SimStream startUpload(Ip4Address to, long rateBps) {
        return SimStream.open(sim, addressed(), sim.internet().host(to), false, rateBps);
    }

    /** Opens a TCP-like stream that a host in the Internet sends. */
    public SimStream startDownload(Ip4Address from, long rateBps) {
        return SimStream.open(sim, sim.internet().host(from), addressed(), true, rateBps);
    }

    private SimClient addressed() {
        if (address4() == null) {
            throw new IllegalStateException("a stream of '" + name()
                    + "' needs an IPv4 address; wait for its lease");
        }
        return this;
    }

    @Override
    public long macBits() {
        return spec.mac().bits();
    }

    @Override
    public int mtuOctets() {
        return dhcp.lease() == null ? DEFAULT_MTU_OCTETS : dhcp.lease().mtuOctets();
    }

    @Override
    public void joined(SimStream stream) {
        stack.addStream(stream);
    }

    @Override
    public void send4(Ip4Address to, Frame frame) {
        stack.send4(to, frame);
    }

    ClientStack stack() {
        return stack;
    }

    /**
     * Sends a whole Ethernet frame as it is, e.g. a forged one; for tests and scenario event {@code send}.
     */
    public void send(Frame frame) {
        if (port == null) {
            return;
        }
        for (SimObserver observer : sim.observers()) {
            observer.clientSent(this, frame, sim.nowNs());
        }
        if (spec.accessLoss() == 0 || !sim.lossRng.nextBoolean(spec.accessLoss())) {
            sim.schedule(sim.nowNs() + spec.accessDelayNs(), this, attachment * KINDS + TO_ACCESS, frame,
                    null);
        }
    }

    /** The access sends a frame towards the client. */
    void fromAccess(BridgePort from, Frame frame, Trace trace) {
        if (from == port && (spec.accessLoss() == 0 || !sim.lossRng.nextBoolean(spec.accessLoss()))) {
            sim.schedule(sim.nowNs() + spec.accessDelayNs(), this, attachment * KINDS + TO_CLIENT, frame,
                    trace);
        }
    }

    @Override
    public void fire(int what, Object first, Object second, long nowNs) {
        if (what / KINDS != attachment || port == null) {
            return;
        }
        Frame frame = (Frame) first;
        if (what % KINDS == TO_ACCESS) {
            access.host().bridge().receive(port, frame, null);
            return;
        }
        sim.hashDelivery(-1 - index, 0, Simulation.contentHash(frame));
        for (SimObserver observer : sim.observers()) {
            observer.clientReceived(this, frame, (Trace) second, nowNs);
        }
        stack.receive(frame);
    }

    void linkDown() {
        if (port != null) {
            if (access.host() != null) {
                access.host().bridge().unplug(port);
            }
            port = null;
            attachment++;
            dhcp.linkDown();
        }
    }

    void linkUp() {
        attachment++;
        port = access.host().bridge().plug(this);
        if (port != null) {
            if (spec.announcesAfterRoam() && address4() != null) {
                stack.announce();
            }
            dhcp.linkUp();
            stack.slaac().linkUp();
        }
    }

    DhcpClient dhcp() {
        return dhcp;
    }

    @Override
    public String toString() {
        return spec.name();
    }
}
