package org.limesh.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.base.MacAddress;

class ScenarioReaderTest {
    private static final String NODES = """
            topology:
              nodes:
                plaza: { at: [0, 0] }
                norte: { at: [90, 10] }
            """;
    private static final String ANA = NODES + """
            clients:
              ana: { at: plaza }
            """;

    private static final String LINE_AT_NORTE = ANA.replace("[90, 10]", "[90, 10], internet: { down: 40mbit }");

    private static List<String> problems(String text) {
        return ScenarioReader.read("plaza.lab.yaml", Path.of("."), text).problems().stream()
                .map(Problem::toString).toList();
    }

    private static Scenario scenario(String text) {
        ScenarioReader.Result result = ScenarioReader.read("plaza.lab.yaml", Path.of("."), text);
        assertThat(result.problems()).isEmpty();
        return result.scenario();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(NODES + "clients:\n  ana: { at: plasa }\n",
                        "6:14: client 'ana' is attached to 'plasa', which is not a node (did you mean 'plaza'?)"),
                mistake(NODES + "timeline:\n  - at: 45s\n  - at: 30s\n",
                        "7: timeline goes backwards: 30s after 45s"),
                mistake(NODES + "tiemline: []\n",
                        "5:1: unknown key 'tiemline' in the scenario (did you mean 'timeline'?)"),
                mistake(NODES + "report: { plots: [clients] }\n",
                        "5:1: 'report' of the scenario is not there yet: plots and captures of a run come in a later "
                                + "version; leave it out"),
                mistake("topology:\n  nodes:\n    plaza: { internet: { donw: 1mbit } }\n",
                        "3:26: unknown key 'donw' in internet of node 'plaza' (did you mean 'down'?)"),
                mistake("topology:\n  nodes:\n    plaza: { internet: { down: 1mbps } }\n",
                        "3:32: 'down' of internet of node 'plaza': '1mbps' is not a rate; write e.g. 30mbit, 256kbit"),
                mistake("topology:\n  nodes:\n    plaza: { internet: 40mbit }\n",
                        "3:24: 'internet' of node 'plaza' is the line of its provider; write e.g. "
                                + "{ down: 40mbit, up: 8mbit }"),
                mistake("topology:\n  nodes:\n    plaza: { internet: { portal: maybe } }\n",
                        "3:34: 'portal' of internet of node 'plaza': 'maybe' is neither yes nor no"),
                mistake("topology:\n  nodes:\n    internet: {}\n",
                        "3:5: 'internet' has a meaning of its own in scenarios and cannot be the name of a node"),
                mistake("topology:\n  nodes:\n    plaza: { uci: { hostname: x } }\n",
                        "3:21: 'hostname' is not a UCI option; write SECTION.OPTION, e.g. network.main_ipv4_address"),
                mistake("topology:\n  nodes:\n    real: { kind: bridge }\n",
                        "3:13: 'kind' of node 'real' is not there yet: genuine nodes behind a device come in a later "
                                + "version"),
                mistake("topology:\n  nodes:\n    plaza: { mac: 02:ca:fe:zz:00:01 }\n",
                        "3:19: 'mac' of node 'plaza': '02:ca:fe:zz:00:01' is not a MAC address; write e.g. "
                                + "02:ca:fe:12:34:56"),
                mistake("topology:\n  nodes:\n    plaza: { mac: 03:ca:fe:00:00:01 }\n",
                        "3:19: '03:ca:fe:00:00:01' of node 'plaza' is not the address of a device: it is a multicast "
                                + "address"),
                mistake("topology:\n  nodes:\n    a: { mac: 02:ca:fe:00:00:07 }\n    b: { mac: 02:ca:fe:00:00:07 }\n",
                        "4:15: node 'b' has the same MAC as node 'a'"),
                mistake("topology:\n  nodes:\n    a:\n    a:\n",
                        "4:5: 'a' is here a second time; the first is in line 3"),
                mistake("name: empty\n", "1:1: 'topology' with 'nodes' is missing: there is nothing to run"),
                mistake("", "1:1: the file is empty; a scenario needs at least 'topology'"),
                mistake(NODES + "radio: { model: rnge }\n",
                        "5:17: 'model' of radio: 'rnge' is not a radio model (did you mean 'range'?); known: range, none"),
                mistake(NODES + "radio: { model: table }\n",
                        "5:17: 'model' of radio: model 'table' is not there yet; use range or none"),
                mistake(NODES + "radio: { delay: 5 }\n",
                        "5:17: 'delay' of radio: '5' is not a time; the unit is missing, write e.g. 5s"),
                mistake(NODES + "radio: { rate: 54mbps }\n",
                        "5:16: 'rate' of radio: '54mbps' is not a rate; write e.g. 30mbit, 256kbit"),
                mistake(NODES + "radio: { loss: { at: 100m, percent: 120 } }\n",
                        "5:37: 'percent' of loss of radio: '120' is not a share from 0% to 100%"),
                mistake(NODES + "  links: [ { endpoints: [plaza, nort] } ]\n",
                        "5:33: a link ends at 'nort', which is not a node (did you mean 'norte'?)"),
                mistake(NODES + "  links: [ { endpoints: [plaza, plaza] } ]\n",
                        "5:33: a link joins two nodes, not 'plaza' with itself"),
                mistake(NODES + "  links: [ { endpoints: [\"plaza:wlan1\", norte] } ]\n",
                        "5:26: node 'plaza' has 1 radio; say 'radios: N' there for more"),
                mistake(NODES + "  links: [ { endpoints: [\"plaza:eth0\", \"norte:wlan0\"] } ]\n",
                        "5:40: 'norte:wlan0' cannot be an end of a cable; radios are wlan0, wlan1 ..., cables eth0, eth1 "
                                + "..."),
                mistake(ANA + "timeline:\n  - at: 1s\n    unplug: plaza\n",
                        "9:13: node 'plaza' has no uplink; give it one in topology: 'internet: { down: 20mbit, up: "
                                + "5mbit }'"),
                mistake(LINE_AT_NORTE + "timeline:\n  - at: 1s\n    unplug: nort\n",
                        "9:13: 'nort' is not a node with an uplink (did you mean 'norte'?)"),
                mistake(LINE_AT_NORTE + "timeline:\n  - at: 1s\n    pin: { exit: norte }\n",
                        "9:10: 'pin' needs 'node' (for all behind it) or 'client' (for it alone), one of the two, and "
                                + "'exit'"),
                mistake(LINE_AT_NORTE + "timeline:\n  - at: 1s\n    pin: { client: anna, exit: norte }\n",
                        "9:20: 'anna' is not a client (did you mean 'ana'?)"),
                mistake(LINE_AT_NORTE + "timeline:\n  - at: 1s\n    unpin: plasa\n",
                        "9:12: 'plasa' is neither a node nor a client (did you mean 'plaza'?)"),
                mistake(LINE_AT_NORTE + "timeline:\n  - at: 1s\n    set: { node: norte, rate: 1mbit }\n",
                        "9:31: 'rate' is for links; what can be set of a node is its 'internet'",
                        "9:18: set for a node needs 'internet': { down, up, delay, loss, portal, silent }, some of them"),
                mistake(ANA + "timeline:\n  - at: 1s\n    roam: { client: anna, to: norte }\n",
                        "9:21: 'anna' is not a client (did you mean 'ana'?)"),
                mistake(ANA + "timeline:\n  - at: 1s\n    roam: { client: ana }\n",
                        "9:11: 'to' is missing in roam"),
                mistake(ANA + "timeline:\n  - at: 1s\n    fail: link plaza-sur\n",
                        "9:11: 'plaza-sur' is not a link: write NODE-NODE with two nodes of this file"),
                mistake(ANA + "timeline:\n  - say: hello\n",
                        "8:5: this entry of the timeline has no time; write 'at: 20s' or 'every: 10s'"),
                mistake(ANA + "timeline:\n  - every: 10s\n    from: 20s\n    until: 10s\n",
                        "10:12: 'until' is before 'from'"),
                mistake(ANA + "timeline:\n  - at: 2s\n    end: {}\n  - at: 3s\n",
                        "10:5: this is after the end at 2s"),
                mistake(assertion("{ internet: { from: ana, via: plaza } }"),
                        "9:45: node 'plaza' has no uplink; give it one in topology: 'internet: { down: 20mbit, up: "
                                + "5mbit }'"),
                mistake(assertion("{ internet: { from: bob } }"),
                        "9:35: 'bob' is not a client"),
                mistake(assertion("{ ping: { from: ana, to: intrenet } }"),
                        "9:40: 'intrenet' is neither a client nor 'gateway' nor 'internet'"),
                mistake(assertion("{ exit: { of: plaza } }"),
                        "9:23: 'is' is missing in exit"),
                mistake(assertion("{ exit: { of: plazza, is: none } }"),
                        "9:29: 'plazza' is neither a node nor a client (did you mean 'plaza'?)"),
                mistake(assertion("{ throughput: { from: ana, to: internet } }"),
                        "9:29: 'throughput' needs 'above' or 'below'; write e.g. above: 5mbit"),
                mistake(assertion("{ throughput: { from: ana, to: internet, above: 5mbit, below: 2mbit } }"),
                        "9:63: nothing is above 5 Mbit/s and below 2 Mbit/s"),
                mistake(assertion("{ throughput: { from: ana, to: internet, above: 5mbit }, within: 3s }"),
                        "9:15: 'within' makes no sense with 'throughput': it is measured all the time that 'for' names"),
                mistake(assertion("{ path: { from: ana, to: internet, via: [plasa] } }"),
                        "9:56: 'plasa' is neither a node nor a client nor 'internet' (did you mean 'plaza'?)"),
                mistake(assertion("{ path: { from: ana, to: moon } }"),
                        "9:40: 'moon' is neither a node nor a client nor 'internet'"),
                mistake(assertion("{ convergd: all }"),
                        "9:17: unknown key 'convergd' in assert (did you mean 'converged'?)",
                        "9:15: this assertion claims nothing; known: converged, lease, ping, internet, exit, path, "
                                + "throughput, same, gap, never, leases, loops"),
                mistake(assertion("{ same: { client: ana, what: [ipv4, color] } }"),
                        "9:51: 'color' is not a property of a client; known: ipv4, gateway, gateway-mac, lease"),
                mistake(assertion("{ gap: { client: ana } }"), "9:22: 'below' is missing in gap"),
                mistake(assertion("{ never: { frame: \"eth.dest == anycast(cloud)\" } }"),
                        "9:33: 'frame' of never: frame filter, character 1: 'eth.dest' is not a field (did you mean "
                                + "'eth.dst'?)"),
                mistake(assertion("{ never: { frame: \"eth.dst == anycast(clod)\" } }"),
                        "9:33: anycast(clod): 'clod' is not a cloud (did you mean 'cloud'?)"),
                mistake(assertion("{ lease: { client: ana, in: 10.13.0.0 } }"),
                        "9:43: 'in' of lease: '10.13.0.0': the mask is missing; write e.g. 10.13.0.0/16"));
    }

    private static String assertion(String text) {
        return ANA + "timeline:\n  - at: 1s\n    assert: [ " + text + " ]\n";
    }

    private static Arguments mistake(String text, String... messages) {
        return Arguments.of(text, Stream.of(messages).map(message -> "error: plaza.lab.yaml:" + message)
                .sorted().toList());
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void saysWhatIsWrongAndWhere(String text, List<String> messages) {
        assertThat(problems(text)).containsExactlyInAnyOrderElementsOf(messages);
    }

    @Test
    void findsAllMistakesInOneRun() {
        String text = """
                sed: 1
                radio: { range: far }
                topology:
                  nodes:
                    plaza: { at: [0, 0], radius: 2 }
                clients:
                  ana: { at: nowhere }
                """;
        assertThat(problems(text)).hasSize(4).isSortedAccordingTo((a, b) ->
                a.substring(0, 24).compareTo(b.substring(0, 24)));
    }

    @Test
    void saysWhereTextIsNotYaml() {
        assertThat(problems("topology:\n  nodes: [plaza\n")).hasSize(1).first().asString()
                .startsWith("error: plaza.lab.yaml:3:1: this is not YAML: ");
        assertThat(problems("a:\n\tb: 1\n")).hasSize(1);
    }

    @Test
    void survivesADocumentThatContainsItself() {
        assertThat(problems("topology: &a\n  nodes: *a\n")).isNotEmpty();
    }

    @Test
    void keepsMacsOfDigitsAndWordsLikeNoUnquoted() {
        Scenario scenario = scenario("""
                clouds:
                  one: { ssid: no }
                topology:
                  nodes:
                    on: { mac: 12:11:22:33:44:55 }
                    yes: { mac: 02:00:00:00:00:10 }
                """);
        assertThat(scenario.clouds().get("one").ssid()).isEqualTo("no");
        assertThat(scenario.node("on").orElseThrow().mac()).isEqualTo(MacAddress.parse("12:11:22:33:44:55"));
        assertThat(scenario.node("yes")).isPresent();
    }

    @Test
    void takesNamesWithANumberApart() {
        Scenario scenario = scenario("""
                topology:
                  nodes:
                    plaza: { at: [0, 0] }
                    grove*12: { around: plaza, spread: 200m }
                clients:
                  cam*20: { talks: { to: random, rate: 64kbit } }
                """);
        assertThat(scenario.nodes()).hasSize(13).last().extracting(Scenario.NodeSpec::name)
                .isEqualTo("grove12");
        assertThat(scenario.nodes().stream().map(Scenario.NodeSpec::mac)).doesNotHaveDuplicates();
        assertThat(scenario.clients()).hasSize(20).allMatch(client -> client.talks().rateBps() == 64_000);
        assertThat(scenario.client("cam2").orElseThrow().at()).isEqualTo("grove1");
    }

    @Test
    void readsTheWholeFormat() {
        Scenario scenario = scenario("""
                # yaml-language-server: $schema=lab.schema.json
                name: barrio
                seed: 7
                epoch: 2026-01-01T00:00:00Z
                clouds:
                  centro: { ssid: LibreMesh.org }
                  escuela: { ssid: Escuela, uci: { network.main_ipv4_address: "10.%N1.0.0/16", network.resolvers: [1.1.1.1] } }
                radio: { model: range, range: 120m, loss: { at: 100m, percent: 20 }, rate: 54mbit, delay: 1ms }
                topology:
                  defaults: { cloud: centro }
                  nodes:
                    plaza: { at: [0, 0] }
                    aula: { at: [260, 20], cloud: escuela, mac: 02:ca:fe:00:00:05, radios: 2 }
                  links:
                    - endpoints: [plaza, "aula:wlan1"]
                      loss: { there: 5%, back: 40% }
                      rate: 12mbit
                    - { endpoints: [plaza, aula], kind: ethernet }
                clients:
                  ana: { at: plaza }
                  beto: { at: aula, mac: 02:11:22:33:44:66, talks: { to: ana, rate: 2mbit } }
                timeline:
                  - at: 20s
                    assert:
                      - converged: all
                        within: 10s
                      - lease: { client: ana, in: 10.13.0.0/16 }
                      - ping: { from: ana, to: gateway, loss: 0% }
                  - at: 30s
                    roam: { client: ana, to: aula }
                    assert:
                      - same: { client: ana, what: [ipv4, gateway-mac, lease] }
                      - gap: { client: ana, below: 1500ms }
                      - never: { frame: "eth.dst == anycast(centro)", on: mesh-links }
                  - at: 60s
                    fail: [plaza, "link plaza-aula"]
                    partition: [[plaza], [aula]]
                  - at: 70s
                    heal: all
                    set: { link: plaza-aula, loss: 3% }
                    reboot: plaza
                    move: { node: plaza, to: [10, 10] }
                    say: look
                  - every: 10s
                    from: 20s
                    until: 100s
                    assert: [ { leases: unique }, { loops: none } ]
                  - at: 100s
                    end: {}
                """);
        assertThat(scenario.seed()).isEqualTo(7);
        assertThat(scenario.endNs()).isEqualTo(100_000_000_000L);
        assertThat(scenario.links()).hasSize(2);
        assertThat(scenario.links().get(0).lossBack()).isEqualTo(0.4);
        assertThat(scenario.links().get(1).kind()).isEqualTo(Scenario.LinkKind.ETHERNET);
        assertThat(scenario.timeline()).hasSize(6);
        assertThat(scenario.timeline().get(3).actions()).hasSize(5).first().isEqualTo(new Action.HealAll());
        assertThat(scenario.timeline().get(0).assertions().get(0).text())
                .isEqualTo("converged all within 10s");
        assertThat(scenario.clouds().get("escuela").uci().get("network.resolvers"))
                .containsExactly("1.1.1.1");
    }

    @Test
    void laysSettingsOverTheFile() {
        ScenarioReader.Result result = ScenarioReader.read("plaza.lab.yaml", Path.of("."), NODES,
                Map.of("radio.range", "80m", "seed", "9"));
        assertThat(result.scenario().radio().rangeMetres()).isEqualTo(80);
        assertThat(result.scenario().seed()).isEqualTo(9);
    }
}
