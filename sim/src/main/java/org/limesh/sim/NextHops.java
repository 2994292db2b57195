package org.limesh.sim;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.base.Ip6Address;
import org.limesh.batadv.BatadvEvent;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeEvent;

/**
 * Next hop of every node towards every node on one layer, kept up to date by what the nodes report. Nodes are
 * indexes; on layer 2 a node is known by the MACs of its hard interfaces, on layer 3 by its id and its
 * link-local addresses.
 */
final class NextHops implements SimObserver {
    /** Whose next hops. */
    enum Layer { BATADV, BMX7 }

    static final int NONE = -1;

    /** Hears of a change after the table has it. */
    interface Listener {
        void changed(int node, int destination, int before, int after, long nowNs);
    }

    private final Simulation sim;
    private final Layer layer;
    private final Listener listener;
    private final Map<Object, Integer> nodeByName = new LinkedHashMap<>();
    private int[][] next = new int[0][0];
    private int knownNodes;

    NextHops(Simulation sim, Layer layer, Listener listener) {
        this.sim = sim;
        this.layer = layer;
        this.listener = listener;
        sim.addObserver(this);
    }

    int next(int node, int destination) {
        grow();
        return next[node][destination];
    }

    int nodes() {
        grow();
        return next.length;
    }

    private void grow() {
        if (knownNodes == sim.nodeCount()) {
            return;
        }
        for (SimNode node : sim.nodes()) {
            if (node.index() >= knownNodes) {
                name(node);
            }
        }
        int before = next.length;
        knownNodes = sim.nodeCount();
        next = Arrays.copyOf(next, knownNodes);
        for (int i = 0; i < knownNodes; i++) {
            int filled = i < before ? next[i].length : 0;
            next[i] = i < before ? Arrays.copyOf(next[i], knownNodes) : new int[knownNodes];
            Arrays.fill(next[i], filled, knownNodes, NONE);
        }
    }

    private void name(SimNode node) {
        if (layer == Layer.BATADV && node.plan().batadv() != null) {
            for (NodePlan.Hardif hardif : node.plan().batadv().hardifs()) {
                nodeByName.put(hardif.mac(), node.index());
            }
        } else if (layer == Layer.BMX7 && node.plan().bmx7() != null) {
            for (NodePlan.Bmx7Device device : node.plan().bmx7().devices()) {
                // Without a MAC of its own it is br-lan or the uplink, which have the node's.
                nodeByName.put(Ip6Address.linkLocalOf(device.mac() == null ? node.plan().primaryMac()
                        : device.mac()), node.index());
            }
            // Who was switched on before this watch began is not told to it by powered().
            if (node.node() != null && node.node().bmx7() != null) {
                nodeByName.put(node.node().bmx7().nodeId(), node.index());
            }
        }
    }

    @Override
    public void nodeReported(SimNode node, NodeEvent event, long nowNs) {
        if (layer == Layer.BATADV && event instanceof NodeEvent.Batadv(BatadvEvent told)) {
            if (told instanceof BatadvEvent.RouteChanged change) {
                set(node.index(), change.originator(), change.to(), nowNs);
            } else if (told instanceof BatadvEvent.OriginatorLost lost) {
                set(node.index(), lost.originator(), null, nowNs);
            }
        } else if (layer == Layer.BMX7 && event instanceof NodeEvent.Bmx7(Bmx7Event told)) {
            if (told instanceof Bmx7Event.RouteChanged change) {
                set(node.index(), change.node(), change.to() == null ? null : change.to().linkLocal(), nowNs);
            } else if (told instanceof Bmx7Event.NodeForgotten forgotten) {
                set(node.index(), forgotten.node(), null, nowNs);
            }
        }
    }

    private void set(int node, Object originator, Object to, long nowNs) {
        grow();
        int destination = nodeByName.getOrDefault(originator, NONE);
        int after = to == null ? NONE : nodeByName.getOrDefault(to, NONE);
        // An originator that is no node of ours is an attacker's; a node keeps no route to itself.
        if (destination == NONE || next[node][destination] == after) {
            return;
        }
        int before = next[node][destination];
        next[node][destination] = after;
        listener.changed(node, destination, before, after, nowNs);
    }

    @Override
    public void powered(SimNode node, boolean up, long nowNs) {
        grow();
        if (up && layer == Layer.BMX7 && node.node().bmx7() != null) {
            nodeByName.put(node.node().bmx7().nodeId(), node.index());
        }
        Arrays.fill(next[node.index()], NONE);
    }

    /** Node where following the table from a node towards a destination comes round, or {@link #NONE}. */
    int loopFrom(int node, int destination) {
        int at = node;
        for (int hops = 0; hops <= knownNodes; hops++) {
            at = next[at][destination];
            if (at == NONE || at == destination) {
                return NONE;
            }
            if (at == node) {
                return node;
            }
        }
        return at;
    }
}
