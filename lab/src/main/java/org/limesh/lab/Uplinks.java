package org.limesh.lab;

import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.base.Ip4Address;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.scenario.Action;
import org.limesh.lab.scenario.Scenario;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimStream;
import org.limesh.sim.Simulation;

/** The lines of providers that nodes of a laboratory have. */
final class Uplinks {
    private final Scenario scenario;
    private final Simulation sim;
    private final Map<String, Scenario.Uplink> lines = new LinkedHashMap<>();

    Uplinks(Scenario scenario, Simulation sim) {
        this.scenario = scenario;
        this.sim = sim;
    }

    /** Plugs in what the scenario says. */
    void build() {
        for (Scenario.NodeSpec node : scenario.nodes()) {
            if (node.internet() != null) {
                lines.put(node.name(), node.internet());
            }
        }
    }

    /** The line of a node as it is now; null without one. */
    Scenario.Uplink line(String node) {
        return lines.get(node);
    }

    /** Address of somebody in the Internet who answers pings. */
    Ip4Address somebodyOutside() {
        return null;
    }

    SimStream stream(SimClient client, long rateBps) {
        return null;
    }

    void plug(SimNode node, boolean plugged) throws LabControl.Refused {
        throw new LabControl.Refused("no uplinks in this simulation");
    }

    void change(SimNode node, Action.SetUplink set) throws LabControl.Refused {
        throw new LabControl.Refused("no uplinks in this simulation");
    }
}
