package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.node.NodeSnapshot;

/**
 * Which way a frame takes through the cloud, hop by hop, as the tables of the nodes say now. Layer 2 only:
 * whatever leaves the cloud is said to be beyond it.
 */
final class PathFinder {
    /** batman-adv's own TTL: a frame that goes on longer is in a loop. */
    private static final int HOP_LIMIT = 50;

    private final WorldView view;
    private final World world;
    private final Names names;

    /**
     * @param reachable false when the tables know no way
     * @param note      what is remarkable, or empty
     */
    record Result(String from, String to, boolean reachable, List<Leg> going, List<Leg> back, String note) {}

    /**
     * A part of the way.
     *
     * @param hops  names; the first leg starts with the sender
     * @param layer {@code access}, {@code layer2}, {@code anycast}, {@code beyond}
     * @param tq    what each hop's sender knows of the way to the end of this leg, in the order of the hops
     * @param text  for people
     */
    record Leg(List<String> hops, String layer, List<Integer> tq, String text) {}

    /**
     * @param client null for a node
     * @param node   null when the client is attached nowhere
     * @param anycast true for the gateway address that each node answers itself
     */
    private record Place(String name, World.ClientView client, World.NodeView node, boolean anycast) {}

    private PathFinder(WorldView view) {
        this.view = view;
        this.world = view.world();
        this.names = Names.of(world);
    }

    static Result find(WorldView view, String from, String to) {
        return new PathFinder(view).find(from, to);
    }

    private Result find(String from, String to) {
        Place start = place(from).orElseThrow(() -> unknown(from));
        if (start.anycast()) {
            throw Problem.badRequest("every node of the cloud is " + from + ": start at a client or a node");
        }
        Optional<Place> end = place(to);
        if (end.isEmpty() && !isBeyond(to)) {
            throw unknown(to);
        }
        if (end.isEmpty()) {
            return beyond(start, to);
        }
        if (end.get().anycast()) {
            return anycast(start, end.get());
        }
        List<Leg> going = new ArrayList<>();
        boolean there = walk(start, end.get(), going);
        List<Leg> back = new ArrayList<>();
        boolean again = walk(end.get(), start, back);
        boolean mirrored = there && again && hops(going).equals(hops(back).reversed());
        return new Result(from, to, there && again, going, back,
                !there || !again || mirrored ? ""
                        : "differs from the way there: normal, each direction takes its own best");
    }

    private Result anycast(Place start, Place gateway) {
        if (start.node() == null) {
            return new Result(start.name(), gateway.name(), false, List.of(nowhere(start)), List.of(), "");
        }
        Leg leg = new Leg(List.of(start.name(), start.node().name()), "anycast", List.of(),
                "to anycast " + anycastMac(start.node()) + ", taken here (never forwarded into the cloud)");
        Leg home = new Leg(List.of(start.node().name(), start.name()), "access", List.of(), "attached here");
        return new Result(start.name(), gateway.name(), true, List.of(leg), List.of(home), "");
    }

    private Result beyond(Place start, String to) {
        List<Leg> going = new ArrayList<>();
        if (start.node() == null) {
            going.add(nowhere(start));
        } else {
            going.add(new Leg(List.of(start.name(), start.node().name()), "anycast", List.of(),
                    "to anycast " + anycastMac(start.node())
                            + ", taken here (never forwarded into the cloud)"));
            going.add(new Leg(List.of(to), "beyond", List.of(),
                    "? beyond this cloud: layer 3 (BMX7) is not spoken yet"));
        }
        return new Result(start.name(), to, false, going, List.of(), "");
    }

    private boolean walk(Place from, Place to, List<Leg> legs) {
        if (from.node() == null || to.node() == null) {
            legs.add(nowhere(from.node() == null ? from : to));
            return false;
        }
        if (from.client() != null) {
            legs.add(new Leg(List.of(from.name(), from.node().name()), "access", List.of(), "attached here"));
        }
        boolean arrived = from.node().name().equals(to.node().name()) || walkMesh(from, to, legs);
        if (arrived && to.client() != null) {
            String place = ttvn(from, to);
            legs.add(new Leg(List.of(to.node().name(), to.name()), "access", List.of(),
                    "client of " + to.node().name() + place));
        }
        return arrived;
    }

    private boolean walkMesh(Place from, Place to, List<Leg> legs) {
        if (!from.node().cloud().equals(to.node().cloud())) {
            legs.add(new Leg(List.of(to.node().name()), "beyond", List.of(),
                    "? in another cloud: between clouds goes layer 3 (BMX7), which is not spoken yet"));
            return false;
        }
        List<String> hops = new ArrayList<>(List.of(from.node().name()));
        List<Integer> tq = new ArrayList<>();
        Set<String> visited = new LinkedHashSet<>(hops);
        String at = from.node().name();
        while (hops.size() <= HOP_LIMIT) {
            NodeSnapshot snapshot = view.node(at).orElse(null);
            if (snapshot == null || snapshot.batadv() == null) {
                addLayer2(legs, hops, tq);
                legs.add(new Leg(List.of(to.node().name()), "beyond", List.of(),
                        world.kind() == World.Kind.NODE
                        ? "? beyond this node's view" : at + " is down"));
                return false;
            }
            BatadvSnapshot.Originator best = best(snapshot.batadv(), to.node());
            String next = best == null ? null : names.node(best.nextHop());
            if (next == null) {
                addLayer2(legs, hops, tq);
                legs.add(new Leg(List.of(to.node().name()), "beyond", List.of(),
                        at + " knows no way to " + to.node().name()));
                return false;
            }
            hops.add(next);
            tq.add(best.tq());
            if (next.equals(to.node().name())) {
                addLayer2(legs, hops, tq);
                return true;
            }
            if (!visited.add(next)) {
                break;
            }
            at = next;
        }
        legs.add(new Leg(hops, "layer2", tq, "a loop: the frame dies when its TTL ends"));
        return false;
    }

    private static void addLayer2(List<Leg> legs, List<String> hops, List<Integer> tq) {
        if (!tq.isEmpty()) {
            StringBuilder text = new StringBuilder("layer 2 (batman-adv), TQ");
            tq.forEach(value -> text.append(' ').append(value));
            legs.add(new Leg(List.copyOf(hops), "layer2", List.copyOf(tq), text.toString()));
        }
    }

    /** Frames go to the primary address of the node; its other interfaces are originators of their own. */
    private BatadvSnapshot.Originator best(BatadvSnapshot state, World.NodeView node) {
        BatadvSnapshot.Originator any = null;
        for (BatadvSnapshot.Originator offer : state.originators()) {
            if (offer.best() && node.name().equals(names.node(offer.mac()))) {
                if (offer.mac().equals(primary(node))) {
                    return offer;
                }
                any = offer;
            }
        }
        return any;
    }

    private static MacAddress primary(World.NodeView node) {
        return node.plan() == null || node.plan().batadv() == null || node.plan().batadv().hardifs().isEmpty()
                ? node.mac() : node.plan().batadv().hardifs().getFirst().mac();
    }

    /** What the sender's node has in its translation table about the receiver. */
    private String ttvn(Place from, Place to) {
        if (from.node().name().equals(to.node().name())) {
            return "";
        }
        NodeSnapshot snapshot = view.node(from.node().name()).orElse(null);
        if (snapshot != null && snapshot.batadv() != null) {
            for (BatadvSnapshot.GlobalClient client : snapshot.batadv().globalClients()) {
                if (client.best() && client.mac().equals(to.client().mac())) {
                    String owner = names.node(client.originator());
                    return to.node().name().equals(owner) ? " by translation table, TTVN " + client.ttvn()
                            : "; the translation table of " + from.node().name() + " still says " + owner;
                }
            }
        }
        return ", not yet in the translation table of " + from.node().name();
    }

    private static Leg nowhere(Place place) {
        return new Leg(List.of(place.name()), "beyond", List.of(), place.name() + " is attached to no node");
    }

    private String anycastMac(World.NodeView node) {
        return world.clouds().stream().filter(cloud -> cloud.letter().equals(node.cloud()))
                .map(World.CloudView::anycastMac).map(String::valueOf).findFirst().orElse("");
    }

    private Optional<Place> place(String name) {
        Optional<World.ClientView> client = world.findClient(name);
        if (client.isPresent()) {
            return Optional.of(new Place(client.get().name(), client.get(),
                    client.get().node() == null ? null : world.findNode(client.get().node()).orElse(null),
                            false));
        }
        for (World.NodeView node : world.nodes()) {
            if (node.name().equals(name) || node.mac().toString().equals(name)
                    || node.plan() != null && node.plan().address4().address().toString().equals(name)) {
                return Optional.of(new Place(node.name(), null, node, false));
            }
        }
        boolean gateway = world.clouds().stream().anyMatch(cloud -> name.equals("anycast")
                || cloud.anycast4() != null && cloud.anycast4().toString().equals(name)
                || cloud.anycastMac() != null && cloud.anycastMac().toString().equals(name));
        return gateway ? Optional.of(new Place(name, null, null, true)) : Optional.empty();
    }

    private static boolean isBeyond(String name) {
        return name.equals("internet") || name.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") || name.contains("::");
    }

    private Problem unknown(String name) {
        List<String> known = new ArrayList<>();
        world.nodes().forEach(node -> known.add(node.name()));
        world.clients().forEach(client -> known.add(client.name()));
        return Problem.unknown("node or client", name, known);
    }

    /** All names on the way, each once. */
    private static List<String> hops(List<Leg> legs) {
        List<String> all = new ArrayList<>();
        for (Leg leg : legs) {
            for (String hop : leg.hops()) {
                if (all.isEmpty() || !all.getLast().equals(hop)) {
                    all.add(hop);
                }
            }
        }
        return all;
    }

    /** The look that {@code limesh path} has. */
    static String text(Result path) {
        StringBuilder text = new StringBuilder();
        append(text, "going", path.going());
        append(text, "back", path.back());
        if (!path.note().isEmpty()) {
            text.append(path.note()).append('\n');
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String title, List<Leg> legs) {
        String last = "";
        int width = 0;
        List<String> left = new ArrayList<>();
        for (Leg leg : legs) {
            List<String> hops = leg.hops();
            boolean joined = !last.isEmpty() && hops.getFirst().equals(last);
            String way = (last.isEmpty() ? "" : "> ")
                    + String.join(" > ", joined ? hops.subList(1, hops.size()) : hops);
            left.add(way);
            width = Math.max(width, way.length());
            last = hops.getLast();
        }
        for (int at = 0; at < legs.size(); at++) {
            String way = left.get(at);
            text.append(at == 0 ? title : "").repeat(' ', 8 - (at == 0 ? title.length() : 0))
                    .append(way).repeat(' ', width - way.length() + 2)
                    .append(legs.get(at).text()).append('\n');
        }
    }
}
