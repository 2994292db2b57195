package org.limesh.alfred;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.limesh.alfred.wire.DataBlock;
import org.limesh.base.MacAddress;

/** Records by (source, type), bounded in number and octets, in an order that is the same in every run. */
final class DataStore {
    /** More nodes than a cloud can have; a flood of sources must not fill the memory. */
    static final int MAX_RECORDS = 4096;
    /** All data together. */
    static final long MAX_OCTETS = 16L << 20;
    /** Of both, so much is for what is set on this machine: others can fill the rest only. */
    static final int LOCAL_RECORDS = 256;
    static final long LOCAL_OCTETS = 1L << 20;

    /** Where a record was last heard. */
    enum Origin {
        LOCAL("local"),
        FIRST_HAND("first-hand"),
        SYNCED("synced");

        final String text;

        Origin(String text) {
            this.text = text;
        }
    }

    static final class Entry {
        DataBlock block;
        Origin origin;
        long lastSeenNs;
    }

    private final Map<Long, Entry> entries = new TreeMap<>();
    private long octets;

    private static long key(MacAddress source, int type) {
        return source.bits() << 8 | type;
    }

    Entry find(MacAddress source, int type) {
        return entries.get(key(source, type));
    }

    private long growth(DataBlock block) {
        Entry entry = entries.get(key(block.source(), block.type()));
        return block.data().length - (entry == null ? 0 : entry.block.data().length);
    }

    /** Whether a record fits. One that replaces another of the same length always does. */
    boolean hasRoom(DataBlock block, Origin origin) {
        boolean local = origin == Origin.LOCAL;
        long growth = growth(block);
        return (growth <= 0 || octets + growth <= MAX_OCTETS - (local ? 0 : LOCAL_OCTETS))
                && (entries.containsKey(key(block.source(), block.type()))
                        || entries.size() < MAX_RECORDS - (local ? 0 : LOCAL_RECORDS));
    }

    /**
     * Stores a record.
     *
     * @return true when it is new or its data differ; false also when there is no room
     */
    boolean put(DataBlock block, Origin origin, long nowNs) {
        if (!hasRoom(block, origin)) {
            return false;
        }
        Entry entry = entries.get(key(block.source(), block.type()));
        long growth = growth(block);
        boolean changed = entry == null || !Arrays.equals(entry.block.data(), block.data());
        if (entry == null) {
            entry = new Entry();
            entries.put(key(block.source(), block.type()), entry);
        }
        octets += growth;
        entry.block = block;
        entry.origin = origin;
        entry.lastSeenNs = nowNs;
        return changed;
    }

    /** Takes out the record of such a source that was not heard longest; null when there is none. */
    DataBlock removeOldest(Predicate<MacAddress> which) {
        Entry oldest = null;
        for (Entry entry : entries.values()) {
            if (entry.origin != Origin.LOCAL && (oldest == null || entry.lastSeenNs - oldest.lastSeenNs < 0)
                    && which.test(entry.block.source())) {
                oldest = entry;
            }
        }
        if (oldest == null) {
            return null;
        }
        entries.remove(key(oldest.block.source(), oldest.block.type()));
        octets -= oldest.block.data().length;
        return oldest.block;
    }

    Collection<Entry> all() {
        return entries.values();
    }

    List<DataBlock> ofType(int type) {
        List<DataBlock> found = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (entry.block.type() == type) {
                found.add(entry.block);
            }
        }
        return found;
    }

    /** Takes out what was not heard since {@code sinceNs}. */
    List<DataBlock> expire(long sinceNs) {
        List<DataBlock> gone = new ArrayList<>();
        for (Iterator<Entry> each = entries.values().iterator(); each.hasNext(); ) {
            Entry entry = each.next();
            if (entry.lastSeenNs - sinceNs < 0) {
                each.remove();
                octets -= entry.block.data().length;
                gone.add(entry.block);
            }
        }
        return gone;
    }
}
