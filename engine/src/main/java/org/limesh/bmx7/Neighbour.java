package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.limesh.base.Seqno;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.ChainLink;

/**
 * A node that proved on a link who it is: its links, its short ids, and which of its aggregations are here.
 */
final class Neighbour {
    final Peer peer;
    final List<Link> links = new ArrayList<>();
    /** By number; the sender gives them away from 1 on, so an array is small. */
    private Iid[] iids = new Iid[8];
    private int iidCount;
    /** Nodes that it mentioned first and whose description is not here. */
    int unprovenMentioned;
    /** One bit for each number of the window that came, at the number modulo 256. */
    private final long[] received = new long[Bmx7Limits.AGGREGATION_WINDOW / Long.SIZE];
    int aggregationMax;
    int aggregationSize;

    /**
     * What a short id of this neighbour means; {@code node} is null for this node itself and while nobody
     * said it.
     */
    static final class Iid {
        final Neighbour neighbour;
        final int number;
        Peer node;
        boolean self;
        long usedNs;
        /** Null while all is clear, which is nearly always: there are very many short ids. */
        Doubt doubt;

        Iid(Neighbour neighbour, int number) {
            this.neighbour = neighbour;
            this.number = number;
        }

        Doubt doubt() {
            if (doubt == null) {
                doubt = new Doubt();
            }
            return doubt;
        }

        /** A message could be used. */
        void settled() {
            if (doubt != null && doubt.vouched == null) {
                doubt = null;
            } else if (doubt != null) {
                doubt.waiting = null;
                doubt.requestGapNs = Bmx7Limits.RESOLVE_INTERVAL_NS;
            }
        }
    }

    /** What is unclear about a short id. */
    static final class Doubt {
        int descSqn;
        /** Value that the neighbour vouched for, not yet looked up; or null. */
        ChainLink vouched;
        /** Newest message that could not be used yet, or null. */
        Bmx7Frame.OgmAdv.Entry waiting;
        boolean requested;
        long requestedNs;
        long requestGapNs = Bmx7Limits.RESOLVE_INTERVAL_NS;
    }

    Neighbour(Peer peer) {
        this.peer = peer;
    }

    boolean isOurs() {
        return peer.facts.info().codeRevision() == OwnDescription.CODE_REVISION;
    }

    /** The short id with this number, or null. */
    Iid iid(int number) {
        return number < iids.length ? iids[number] : null;
    }

    /** A new short id; null when there are too many of this neighbour. */
    Iid addIid(int number) {
        if (number > Bmx7Limits.MAX_IID || iidCount >= Bmx7Limits.MAX_IIDS_PER_NEIGHBOUR) {
            return null;
        }
        if (number >= iids.length) {
            iids = Arrays.copyOf(iids, Math.max(number + 1, iids.length * 3 / 2));
        }
        iids[number] = new Iid(this, number);
        iidCount++;
        return iids[number];
    }

    /** Takes out short ids for which the condition holds, telling each. */
    void removeIids(Predicate<Iid> condition, Consumer<Iid> gone) {
        for (int number = 0; number < iids.length; number++) {
            if (iids[number] != null && condition.test(iids[number])) {
                gone.accept(iids[number]);
                iids[number] = null;
                iidCount--;
            }
        }
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
        int ahead = Seqno.difference16(max, aggregationMax);
        if (ahead < 0 || ahead >= Bmx7Limits.AGGREGATION_WINDOW) {
            Arrays.fill(received, 0);
        } else {
            for (int number = aggregationMax + 1; number <= aggregationMax + ahead; number++) {
                received[word(number)] &= ~(1L << number);
            }
        }
        aggregationMax = max;
        aggregationSize = Math.min(size, Bmx7Limits.AGGREGATION_WINDOW);
    }

    void onReceived(int number) {
        if (isInWindow(number)) {
            received[word(number)] |= 1L << number;
        }
    }

    boolean isReceived(int number) {
        return (received[word(number)] & 1L << number) != 0;
    }

    private static int word(int number) {
        return (number & Bmx7Limits.AGGREGATION_WINDOW - 1) / Long.SIZE;
    }

    /** The neighbour counts anew. */
    void forgetWindow() {
        Arrays.fill(received, 0);
        aggregationSize = 0;
    }

    boolean isInWindow(int number) {
        return (aggregationMax - number & 0xffff) < aggregationSize;
    }
}
