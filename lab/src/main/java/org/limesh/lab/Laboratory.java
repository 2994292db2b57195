package org.limesh.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.lab.scenario.Scenario;
import org.limesh.lime.NodePlan;
import org.limesh.sim.ClientSpec;
import org.limesh.sim.LinkQuality;
import org.limesh.sim.NodeSpec;
import org.limesh.sim.RadioModel;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimDevice;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimStream;
import org.limesh.sim.SimTime;
import org.limesh.sim.Simulation;

/**
 * A scenario made real in a simulation: nodes planned by auto-configuration, links, clients and their talk.
 * Nothing has happened in it yet. One thread.
 */
public final class Laboratory {
    /** Clients come one after the other, as people do; also keeps their DHCP exchanges apart in captures. */
    private static final long CLIENT_STAGGER_NS = 20 * SimTime.MS;
    /** How often a talker looks whether both ends have an address yet. */
    private static final long TALK_RETRY_NS = 500 * SimTime.MS;
    /** A node that nobody placed stands out of everybody's reach: only links by hand reach it. */
    private static final double NOWHERE_METRES = 1e9;

    private final Scenario scenario;
    private final Simulation sim;
    private final Uplinks uplinks;
    private final Map<MacAddress, String> names = new LinkedHashMap<>();
    private final Map<String, String> hosts = new LinkedHashMap<>();
    private final List<String> diagnostics = new ArrayList<>();

    /** The scenario cannot be built: a sentence per problem. */
    public static final class Unbuildable extends Exception {
        private static final long serialVersionUID = 1;

        Unbuildable(List<String> problems) {
            super(String.join("\n", problems));
        }
    }

    private Laboratory(Scenario scenario) {
        this.scenario = scenario;
        this.sim = new Simulation(scenario.seed());
        this.uplinks = new Uplinks(scenario, sim);
        sim.setReplay("limesh test " + scenario.file() + " --seed " + scenario.seed());
    }

    /** Builds the laboratory. */
    public static Laboratory build(Scenario scenario) throws Unbuildable {
        Laboratory lab = new Laboratory(scenario);
        lab.addNodes();
        if (!lab.diagnostics.isEmpty()) {
            throw new Unbuildable(lab.diagnostics);
        }
        lab.addLinks();
        lab.uplinks.build();
        lab.addClients();
        return lab;
    }

    public Scenario scenario() {
        return scenario;
    }

    /** The lines of providers. */
    Uplinks uplinks() {
        return uplinks;
    }

    public Simulation sim() {
        return sim;
    }

    /** Name of whoever has this address: a node's primary, mesh or hard interface, or a client. */
    public String nameOf(MacAddress mac) {
        return names.getOrDefault(mac, mac.toString());
    }

    /** Name of the node with this host name, or the host name itself. */
    public String nodeOfHost(String hostname) {
        return hosts.getOrDefault(hostname, hostname);
    }

    /** Name of the scenario's cloud that the node is in. */
    public String cloudOf(SimNode node) {
        return scenario.nodes().get(node.index()).cloud();
    }

    // ---- nodes -------------------------------------------------------------------------------------

    private void addNodes() throws Unbuildable {
        NodePlanner planner = new NodePlanner(scenario);
        Map<String, double[]> positions = positions();
        for (Scenario.NodeSpec spec : scenario.nodes()) {
            NodePlan plan = planner.plan(spec);
            if (plan != null) {
                double[] at = positions.get(spec.name());
                sim.addNode(new NodeSpec(spec.name(), plan, at[0], at[1]));
                remember(spec, plan);
            }
        }
        diagnostics.addAll(planner.diagnostics());
        Scenario.Radio radio = scenario.radio();
        sim.setRadio(radio.model() == Scenario.Radio.Model.NONE ? RadioModel.NONE : new RadioModel.Range(
                radio.rangeMetres(), radio.lossAtMetres(), radio.lossAt(), radio.delayNs(), radio.rateBps()));
    }

    private void remember(Scenario.NodeSpec spec, NodePlan plan) {
        hosts.put(plan.hostname(), spec.name());
        names.put(spec.mac(), spec.name());
        names.put(org.limesh.node.HostPlan.meshMac(plan), spec.name());
        if (plan.bmx7() != null) {
            plan.bmx7().devices().stream().filter(device -> device.mac() != null)
                    .forEach(device -> names.put(device.mac(), spec.name()));
        }
        if (plan.batadv() != null) {
            plan.batadv().hardifs().forEach(hardif -> names.put(hardif.mac(), spec.name()));
        }
    }

    private Map<String, double[]> positions() {
        Map<String, double[]> positions = new LinkedHashMap<>();
        Map<String, Scenario.NodeSpec> waiting = new LinkedHashMap<>();
        for (Scenario.NodeSpec spec : scenario.nodes()) {
            switch (spec.placement()) {
                case Scenario.Placement.At(var x, var y) -> positions.put(spec.name(), new double[] {x, y});
                case Scenario.Placement.Anywhere() -> positions.put(spec.name(),
                        new double[] {NOWHERE_METRES * (positions.size() + 1), NOWHERE_METRES});
                case Scenario.Placement.Around around -> waiting.put(spec.name(), spec);
            }
        }
        Rng rng = sim.rng("positions");
        boolean progress = true;
        while (!waiting.isEmpty() && progress) {
            progress = waiting.values().removeIf(spec -> place(spec, positions, rng));
        }
        waiting.values().forEach(spec -> diagnostics.add("error: " + scenario.file() + ":" + spec.position()
                + ": node '"
                + spec.name() + "' stands around a node that stands around it"));
        waiting.keySet().forEach(name -> positions.put(name, new double[2]));
        return positions;
    }

    private static boolean place(Scenario.NodeSpec spec, Map<String, double[]> positions, Rng rng) {
        Scenario.Placement.Around around = (Scenario.Placement.Around) spec.placement();
        double[] center = positions.get(around.node());
        if (center == null) {
            return false;
        }
        double x = 2 * rng.nextDouble() - 1;
        double y = 2 * rng.nextDouble() - 1;
        while (x * x + y * y > 1) {
            x = 2 * rng.nextDouble() - 1;
            y = 2 * rng.nextDouble() - 1;
        }
        double spread = around.spreadMetres();
        positions.put(spec.name(), new double[] {center[0] + x * spread, center[1] + y * spread});
        return true;
    }

    /** True when the scenario or a person said where the node stands. */
    public boolean isPlaced(SimNode node) {
        return node.xM() < NOWHERE_METRES;
    }

    // ---- links -------------------------------------------------------------------------------------

    private void addLinks() {
        Map<String, List<String>> used = new LinkedHashMap<>();
        for (Scenario.LinkSpec link : scenario.links()) {
            for (Scenario.EndpointSpec end : List.of(link.a(), link.b())) {
                used.computeIfAbsent(end.node(), unused -> new ArrayList<>()).add(end.device());
            }
        }
        for (Scenario.LinkSpec link : scenario.links()) {
            LinkQuality there = new LinkQuality(link.lossThere(), link.delayNs(), link.rateBps());
            LinkQuality back = there.withLoss(link.lossBack());
            if (link.kind() == Scenario.LinkKind.RADIO) {
                sim.radioLink(radio(link.a()), radio(link.b()), there, back);
            } else {
                cable(device(link.a(), used), device(link.b(), used), there, back);
            }
        }
    }

    private void cable(SimDevice a, SimDevice b, LinkQuality there, LinkQuality back) {
        var cable = sim.cable(a, b, there);
        if (!there.equals(back)) {
            cable.setQuality(there, back);
        }
    }

    private SimDevice radio(Scenario.EndpointSpec end) {
        return sim.node(end.node()).device((end.device().isEmpty() ? "wlan0" : end.device()) + "-mesh");
    }

    /** The named cable device, or the lowest that no other link has. */
    private SimDevice device(Scenario.EndpointSpec end, Map<String, List<String>> used) {
        if (!end.device().isEmpty()) {
            return sim.node(end.node()).device(end.device());
        }
        List<String> taken = used.get(end.node());
        String free = NodePlanner.freeCable(taken);
        taken.add(free);
        return sim.node(end.node()).device(free);
    }

    // ---- clients -----------------------------------------------------------------------------------

    private void addClients() {
        for (Scenario.ClientSpec spec : scenario.clients()) {
            SimClient client = sim.addClient(new ClientSpec(spec.name(), spec.mac()));
            names.put(spec.mac(), spec.name());
            sim.at(client.index() * CLIENT_STAGGER_NS, () -> client.attach(sim.node(spec.at())));
        }
        for (Scenario.ClientSpec spec : scenario.clients()) {
            if (spec.talks() != null) {
                startTalk(sim.client(spec.name()), spec.talks());
            }
        }
    }

    private void startTalk(SimClient client, Scenario.Talks talks) {
        SimClient peer = talks.to() == null ? randomPeer(client) : sim.client(talks.to());
        String to = peer == null ? talks.to() : peer.name();
        if (to != null) {
            sim.every(sim.clients().size() * CLIENT_STAGGER_NS, TALK_RETRY_NS,
                    () -> startStream(client, to, talks.rateBps()) == null);
        }
    }

    /**
     * Lets a client talk TCP-like.
     *
     * @param to another client, or the Internet
     * @return null as long as one of the two has no address
     */
    SimStream startStream(SimClient client, String to, long rateBps) {
        if (client.address4() == null) {
            return null;
        }
        if (to.equals(Scenario.INTERNET)) {
            return Uplinks.upload(client, rateBps);
        }
        SimClient peer = sim.client(to);
        return peer.address4() == null ? null : client.startStream(peer, rateBps);
    }

    /** Another client that starts in the same cloud, or null. */
    private SimClient randomPeer(SimClient client) {
        String cloud = startCloud(client);
        List<SimClient> others = sim.clients().stream()
                .filter(other -> other != client && startCloud(other).equals(cloud)).toList();
        return others.isEmpty() ? null : others.get(sim.rng("talk " + client.name()).nextInt(others.size()));
    }

    private String startCloud(SimClient client) {
        return scenario.node(scenario.clients().get(client.index()).at()).orElseThrow().cloud();
    }

    /**
     * Somebody whom this client can ping to measure its own gaps: whom it talks to, else a client of the same
     * cloud that is attached elsewhere; null when there is nobody.
     */
    public SimClient peerOf(SimClient client) {
        Scenario.ClientSpec spec = scenario.clients().get(client.index());
        if (spec.talks() != null && spec.talks().to() != null && !spec.talks().to().equals(Scenario.INTERNET)) {
            return sim.client(spec.talks().to());
        }
        SimClient peer = null;
        for (SimClient other : sim.clients()) {
            boolean elsewhere = !scenario.clients().get(other.index()).at().equals(spec.at());
            if (other != client && startCloud(other).equals(startCloud(client))
                    && (peer == null || elsewhere)) {
                peer = other;
                if (elsewhere) {
                    return peer;
                }
            }
        }
        return peer;
    }
}
