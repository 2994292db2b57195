package org.limesh.lab;

import org.limesh.base.Ip4Address;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.scenario.Action;
import org.limesh.lab.scenario.Scenario;
import org.limesh.lab.scenario.Suggest;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimInternet;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimStream;
import org.limesh.sim.SimUplink;
import org.limesh.sim.Simulation;
import org.limesh.sim.UplinkSpec;

/** The lines of providers that nodes of a laboratory have. */
final class Uplinks {
    private final Scenario scenario;
    private final Simulation sim;

    Uplinks(Scenario scenario, Simulation sim) {
        this.scenario = scenario;
        this.sim = sim;
    }

    /** Plugs in what the scenario says. */
    void build() {
        for (Scenario.NodeSpec node : scenario.nodes()) {
            Scenario.Uplink line = node.internet();
            if (line != null) {
                SimUplink uplink = sim.addUplink(sim.node(node.name()),
                        new UplinkSpec(line.downBps(), line.upBps(), line.delayNs(), line.loss()));
                uplink.setPortal(line.portal());
                uplink.setSilent(line.silent());
                uplink.setPlugged(line.plugged());
            }
        }
    }

    /** The line of a node; null without one. */
    SimUplink line(SimNode node) {
        return sim.internet().of(node);
    }

    /** Somebody in the Internet who answers pings. */
    static Ip4Address somebodyOutside() {
        return SimInternet.SOMEBODY;
    }

    /** A stream from a client to somebody outside. */
    static SimStream upload(SimClient client, long rateBps) {
        return client.startUpload(SimInternet.SOMEBODY, rateBps);
    }

    /** A stream from somebody outside to a client. */
    static SimStream download(SimClient client, long rateBps) {
        return client.startDownload(SimInternet.SOMEBODY, rateBps);
    }

    void plug(SimNode node, boolean plugged) throws LabControl.Refused {
        known(node).setPlugged(plugged);
    }

    void change(SimNode node, Action.SetUplink set) throws LabControl.Refused {
        SimUplink line = known(node);
        UplinkSpec now = line.spec();
        line.setSpec(new UplinkSpec(set.downBps() < 0 ? now.downBps() : set.downBps(),
                set.upBps() < 0 ? now.upBps() : set.upBps(), set.delayNs() < 0 ? now.delayNs() : set.delayNs(),
                Double.isNaN(set.loss()) ? now.loss() : set.loss()));
        if (set.portal() != null) {
            line.setPortal(set.portal());
        }
        if (set.silent() != null) {
            line.setSilent(set.silent());
        }
    }

    private SimUplink known(SimNode node) throws LabControl.Refused {
        SimUplink line = line(node);
        if (line == null) {
            throw new LabControl.Refused("'" + node.name() + "' has no uplink" + Suggest.didYouMean(node.name(),
                    sim.internet().uplinks().stream().map(one -> one.node().name()).toList()));
        }
        return line;
    }
}
