package org.limesh.sim;

import java.util.Arrays;

/** Who could reach whom: components of each cloud over links that are good enough. */
final class Topology {
    /**
     * A link that loses more than this in one direction promises nothing: of the 64 originator messages
     * in a window too few come back for its quality to stay above zero reliably.
     */
    static final double USABLE_LOSS = 0.5;

    private final Simulation sim;

    Topology(Simulation sim) {
        this.sim = sim;
    }

    /** True when all links that are up lose nothing, in both directions. */
    boolean isLossless() {
        for (SimLink link : sim.links()) {
            if (link.isUp() && (link.there().loss() > 0 || link.back().loss() > 0)) {
                return false;
            }
        }
        return true;
    }

    /** Component of each node by usable links, or -1 for a node that is off or has no layer 2. */
    int[] components(double usableLoss) {
        int[] component = new int[sim.nodeCount()];
        Arrays.setAll(component, i -> i);
        for (SimLink link : sim.links()) {
            SimNode a = link.a().node();
            SimNode b = link.b().node();
            boolean usable = link.isUp() && a.isUp() && b.isUp() && a.cloud() == b.cloud()
                    && link.there().loss() <= usableLoss && link.back().loss() <= usableLoss
                    && carriesMesh(link);
            if (usable) {
                int to = Math.min(component[a.index()], component[b.index()]);
                int from = Math.max(component[a.index()], component[b.index()]);
                for (int i = 0; i < component.length; i++) {
                    component[i] = component[i] == from ? to : component[i];
                }
            }
        }
        for (SimNode node : sim.nodes()) {
            if (!node.isUp() || node.plan().batadv() == null) {
                component[node.index()] = -1;
            }
        }
        return component;
    }

    private static boolean carriesMesh(SimLink link) {
        return link.a().hasHardif() && link.b().hasHardif();
    }

    /** True when a link of any quality that lets something through connects the two. */
    boolean isLinked(int a, int b) {
        for (SimDevice device : sim.nodeAt(a).devices()) {
            for (var reached : device.reach().entrySet()) {
                if (reached.getKey().node().index() == b && reached.getValue().loss() < 1) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Longest originator interval of all nodes. */
    long intervalNs() {
        int intervalMs = 0;
        for (SimNode node : sim.nodes()) {
            if (node.plan().batadv() != null) {
                intervalMs = Math.max(intervalMs, node.plan().batadv().origIntervalMs());
            }
        }
        return intervalMs == 0 ? SimTime.SECOND : intervalMs * SimTime.MS;
    }
}
