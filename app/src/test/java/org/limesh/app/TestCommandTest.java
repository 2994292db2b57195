package org.limesh.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCommandTest {
    private static final String PAIR = """
            topology:
              nodes:
                plaza: { at: [0, 0] }
                norte: { at: [90, 10] }
            clients:
              ana: { at: plaza }
            timeline:
              - at: 5s
                assert: [ { lease: { client: ana, in: NETWORK } } ]
            """;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int limesh(String... words) {
        List<String> args = new ArrayList<>(List.of(words));
        return Main.run(args.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private String good() throws IOException {
        return file("good.lab.yaml", PAIR.replace("NETWORK", "10.13.0.0/16"));
    }

    private String bad() throws IOException {
        return file("bad.lab.yaml", PAIR.replace("NETWORK", "10.99.0.0/16"));
    }

    @Test
    void passesWithExitCode0() throws IOException {
        assertThat(limesh("test", good())).isZero();
        assertThat(out.toString()).matches("(?s)PASS  good +1 assertion +6\\.0 s virtual +\\d+\\.\\d\\d s\\R"
                + "1 scenario, 0 failed, seed 1\\R");
    }

    @Test
    void failsWithExitCode1AndSaysHowToReplay() throws IOException {
        Path junit = directory.resolve("reports/junit.xml");
        assertThat(limesh("test", good(), bad(), "--seed", "7", "--junit", junit.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("FAIL  bad", "expected  ana has an address of 10.99.0.0/16",
                "replay    limesh lab ", "--seed 7 --at 4.5s --pause",
                "2 scenarios, 1 failed, seed 7       report: ");
        assertThat(Files.readString(junit)).contains("<testsuites>", "failures=\"1\"");
    }

    @Test
    void tellsAllMistakesOfAllFilesWithExitCode2() throws IOException {
        String broken = file("broken.lab.yaml",
                "topology: { nodes: { a: {} } }\nclients: { ana: { at: b } }\nsed: 1\n");
        assertThat(limesh("test", good(), broken, directory + "/missing.lab.yaml")).isEqualTo(2);
        assertThat(err.toString())
                .contains("broken.lab.yaml:2:23: client 'ana' is attached to 'b', which is not a node",
                "broken.lab.yaml:3:1: unknown key 'sed' in the scenario (did you mean 'seed'?)",
                "error: there is no file '" + directory + "/missing.lab.yaml'");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void refusesFilesThatAreNoText() throws IOException {
        Path binary = Files.write(directory.resolve("binary.lab.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe,
                0});
        assertThat(limesh("test", binary.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("is not UTF-8 text");
    }

    @Test
    void printsTheSameHashTwice() throws IOException {
        assertThat(limesh("test", good(), "--hash", "-q")).isZero();
        assertThat(limesh("test", good(), "--hash", "-q")).isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).matches("hash [0-9a-f]{16}  good seed 1").isEqualTo(lines.get(1));
    }

    @Test
    void repeatsWithSeedsAndTellsThePassRate() throws IOException {
        assertThat(limesh("test", bad(), "--seeds", "3")).isEqualTo(1);
        assertThat(out.toString()).contains("3 scenarios, 3 failed, seeds 1 to 3",
                "pass rate 0.0 %, failing seeds: bad 1, bad 2, bad 3");
    }

    @Test
    void laysSettingsOverTheFile() throws IOException {
        assertThat(limesh("test", good(), "--set", "clouds.c.ssid=QuintanaLibre", "-q")).isEqualTo(1);
        assertThat(out.toString()).contains("ana has 10.84.");
    }

    @Test
    void refusesWrongUse() throws IOException {
        assertThat(limesh("test", good(), "--jobs", "0")).isEqualTo(2);
        assertThat(limesh("test", "--swarm", good())).isEqualTo(2);
        assertThat(limesh("test", "--swarm", "--nodes", "1")).isEqualTo(2);
        assertThat(limesh("test", "--swarm", "--seed", "1")).isEqualTo(2);
        assertThat(limesh("lab", "--nodes", "5", good())).isEqualTo(2);
        assertThat(limesh("lab", "--at", "5", "--port", "0")).isEqualTo(2);
        assertThat(limesh("lab", directory + "/missing.lab.yaml")).isEqualTo(2);
        assertThat(limesh("time", "quickly")).isEqualTo(2);
        assertThat(err.toString()).contains("error: --jobs is 1 to 64",
                "error: --swarm draws its worlds itself",
                "error: --at: '5' is not a time; the unit is missing, write e.g. 5s",
                "error: 'quickly' is none of pause, run, max, step, or a speed like 2x");
    }

    @Test
    void aSmallSwarmTellsItsSeeds() {
        int exit = limesh("test", "--swarm", "--seeds", "2", "--from", "5", "--nodes", "4", "--minutes", "1",
                "--hash");
        assertThat(exit).as(out.toString()).isZero();
        assertThat(out.toString()).contains("seed 5", "seed 6",
                "PASS  swarm  2 seeds x 4 nodes x 1 min virtual, 0 failed");
    }
}
