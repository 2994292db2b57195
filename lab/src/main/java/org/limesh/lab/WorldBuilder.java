package org.limesh.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.lab.api.World;
import org.limesh.lab.scenario.Scenario;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeSnapshot;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimDevice;
import org.limesh.sim.SimLink;
import org.limesh.sim.SimNode;
import org.limesh.sim.Simulation;

/** Makes the picture of a laboratory that viewers read. Runs on the thread of the simulation. */
final class WorldBuilder {
    private static final ClientHistory NO_HISTORY = new ClientHistory(null);

    private final Laboratory lab;
    private final Simulation sim;
    private final String version;
    private final Map<SimClient, ClientHistory> histories;

    WorldBuilder(Laboratory lab, String version, Map<SimClient, ClientHistory> histories) {
        this.lab = lab;
        this.sim = lab.sim();
        this.version = version;
        this.histories = histories;
    }

    /** @param routed nodes with all routes of layer 3; -1 when nobody counted */
    World build(World.Clock clock, long convergedNs, int routed) {
        Scenario scenario = lab.scenario();
        Map<SimNode, NodeSnapshot> tables = new LinkedHashMap<>();
        for (SimNode node : sim.nodes()) {
            NodeSnapshot snapshot = node.snapshot();
            if (snapshot != null) {
                tables.put(node, snapshot);
            }
        }
        Map<String, String> letters = new LinkedHashMap<>();
        List<World.CloudView> clouds = new ArrayList<>();
        for (SimNode node : sim.nodes()) {
            if (!letters.containsKey(lab.cloudOf(node))) {
                letters.put(lab.cloudOf(node), letter(letters.size()));
                clouds.add(cloud(letters.get(lab.cloudOf(node)), node.plan()));
            }
        }
        List<World.NodeView> nodes = new ArrayList<>();
        for (SimNode node : sim.nodes()) {
            boolean placed = lab.isPlaced(node);
            nodes.add(new World.NodeView(node.name(), node.plan().primaryMac(), node.plan(),
                    letters.get(lab.cloudOf(node)), node.isUp(), placed ? node.xM() : Double.NaN,
                    placed ? node.yM() : Double.NaN, placed));
        }
        return new World(World.Kind.LAB, scenario.name(), version, sim.seed(), sim.nowNs(),
                scenario.epoch().toEpochMilli(), clock, convergedNs, clouds, nodes, links(tables), clients(),
                new Layer3Builder(lab, tables).build(routed));
    }

    /** A, B ... Z, AA, AB ... */
    private static String letter(int index) {
        String last = String.valueOf((char) ('A' + index % 26));
        return index < 26 ? last : letter(index / 26 - 1) + last;
    }

    private static World.CloudView cloud(String letter, NodePlan plan) {
        NodePlan.Anycast anycast = plan.anycast();
        boolean tagged = plan.batadv() != null && !plan.batadv().hardifs().isEmpty()
                && plan.batadv().hardifs().getFirst().tag() != null;
        return new World.CloudView(letter, plan.apSsid(), tagged
                ? plan.batadv().hardifs().getFirst().tag().id() : 0,
                plan.address4().masked(), plan.address6().masked(), anycast == null ? null
                : anycast.address4().address(),
                anycast == null ? null : anycast.mac());
    }

    private List<World.LinkView> links(Map<SimNode, NodeSnapshot> tables) {
        Map<SimNode, Map<String, Integer>> qualities = new LinkedHashMap<>();
        List<World.LinkView> views = new ArrayList<>();
        for (Map.Entry<String, SimLink> entry : linksById(sim).entrySet()) {
            SimLink link = entry.getValue();
            views.add(new World.LinkView(entry.getKey(), end(link.a()), end(link.b()),
                    link.kind() == SimLink.Kind.CABLE ? World.LinkView.Kind.CABLE : World.LinkView.Kind.RADIO,
                    tq(tables, qualities, link.a(), link.b()), tq(tables, qualities, link.b(), link.a()),
                    link.there().loss(), link.back().loss(), link.isUp()));
        }
        return views;
    }

    /** Links by the name that people and the page use: {@code plaza-norte}, with the device for a second one. */
    static Map<String, SimLink> linksById(Simulation sim) {
        Map<String, SimLink> links = new LinkedHashMap<>();
        for (SimLink link : sim.links()) {
            if (links.putIfAbsent(link.name(), link) != null) {
                links.put(link.name() + ":" + link.a().name() + "-" + link.b().name(), link);
            }
        }
        return links;
    }

    private static World.End end(SimDevice device) {
        NodePlan.Hardif hardif = hardif(device);
        return new World.End(device.node().name(), hardif == null ? device.name() : hardif.name());
    }

    private static NodePlan.Hardif hardif(SimDevice device) {
        NodePlan.Batadv batadv = device.node().plan().batadv();
        for (NodePlan.Hardif hardif : batadv == null ? List.<NodePlan.Hardif>of() : batadv.hardifs()) {
            if (hardif.device().equals(device.name())) {
                return hardif;
            }
        }
        return null;
    }

    /** What the node of one device knows of the quality to the other device; -1 when it does not hear it. */
    private static int tq(Map<SimNode, NodeSnapshot> tables, Map<SimNode, Map<String, Integer>> qualities,
            SimDevice from, SimDevice to) {
        NodePlan.Hardif own = hardif(from);
        NodePlan.Hardif other = hardif(to);
        if (own == null || other == null) {
            return -1;
        }
        return qualities.computeIfAbsent(from.node(), node -> neighbourQualities(tables.get(node)))
                .getOrDefault(key(own.name(), other.mac()), -1);
    }

    private static String key(String hardif, MacAddress neighbour) {
        return hardif + " " + neighbour;
    }

    /**
     * The best quality that each neighbour offers for anything: what it offers for itself is the link's own,
     * and that is the best it has, since every hop costs.
     */
    private static Map<String, Integer> neighbourQualities(NodeSnapshot snapshot) {
        Map<String, Integer> qualities = new LinkedHashMap<>();
        if (snapshot != null && snapshot.batadv() != null) {
            for (BatadvSnapshot.Originator offer : snapshot.batadv().originators()) {
                qualities.merge(key(offer.hardif(), offer.nextHop()), offer.tq(), Math::max);
            }
        }
        return qualities;
    }

    private List<World.ClientView> clients() {
        List<World.ClientView> views = new ArrayList<>();
        for (SimClient client : sim.clients()) {
            ClientHistory history = histories.getOrDefault(client, NO_HISTORY);
            views.add(new World.ClientView(client.name(), client.mac(), client.address4(),
                    client.access() == null ? null : client.access().name(), history.nodeBefore,
                    history.sinceNs,
                    history.lastRoamNs, history.rxOctets, history.txOctets, history.gapNs));
        }
        return views;
    }
}
