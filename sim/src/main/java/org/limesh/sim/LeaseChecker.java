package org.limesh.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.access.AccessEvent;
import org.limesh.access.DhcpServer;
import org.limesh.access.Lease;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.node.NodeEvent;

/**
 * I4: no address of a cloud is leased to two clients, or to one while a node has it, at one time, by all
 * acknowledgements that ever left a node that has its part of the pool (before it has, two new clients may get one
 * address, and the conflict rule repairs it). I5: a node that comes back after a crash still knows every lease it
 * acknowledged last, and none ends because somebody else gave it back. I15: a node that comes back with a wrong
 * clock ends no lease early and prolongs none.
 */
final class LeaseChecker implements SimObserver {
    private record Key(int cloud, Ip4Address address) {}

    private static final class Held {
        MacAddress client;
        SimNode by;
        long untilNs;
        /** Given by a node that had no part of the pool; see docs/leases.md, "not covered, on purpose". */
        boolean withoutPart;
    }

    private record Client(int cloud, MacAddress mac) {}

    private static final long LATE_WORD_NS = 5 * SimTime.SECOND;
    private static final long LONGEST_LEASE_NS = 3600 * SimTime.SECOND;

    private final Simulation sim;
    private final Map<Key, Held> held = new LinkedHashMap<>();
    private final Map<Client, Ip4Address> addressOf = new LinkedHashMap<>();
    private long acknowledgements;

    LeaseChecker(Simulation sim) {
        this.sim = sim;
        sim.addObserver(this);
    }

    long acknowledgements() {
        return acknowledgements;
    }

    @Override
    public void acknowledged(SimNode node, MacAddress client, Ip4Address address, long leaseNs, long nowNs) {
        acknowledgements++;
        Key key = new Key(node.cloud(), address);
        Held before = held.get(key);
        boolean withoutPart = node.snapshot().ownSlices() % DhcpServer.sliceCount() == 0;
        if (before != null && !before.client.equals(client) && before.untilNs - nowNs > 0
                && (before.by == node || !before.withoutPart && !withoutPart)) {
            sim.violate("I4", node.name() + " leases " + address + " to " + client + ", but " + before.by.name()
                    + " leased it to " + before.client + " for " + (before.untilNs - nowNs) / SimTime.SECOND
                    + " s more");
        }
        for (SimNode other : sim.nodes()) {
            if (other.cloud() == node.cloud() && other.plan().address4().address().equals(address)) {
                sim.violate("I4", node.name() + " leases " + address + " to " + client + ", but " + other.name()
                        + " has it itself");
            }
        }
        Ip4Address old = addressOf.put(new Client(node.cloud(), client), address);
        if (old != null && !old.equals(address)) {
            // A client has one address: it has given up the other.
            Held other = held.get(new Key(node.cloud(), old));
            if (other != null && other.client.equals(client)) {
                held.remove(new Key(node.cloud(), old));
            }
        }
        Held now = new Held();
        now.client = client;
        now.by = node;
        now.untilNs = nowNs + leaseNs;
        // Once there are two holders they stay until one of them renews and is refused.
        now.withoutPart = withoutPart || before != null && before.untilNs - nowNs > 0 && before.withoutPart;
        held.put(key, now);
    }

    @Override
    public void nodeReported(SimNode node, NodeEvent event, long nowNs) {
        if (event instanceof NodeEvent.Access(AccessEvent.LeaseReleased(MacAddress client, Ip4Address address))) {
            Held released = held.get(new Key(node.cloud(), address));
            if (released != null && released.client.equals(client)) {
                held.remove(new Key(node.cloud(), address));
                stillUsed(node, client, address, nowNs);
            }
        }
    }

    /** I15: whatever the wall clock says, no lease ends before what was acknowledged. */
    private void judgeTime(SimNode node, Lease lease, long nowNs) {
        Held promised = held.get(new Key(node.cloud(), lease.address()));
        if (promised != null && promised.by == node && promised.client.equals(lease.client())
                && promised.untilNs - lease.expiresNs() > SimTime.SECOND) {
            sim.violate("I15", node.name() + " came back and lets the lease of " + lease.address() + " to "
                    + lease.client() + " end " + (promised.untilNs - lease.expiresNs()) / SimTime.SECOND
                    + " s too early");
        }
        if (lease.expiresNs() - nowNs > LONGEST_LEASE_NS + SimTime.SECOND) {
            sim.violate("I15", node.name() + " came back and lets the lease of " + lease.address() + " to "
                    + lease.client() + " go on for " + (lease.expiresNs() - nowNs) / SimTime.SECOND + " s");
        }
    }

    /** What a client holds, it alone can give back. Its own word may come late, after it has asked anew. */
    private void stillUsed(SimNode node, MacAddress mac, Ip4Address address, long nowNs) {
        for (SimClient client : sim.clients()) {
            if (client.mac().equals(mac) && client.lease() != null && client.lease().address().equals(address)
                    && client.access() == node && client.releasedNs() < nowNs - LATE_WORD_NS) {
                sim.violate("I5", node.name() + " was told that " + client.name() + " gave " + address
                        + " back, but it holds it for " + (client.lease().expiresNs() - nowNs) / SimTime.SECOND + " s more");
            }
        }
    }

    @Override
    public void powered(SimNode node, boolean up, long nowNs) {
        if (!up) {
            return;
        }
        Map<Ip4Address, MacAddress> known = new LinkedHashMap<>();
        for (Lease lease : node.snapshot().leases()) {
            known.put(lease.address(), lease.client());
            judgeTime(node, lease, nowNs);
        }
        held.forEach((key, lease) -> {
            if (lease.by == node && lease.untilNs - nowNs > 0 && !lease.client.equals(known.get(key.address()))) {
                sim.violate("I5", node.name() + " came back and has forgotten that " + key.address()
                        + " is leased to " + lease.client + " for " + (lease.untilNs - nowNs) / SimTime.SECOND
                        + " s more");
            }
        });
    }
}
