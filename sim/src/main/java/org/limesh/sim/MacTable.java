package org.limesh.sim;

import java.util.LinkedHashMap;
import java.util.Map;

/** Which port of a bridge a MAC was last seen on; forgotten 300 s after its last frame, as in Linux. */
final class MacTable {
    static final long AGEING_NS = 300 * SimTime.SECOND;
    /** A bridge with more stations floods instead of learning. */
    static final int ENTRIES_LIMIT = 4096;

    private static final class Entry {
        BridgePort port;
        long seenNs;
    }

    private final Map<Long, Entry> entries = new LinkedHashMap<>();

    void learn(long mac, BridgePort port, long nowNs) {
        Entry entry = entries.get(mac);
        if (entry == null) {
            if (entries.size() >= ENTRIES_LIMIT) {
                entries.values().removeIf(old -> nowNs - old.seenNs > AGEING_NS);
                if (entries.size() >= ENTRIES_LIMIT) {
                    return;
                }
            }
            entry = new Entry();
            entries.put(mac, entry);
        }
        entry.port = port;
        entry.seenNs = nowNs;
    }

    /** The port, or null when unknown. */
    BridgePort find(long mac, long nowNs) {
        Entry entry = entries.get(mac);
        return entry == null || nowNs - entry.seenNs > AGEING_NS ? null : entry.port;
    }

    /** A port is gone, and what was behind it. */
    void forget(BridgePort port) {
        entries.values().removeIf(entry -> entry.port == port);
    }
}
