package org.limesh.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.limesh.sim.EventQueueRace;

/** The event queue against the obvious choice, taking turns in one run. */
final class QueueSpeed {
    private static final int EVENTS = 3_000_000;
    private static final int ROUNDS = 5;

    private QueueSpeed() {}

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        EventQueueRace race = new EventQueueRace();
        for (int pending : new int[] {1_000, 30_000, 300_000}) {
            double oursBest = 0;
            double theirsBest = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long[] results = new long[2];
                oursBest = Math.max(oursBest, millionsPerSecond(() -> race.ours(pending, EVENTS), results, 0));
                theirsBest = Math.max(theirsBest, millionsPerSecond(() -> race.priorityQueue(pending, EVENTS), results, 1));
                if (results[0] != results[1]) {
                    throw new IllegalStateException("the two queues fire in different orders");
                }
            }
            rows.add(Row.compared("event queue, %,d events waiting".formatted(pending), oursBest,
                    "M events per CPU-second", "java.util.PriorityQueue", theirsBest));
        }
        return rows;
    }

    private static double millionsPerSecond(LongSupplier work, long[] results, int at) {
        long begin = CpuTime.nowNs();
        results[at] = work.getAsLong();
        return EVENTS / ((CpuTime.nowNs() - begin) / 1e9) / 1e6;
    }
}
