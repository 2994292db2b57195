package org.limesh.bmx7;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Hash;

/** What waits to be sent on one device. Everything is a set: asking twice sends once. */
final class Outgoing {
    /** Most answers that wait; more are dropped, whoever asked asks again. */
    private static final int MAX_WAITING = 200;

    final Map<Hash, Bmx7Frame> unsigned = new LinkedHashMap<>();
    final Set<Integer> iids = new LinkedHashSet<>();
    final Set<Integer> aggregations = new LinkedHashSet<>();
    final Map<Hash, Set<Integer>> ogmRequests = new LinkedHashMap<>();
    final Map<Hash, Set<Integer>> iidRequests = new LinkedHashMap<>();
    final Map<Hash, Set<Hash>> descRequests = new LinkedHashMap<>();
    final Map<Hash, Set<Hash>> contentRequests = new LinkedHashMap<>();
    private final Map<Hash, Long> answered = new LinkedHashMap<>();
    boolean hello;
    /** A hello between two rounds, with replies to new neighbours only. */
    boolean greeting;

    boolean isEmpty() {
        return unsigned.isEmpty() && iids.isEmpty() && aggregations.isEmpty() && ogmRequests.isEmpty()
                && iidRequests.isEmpty() && descRequests.isEmpty() && contentRequests.isEmpty() && !hello && !greeting;
    }

    /** Queues a description or content, unless the same one left a moment ago. */
    void answer(Hash hash, Bmx7Frame frame, long nowNs) {
        Long last = answered.get(hash);
        if ((last == null || nowNs - last >= Bmx7Limits.REPEAT_INTERVAL_NS)
                && unsigned.size() < MAX_WAITING) {
            unsigned.putIfAbsent(hash, frame);
        }
    }

    void onSent(Hash hash, long nowNs) {
        answered.remove(hash);
        answered.put(hash, nowNs);
        var oldest = answered.entrySet().iterator();
        while (oldest.hasNext() && nowNs - oldest.next().getValue() >= Bmx7Limits.REPEAT_INTERVAL_NS) {
            oldest.remove();
        }
    }

    static <T> void ask(Map<Hash, Set<T>> requests, Hash destination, T wanted) {
        requests.computeIfAbsent(destination, unused -> new LinkedHashSet<>()).add(wanted);
    }
}
