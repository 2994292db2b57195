package org.limesh.sim;

import java.util.Arrays;

/**
 * Who could reach whom on layer 3, by links alone: nodes of all clouds that speak BMX7, joined by links that
 * lose no more than {@value #USABLE_LOSS} in either direction.
 */
final class RoutedTopology {
    /**
     * Beyond this a link's own messages are lost so often that BMX7 may rightly do without it for a while.
     */
    static final double USABLE_LOSS = 0.3;

    private final Simulation sim;
    private long version = -1;
    private int[] component = {};
    private boolean lossless;

    RoutedTopology(Simulation sim) {
        this.sim = sim;
    }

    private void refresh() {
        if (version == sim.topologyVersion()) {
            return;
        }
        version = sim.topologyVersion();
        component = new int[sim.nodeCount()];
        Arrays.setAll(component, i -> i);
        lossless = true;
        for (SimLink link : sim.links()) {
            lossless &= !link.isUp() || link.there().loss() == 0 && link.back().loss() == 0;
            if (isUsable(link)) {
                int a = root(link.a().node().index());
                int b = root(link.b().node().index());
                component[Math.max(a, b)] = Math.min(a, b);
            }
        }
        for (int i = 0; i < component.length; i++) {
            component[i] = root(i);
        }
    }

    private int root(int start) {
        int at = start;
        while (component[at] != at) {
            at = component[at];
        }
        return at;
    }

    private static boolean isUsable(SimLink link) {
        return link.isUp() && speaks(link.a().node()) && speaks(link.b().node())
                && link.there().loss() <= USABLE_LOSS && link.back().loss() <= USABLE_LOSS
                && speaks(link.a()) && speaks(link.b());
    }

    /** True for a node that is up and routes. */
    static boolean speaks(SimNode node) {
        return node.isUp() && node.node().bmx7() != null;
    }

    private static boolean speaks(SimDevice device) {
        for (HostInterface each : device.interfaces()) {
            if (each.kind == HostInterface.Kind.VLAN) {
                return true;
            }
        }
        return false;
    }

    /** True when usable links connect the two. */
    boolean connects(int a, int b) {
        refresh();
        return a != b && component[a] == component[b];
    }

    /** Links on the shortest way, or -1; each time counted anew, as it is rarely asked for. */
    int hops(int from, int to) {
        int[] hops = new int[sim.nodeCount()];
        Arrays.fill(hops, -1);
        hops[from] = 0;
        for (int reached = 0; hops[to] < 0 && reached < hops.length; reached++) {
            for (SimLink link : sim.links()) {
                int a = link.a().node().index();
                int b = link.b().node().index();
                if (isUsable(link) && (hops[a] == reached || hops[b] == reached)) {
                    hops[a] = hops[a] < 0 ? reached + 1 : hops[a];
                    hops[b] = hops[b] < 0 ? reached + 1 : hops[b];
                }
            }
        }
        return hops[to];
    }

    boolean isLossless() {
        refresh();
        return lossless;
    }
}
