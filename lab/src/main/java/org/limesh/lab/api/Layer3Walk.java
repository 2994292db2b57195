package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.limesh.base.MacAddress;
import org.limesh.bmx7.Bmx7Snapshot;
import org.limesh.bmx7.TunnelChoice;
import org.limesh.bmx7.TunnelOffer;
import org.limesh.node.NodeSnapshot;

/** A packet's way through a one-way tunnel: plain IPv6 routing by BMX7, whatever clouds lie between. */
final class Layer3Walk {
    /** Hop limit of a tunnel's outer header. */
    private static final int HOP_LIMIT = 64;

    private final WorldView view;
    private final PathPlaces places;

    /**
     * @param node       where the tunnel ends; null when the packet does not come there, or nobody knows
     * @param beyondView true when it goes on where this node has no tables of
     */
    record End(World.NodeView node, boolean beyondView) {}

    Layer3Walk(WorldView view, PathPlaces places) {
        this.view = view;
        this.places = places;
    }

    /** @param purpose for people, or empty: then the ends of the tunnel are named */
    End walk(World.NodeView from, NodeSnapshot tables, TunnelChoice choice, List<String> packet, String purpose,
            List<PathFinder.Leg> legs) {
        TunnelOffer offer = choice.offer();
        String gateway = places.nodeOfHost(offer.hostname());
        String text = "layer 3 (bmx7)" + (purpose.isEmpty() ? "" : " " + purpose) + ", one-way tunnel " + from.name()
                + " -> " + gateway + ", outer " + offer.endpoint() + " -> " + offer.primary();
        List<String> hops = new ArrayList<>(List.of(from.name()));
        List<PathFinder.Step> steps = new ArrayList<>();
        Set<String> visited = new LinkedHashSet<>(hops);
        NodeSnapshot here = tables;
        String at = from.name();
        while (hops.size() <= HOP_LIMIT) {
            Bmx7Snapshot.Originator route = route(here, offer);
            if (route == null || route.nextHop() == null) {
                add(legs, hops, text, steps);
                legs.add(PathFinder.Leg.beyond(gateway, at + " has no route to " + gateway + " in layer 3"));
                return new End(null, false);
            }
            String next = places.nodeOfHost(route.via());
            hops.add(next);
            steps.add(new PathFinder.Step(at, next,
                    headers(route, next, offer, HOP_LIMIT - steps.size(), packet)));
            if (next.equals(gateway)) {
                add(legs, hops, text, steps);
                World.NodeView end = places.node(gateway).orElse(null);
                return new End(places.isOneNodesView() ? null : end, places.isOneNodesView() || end == null);
            }
            if (!visited.add(next)) {
                legs.add(new PathFinder.Leg(hops, "layer3", List.of(), text + "; a loop", steps));
                return new End(null, false);
            }
            here = view.node(next).orElse(null);
            if (here == null || here.bmx7() == null) {
                add(legs, hops, text, steps);
                legs.add(PathFinder.Leg.beyond(gateway, places.isOneNodesView()
                        ? "? beyond this node's view: " + route.hops() + " hops in all, metric "
                                + Units.rate(route.metricBps()) : next + " is down"));
                return new End(null, places.isOneNodesView());
            }
            at = next;
        }
        legs.add(new PathFinder.Leg(hops, "layer3", List.of(), text + "; the hop limit ends it", steps));
        return new End(null, false);
    }

    private static Bmx7Snapshot.Originator route(NodeSnapshot tables, TunnelOffer offer) {
        for (Bmx7Snapshot.Originator row : tables.bmx7() == null ? List.<Bmx7Snapshot.Originator>of()
                : tables.bmx7().originators()) {
            if (row.nodeId().equals(offer.gateway())) {
                return row;
            }
        }
        return null;
    }

    private static List<String> headers(Bmx7Snapshot.Originator route, String next, TunnelOffer offer, int hopLimit,
            List<String> packet) {
        MacAddress mac = LinkLocal.mac(route.nextHop());
        List<String> headers = new ArrayList<>(List.of(
                "Ethernet to " + (mac == null ? next : mac + " (" + next + ")") + " by " + route.device(),
                "IPv6 " + offer.endpoint() + " → " + offer.primary() + ", hop limit " + hopLimit));
        headers.addAll(packet);
        return headers;
    }

    private static void add(List<PathFinder.Leg> legs, List<String> hops, String text, List<PathFinder.Step> steps) {
        if (!steps.isEmpty()) {
            legs.add(new PathFinder.Leg(hops, "layer3", List.of(), text, steps));
        }
    }
}
