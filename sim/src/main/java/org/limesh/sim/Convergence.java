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
        return new Convergence(sim, new NextHops(sim, NextHops.Layer.BATADV, (node, destination, before, after, nowNs) -> { }));
    }

    /** Share 0..1 of the pairs that links promise which have a next hop; 1 when there is none. */
    public double share() {
        long wanted = 0;
        long found = 0;
        for (int from = 0; from < sim.nodeCount(); from++) {
            for (int to = 0; to < sim.nodeCount(); to++) {
                if (topology.promises(from, to)) {
                    wanted++;
                    found += nextHops.next(from, to) == NextHops.NONE ? 0 : 1;
                }
            }
        }
        return wanted == 0 ? 1 : (double) found / wanted;
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
            Map<MacAddress, BatadvSnapshot.GlobalClient> seeks = seeks(node);
            for (SimClient client : sim.clients()) {
                boolean relevant = client.hasLink() && client.address4() != null
                        && topology.promises(node.index(), client.access().index());
                BatadvSnapshot.GlobalClient found = seeks.get(client.mac());
                if (relevant && missing.size() < MISSING_LIMIT && !isRight(found, client)
                        && !isExcused(found, client)) {
                    missing.add(node.name() + " seeks client " + client.name()
                            + (found == null ? " nowhere" : " at " + found.originator()) + ", it is at "
                            + client.access().name());
                }
            }
        }
    }

    private static Map<MacAddress, BatadvSnapshot.GlobalClient> seeks(SimNode node) {
        Map<MacAddress, BatadvSnapshot.GlobalClient> best = new LinkedHashMap<>();
        for (BatadvSnapshot.GlobalClient global : node.snapshot().batadv().globalClients()) {
            if (global.best()) {
                best.put(global.mac(), global);
            }
        }
        return best;
    }

    private static boolean isRight(BatadvSnapshot.GlobalClient found, SimClient client) {
        return found != null
                && found.originator().equals(client.access().plan().batadv().hardifs().getFirst().mac());
    }

    /** True when a node seeks a client in a wrong place and batman-adv itself can do nothing about it. */
    boolean isMisled(SimNode node, SimClient client) {
        BatadvSnapshot.GlobalClient found = seeks(node).get(client.mac());
        return found != null && !isRight(found, client) && isExcused(found, client);
    }

    /**
     * Two gaps that the genuine program has too. A claim learned at a version that was never announced comes
     * from the roaming message of a node that the client left again before that node's next originator
     * message: nobody takes it back until that node's table changes or ten minutes are over. And an old node
     * that is too many hops away to know the new one goes on announcing the client for ten minutes.
     */
    private boolean isExcused(BatadvSnapshot.GlobalClient found, SimClient client) {
        if (found == null) {
            return false;
        }
        if ((byte) (found.lastTtvn() - found.ttvn()) > 0) {
            return true;
        }
        for (SimNode node : sim.nodes()) {
            if (node.plan().batadv() != null
                    && node.plan().batadv().hardifs().getFirst().mac().equals(found.originator())) {
                return !topology.promises(node.index(), client.access().index());
            }
        }
        return false;
    }

    private String name(int index) {
        return sim.nodeAt(index).name();
    }
}
