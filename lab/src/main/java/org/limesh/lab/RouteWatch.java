package org.limesh.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.node.NodeEvent;
import org.limesh.sim.SimLink;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimObserver;
import org.limesh.sim.Simulation;

/**
 * Keeps account of which nodes have a route to which in layer 3, from what the nodes report: reading the tables
 * of all nodes would cost more than the nodes' own work.
 */
final class RouteWatch implements SimObserver {
    /** A link that loses more than this in one direction need not carry BMX7. */
    private static final double USABLE_LOSS = 0.6;

    private final Laboratory lab;
    private final Simulation sim;
    private final BitSet[] routes;
    private final int[] boots;

    RouteWatch(Laboratory lab) {
        this.lab = lab;
        this.sim = lab.sim();
        this.routes = new BitSet[sim.nodes().size()];
        this.boots = new int[routes.length];
        for (int at = 0; at < routes.length; at++) {
            routes[at] = new BitSet();
        }
        sim.addObserver(this);
    }

    @Override
    public void nodeReported(SimNode node, NodeEvent event, long nowNs) {
        if (event instanceof NodeEvent.Bmx7(Bmx7Event.RouteChanged change)) {
            forgetEarlierLife(node);
            SimNode other = sim.node(lab.nodeOfHost(change.hostname()));
            if (other != null) {
                routes[node.index()].set(other.index(), change.to() != null);
            }
        }
    }

    private void forgetEarlierLife(SimNode node) {
        if (boots[node.index()] != node.boots()) {
            boots[node.index()] = node.boots();
            routes[node.index()].clear();
        }
    }

    /** One sentence per working node that lacks routes to nodes that its links lead to. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        int[] parts = parts();
        for (SimNode node : sim.nodes()) {
            if (speaks(node)) {
                forgetEarlierLife(node);
                BitSet wanted = wanted(parts, node);
                wanted.andNot(routes[node.index()]);
                if (!wanted.isEmpty()) {
                    String first = sim.nodes().get(wanted.nextSetBit(0)).name();
                    missing.add(node.name() + " has no route to " + first + " in layer 3"
                            + (wanted.cardinality() > 1 ? " nor to " + (wanted.cardinality() - 1) + " others" : ""));
                }
            }
        }
        return missing;
    }

    /** Working nodes that lack nothing. */
    int complete() {
        int working = (int) sim.nodes().stream().filter(RouteWatch::speaks).count();
        return working - missing().size();
    }

    private BitSet wanted(int[] parts, SimNode node) {
        BitSet wanted = new BitSet();
        for (SimNode other : sim.nodes()) {
            if (other != node && speaks(other) && parts[other.index()] == parts[node.index()]) {
                wanted.set(other.index());
            }
        }
        return wanted;
    }

    private static boolean speaks(SimNode node) {
        return node.isUp() && node.plan().bmx7() != null;
    }

    /** For each node, the lowest node that usable links join it with. */
    private int[] parts() {
        int[] parts = new int[routes.length];
        Arrays.setAll(parts, at -> at);
        for (SimLink link : sim.links()) {
            boolean usable = link.isUp() && speaks(link.a().node()) && speaks(link.b().node())
                    && link.there().loss() < USABLE_LOSS && link.back().loss() < USABLE_LOSS;
            if (usable) {
                int a = root(parts, link.a().node().index());
                int b = root(parts, link.b().node().index());
                parts[Math.max(a, b)] = Math.min(a, b);
            }
        }
        for (int at = 0; at < parts.length; at++) {
            parts[at] = root(parts, at);
        }
        return parts;
    }

    private static int root(int[] parts, int at) {
        int root = at;
        while (parts[root] != root) {
            root = parts[root];
        }
        return root;
    }
}
