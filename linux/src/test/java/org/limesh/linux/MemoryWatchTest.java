package org.limesh.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.MemoryUsage;
import org.junit.jupiter.api.Test;
import org.limesh.base.Counters;

class MemoryWatchTest {
    private static final long MIB = 1 << 20;

    private final Counters counters = new Counters();
    private MemoryUsage usage;
    private final MemoryWatch watch = new MemoryWatch(() -> usage, counters.of("mem.high"));

    private String at(long usedMib) {
        usage = new MemoryUsage(0, usedMib * MIB, 128 * MIB, 128 * MIB);
        return watch.look();
    }

    @Test
    void warnsWhileWhatIsRememberedFillsTheHeapAndCountsEachTime() {
        assertThat(watch.look()).as("before the first collection").isNull();
        assertThat(at(100)).isNull();
        assertThat(at(110)).contains("memory is short: tables take 110 of 128 MiB");
        assertThat(at(100)).as("not yet low enough").isNotNull();
        assertThat(counters.value("mem.high")).isEqualTo(1);
        assertThat(at(90)).isNull();
        assertThat(at(120)).isNotNull();
        assertThat(counters.value("mem.high")).isEqualTo(2);
    }

    @Test
    void knowsTheHeapOfThisMachine() {
        System.gc();
        assertThat(new MemoryWatch(counters.of("mem.high")).look()).isNull();
    }
}
