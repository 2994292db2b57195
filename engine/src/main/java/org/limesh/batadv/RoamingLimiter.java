package org.limesh.batadv;

/**
 * Counts roaming per client: five times in twenty seconds, more is a loop in the client network or an attack.
 */
final class RoamingLimiter {
    private static final class Count {
        final long key;
        final long firstNs;
        int times = 1;

        Count(long key, long firstNs) {
            this.key = key;
            this.firstNs = firstNs;
        }
    }

    private final LongMap<Count> counts = new LongMap<>();

    /** True when this client may roam once more. */
    boolean permits(long key, long nowNs) {
        Count count = counts.get(key);
        if (count != null && nowNs - count.firstNs >= BatadvLimits.ROAMING_PERIOD_NS) {
            counts.remove(key);
            count = null;
        }
        if (count == null) {
            if (counts.size() >= BatadvLimits.ROAMING_CLIENTS) {
                return false;
            }
            counts.put(key, new Count(key, nowNs));
            return true;
        }
        return ++count.times <= BatadvLimits.ROAMING_MAX;
    }

    void expire(long nowNs) {
        for (int place = 0; place < counts.places(); place++) {
            Count count = counts.valueAt(place);
            if (count != null && nowNs - count.firstNs >= BatadvLimits.ROAMING_PERIOD_NS) {
                counts.removeAt(place--);
            }
        }
    }
}
