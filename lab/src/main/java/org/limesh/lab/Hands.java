package org.limesh.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.scenario.Action;
import org.limesh.lab.scenario.Suggest;
import org.limesh.sim.LinkQuality;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimLink;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimTime;
import org.limesh.sim.Simulation;

/** Does what a timeline or a person wants done. Runs on the thread of the simulation. */
final class Hands {
    /** A phone needs about this long to leave one access point and join another. */
    static final long ROAM_GAP_NS = 50 * SimTime.MS;

    private final Laboratory lab;
    private final Simulation sim;
    private BiConsumer<SimClient, SimNode> onRoam = (client, to) -> { };

    Hands(Laboratory lab) {
        this.lab = lab;
        this.sim = lab.sim();
    }

    /** Tells somebody each time just before a client leaves for another node. */
    void setOnRoam(BiConsumer<SimClient, SimNode> listener) {
        onRoam = listener;
    }

    /** Carries out an action. */
    void perform(Action action) throws LabControl.Refused {
        switch (action) {
            case Action.Roam(var name, var to) -> {
                SimClient client = client(name);
                SimNode node = node(to);
                onRoam.accept(client, node);
                client.roam(node, ROAM_GAP_NS);
            }
            case Action.Fail(var targets) -> {
                for (Action.Target target : targets) {
                    setWorking(target, false);
                }
            }
            case Action.Heal(var targets) -> {
                for (Action.Target target : targets) {
                    setWorking(target, true);
                }
            }
            case Action.HealAll() -> sim.healAll();
            case Action.Move(var node, var x, var y) -> node(node).moveTo(x, y);
            case Action.SetLink set -> setLink(set);
            case Action.Partition(var groups) -> partition(groups);
            case Action.Reboot(var nodes) -> {
                for (String node : nodes) {
                    node(node).restart();
                }
            }
            case Action.Plug(var nodes) -> {
                for (String node : nodes) {
                    lab.uplinks().plug(node(node), true);
                }
            }
            case Action.Unplug(var nodes) -> {
                for (String node : nodes) {
                    lab.uplinks().plug(node(node), false);
                }
            }
            case Action.SetUplink set -> lab.uplinks().change(node(set.node()), set);
            case Action.Pin(var of, var exit) -> pin(of, exit);
            case Action.Say say -> { }
            case Action.End end -> { }
        }
    }

    private void setWorking(Action.Target target, boolean working) throws LabControl.Refused {
        switch (target) {
            case Action.Target.Node(var name) -> {
                SimNode node = node(name);
                if (!working) {
                    node.fail();
                } else if (!node.isUp()) {
                    node.restart();
                }
            }
            case Action.Target.Link(var a, var b) -> {
                for (SimLink link : links(a, b)) {
                    if (working) {
                        link.heal();
                    } else {
                        link.setUp(false);
                    }
                }
            }
        }
    }

    private void setLink(Action.SetLink set) throws LabControl.Refused {
        for (SimLink link : links(set.link().a(), set.link().b())) {
            boolean forward = link.a().node().name().equals(set.link().a());
            LinkQuality there = changed(link.there(), forward ? set.lossThere() : set.lossBack(), set);
            LinkQuality back = changed(link.back(), forward ? set.lossBack() : set.lossThere(), set);
            link.setQuality(there, back);
        }
    }

    private static LinkQuality changed(LinkQuality quality, double loss, Action.SetLink set) {
        LinkQuality result = Double.isNaN(loss) ? quality : quality.withLoss(loss);
        result = set.rateBps() < 0 ? result : result.withRateBps(set.rateBps());
        return set.delayNs() < 0 ? result : result.withDelayNs(set.delayNs());
    }

    private void partition(List<List<String>> groups) {
        Map<String, Integer> groupOf = new LinkedHashMap<>();
        for (int i = 0; i < groups.size(); i++) {
            for (String node : groups.get(i)) {
                groupOf.put(node, i);
            }
        }
        for (SimLink link : sim.links()) {
            int a = groupOf.getOrDefault(link.a().node().name(), -1);
            int b = groupOf.getOrDefault(link.b().node().name(), -1);
            if (a != b) {
                link.setUp(false);
            }
        }
    }

    /** The exit of a node, or of a client at the node that it is attached to now. */
    private void pin(String of, String exit) throws LabControl.Refused {
        SimClient client = sim.client(of);
        SimNode node = client == null ? node(of) : client.access();
        if (node == null || !node.isUp()) {
            throw new LabControl.Refused(node == null ? of + " is attached to no node" : node.name() + " is down");
        }
        if (client != null && client.address4() == null) {
            throw new LabControl.Refused(of + " has no address yet");
        }
        String host = exit == null ? null : node(exit).plan().hostname();
        node.pinExit(host, client == null ? null : client.address4());
    }

    SimNode node(String name) throws LabControl.Refused {
        SimNode node = sim.node(name);
        if (node == null) {
            throw new LabControl.Refused("'" + name + "' is not a node"
                    + Suggest.didYouMean(name, sim.nodes().stream().map(SimNode::name).toList()));
        }
        return node;
    }

    SimClient client(String name) throws LabControl.Refused {
        SimClient client = sim.client(name);
        if (client == null) {
            throw new LabControl.Refused("'" + name + "' is not a client"
                    + Suggest.didYouMean(name, sim.clients().stream().map(SimClient::name).toList()));
        }
        return client;
    }

    private List<SimLink> links(String a, String b) throws LabControl.Refused {
        List<SimLink> found = new ArrayList<>();
        for (SimLink link : sim.links()) {
            String one = link.a().node().name();
            String other = link.b().node().name();
            if (one.equals(a) && other.equals(b) || one.equals(b) && other.equals(a)) {
                found.add(link);
            }
        }
        if (found.isEmpty()) {
            throw new LabControl.Refused("there is no link between '" + a + "' and '" + b
                    + "': they are out of reach of each other and no link is written");
        }
        return found;
    }
}
