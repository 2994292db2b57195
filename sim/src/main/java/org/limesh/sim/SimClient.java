package org.limesh.sim;

import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;

/**
 * A phone or PC: asks for an address, resolves, pings, talks. It is attached to one node's access at a
 * time, through a bridge port of its own.
 */
public final class SimClient {
    private final Simulation sim;
    private final ClientSpec spec;
    private final int index;
    private SimNode access;

    SimClient(Simulation sim, ClientSpec spec, int index) {
        this.sim = sim;
        this.spec = spec;
        this.index = index;
    }

    public String name() {
        return spec.name();
    }

    public MacAddress mac() {
        return spec.mac();
    }

    /** Place in {@link Simulation#clients()}. */
    public int index() {
        return index;
    }

    /** Node it is attached to, or null. The node may be off: then the client has no link until it is on again. */
    public SimNode access() {
        return access;
    }

    /** True when it is attached to a node that is up. */
    public boolean hasLink() {
        return access != null && access.isUp();
    }

    /** Attaches to a node, after leaving the one before; starts DHCP, or confirms the lease it has. */
    public void attach(SimNode node) {
        detach();
        access = node;
        node.addClient(this);
    }

    /** Leaves the node; keeps its lease, as a phone does. */
    public void detach() {
        if (access != null) {
            access.removeClient(this);
            access = null;
        }
    }

    /** Leaves now and attaches to another node after a gap. */
    public void roam(SimNode to, long gapNs) {
        detach();
        sim.at(sim.nowNs() + gapNs, () -> attach(to));
    }

    /** The lease it holds, or null. */
    public ClientLease lease() {
        return null;
    }

    /** Its IPv4 address, or null. */
    public Ip4Address address4() {
        return null;
    }

    /** Its IPv6 link-local address. */
    public Ip6Address linkLocal() {
        return Ip6Address.linkLocalOf(spec.mac());
    }

    /** Gives it a global IPv6 address by hand, as long as no router announces one. */
    public void setAddress6(Ip6Prefix address) {}

    /** MAC it learned for its gateway, or null. */
    public MacAddress gatewayMac() {
        return null;
    }

    /** Forgets what ARP and ND have taught it. */
    public void flushNeighbours() {}

    /** Gives its lease back and starts DHCP anew. */
    public void releaseLease() {}

    /** Pings an IPv4 address from now on; each request waits for ARP like any packet. */
    public PingSeries startPing(Ip4Address target, long intervalNs) {
        return new PingSeries(1, intervalNs);
    }

    /** Pings an IPv6 address on its link from now on. */
    public PingSeries startPing(Ip6Address target, long intervalNs) {
        return new PingSeries(1, intervalNs);
    }

    /**
     * Opens a TCP-like stream to another client, which must have an address when the first segment leaves.
     *
     * @param rateBps what the application writes, 0 for as much as the window lets through
     */
    public SimStream startStream(SimClient to, long rateBps) {
        return new SimStream();
    }

    void linkDown() {}

    void linkUp() {}

    @Override
    public String toString() {
        return spec.name();
    }
}
