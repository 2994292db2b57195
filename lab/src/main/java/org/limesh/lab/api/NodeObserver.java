package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.limesh.access.Lease;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvEvent;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeEvent;
import org.limesh.node.NodeSnapshot;

/**
 * Makes the picture of the world as one real node knows it: itself, its neighbours, the other originators
 * of its cloud, and the clients behind itself. May be called from any thread.
 */
public final class NodeObserver {
    /** Clients whose coming is remembered; as many as the local translation table may hold. */
    private static final int CLIENT_LIMIT = 16_384;

    private final String name;
    private final String version;
    private final long epochMs;
    private final EventLog log;
    private final Map<MacAddress, Seen> seen = new LinkedHashMap<>();

    private record Seen(long sinceNs, String nodeBefore, long lastRoamNs) {}

    /**
     * @param name    of the node
     * @param version of this program
     * @param epochMs Unix time of the node's start
     */
    public NodeObserver(String name, String version, long epochMs, EventLog log) {
        this.name = name;
        this.version = version;
        this.epochMs = epochMs;
        this.log = log;
    }

    /**
     * Writes the event into the log and remembers who roamed. {@code timeNs} counts from the node's start.
     */
    public synchronized void onEvent(NodeEvent event, long timeNs) {
        EventText text = EventText.of(event, MacAddress::toString);
        log.append(timeNs, name, text.kind(), text.text());
        if (event instanceof NodeEvent.Batadv(BatadvEvent.ClientRoamedHere(var client, _, var from))) {
            remember(client, new Seen(timeNs, from.toString(), timeNs));
        }
    }

    public synchronized World observe(NodeSnapshot snapshot) {
        NodePlan plan = snapshot.plan();
        long timeNs = snapshot.nowNs() - snapshot.startNs();
        World.CloudView cloud = cloud(plan);
        OthersView others = new OthersView(name, snapshot, cloud.letter());
        List<World.NodeView> nodes = new ArrayList<>();
        nodes.add(new World.NodeView(name, plan.primaryMac(), plan, cloud.letter(), true, Double.NaN,
                Double.NaN, false));
        nodes.addAll(others.nodes());
        return new World(World.Kind.NODE, name, version, 0, timeNs, epochMs, World.Clock.REAL_TIME, -1,
                List.of(cloud), nodes, others.links(), clients(snapshot, timeNs), others.layer3(nodes.size()));
    }

    static World.CloudView cloud(NodePlan plan) {
        NodePlan.Anycast anycast = plan.anycast();
        int vlanId = plan.batadv() == null || plan.batadv().hardifs().isEmpty()
                || plan.batadv().hardifs().getFirst().tag() == null
                ? 0 : plan.batadv().hardifs().getFirst().tag().id();
        return new World.CloudView("A", plan.apSsid(), vlanId, plan.address4().masked(),
                plan.address6().masked(),
                anycast == null ? null : anycast.address4().address(),
                anycast == null ? null : anycast.mac());
    }

    private List<World.ClientView> clients(NodeSnapshot snapshot, long timeNs) {
        Map<MacAddress, Lease> leases = new LinkedHashMap<>();
        snapshot.leases().forEach(lease -> leases.put(lease.client(), lease));
        Set<MacAddress> here = snapshot.batadv() == null ? Set.of()
                : StatusText.localClients(snapshot.plan(), snapshot.batadv());
        seen.keySet().retainAll(here);
        List<World.ClientView> clients = new ArrayList<>();
        for (MacAddress mac : here) {
            Seen when = seen.get(mac);
            if (when == null) {
                when = new Seen(timeNs, null, -1);
                remember(mac, when);
            }
            Lease lease = leases.get(mac);
            clients.add(new World.ClientView(
                    lease == null || lease.hostname().isEmpty() ? mac.toString() : lease.hostname(), mac,
                    lease == null ? null : lease.address(), name, when.nodeBefore(), when.sinceNs(),
                    when.lastRoamNs(), -1, -1, -1));
        }
        return clients;
    }

    private void remember(MacAddress mac, Seen when) {
        if (seen.size() < CLIENT_LIMIT || seen.containsKey(mac)) {
            seen.put(mac, when);
        }
    }
}
