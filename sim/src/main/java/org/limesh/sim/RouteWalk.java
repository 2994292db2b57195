package org.limesh.sim;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.node.HostPlan;

/**
 * Which way an IPv4 packet would take, by the real tables of the hosts, without sending it: hop by hop,
 * through tunnels, to a client, a node, the Internet or wherever it would be lost. Layer 2 inside a cloud is
 * taken for granted.
 */
public final class RouteWalk {
    /** More hops than any hop count allows. */
    private static final int HOPS_LIMIT = 64;

    /** How a way ends. */
    public enum End {
        /** At the host that has the address. */
        DELIVERED,
        /** Out of a line that leads to the Internet. */
        INTERNET,
        /** Out of a line that leads nowhere: unplugged, silent, or a portal's. */
        DEAD_LINE,
        /** A node has no route, or the next hop is not there. */
        LOST,
        /** Round and round. */
        LOOP
    }

    /**
     * One node on the way.
     *
     * @param in     interface that it came in on, empty at the beginning
     * @param out    interface that it leaves through
     * @param prefix the route that was used
     * @param via    next hop, null when the destination is on link or a tunnel's other end
     * @param outer  true while it is inside a tunnel
     */
    public record Step(SimNode node, String in, String out, String prefix, Object via, boolean outer) {
        @Override
        public String toString() {
            return node + " " + prefix + " dev " + out + (via == null ? "" : " via " + via)
                    + (outer ? " (in the tunnel)" : "");
        }
    }

    /**
     * @param at   node where it ends
     * @param note why it ends there when it should not; else empty
     */
    public record Way(List<Step> steps, End end, SimNode at, String note) {
        public Way {
            steps = List.copyOf(steps);
        }

        /** True when it goes where it should. */
        public boolean arrives() {
            return end == End.DELIVERED || end == End.INTERNET;
        }
    }

    private final Simulation sim;
    private final int source;
    private final int destination;
    private final List<Step> steps = new ArrayList<>();
    private final Set<String> seen = new LinkedHashSet<>();
    /** Second results of the methods below. */
    private SimNode neighbour;
    private String entered;
    private Way lost;

    private RouteWalk(Simulation sim, int source, int destination) {
        this.sim = sim;
        this.source = source;
        this.destination = destination;
    }

    /** From a node that routes the packet of this source. */
    static Way walk(Simulation sim, SimNode start, Ip4Address source, Ip4Address destination) {
        return new RouteWalk(sim, source.bits(), destination.bits()).walk4(start, "");
    }

    private Way end(End end, SimNode at, String note) {
        return new Way(steps, end, at, note);
    }

    private Way walk4(SimNode start, String enteredBy) {
        SimNode node = start;
        String in = enteredBy;
        while (steps.size() < HOPS_LIMIT) {
            if (node.host() == null) {
                return end(End.LOST, node, "is off");
            }
            HostStack stack = node.host().stack();
            if (stack.interfaces().has4(destination)) {
                return end(End.DELIVERED, node, "");
            }
            if (!seen.add("4 " + node.name())) {
                return end(End.LOOP, node, "routes it twice");
            }
            Forwarding.Hop hop = stack.forwarding().find4(source, destination);
            if (hop == null) {
                return end(End.LOST, node, "has no route");
            }
            steps.add(new Step(node, in, hop.out().name, hop.prefix(), hop.via(), false));
            switch (hop.out().kind) {
                case TUNNEL -> {
                    SimNode other = through(node, hop.out());
                    if (other == null) {
                        return lost;
                    }
                    in = entered;
                    node = other;
                }
                case BRIDGE, MACVLAN -> {
                    Way local = onLink(node, hop);
                    if (local != null) {
                        return local;
                    }
                    in = hop.out().name;
                    node = neighbour;
                }
                case PORT -> {
                    if (!in.isEmpty() && !stack.router().admits(in, HostPlan.MESH_INTERFACE, hop.out())) {
                        return end(End.LOST, node, "keeps " + hop.out().name + " for those attached to it");
                    }
                    SimUplink line = sim.internet().of(node);
                    if (line != null && hop.out().device == node.deviceOrNull(node.plan().wan().device())) {
                        return end(line.isOpen() && SimUplink.isPublic(destination) ? End.INTERNET
                                : End.DEAD_LINE,
                                node, line.isOpen() ? "" : "its line leads nowhere");
                    }
                    neighbour = linked(node, hop.out(), hop.via() == null ? new Ip4Address(destination)
                            : hop.via());
                    if (neighbour == null) {
                        return end(End.LOST, node, "does not reach its next hop " + hop.via());
                    }
                    in = "";
                    node = neighbour;
                }
                case VLAN -> {
                    return end(End.LOST, node, "has no IPv4 on " + hop.out().name);
                }
            }
        }
        return end(End.LOOP, node, "is one of too many");
    }

    /** Follows the outer packet; the node where it comes out, or null with {@link #lost} set. */
    private SimNode through(SimNode start, HostInterface tunnel) {
        SimNode node = start;
        while (steps.size() < HOPS_LIMIT) {
            if (node.host() == null) {
                lost = end(End.LOST, node, "is off");
                return null;
            }
            HostStack stack = node.host().stack();
            HostInterface exit = node == start ? null
                    : stack.interfaces().tunnels().of(tunnel.tunnelLocal, tunnel.tunnelRemote);
            if (exit != null) {
                entered = exit.name;
                return node;
            }
            if (!seen.add("6 " + tunnel.tunnelRemote + " " + node.name())) {
                lost = end(End.LOOP, node, "routes the tunnel's packet twice");
                return null;
            }
            Forwarding.Hop hop = stack.forwarding().find6(tunnel.tunnelLocal, tunnel.tunnelRemote);
            if (hop == null || hop.out().kind == HostInterface.Kind.TUNNEL) {
                lost = end(End.LOST, node, "has no route to the tunnel's end " + tunnel.tunnelRemote);
                return null;
            }
            Object via = hop.via() == null ? tunnel.tunnelRemote : hop.via();
            SimNode next = linked(node, hop.out(), via);
            if (next == null) {
                lost = end(End.LOST, node, "does not reach its next hop " + via + " on " + hop.out().name);
                return null;
            }
            steps.add(new Step(node, "", hop.out().name, hop.prefix(), hop.via(), true));
            node = next;
        }
        lost = end(End.LOOP, node, "is one of too many");
        return null;
    }

    /**
     * A client or node of the cloud with the next address; null with {@link #neighbour} set for another
     * router.
     */
    private Way onLink(SimNode node, Forwarding.Hop hop) {
        int next = hop.via() instanceof Ip4Address via ? via.bits() : destination;
        for (SimClient client : sim.clients()) {
            if (client.address4() != null && client.address4().bits() == next && client.access() != null
                    && client.access().cloud() == node.cloud()) {
                return client.hasLink() ? end(End.DELIVERED, client.access(), "")
                        : end(End.LOST, client.access(), client.name() + " has no link");
            }
        }
        for (SimNode other : sim.nodes()) {
            if (other.cloud() == node.cloud() && other != node && other.isUp()
                    && other.host().stack().interfaces().has4(next)) {
                neighbour = other;
                return next == destination ? end(End.DELIVERED, other, "") : null;
            }
        }
        return end(End.LOST, node, "finds nobody who has " + new Ip4Address(next));
    }

    /** The node that has an address at the other end of an interface, over a link that carries something. */
    private SimNode linked(SimNode node, HostInterface out, Object address) {
        if (out.kind.isBridged()) {
            return onBridges(node, out, address);
        }
        for (SimDevice device : out.device.reach().keySet()) {
            SimNode other = device.node();
            if (!other.isUp() || !out.device.reaches(other.index())) {
                continue;
            }
            for (HostInterface each : device.interfaces()) {
                if (each.tagCode == out.tagCode && has(each, address)) {
                    return other;
                }
            }
            if (device.isBridged()
                    && other.host().stack().interfaces().bridge() instanceof HostInterface bridge
                    && out.tagCode == SimDevice.tagCode(null) && has(bridge, address)) {
                return other;
            }
        }
        return null;
    }

    /** Over cables between ports of bridges. */
    private SimNode onBridges(SimNode node, HostInterface out, Object address) {
        Set<SimNode> reached = new LinkedHashSet<>(List.of(node));
        List<SimNode> edge = new ArrayList<>(reached);
        while (!edge.isEmpty()) {
            List<SimNode> next = new ArrayList<>();
            for (SimNode at : edge) {
                for (SimDevice port : at.deviceList()) {
                    for (SimDevice there : port.isBridged() ? port.reach().keySet() : List.<SimDevice>of()) {
                        SimNode other = there.node();
                        if (other.isUp() && !there.isBridged()) {
                            for (HostInterface each : there.interfaces()) {
                                if (each.tagCode == SimDevice.tagCode(null) && has(each, address)) {
                                    return other;
                                }
                            }
                        } else if (other.isUp() && reached.add(other)) {
                            next.add(other);
                            HostInterface bridge = other.host().stack().interfaces().bridge();
                            if (bridge != null && has(bridge, address)) {
                                return other;
                            }
                        }
                    }
                }
            }
            edge = next;
        }
        return null;
    }

    private static boolean has(HostInterface each, Object address) {
        return address instanceof Ip6Address six ? each.has6(six)
                : address instanceof Ip4Address four && each.has4(four.bits());
    }
}
