package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.node.NodeSnapshot;

/** A frame's way through one cloud, by the best next hops of batman-adv. */
final class Layer2Walk {
    /** batman-adv's own TTL: a frame that goes on longer is in a loop. */
    private static final int HOP_LIMIT = 50;

    private final WorldView view;
    private final PathPlaces places;
    private final Names names;

    Layer2Walk(WorldView view, PathPlaces places) {
        this.view = view;
        this.places = places;
        this.names = places.names();
    }

    /**
     * From a node to a node or client of the same cloud. True when it arrives.
     *
     * @param packet headers inside of the Ethernet frame
     */
    boolean walk(World.NodeView from, PathPlaces.Place to, List<String> packet, List<PathFinder.Leg> legs) {
        boolean arrived = from.name().equals(to.node().name()) || mesh(from, to, packet, legs);
        if (arrived) {
            arrive(from, to, packet, legs);
        }
        return arrived;
    }

    /** The last leg, from the client's node to the client. */
    void arrive(World.NodeView from, PathPlaces.Place to, List<String> packet, List<PathFinder.Leg> legs) {
        if (to.client() != null) {
            List<String> headers = new ArrayList<>(List.of("Ethernet to " + to.macText()));
            headers.addAll(packet);
            legs.add(new PathFinder.Leg(List.of(to.node().name(), to.name()), "access", List.of(),
                    "client of " + to.node().name() + ttvn(from, to),
                    List.of(new PathFinder.Step(to.node().name(), to.name(), headers))));
        }
    }

    private boolean mesh(World.NodeView from, PathPlaces.Place to, List<String> packet, List<PathFinder.Leg> legs) {
        Mesh mesh = new Mesh(to, packet);
        List<String> hops = mesh.hops;
        hops.add(from.name());
        Set<String> visited = new LinkedHashSet<>(hops);
        String at = from.name();
        while (hops.size() <= HOP_LIMIT) {
            NodeSnapshot snapshot = view.node(at).orElse(null);
            if (snapshot == null || snapshot.batadv() == null) {
                mesh.addTo(legs);
                legs.add(PathFinder.Leg.beyond(to.node().name(), places.unseen(at)));
                return false;
            }
            BatadvSnapshot.Originator best = best(snapshot.batadv(), to.node());
            String next = best == null ? null : names.node(best.nextHop());
            if (next == null) {
                mesh.addTo(legs);
                legs.add(PathFinder.Leg.beyond(to.node().name(), at + " knows no way to " + to.node().name()));
                return false;
            }
            mesh.hop(at, next, best);
            if (next.equals(to.node().name())) {
                mesh.addTo(legs);
                return true;
            }
            if (!visited.add(next)) {
                break;
            }
            at = next;
        }
        legs.add(new PathFinder.Leg(hops, "layer2", mesh.tq, "a loop: the frame dies when its TTL ends", mesh.steps));
        return false;
    }

    /** The leg as it grows. */
    private final class Mesh {
        final List<String> hops = new ArrayList<>();
        final List<Integer> tq = new ArrayList<>();
        final List<PathFinder.Step> steps = new ArrayList<>();
        private final PathPlaces.Place to;
        private final List<String> packet;

        Mesh(PathPlaces.Place to, List<String> packet) {
            this.to = to;
            this.packet = packet;
        }

        void hop(String at, String next, BatadvSnapshot.Originator best) {
            hops.add(next);
            tq.add(best.tq());
            int vlan = places.vlan(to.node());
            List<String> headers = new ArrayList<>(List.of(
                    "Ethernet to " + best.nextHop() + " (" + next + ")" + (vlan == 0 ? "" : ", VLAN " + vlan),
                    "batman-adv unicast to " + to.node().name(), "Ethernet to " + to.macText() + " (" + to.name() + ")"));
            headers.addAll(packet);
            steps.add(new PathFinder.Step(at, next, headers));
        }

        void addTo(List<PathFinder.Leg> legs) {
            if (!tq.isEmpty()) {
                StringBuilder text = new StringBuilder("layer 2 (batman-adv), TQ");
                tq.forEach(value -> text.append(' ').append(value));
                legs.add(new PathFinder.Leg(hops, "layer2", tq, text.toString(), steps));
            }
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
    private String ttvn(World.NodeView from, PathPlaces.Place to) {
        if (from.name().equals(to.node().name())) {
            return "";
        }
        NodeSnapshot snapshot = view.node(from.name()).orElse(null);
        if (snapshot != null && snapshot.batadv() != null) {
            for (BatadvSnapshot.GlobalClient client : snapshot.batadv().globalClients()) {
                if (client.best() && client.mac().equals(to.client().mac())) {
                    String owner = names.node(client.originator());
                    return to.node().name().equals(owner) ? " by translation table, TTVN " + client.ttvn()
                            : "; the translation table of " + from.name() + " still says " + owner;
                }
            }
        }
        return ", not yet in the translation table of " + from.name();
    }
}
