package org.limesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.limesh.lab.scenario.ScenarioFiles;

/** Determinism across starts of the program: identity hashes, class loading and memory layout differ there. */
@Tag("slow")
class TwoStartsTest {
    /** Started as a program of its own. */
    static final class PrintHash {
        public static void main(String[] args) throws IOException, Laboratory.Unbuildable {
            // Spoils the sequence of identity hashes, which some hash orders follow.
            int spoilt = 0;
            for (int i = 0; i < Integer.parseInt(args[1]); i++) {
                spoilt ^= System.identityHashCode(new Object());
            }
            ScenarioResult result = ScenarioRunner.run(ScenarioFiles.read(args[0], Map.of()).scenario());
            System.out.println(Long.toHexString(result.traceHash()) + (spoilt == 1 ? " " : ""));
        }
    }

    private static String hash(String file, int spoil) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "-cp",
                System.getProperty("java.class.path"), "-XX:+UseSerialGC", PrintHash.class.getName(), file,
                Integer.toString(spoil)).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void twoStartsGiveTheSameTrace() throws IOException, InterruptedException {
        for (String file : new String[] {"../examples/roaming.lab.yaml",
                "../examples/split-and-heal.lab.yaml"}) {
            String first = hash(file, 0);
            assertThat(first).matches("[0-9a-f]{8,16}");
            assertThat(hash(file, 12_345)).isEqualTo(first);
        }
    }
}
