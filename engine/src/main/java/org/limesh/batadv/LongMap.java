package org.limesh.batadv;

import java.util.Arrays;
import org.limesh.base.Invariant;

/**
 * Hash table on non-negative {@code long} keys, open addressing with linear probing: no object per entry,
 * one probe touches two neighbouring cache lines at most. Iteration follows the array and depends on
 * nothing but the history of the table, so it is the same in every run.
 *
 * @param <V> never null
 */
final class LongMap<V> {
    private static final long FREE = -1;
    private static final int INITIAL_CAPACITY = 16;

    private long[] keys = freshKeys(INITIAL_CAPACITY);
    private Object[] values = new Object[INITIAL_CAPACITY];
    private int size;

    private static long[] freshKeys(int capacity) {
        long[] keys = new long[capacity];
        Arrays.fill(keys, FREE);
        return keys;
    }

    /** Fibonacci hashing: MAC addresses of one vendor differ in few low bits only. */
    private static int home(long key, int mask) {
        long mixed = key * 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 32) & mask;
    }

    @SuppressWarnings("unchecked")
    V get(long key) {
        int mask = keys.length - 1;
        for (int i = home(key, mask);; i = i + 1 & mask) {
            long found = keys[i];
            if (found == key) {
                return (V) values[i];
            }
            if (found == FREE) {
                return null;
            }
        }
    }

    void put(long key, V value) {
        Invariant.check(key >= 0, "keys of a LongMap are not negative");
        if ((size + 1) * 2 > keys.length) {
            grow();
        }
        int mask = keys.length - 1;
        int i = home(key, mask);
        while (keys[i] != FREE && keys[i] != key) {
            i = i + 1 & mask;
        }
        if (keys[i] == FREE) {
            keys[i] = key;
            size++;
        }
        values[i] = value;
    }

    private void grow() {
        long[] oldKeys = keys;
        Object[] oldValues = values;
        keys = freshKeys(oldKeys.length * 2);
        values = new Object[keys.length];
        int mask = keys.length - 1;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int to = home(oldKeys[i], mask);
                while (keys[to] != FREE) {
                    to = to + 1 & mask;
                }
                keys[to] = oldKeys[i];
                values[to] = oldValues[i];
            }
        }
    }

    boolean remove(long key) {
        int mask = keys.length - 1;
        for (int i = home(key, mask);; i = i + 1 & mask) {
            if (keys[i] == key) {
                removeAt(i);
                return true;
            }
            if (keys[i] == FREE) {
                return false;
            }
        }
    }

    /**
     * Empties a place and closes the gap. While walking upwards over places, look at the same place again
     * afterwards: another entry may have moved into it.
     */
    void removeAt(int place) {
        int mask = keys.length - 1;
        int gap = place;
        for (int i = gap + 1 & mask; keys[i] != FREE; i = i + 1 & mask) {
            int home = home(keys[i], mask);
            // An entry may move into the gap unless its home lies behind the gap.
            if ((i - home & mask) >= (i - gap & mask)) {
                keys[gap] = keys[i];
                values[gap] = values[i];
                gap = i;
            }
        }
        keys[gap] = FREE;
        values[gap] = null;
        size--;
    }

    int size() {
        return size;
    }

    /** Number of places to walk over with {@link #valueAt}. */
    int places() {
        return keys.length;
    }

    /** The value at a place, or null. */
    @SuppressWarnings("unchecked")
    V valueAt(int place) {
        return (V) values[place];
    }
}
