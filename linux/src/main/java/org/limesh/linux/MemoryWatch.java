package org.limesh.linux;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.function.Supplier;
import org.limesh.base.Counters.Counter;

/**
 * Notices when what the node remembers comes near to what it may remember: every table has a limit, but the
 * machine may be a small one. Looks at what was left after the last collection of garbage, so garbage does
 * not count.
 */
final class MemoryWatch {
    private static final int HIGH_PERCENT = 85;
    /** It has to be that much less before it is over, or a warning would come and go. */
    private static final int LOW_PERCENT = 75;

    private final Supplier<MemoryUsage> afterCollection;
    private final Counter begun;
    private boolean high;

    /** @param begun counts how often it began */
    MemoryWatch(Counter begun) {
        this(MemoryWatch::oldGeneration, begun);
    }

    /** @param afterCollection null while nothing is known */
    MemoryWatch(Supplier<MemoryUsage> afterCollection, Counter begun) {
        this.afterCollection = afterCollection;
        this.begun = begun;
    }

    /** The largest pool of the heap that is collected: where everything ends that lives. */
    private static MemoryUsage oldGeneration() {
        MemoryUsage largest = null;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage = pool.getType() == MemoryType.HEAP
                    && pool.isCollectionUsageThresholdSupported()
                    ? pool.getCollectionUsage() : null;
            if (usage != null && usage.getMax() > 0
                    && (largest == null || usage.getMax() > largest.getMax())) {
                largest = usage;
            }
        }
        return largest;
    }

    /** A sentence for people while memory is short, else null. */
    String look() {
        MemoryUsage usage = afterCollection.get();
        if (usage == null || usage.getMax() <= 0) {
            return null;
        }
        boolean now = usage.getUsed() * 100 >= usage.getMax() * (high ? LOW_PERCENT : HIGH_PERCENT);
        if (now && !high) {
            begun.increment();
        }
        high = now;
        return !high ? null : "memory is short: tables take " + (usage.getUsed() >> 20) + " of "
                + (usage.getMax() >> 20) + " MiB. When it is full the node ends. Whether somebody floods "
                + "it: limesh status, "
                + "limesh events. Else give it more: LIMESH_HEAP=256m limesh node ... (of the java command: "
                + "-Xmx256m)";
    }
}
