package org.limesh.sim;

import java.util.PriorityQueue;
import org.limesh.base.Rng;

/**
 * The simulator's event queue against {@link PriorityQueue} with the same load: each event that fires schedules one
 * more, at delays as a mesh has them (mostly short, some of seconds). In this package because the queue is nobody
 * else's business.
 */
public final class EventQueueRace {
    private static final int DELAYS = 1 << 16;

    /** An event as one would write it for a PriorityQueue. */
    private record Event(long timeNs, long sequence, EventTarget target, Object argument) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(timeNs, other.timeNs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private final long[] delaysNs = new long[DELAYS];
    private long fired;
    private long check;

    public EventQueueRace() {
        Rng rng = new Rng(7);
        for (int i = 0; i < DELAYS; i++) {
            int kind = rng.nextInt(10);
            delaysNs[i] = kind < 6 ? 20_000 + rng.nextInt(200_000)
                    : kind < 9 ? 1_000_000 + rng.nextInt(110_000_000) : 980_000_000 + rng.nextInt(40_000_000);
        }
    }

    /** Fires {@code events} events with {@code pending} always waiting; returns a number that depends on their order. */
    public long ours(int pending, int events) {
        EventQueue queue = new EventQueue();
        start();
        EventTarget target = new EventTarget() {
            @Override
            public void fire(int what, Object first, Object second, long nowNs) {
                count(nowNs);
                queue.schedule(nowNs + delaysNs[(int) (fired & DELAYS - 1)], this, 0, first, second);
            }
        };
        for (int i = 0; i < pending; i++) {
            queue.schedule(delaysNs[i & DELAYS - 1], target, 0, this, null);
        }
        while (fired < events && queue.nextTimeNs() != EventQueue.NONE) {
            queue.fireNext();
        }
        return check;
    }

    /** The same with a PriorityQueue. */
    public long priorityQueue(int pending, int events) {
        PriorityQueue<Event> queue = new PriorityQueue<>();
        start();
        long sequence = 0;
        EventTarget target = (what, first, second, nowNs) -> count(nowNs);
        for (int i = 0; i < pending; i++) {
            queue.add(new Event(delaysNs[i & DELAYS - 1], sequence++, target, this));
        }
        while (fired < events) {
            Event event = queue.poll();
            event.target.fire(0, event.argument, null, event.timeNs);
            queue.add(new Event(event.timeNs + delaysNs[(int) (fired & DELAYS - 1)], sequence++, target, this));
        }
        return check;
    }

    private void start() {
        fired = 0;
        check = 0;
    }

    private void count(long nowNs) {
        fired++;
        check = check * 31 + nowNs;
    }
}
