package org.limesh.interop.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.base.Invariant;
import org.limesh.lab.scenario.ScenarioReader;

/** Scenario files of the laboratory. */
class ScenarioFuzzTest {
    private static final Path NOWHERE = Path.of("no-such-folder");

    static Stream<byte[]> examples() {
        try (Stream<Path> files = Files.list(Path.of("../examples"))) {
            return files.filter(file -> file.toString().endsWith(".lab.yaml")).sorted().map(ScenarioFuzzTest::read)
                    .toList().stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @MethodSource("examples")
    @FuzzTest(maxDuration = "20s")
    void scenario(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        // Without "community", which names files: the disk is no input of this target.
        String alone = text.replace("community", "commumity");
        Bounds.PER_TEXT.check(input.length, 4, () -> {
            ScenarioReader.Result result = ScenarioReader.read("fuzz.lab.yaml", NOWHERE, alone);
            Invariant.check(result.scenario() != null || !result.problems().isEmpty(), "no scenario has a reason");
        });
    }
}
