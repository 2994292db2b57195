package org.limesh.node;

import java.util.List;
import java.util.Map;
import org.limesh.access.Lease;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.lime.NodePlan;

/**
 * A node at one instant: the one object that page, command line, exports and assertions read.
 *
 * @param nowNs    the node's clock
 * @param startNs  when the node was made
 * @param batadv   null without layer 2
 * @param leases   granted by this node, by address
 * @param counters by name
 * @param warnings sentences a person can act upon
 */
public record NodeSnapshot(
        NodePlan plan,
        long nowNs,
        long startNs,
        BatadvSnapshot batadv,
        List<Lease> leases,
        Map<String, Long> counters,
        List<String> warnings) {
    public NodeSnapshot {
        leases = List.copyOf(leases);
        counters = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(counters));
        warnings = List.copyOf(warnings);
    }
}
