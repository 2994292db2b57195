package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;
import org.limesh.base.Rng;

class EventQueueTest {
    private record Expected(long timeNs, int sequence) {}

    /** Distances as a simulation has them: at once, within a tick, hops, intervals, minutes, days. */
    private static long distance(Rng rng) {
        long[] widths = {1, 2, 60_000, 70_000, 2_000_000, 20_000_000, SimTime.SECOND, 5 * SimTime.MINUTE,
            100_000 * SimTime.SECOND};
        long width = widths[rng.nextInt(widths.length)];
        return Math.floorMod(rng.nextLong(), width);
    }

    @Test
    void firesInTheSameOrderAsAPriorityQueueWhateverTheSchedule() {
        for (int seed = 0; seed < 30; seed++) {
            Rng rng = new Rng(seed);
            EventQueue queue = new EventQueue();
            PriorityQueue<Expected> oracle = new PriorityQueue<>(
                    Comparator.comparingLong(Expected::timeNs).thenComparingInt(Expected::sequence));
            List<Integer> fired = new ArrayList<>();
            EventTarget target = (what, first, second, nowNs) -> fired.add(what);
            List<Integer> wanted = new ArrayList<>();
            long nowNs = 0;
            int sequence = 0;
            for (int step = 0; step < 20_000; step++) {
                boolean add = oracle.isEmpty() || rng.nextInt(100) < (step < 10_000 ? 55 : 45);
                if (add) {
                    long atNs = nowNs + distance(rng);
                    oracle.add(new Expected(atNs, sequence));
                    queue.schedule(atNs, target, sequence++, null, null);
                } else {
                    Expected next = oracle.poll();
                    assertThat(queue.nextTimeNs()).isEqualTo(next.timeNs());
                    queue.fireNext();
                    nowNs = next.timeNs();
                    wanted.add(next.sequence());
                }
                // Looking ahead must not disturb what is scheduled afterwards for an earlier time.
                if (rng.nextInt(3) == 0 && !oracle.isEmpty()) {
                    assertThat(queue.nextTimeNs()).isEqualTo(oracle.peek().timeNs());
                }
            }
            assertThat(queue.size()).isEqualTo(oracle.size());
            assertThat(fired).as("seed %s", seed).isEqualTo(wanted);
        }
    }

    @Test
    void knowsTimesUpToTheEndOfTheLong() {
        EventQueue queue = new EventQueue();
        List<Long> fired = new ArrayList<>();
        EventTarget target = (what, first, second, nowNs) -> fired.add(nowNs);
        queue.schedule(Long.MAX_VALUE - 1, target, 0, null, null);
        queue.schedule(0, target, 0, null, null);
        queue.schedule(1L << 40, target, 0, null, null);
        while (queue.nextTimeNs() != EventQueue.NONE) {
            queue.fireNext();
        }
        assertThat(fired).containsExactly(0L, 1L << 40, Long.MAX_VALUE - 1);
    }

    @Test
    void allocatesNothingPerEventOnceItHasGrown() {
        EventQueue queue = new EventQueue();
        EventTarget target = new EventTarget() {
            @Override
            public void fire(int what, Object first, Object second, long nowNs) {
                queue.schedule(nowNs + 7_919L * (1 + what % 1_000_003), this, what + 1, null, null);
            }
        };
        for (int i = 0; i < 500; i++) {
            queue.schedule(i, target, i * 31, null, null);
        }
        fire(queue, 300_000);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        fire(queue, 300_000);
        // The measuring itself takes some.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(50_000);
    }

    private static void fire(EventQueue queue, int events) {
        for (int i = 0; i < events && queue.nextTimeNs() != EventQueue.NONE; i++) {
            queue.fireNext();
        }
    }

    @Test
    void reusesTheRoomOfFiredEvents() {
        EventQueue queue = new EventQueue();
        EventTarget target = (what, first, second, nowNs) -> { };
        for (long i = 0; i < 200_000; i++) {
            queue.schedule(i * 1_000, target, 0, null, null);
            assertThat(queue.nextTimeNs()).isEqualTo(i * 1_000);
            queue.fireNext();
        }
        assertThat(queue.size()).isZero();
        assertThat(queue.capacity()).isEqualTo(1024);
    }
}
