package org.limesh.lime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Texts that nobody writes; the fuzzer found them, or they were guessed from what it found. */
class UciHostileTextTest {
    @Test
    void readsALineAsLongAsAFileInTimeProportionalToItsLength() {
        String line = "a;".repeat(UciReader.MAX_TEXT_CHARS / 2);
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        UciFile file = UciReader.read(new ConfigSource("lime-node", line));
        long cpuMs = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1_000_000;
        assertThat(file.diagnostics()).hasSize(UciReader.MAX_DIAGNOSTICS + 1);
        // Half a second; looking for the line's end at every word took thirteen.
        assertThat(cpuMs).isLessThan(5000);
    }

    @Test
    void writesASectionTypeSoThatItReadsTheSame() {
        UciFile file = UciReader.read(new ConfigSource("lime-node", "config 'n\\nf#;\"'\n\toption a b\n"));
        assertThat(file.diagnostics()).isEmpty();
        UciFile again = UciReader.read(new ConfigSource("lime-node", UciWriter.write(file.sections())));
        assertThat(again.sections().getFirst().type()).isEqualTo("n\\nf#;\"");
    }
}
