package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.ChainLink;

/** A node that proved on a link who it is: its links, its short ids, and which of its aggregations are here. */
final class Neighbour {
    final Peer peer;
    final List<Link> links = new ArrayList<>();
    final Map<Integer, Iid> iids = new LinkedHashMap<>();
    final Set<Integer> received = new LinkedHashSet<>();
    int aggregationMax;
    int aggregationSize;

    /** What a short id of this neighbour means; {@code node} is null for this node itself and while nobody said it. */
    static final class Iid {
        Peer node;
        boolean self;
        int descSqn;
        /** Value that the neighbour vouched for, not yet looked up; or null. */
        ChainLink vouched;
        /** Newest message that could not be used yet, or null. */
        Bmx7Frame.OgmAdv.Entry waiting;
        long usedNs;
        boolean requested;
        long requestedNs;
        long requestGapNs = Bmx7Limits.RESOLVE_INTERVAL_NS;
    }

    Neighbour(Peer peer) {
        this.peer = peer;
    }

    /** The usable link with the best receive quality, or null. */
    Link bestLink(long nowNs) {
        Link best = null;
        for (Link link : links) {
            if (link.isUsable(nowNs) && (best == null || link.quality.rq(nowNs) > best.quality.rq(nowNs))) {
                best = link;
            }
        }
        return best;
    }

    Link find(Device device, int theirIndex) {
        for (Link link : links) {
            if (link.device == device && link.theirIndex == theirIndex) {
                return link;
            }
        }
        return null;
    }

    /** The neighbour says which aggregations can be had. */
    void onWindow(int max, int size) {
        aggregationMax = max;
        aggregationSize = Math.min(size, Bmx7Limits.AGGREGATION_WINDOW);
        received.removeIf(number -> (max - number & 0xffff) >= aggregationSize);
    }

    boolean isInWindow(int number) {
        return (aggregationMax - number & 0xffff) < aggregationSize;
    }
}
