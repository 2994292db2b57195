package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.access.Lease;
import org.limesh.base.MacAddress;
import org.limesh.node.NodeSnapshot;

/**
 * Leases as people look at them: who has the address, which node gave it, which one confirmed it last, and why it
 * is this address.
 */
final class Leases {
    /** Of {@link Row#endsInNs}: the address of a node, which it keeps. */
    static final long FOR_GOOD = Long.MAX_VALUE;

    /**
     * @param here        confirmed last by the node that was asked
     * @param grantedBy   name of a node, or its MAC where the name is not known, or {@code -}
     * @param confirmedBy the same
     * @param endsInNs    from now, or {@link #FOR_GOOD}
     * @param why         a few words
     */
    record Row(Lease lease, boolean here, String grantedBy, String confirmedBy, long endsInNs, String why) {}

    private Leases() {}

    /** @param all those that other nodes confirmed, too, and addresses of nodes; else only what this node confirmed */
    static List<Row> of(World world, NodeSnapshot node, boolean all) {
        Map<MacAddress, String> names = names(world, node);
        List<Row> rows = new ArrayList<>();
        node.leases().forEach(lease -> rows.add(row(lease, true, names, node.nowNs())));
        if (all) {
            node.remoteLeases().forEach(lease -> rows.add(row(lease, false, names, node.nowNs())));
            rows.sort(Comparator.comparing(row -> row.lease().address()));
        }
        return rows;
    }

    private static Row row(Lease lease, boolean here, Map<MacAddress, String> names, long nowNs) {
        boolean isNode = isNode(lease);
        return new Row(lease, here, name(lease.grantedBy(), names), name(lease.confirmedBy(), names),
                isNode ? FOR_GOOD : lease.expiresNs() - nowNs, isNode ? "address of a node" : lease.reason());
    }

    /** A node tells its own address as a lease of its own MAC. */
    private static boolean isNode(Lease lease) {
        return lease.client().equals(lease.confirmedBy());
    }

    private static String name(MacAddress node, Map<MacAddress, String> names) {
        return node.isZero() ? "-" : names.getOrDefault(node, node.toString());
    }

    /** By the MAC of their bridge, which leases name. */
    private static Map<MacAddress, String> names(World world, NodeSnapshot node) {
        Map<MacAddress, String> names = new LinkedHashMap<>();
        for (Lease lease : node.remoteLeases()) {
            if (isNode(lease) && !lease.hostname().isEmpty()) {
                names.put(lease.client(), lease.hostname());
            }
        }
        for (World.NodeView other : world.nodes()) {
            if (other.plan() != null) {
                names.put(other.plan().primaryMac(), other.name());
            }
        }
        return names;
    }
}
