package org.limesh.node;

import java.util.List;
import java.util.Map;
import org.limesh.access.DhcpServer;
import org.limesh.access.Lease;
import org.limesh.alfred.AlfredSnapshot;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.bmx7.Bmx7Snapshot;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.guard.GuardSnapshot;
import org.limesh.lime.NodePlan;

/**
 * A node at one instant: the one object that page, command line, exports and assertions read.
 *
 * @param nowNs    the node's clock
 * @param startNs  when the node was made
 * @param batadv   null without layer 2
 * @param leases       confirmed last by this node, by address
 * @param remoteLeases confirmed last by other nodes, by address; addresses of other nodes among them
 * @param ownSlices    parts of the pool, of 256, that this node gives new addresses from
 * @param alfred       null without A.L.F.R.E.D.
 * @param bmx7         null without layer 3
 * @param gateway      null without layer 3
 * @param guard        null without an anycast gateway
 * @param counters by name
 * @param warnings sentences a person can act upon
 */
public record NodeSnapshot(
        NodePlan plan,
        long nowNs,
        long startNs,
        BatadvSnapshot batadv,
        List<Lease> leases,
        List<Lease> remoteLeases,
        int ownSlices,
        AlfredSnapshot alfred,
        Bmx7Snapshot bmx7,
        GatewaySnapshot gateway,
        GuardSnapshot guard,
        Map<String, Long> counters,
        List<String> warnings) {
    public NodeSnapshot {
        leases = List.copyOf(leases);
        remoteLeases = List.copyOf(remoteLeases);
        counters = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(counters));
        warnings = List.copyOf(warnings);
    }

    /** A node that shares nothing. */
    public NodeSnapshot(NodePlan plan, long nowNs, long startNs, BatadvSnapshot batadv, List<Lease> leases,
            Map<String, Long> counters, List<String> warnings) {
        this(plan, nowNs, startNs, batadv, leases, List.of(), DhcpServer.sliceCount(), null, null, null, null,
                counters, warnings);
    }

    /** The same with other counters. */
    public NodeSnapshot with(long otherStartNs, Map<String, Long> otherCounters) {
        return new NodeSnapshot(plan, nowNs, otherStartNs, batadv, leases, remoteLeases, ownSlices, alfred,
                bmx7, gateway, guard, otherCounters, warnings);
    }

    /** The same with these warnings of the host behind its own. */
    public NodeSnapshot withWarnings(List<String> more) {
        List<String> all = new java.util.ArrayList<>(warnings);
        all.addAll(more);
        return new NodeSnapshot(plan, nowNs, startNs, batadv, leases, remoteLeases, ownSlices, alfred,
                bmx7, gateway, guard, counters, all);
    }
}
