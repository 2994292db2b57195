package org.limesh.sim;

import java.util.List;

/**
 * Who could reach whom, by links alone: the yardstick for what the tables say.
 *
 * <p>Connected is not enough. BATMAN IV takes its hop penalty at every forward, twice on a single radio,
 * and cuts to whole numbers: 255, 198, 153, ... and after some sixteen hops of radio nothing is left, so
 * the ends of a long line rightly do not know each other.
 */
final class Topology {
    /**
     * A link that loses more than this in one direction promises nothing: of the 64 originator messages
     * in a window too few come back for its quality to stay above zero reliably.
     */
    static final double USABLE_LOSS = 0.5;

    /** With this loss hardly an echo is left in a window of 64, so the quality is zero most of the time. */
    private static final double DEAF_LOSS = 0.9;
    /** Qualities below this may fade to nothing by luck alone, so they promise nothing. */
    static final int PROMISED_TQ = 16;
    private static final double TQ_MAX = 255;
    private static final double HOP_PENALTY = 30;

    private final Simulation sim;
    private long version = -1;
    private boolean lossless;
    private long intervalNs;
    private List<SimLink> usable = List.of();
    private Qualities[] byDestination = {};

    Topology(Simulation sim) {
        this.sim = sim;
    }

    /** Forgets what was worked out when links or nodes have changed since. */
    private void refresh() {
        if (version == sim.topologyVersion()) {
            return;
        }
        version = sim.topologyVersion();
        List<SimLink> links = sim.links();
        usable = links.stream().filter(Topology::isUsable).toList();
        lossless = links.stream().noneMatch(
                link -> link.isUp() && (link.there().loss() > 0 || link.back().loss() > 0));
        byDestination = new Qualities[sim.nodeCount()];
        int intervalMs = 0;
        for (SimNode node : sim.nodes()) {
            if (node.plan().batadv() != null) {
                intervalMs = Math.max(intervalMs, node.plan().batadv().origIntervalMs());
            }
        }
        intervalNs = intervalMs == 0 ? SimTime.SECOND : intervalMs * SimTime.MS;
    }

    /** True when all links that are up lose nothing, in both directions. */
    boolean isLossless() {
        refresh();
        return lossless;
    }

    /** Longest originator interval of all nodes. */
    long intervalNs() {
        refresh();
        return intervalNs;
    }

    /** Up, between running nodes of one cloud, and not too lossy in either direction. */
    private static boolean isUsable(SimLink link) {
        SimNode a = link.a().node();
        SimNode b = link.b().node();
        return link.isUp() && a.isUp() && b.isUp() && a.cloud() == b.cloud()
                && link.there().loss() <= USABLE_LOSS
                && link.back().loss() <= USABLE_LOSS && carriesMesh(link);
    }

    /** True when links promise that a node finds a way to another. */
    boolean promises(int from, int to) {
        return from != to && expected(to).at(from) >= PROMISED_TQ;
    }

    /** Mean quality towards a destination that a node should see over one of its neighbours, 0 when none. */
    double expectedTq(int node, int neighbour, int destination) {
        Qualities qualities = expected(destination);
        double best = 0;
        for (SimLink link : usable) {
            int a = link.a().node().index();
            int b = link.b().node().index();
            if (a == neighbour && b == node) {
                best = Math.max(best, qualities.over(link, link.there(), link.back(), a));
            } else if (b == neighbour && a == node) {
                best = Math.max(best, qualities.over(link, link.back(), link.there(), b));
            }
        }
        return best;
    }

    /** What each node sees at best towards one destination, by the kind of link the message came over. */
    private record Qualities(int destination, double[] overRadio, double[] overCable) {
        double at(int node) {
            return Math.max(overRadio[node], overCable[node]);
        }

        /** What a message of the destination is worth after one more link: loss there and back, penalties. */
        double over(SimLink link, LinkQuality there, LinkQuality back, int sender) {
            double penalty = (TQ_MAX - HOP_PENALTY) / TQ_MAX;
            // The second penalty is for a message that leaves by the radio on which it came.
            double again = link.kind() == SimLink.Kind.RADIO ? penalty : 1;
            double sent = sender == destination ? TQ_MAX
                    : Math.floor(penalty * Math.max(overCable[sender], overRadio[sender] * again));
            return Math.floor(sent * (1 - back.loss()) * (1 - there.loss() * there.loss() * there.loss()));
        }

        boolean relax(SimLink link, LinkQuality there, LinkQuality back, SimNode sender, SimNode receiver) {
            double tq = over(link, there, back, sender.index());
            double[] seen = link.kind() == SimLink.Kind.RADIO ? overRadio : overCable;
            if (receiver.index() == destination || tq <= seen[receiver.index()]) {
                return false;
            }
            seen[receiver.index()] = tq;
            return true;
        }
    }

    private Qualities expected(int destination) {
        refresh();
        if (byDestination[destination] == null) {
            Qualities qualities =
                    new Qualities(destination, new double[sim.nodeCount()], new double[sim.nodeCount()]);
            boolean better = true;
            while (better) {
                better = false;
                for (SimLink link : usable) {
                    SimNode a = link.a().node();
                    SimNode b = link.b().node();
                    better |= qualities.relax(link, link.there(), link.back(), a, b);
                    better |= qualities.relax(link, link.back(), link.there(), b, a);
                }
            }
            byDestination[destination] = qualities;
        }
        return byDestination[destination];
    }

    private static boolean carriesMesh(SimLink link) {
        return link.a().hasHardif() && link.b().hasHardif();
    }

    /** True when a node hears a neighbour that practically never hears it. */
    boolean hearsOneWay(int node) {
        for (SimLink link : sim.links()) {
            boolean a = link.a().node().index() == node;
            boolean b = link.b().node().index() == node;
            if (link.isUp() && (a && isOneWay(link.back(), link.there()) || b
                    && isOneWay(link.there(), link.back()))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOneWay(LinkQuality heard, LinkQuality answered) {
        return heard.loss() < 1 && answered.loss() >= DEAF_LOSS;
    }

    /** True when a link of any quality that lets something through connects the two. */
    boolean isLinked(int a, int b) {
        for (SimDevice device : sim.nodeAt(a).deviceList()) {
            if (device.reaches(b)) {
                return true;
            }
        }
        return false;
    }
}
