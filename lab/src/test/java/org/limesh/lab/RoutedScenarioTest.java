package org.limesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.lab.scenario.ScenarioReader;

/** Claims about exits and ways, true and false, and what is said of the false ones. */
class RoutedScenarioTest {
    private static final String PAIR = """
            name: pair
            clouds: { centro: { ssid: LibreMesh.org }, puerto: { ssid: Puerto } }
            radio: { range: 120m }
            topology:
              nodes:
                plaza: { cloud: centro, at: [0, 0] }
                sur:   { cloud: puerto, at: [100, 0], internet: { down: 10mbit, up: 2mbit } }
            clients:
              ana: { at: plaza }
            timeline:
            """;
    private static final int FIRST_S = 40;
    private static final int STREAM_S = 4;

    private static ScenarioResult run(String... claims) throws Laboratory.Unbuildable {
        StringBuilder text = new StringBuilder(PAIR);
        int at = FIRST_S;
        for (String claim : claims) {
            // One after the other: streams would share the line.
            text.append("  - at: ").append(at).append("s\n    assert: [ { ").append(claim).append(" } ]\n");
            at += claim.startsWith("throughput") ? STREAM_S : 1;
        }
        ScenarioReader.Result read = ScenarioReader.read("pair.lab.yaml", Path.of("."), text.toString());
        assertThat(read.problems()).isEmpty();
        return ScenarioRunner.run(read.scenario());
    }

    @Test
    void provesWhatIsTrueAndSaysWhyTheRestIsNot() throws Laboratory.Unbuildable {
        ScenarioResult result = run(
                "exit: { of: ana, is: sur }",
                "internet: { from: ana, via: sur }",
                "path: { from: ana, to: internet, via: [plaza, sur], back: [sur, plaza] }",
                "throughput: { from: ana, to: internet, above: 1mbit, below: 2500kbit, for: 3s }",
                "throughput: { from: internet, to: ana, above: 4mbit, below: 10mbit, for: 3s }",
                "converged: all",
                "exit: { of: plaza, is: none }",
                "internet: { from: ana, reachable: no }",
                "path: { from: ana, to: internet, via: [sur, plaza] }",
                "throughput: { from: ana, to: internet, above: 3mbit, for: 3s }");
        assertThat(result.failure()).isEmpty();
        assertThat(result.violations()).isEmpty();
        List<ScenarioResult.Judged> wrong = result.assertions().stream().filter(one -> !one.passed()).toList();
        assertThat(result.assertions()).hasSize(10);
        assertThat(wrong).as(ResultText.of(result)).hasSize(4);
        assertThat(wrong).extracting(ScenarioResult.Judged::claim).containsExactlyInAnyOrder("exit of plaza is none",
                "no internet from ana", "path from ana to internet via sur, plaza",
                "throughput from ana to internet above 3 Mbit/s for 3s");
        assertThat(wrong).anyMatch(one -> one.got().startsWith("plaza uses sur; sur: "));
        assertThat(wrong).anyMatch(one -> one.got().startsWith("lost 0 of ") && one.got().endsWith("leaving at sur"));
        assertThat(wrong).anyMatch(one -> one.got().equals("going ana > plaza > sur > internet"));
        assertThat(wrong).anyMatch(one -> one.got().matches("1\\.[0-9]+ Mbit/s"));
        assertThat(wrong).allMatch(one -> one.replay().matches("limesh lab pair.lab.yaml --seed 1 --at 5[0-9].5s --pause"));
    }
}
