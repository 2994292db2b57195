package org.limesh.sim;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.batadv.BatadvEvent;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeEvent;

/**
 * Next hop of every node towards every node, kept up to date by what the nodes report. Nodes are indexes;
 * a node is known by the MACs of its hard interfaces.
 */
final class NextHops implements SimObserver {
    static final int NONE = -1;

    /** Hears of a change after the table has it. */
    interface Listener {
        void changed(int node, int destination, int before, int after, long nowNs);
    }

    private final Simulation sim;
    private final Listener listener;
    private final Map<Long, Integer> nodeByMac = new LinkedHashMap<>();
    private int[][] next = new int[0][0];
    private int knownNodes;

    NextHops(Simulation sim, Listener listener) {
        this.sim = sim;
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
            if (node.index() >= knownNodes && node.plan().batadv() != null) {
                for (NodePlan.Hardif hardif : node.plan().batadv().hardifs()) {
                    nodeByMac.put(hardif.mac().bits(), node.index());
                }
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

    @Override
    public void nodeReported(SimNode node, NodeEvent event, long nowNs) {
        if (event instanceof NodeEvent.Batadv(BatadvEvent.RouteChanged change)) {
            set(node.index(), change.originator().bits(), change.to() == null ? 0 : change.to().bits(),
                    nowNs);
        } else if (event instanceof NodeEvent.Batadv(BatadvEvent.OriginatorLost lost)) {
            set(node.index(), lost.originator().bits(), 0, nowNs);
        }
    }

    private void set(int node, long originator, long to, long nowNs) {
        grow();
        int destination = nodeByMac.getOrDefault(originator, NONE);
        int after = to == 0 ? NONE : nodeByMac.getOrDefault(to, NONE);
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
