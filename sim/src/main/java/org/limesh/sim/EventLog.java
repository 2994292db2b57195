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

    /** Some events hold whole tables. */
    private static final int LINE_LIMIT = 240;

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
            String text = String.valueOf(what[slot]);
            lines.add(SimTime.text(atNs[slot]) + "  " + (text.length() <= LINE_LIMIT ? text
                    : text.substring(0, LINE_LIMIT) + "..."));
        }
        return lines;
    }
}
