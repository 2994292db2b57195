package org.limesh.sim;

import org.limesh.base.Frame;

/** Directions that one transmission reaches at the same time: one event for all of them. */
final class LinkGroup implements EventTarget {
    final long delayNs;
    final LinkEnd[] ends;

    LinkGroup(long delayNs, LinkEnd[] ends) {
        this.delayNs = delayNs;
        this.ends = ends;
    }

    @Override
    public void fire(int tagCode, Object frame, Object trace, long nowNs) {
        long contentHash = Simulation.contentHash((Frame) frame);
        for (LinkEnd end : ends) {
            double loss = end.quality.loss();
            // A link without loss draws nothing: adding a perfect link leaves the luck of the others alone.
            if (end.up && (loss == 0 || !end.sim.lossRng.nextBoolean(loss))) {
                end.to.receive(end.from, tagCode, (Frame) frame, (Trace) trace, contentHash, nowNs);
            }
        }
    }
}
