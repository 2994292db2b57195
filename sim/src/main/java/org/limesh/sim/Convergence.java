package org.limesh.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvSnapshot;

/** Says by the tables of the nodes who can reach whom. */
public final class Convergence {
    private static final int MISSING_LIMIT = 20;

    private final Simulation sim;
    private final NextHops nextHops;
    private final Topology topology;

    Convergence(Simulation sim, NextHops nextHops) {
        this.sim = sim;
        this.nextHops = nextHops;
        this.topology = sim.topology();
    }

    /** A view of its own on a simulation; it must be made before the first event is executed. */
    public static Convergence watch(Simulation sim) {
        return new Convergence(sim, new NextHops(sim, (node, destination, before, after, nowNs) -> { }));
    }

    /** True when {@link #missing} is empty. */
    public boolean isConverged() {
        return missing().isEmpty();
    }

    /**
     * What is missing, the first {@value #MISSING_LIMIT}: pairs of nodes that usable links connect (up, at
     * most half of the frames lost each way, not so many hops that no quality is left) and the next hops do
     * not, and clients with an address that a node would seek in a wrong place.
     */
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (int from = 0; from < sim.nodeCount(); from++) {
            for (int to = 0; to < sim.nodeCount() && missing.size() < MISSING_LIMIT; to++) {
                if (topology.promises(from, to)) {
                    String fault = follow(from, to);
                    if (fault != null) {
                        missing.add(name(from) + " to " + name(to) + ": " + fault);
                    }
                }
            }
        }
        if (missing.isEmpty()) {
            missingClients(missing);
        }
        return missing;
    }

    private String follow(int from, int to) {
        int at = from;
        for (int hops = 0; hops <= nextHops.nodes(); hops++) {
            int next = nextHops.next(at, to);
            if (next == NextHops.NONE) {
                return "no next hop at " + name(at);
            }
            if (!sim.nodeAt(next).isUp() || !topology.isLinked(at, next)) {
                return name(at) + " still sends to " + name(next) + ", which it cannot reach";
            }
            if (next == to) {
                return null;
            }
            at = next;
        }
        return "goes round in circles at " + name(at);
    }

    private void missingClients(List<String> missing) {
        for (SimNode node : sim.nodes()) {
            if (!node.isUp() || node.plan().batadv() == null) {
                continue;
            }
            Map<MacAddress, MacAddress> seeks = seeks(node);
            for (SimClient client : sim.clients()) {
                boolean relevant = client.hasLink() && client.address4() != null
                        && topology.promises(node.index(), client.access().index());
                if (relevant && missing.size() < MISSING_LIMIT) {
                    MacAddress wanted = client.access().plan().batadv().hardifs().getFirst().mac();
                    MacAddress found = seeks.get(client.mac());
                    if (!wanted.equals(found) && hearsOf(found, client.access())) {
                        missing.add(node.name() + " seeks client " + client.name()
                                + (found == null ? " nowhere" : " at " + found) + ", it is at "
                                + client.access().name());
                    }
                }
            }
        }
    }

    /**
     * True when the node that still announces a client could know that it moved. If that node is too many
     * hops away to know the new one, it goes on announcing for ten minutes, and rightly so.
     */
    private boolean hearsOf(MacAddress announcer, SimNode access) {
        for (SimNode node : sim.nodes()) {
            if (node.plan().batadv() != null
                    && node.plan().batadv().hardifs().getFirst().mac().equals(announcer)) {
                return topology.promises(node.index(), access.index());
            }
        }
        return true;
    }

    private static Map<MacAddress, MacAddress> seeks(SimNode node) {
        Map<MacAddress, MacAddress> originators = new LinkedHashMap<>();
        for (BatadvSnapshot.GlobalClient global : node.snapshot().batadv().globalClients()) {
            if (global.best()) {
                originators.put(global.mac(), global.originator());
            }
        }
        return originators;
    }

    private String name(int index) {
        return sim.nodeAt(index).name();
    }
}
