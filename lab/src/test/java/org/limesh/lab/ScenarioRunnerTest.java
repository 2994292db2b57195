package org.limesh.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.lab.scenario.Scenario;
import org.limesh.lab.scenario.ScenarioFiles;
import org.limesh.lab.scenario.ScenarioReader;

class ScenarioRunnerTest {
    static final String LINE = """
            name: line
            radio: { range: 120m }
            topology:
              nodes:
                west: { at: [0, 0] }
                middle: { at: [100, 0] }
                east: { at: [200, 0] }
            clients:
              ana: { at: west }
              cam: { at: east }
            timeline:
            """;

    static Scenario scenario(String text) {
        ScenarioReader.Result result = ScenarioReader.read("line.lab.yaml", Path.of("."), text);
        assertThat(result.problems()).isEmpty();
        return result.scenario();
    }

    private static ScenarioResult run(String text) throws Laboratory.Unbuildable {
        return ScenarioRunner.run(scenario(text));
    }

    private static ScenarioResult.Judged only(ScenarioResult result) {
        assertThat(result.failure()).isEmpty();
        assertThat(result.violations()).isEmpty();
        assertThat(result.assertions()).hasSize(1);
        return result.assertions().getFirst();
    }

    /** These take 5 to 15 s of a processor each; {@code limesh test examples/*.lab.yaml} runs them. */
    private static final List<String> LONG = List.of("three-clouds.lab.yaml", "unplug-gateway.lab.yaml",
            "one-way-tunnel.lab.yaml", "island-heals.lab.yaml", "grid-49.lab.yaml");

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "examples"))) {
            return files.filter(file -> file.toString().endsWith(".lab.yaml"))
                    .filter(file -> !LONG.contains(file.getFileName().toString())).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleHolds(Path file) throws IOException, Laboratory.Unbuildable {
        ScenarioReader.Result read = ScenarioFiles.read(file.toString(), Map.of());
        assertThat(read.problems()).isEmpty();
        ScenarioResult result = ScenarioRunner.run(read.scenario());
        assertThat(result.passed()).as(ResultText.of(result)).isTrue();
        assertThat(result.assertions()).hasSizeGreaterThan(5);
    }

    @Test
    void theTownThatIsShownFirstConverges() throws IOException, Laboratory.Unbuildable {
        Scenario scenario = ScenarioFiles.read(ScenarioFiles.THREE_CLOUDS, Map.of()).scenario();
        Laboratory lab = Laboratory.build(scenario);
        Timeline timeline = new Timeline(lab, judged -> { }, caption -> { });
        assertThat(timeline.missing()).isNotEmpty();
        lab.sim().runUntil(60_000_000_000L);
        assertThat(timeline.missing()).isEmpty();
        assertThat(lab.sim().violations()).isEmpty();
    }

    @Test
    void judgesConvergenceWithinATime() throws Laboratory.Unbuildable {
        ScenarioResult.Judged late = only(run(LINE
                + "  - at: 0s\n    assert: [ { converged: all, within: 30s } ]\n"));
        assertThat(late.passed()).isTrue();
        ScenarioResult.Judged early = only(run(LINE + "  - at: 0s\n    assert: [ { converged: all } ]\n"));
        assertThat(early.passed()).isFalse();
        assertThat(early.got()).contains("west to middle");
    }

    @Test
    void saysWhatWasExpectedWhatCameAndHowToReplay() throws Laboratory.Unbuildable {
        ScenarioResult result = run(LINE + "  - at: 40s\n    fail: middle\n  - at: 41s\n"
                + "    assert: [ { ping: { from: ana, to: cam, count: 3 } } ]\n");
        ScenarioResult.Judged judged = only(result);
        assertThat(judged.passed()).isFalse();
        assertThat(judged.expected()).isEqualTo("3 requests in a row, loss at most 0.0 %");
        assertThat(judged.got()).isEqualTo("lost 3 of 3");
        assertThat(judged.reason()).isEqualTo("last change before: node middle off at 40.000 s");
        assertThat(judged.replay()).isEqualTo("limesh lab line.lab.yaml --seed 1 --at 40.5s --pause");
        assertThat(ResultText.of(result)).startsWith("FAIL  line                   1 of 1\n"
                + "        timeline[1] t=41s  assert ping from ana to cam loss at most 0%\n"
                + "          expected  3 requests in a row, loss at most 0.0 %\n          got       lost 3 of 3\n");
    }

    static Stream<String> claims() {
        return Stream.of(
                "{ lease: { client: ana, in: 10.13.0.0/16 } }",
                "{ ping: { from: ana, to: cam, count: 3 } }",
                "{ ping: { from: ana, to: gateway, count: 3 } }",
                "{ leases: unique, for: 3s }",
                "{ loops: none }",
                "{ converged: cloud }",
                "{ same: { client: ana }, for: 2s }",
                "{ gap: { client: ana, below: 100ms, for: 2s } }",
                "{ never: { frame: \"eth.dst == anycast(cloud)\" } }");
    }

    @ParameterizedTest
    @MethodSource("claims")
    void provesWhatIsTrue(String claim) throws Laboratory.Unbuildable {
        ScenarioResult.Judged judged = only(run(LINE + "  - at: 40s\n    assert: [ " + claim + " ]\n"));
        assertThat(judged.passed()).as(judged.got()).isTrue();
    }

    static Stream<String> falseClaims() {
        return Stream.of(
                "{ lease: { client: ana, in: 10.99.0.0/16 } }",
                "{ ping: { from: ana, to: cam, count: 3, reachable: no } }",
                "{ gap: { client: ana, below: 1ms, for: 2s } }",
                "{ never: { frame: \"batadv and eth.type == 0x4305\" } }",
                "{ never: { frame: \"arp.target == 10.13.0.1 or not eth.type == 1 \" } }");
    }

    @ParameterizedTest
    @MethodSource("falseClaims")
    void refutesWhatIsFalse(String claim) throws Laboratory.Unbuildable {
        assertThat(only(run(LINE + "  - at: 40s\n    assert: [ " + claim + " ]\n")).passed()).isFalse();
    }

    @Test
    void noticesThatRoamingToAnotherCloudChangesTheAddress() throws Laboratory.Unbuildable {
        ScenarioResult.Judged judged = only(run("""
                clouds:
                  one: { ssid: LibreMesh.org }
                  two: { ssid: QuintanaLibre }
                topology:
                  nodes:
                    a: { cloud: one }
                    b: { cloud: two }
                clients:
                  ana: { at: a }
                timeline:
                  - at: 20s
                    roam: { client: ana, to: b }
                    assert: [ { same: { client: ana, what: [ipv4] }, for: 20s } ]
                """));
        assertThat(judged.passed()).isFalse();
        assertThat(judged.got()).startsWith("ipv4 was 10.13.");
    }

    @Test
    void stopsWhenSomethingCannotBeDone() throws Laboratory.Unbuildable {
        ScenarioResult result = run(LINE + "  - at: 5s\n    fail: link west-east\n");
        assertThat(result.passed()).isFalse();
        assertThat(result.failure())
                .startsWith("stopped at t=5.000 s: there is no link between 'west' and 'east'");
    }

    @Test
    void tellsWrongUciOfACloud() {
        assertThatThrownBy(() -> run("""
                clouds:
                  one: { ssid: LibreMesh.org, uci: { network.main_ipv4_address: "10.%N1.0.0" } }
                topology: { nodes: { a: {} } }
                """)).isInstanceOf(Laboratory.Unbuildable.class).hasMessageContaining("the mask is missing");
    }

    @Test
    void tellsANodeWithoutAnyDevice() {
        assertThatThrownBy(() -> run("topology: { nodes: { a: { radios: 0 } } }\n"))
                .isInstanceOf(Laboratory.Unbuildable.class)
                .hasMessage("error: line.lab.yaml:1:22: node 'a' has neither a radio nor a cable; give it 'radios: 1' or a "
                        + "link of kind ethernet");
    }

    @Test
    void cablesCarryTheMeshToo() throws Laboratory.Unbuildable {
        ScenarioResult result = run("""
                topology:
                  defaults: { radios: 0 }
                  nodes: { a: {}, b: {}, c: {} }
                  links:
                    - { endpoints: [a, b], kind: ethernet }
                    - endpoints: ["b:eth3", "c:eth0"]
                clients: { ana: { at: a }, cam: { at: c } }
                timeline:
                  - at: 30s
                    assert: [ { converged: all, within: 20s }, { ping: { from: ana, to: cam }, within: 10s } ]
                """);
        assertThat(result.passed()).as(ResultText.of(result)).isTrue();
    }

    @Test
    void theSameSeedGivesTheSameTrace() throws IOException, Laboratory.Unbuildable {
        Scenario scenario = ScenarioFiles.read("../examples/roaming.lab.yaml", Map.of()).scenario();
        long first = ScenarioRunner.run(scenario).traceHash();
        assertThat(ScenarioRunner.run(scenario).traceHash()).isEqualTo(first);
        assertThat(ScenarioRunner.run(scenario.withSeed(2)).traceHash()).isNotEqualTo(first);
    }

    @Test
    void runsSideBySideDoNotDisturbEachOther() throws Exception {
        Scenario scenario = scenario(LINE
                + "  - at: 20s\n    roam: { client: ana, to: middle }\n  - at: 30s\n    end: {}\n");
        long alone = ScenarioRunner.run(scenario).traceHash();
        List<Long> hashes = Stream.generate(() -> scenario).limit(4).parallel().map(each -> {
            try {
                return ScenarioRunner.run(each).traceHash();
            } catch (Laboratory.Unbuildable impossible) {
                throw new IllegalStateException(impossible);
            }
        }).toList();
        assertThat(hashes).containsOnly(alone);
    }
}
