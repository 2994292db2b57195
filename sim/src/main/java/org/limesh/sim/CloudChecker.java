package org.limesh.sim;

import org.limesh.base.Frame;
import org.limesh.packet.Ethernet;

/**
 * I8: a frame of one cloud reaches no interface of another, neither on a link nor at a client; and what a
 * client of one cloud says with its own MAC is never heard in the layer 2 of another.
 */
final class CloudChecker implements SimObserver {
    private final Simulation sim;

    CloudChecker(Simulation sim) {
        this.sim = sim;
        sim.addObserver(this);
    }

    @Override
    public void leaked(SimDevice from, SimDevice to, long nowNs) {
        sim.violate("I8", "a frame of cloud " + cloud(from.node().cloud()) + " sent by " + from + " reached "
                + to
                + " of cloud " + cloud(to.node().cloud()));
    }

    @Override
    public void clientReceived(SimClient client, Frame frame, Trace trace, long nowNs) {
        if (trace != null && client.access() != null && trace.cloud() != client.access().cloud()) {
            sim.violate("I8", "a frame that entered cloud " + cloud(trace.cloud()) + " reached client "
                    + client.name() + " in cloud " + cloud(client.access().cloud()));
        }
    }

    @Override
    public void meshCrossed(SimNode node, boolean toCloud, Frame frame, long nowNs) {
        SimClient sender = sim.clientOf(Ethernet.source(frame));
        if (sender != null && sender.access() != null && sender.access().cloud() != node.cloud()) {
            sim.violate("I8", "a frame with the MAC of client " + sender.name() + " of cloud "
                    + cloud(sender.access().cloud()) + " crosses the layer 2 of " + cloud(node.cloud())
                    + " at "
                    + node.name());
        }
    }

    private String cloud(int number) {
        return sim.clouds().get(number);
    }
}
