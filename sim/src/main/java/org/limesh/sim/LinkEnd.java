package org.limesh.sim;

import org.limesh.base.Frame;

/**
 * One direction of a link. As an event target: a unicast radio frame whose retries were drawn when it was
 * sent.
 */
final class LinkEnd implements EventTarget {
    final Simulation sim;
    final SimLink link;
    final SimDevice from;
    final SimDevice to;
    LinkQuality quality;
    boolean up = true;

    LinkEnd(Simulation sim, SimLink link, SimDevice from, SimDevice to, LinkQuality quality) {
        this.sim = sim;
        this.link = link;
        this.from = from;
        this.to = to;
        this.quality = quality;
    }

    @Override
    public void fire(int tagCode, Object frame, Object trace, long nowNs) {
        if (up) {
            to.receive(from, tagCode, (Frame) frame, (Trace) trace, Simulation.contentHash((Frame) frame),
                    nowNs);
        }
    }
}
