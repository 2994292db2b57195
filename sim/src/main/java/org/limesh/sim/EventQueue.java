package org.limesh.sim;

import java.util.Arrays;
import org.limesh.base.Invariant;

/**
 * Events in the total order (time, sequence of scheduling).
 *
 * <p>A hierarchical timing wheel in flat arrays; nothing is allocated per event once the arrays have
 * grown. A tick is 65.5 µs; each level has 256 slots, each slot of a level is as wide as the whole level
 * below. A slot's events are a linked list without order; only the events of the tick being worked on
 * are ordered, in a small binary heap, so order costs a comparison with the few events of one tick.
 *
 * <pre>
 *   level 2   |....|....|..X.|....|      X is spread over level 1 when its turn comes
 *   level 1        |....|.X..|....|
 *   level 0             |.X..|....|  →  heap of the current tick  →  fire
 * </pre>
 */
final class EventQueue {
    static final long NONE = Long.MAX_VALUE;

    private static final int TICK_SHIFT = 16;
    private static final int SLOT_BITS = 8;
    private static final int SLOTS = 1 << SLOT_BITS;
    /** Six levels of eight bits and the tick's sixteen: every long has its place. */
    private static final int LEVELS = 6;
    private static final int WORDS = SLOTS / 64;
    private static final int NIL = -1;

    private long[] timeNs = new long[1024];
    private long[] sequence = new long[1024];
    private EventTarget[] target = new EventTarget[1024];
    private int[] what = new int[1024];
    private Object[] first = new Object[1024];
    private Object[] second = new Object[1024];
    private int[] next = new int[1024];
    private int free = NIL;
    private int used;
    private int size;
    private long nextSequence;

    private final int[] heads = new int[LEVELS * SLOTS];
    private final long[] occupied = new long[LEVELS * WORDS];
    private int[] heap = new int[64];
    private int heapSize;
    private long currentTick;

    EventQueue() {
        Arrays.fill(heads, NIL);
    }

    int size() {
        return size;
    }

    /** Adds an event; {@code atNs} is not negative and not before an event that was already fired. */
    void schedule(long atNs, EventTarget to, int whatFor, Object firstArgument, Object secondArgument) {
        Invariant.check(atNs >= 0, "virtual time is not negative");
        int event = take();
        timeNs[event] = atNs;
        sequence[event] = nextSequence++;
        target[event] = to;
        what[event] = whatFor;
        first[event] = firstArgument;
        second[event] = secondArgument;
        size++;
        place(event);
    }

    /** Time of the next event, or {@link #NONE}. */
    long nextTimeNs() {
        return size == 0 || !fillHeap() ? NONE : timeNs[heap[0]];
    }

    /** Fires the next event, whose time {@link #nextTimeNs} has just told. */
    void fireNext() {
        int event = popHeap();
        EventTarget to = target[event];
        Object firstArgument = first[event];
        Object secondArgument = second[event];
        int whatFor = what[event];
        long atNs = timeNs[event];
        target[event] = null;
        first[event] = null;
        second[event] = null;
        next[event] = free;
        free = event;
        size--;
        to.fire(whatFor, firstArgument, secondArgument, atNs);
    }

    /** Room for events, taken or free. */
    int capacity() {
        return timeNs.length;
    }

    private int take() {
        if (free != NIL) {
            int event = free;
            free = next[event];
            return event;
        }
        if (used == timeNs.length) {
            int longer = used * 2;
            timeNs = Arrays.copyOf(timeNs, longer);
            sequence = Arrays.copyOf(sequence, longer);
            target = Arrays.copyOf(target, longer);
            what = Arrays.copyOf(what, longer);
            first = Arrays.copyOf(first, longer);
            second = Arrays.copyOf(second, longer);
            next = Arrays.copyOf(next, longer);
        }
        return used++;
    }

    private void place(int event) {
        long tick = timeNs[event] >>> TICK_SHIFT;
        // The wheel may stand ahead of the clock because somebody asked for the next time.
        if (tick <= currentTick) {
            pushHeap(event);
            return;
        }
        int level = (63 - Long.numberOfLeadingZeros(tick ^ currentTick)) / SLOT_BITS;
        int slot = (int) (tick >>> level * SLOT_BITS) & SLOTS - 1;
        int at = level * SLOTS + slot;
        next[event] = heads[at];
        heads[at] = event;
        occupied[level * WORDS + (slot >>> 6)] |= 1L << (slot & 63);
    }

    private boolean fillHeap() {
        while (heapSize == 0) {
            if (!advance()) {
                return false;
            }
        }
        return true;
    }

    /** Moves to the next occupied slot of the lowest level that has one, and spreads its events. */
    private boolean advance() {
        for (int level = 0; level < LEVELS; level++) {
            int here = (int) (currentTick >>> level * SLOT_BITS) & SLOTS - 1;
            int slot = nextOccupied(level, here + 1);
            if (slot >= 0) {
                int shift = level * SLOT_BITS;
                long above = level == LEVELS - 1 ? 0 : currentTick >>> shift + SLOT_BITS << shift + SLOT_BITS;
                currentTick = above | (long) slot << shift;
                int at = level * SLOTS + slot;
                int event = heads[at];
                heads[at] = NIL;
                occupied[level * WORDS + (slot >>> 6)] &= ~(1L << (slot & 63));
                while (event != NIL) {
                    int following = next[event];
                    place(event);
                    event = following;
                }
                return true;
            }
        }
        return false;
    }

    private int nextOccupied(int level, int from) {
        for (int word = from >>> 6; word < WORDS; word++) {
            long bits = occupied[level * WORDS + word];
            if (word == from >>> 6) {
                bits &= -1L << (from & 63);
            }
            if (bits != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(bits);
            }
        }
        return -1;
    }

    private boolean before(int a, int b) {
        return timeNs[a] != timeNs[b] ? timeNs[a] < timeNs[b] : sequence[a] < sequence[b];
    }

    private void pushHeap(int event) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, heapSize * 2);
        }
        int at = heapSize++;
        while (at > 0 && before(event, heap[(at - 1) >>> 1])) {
            heap[at] = heap[(at - 1) >>> 1];
            at = (at - 1) >>> 1;
        }
        heap[at] = event;
    }

    private int popHeap() {
        int top = heap[0];
        int last = heap[--heapSize];
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= heapSize) {
                break;
            }
            if (child + 1 < heapSize && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], last)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
        return top;
    }
}
