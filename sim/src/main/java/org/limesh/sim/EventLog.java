package org.limesh.sim;

import java.util.ArrayList;
import java.util.List;

/** The last events, for whoever has to understand a violation. Text is made when somebody reads. */
final class EventLog {
    /** Something a node reported. */
    record OfNode(SimNode node, Object event) {
        @Override
        public String toString() {
            return node.name() + " " + event;
        }
    }

    private final long[] atNs;
    private final Object[] what;
    private long count;

    EventLog(int limit) {
        atNs = new long[limit];
        what = new Object[limit];
    }

    void add(long timeNs, Object event) {
        int slot = (int) (count++ % what.length);
        atNs[slot] = timeNs;
        what[slot] = event;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (long i = Math.max(0, count - what.length); i < count; i++) {
            int slot = (int) (i % what.length);
            lines.add(SimTime.text(atNs[slot]) + "  " + what[slot]);
        }
        return lines;
    }
}
