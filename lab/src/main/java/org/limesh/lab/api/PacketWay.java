package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Ip4Address;
import org.limesh.gateway.Exit;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.node.NodeSnapshot;

/** One direction of a packet's way, walked from router to router by what each of them has in its tables. */
final class PacketWay {
    /** A packet that goes through more tunnels than this, one after the other, is in a loop. */
    private static final int ROUTER_LIMIT = 8;

    private final WorldView view;
    private final PathPlaces places;
    private final Layer2Walk layer2;
    private final Layer3Walk layer3;
    private final PathPlaces.Place from;
    private final PathPlaces.Place to;
    private final List<PathFinder.Leg> legs = new ArrayList<>();
    private final List<String> why = new ArrayList<>();
    private boolean arrived;
    private boolean tunnelled;
    private boolean unknown;
    private World.NodeView exit;

    PacketWay(WorldView view, PathPlaces places, PathPlaces.Place from, PathPlaces.Place to) {
        this.view = view;
        this.places = places;
        this.layer2 = new Layer2Walk(view, places);
        this.layer3 = new Layer3Walk(view, places);
        this.from = from;
        this.to = to;
    }

    List<PathFinder.Leg> legs() {
        return legs;
    }

    /** Why this exit and no other. */
    List<String> why() {
        return why;
    }

    boolean arrived() {
        return arrived;
    }

    boolean isTunnelled() {
        return tunnelled;
    }

    /** True when it goes on where this node has no tables of. */
    boolean isUnknown() {
        return unknown;
    }

    /** Node that the packet left the network at; null when it did not. */
    World.NodeView exit() {
        return exit;
    }

    /** From the sender on. */
    void walk() {
        World.NodeView at = from.node();
        if (from.client() != null) {
            boolean routed = to.outside() || !PathPlaces.isOneLink(at, to.node());
            String target = routed ? places.anycastMac(at) : to.macText();
            legs.add(new PathFinder.Leg(List.of(from.name(), at.name()), routed ? "anycast" : "access", List.of(),
                    routed ? places.takenHere(at) : "attached here",
                    List.of(new PathFinder.Step(from.name(), at.name(), with("Ethernet to " + target, packet())))));
        }
        route(at);
    }

    /** An answer of the Internet, from the exit that the question left at. */
    void walkFrom(World.NodeView exitNode) {
        legs.add(new PathFinder.Leg(List.of(from.name(), exitNode.name()), "internet", List.of(),
                "to the address of the line, there back to " + to.addressText(),
                List.of(new PathFinder.Step(from.name(), exitNode.name(), packet()))));
        route(exitNode);
    }

    /** Of an answer that comes by other nodes, a node knows the last hop only. */
    void onlyTheLastHop() {
        legs.add(PathFinder.Leg.beyond(from.name(), "? beyond this node's view"));
        layer2.arrive(to.node(), to, packet(), legs);
        arrived = true;
    }

    private List<String> packet() {
        return List.of("IPv4 " + from.addressText() + " → " + to.addressText());
    }

    private static List<String> with(String outer, List<String> inner) {
        List<String> all = new ArrayList<>(List.of(outer));
        all.addAll(inner);
        return all;
    }

    private void route(World.NodeView first) {
        World.NodeView at = first;
        for (int routers = 0; at != null && routers < ROUTER_LIMIT; routers++) {
            if (to.node() != null && PathPlaces.isOneLink(at, to.node())) {
                arrived = layer2.walk(at, to, packet(), legs);
                return;
            }
            NodeSnapshot tables = view.node(at.name()).orElse(null);
            if (tables == null) {
                legs.add(PathFinder.Leg.beyond(at.name(), places.unseen(at.name())));
                return;
            }
            at = step(at, tables);
        }
        if (at != null) {
            legs.add(PathFinder.Leg.beyond(at.name(), "a loop: more than " + ROUTER_LIMIT + " tunnels in a row"));
        }
    }

    /** The next router; null when the way ends, well or not. */
    private World.NodeView step(World.NodeView at, NodeSnapshot tables) {
        Ip4Address client = from.client() == null ? null : from.client().address();
        RouteChoice choice = to.address() == null ? RouteChoice.toInternet(tables, client)
                : RouteChoice.of(tables, to.address(), client);
        return switch (choice) {
            case RouteChoice.OwnCloud() -> {
                legs.add(PathFinder.Leg.beyond(to.name(), "nobody in the cloud of " + at.name()
                        + " is known with this address"));
                yield null;
            }
            case RouteChoice.Nowhere(var reason) -> {
                legs.add(PathFinder.Leg.beyond(to.name(), at.name() + " " + reason));
                yield null;
            }
            case RouteChoice.OwnUplink(var uplink, var own) -> {
                reasons(at, tables, own);
                leave(at, uplink);
                yield null;
            }
            case RouteChoice.Tunnel tunnel -> tunnel(at, tables, tunnel);
        };
    }

    private World.NodeView tunnel(World.NodeView at, NodeSnapshot tables, RouteChoice.Tunnel tunnel) {
        reasons(at, tables, tunnel.exit());
        tunnelled = true;
        String purpose = from.outside() && to.node() != null
                ? "to cloud " + places.ssid(to.node()) + " (nearest member: "
                        + places.nodeOfHost(tunnel.choice().offer().hostname()) + ")" : "";
        Layer3Walk.End end = layer3.walk(at, tables, tunnel.choice(), packet(), purpose, legs);
        if (end.beyondView()) {
            unknown = true;
            arrived = true;
            legs.add(PathFinder.Leg.beyond(to.name(), "? beyond this node's view"));
        }
        return end.node();
    }

    private void leave(World.NodeView at, GatewaySnapshot.Uplink uplink) {
        exit = at;
        arrived = true;
        String source = uplink == null || uplink.address() == null ? from.addressText()
                : uplink.address().address().toString();
        legs.add(new PathFinder.Leg(List.of(at.name(), to.name()), "internet", List.of(),
                at.name() + ", source network " + places.network(from.node()) + ", leaves as " + source,
                List.of(new PathFinder.Step(at.name(), to.name(), List.of("IPv4 " + source + " → " + to.addressText())))));
    }

    private void reasons(World.NodeView at, NodeSnapshot tables, Exit used) {
        if (used == null || !why.isEmpty()) {
            return;
        }
        GatewaySnapshot.ClientPin pin = from.client() == null ? null
                : RouteChoice.pin(tables.gateway(), from.client().address());
        if (pin != null) {
            // The node's own reasons are about the exit of everybody else.
            why.add("for " + from.name() + " " + pin.reason());
            tables.gateway().exits().stream().filter(Exit::used).findFirst()
                    .ifPresent(own -> why.add("all others at " + at.name() + ": " + own.reason()));
            return;
        }
        String name = places.nodeOfHost(used.gateway());
        why.add(used.reason().startsWith(name) ? used.reason() : name + ": " + used.reason());
        for (Exit other : tables.gateway().exits()) {
            if (!other.gateway().equals(used.gateway())) {
                why.add("not " + places.nodeOfHost(other.gateway()) + ": " + other.reason());
            }
        }
    }
}
