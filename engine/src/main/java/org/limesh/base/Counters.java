package org.limesh.base;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named counters of one node, in order of first use. A hot path keeps the {@link Counter} it was given.
 * Names look like {@code batadv.ogm.received} or {@code drop.dhcp.truncated}.
 */
public final class Counters {
    private final Map<String, Counter> byName = new LinkedHashMap<>();

    /** One number that only grows. */
    public static final class Counter {
        private long value;

        public void increment() {
            value++;
        }

        public void add(long amount) {
            value += amount;
        }

        public long value() {
            return value;
        }
    }

    /** The counter of this name, made at the first call. Names are constants of the code, so they are few. */
    public Counter of(String name) {
        return byName.computeIfAbsent(name, unused -> new Counter());
    }

    public long value(String name) {
        Counter counter = byName.get(name);
        return counter == null ? 0 : counter.value;
    }

    /** A copy for people; counters at zero are left out. */
    public Map<String, Long> snapshot() {
        Map<String, Long> copy = new LinkedHashMap<>();
        byName.forEach((name, counter) -> {
            if (counter.value != 0) {
                copy.put(name, counter.value);
            }
        });
        return copy;
    }
}
