package org.limesh.lime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.MacAddress;

/** Layers: who wins, and where a value says it came from. */
class LimeConfigTest {
    private static final MacAddress MAC = MacAddress.parse("02:ca:fe:12:34:56");

    private static ConfigSource file(String name, String text) {
        return new ConfigSource(name, text);
    }

    @Test
    void theDefaultsAreOneWholeConfigurationWithoutAnyProblem() {
        LimeConfig config = LimeConfig.builtIn();
        assertThat(config.diagnostics()).isEmpty();
        assertThat(UciReader.read(LimeDefaults.SOURCE).diagnostics()).isEmpty();
        assertThat(OptionCheck.of(UciReader.read(LimeDefaults.SOURCE)))
                .noneMatch(diagnostic -> diagnostic.severity() != Diagnostic.Severity.NOTE);
        assertThat(config.apSsid()).isEqualTo("LibreMesh.org");
        assertThat(config.list("network", "protocols")).hasSize(9);
    }

    @Test
    void higherFilesWinWhateverTheOrderTheyAreGivenIn() {
        LimeConfig config = LimeConfig.of(List.of(
                file("lime-node", "config lime system\n option hostname node\n"),
                file("lime-community", "config lime system\n option hostname community\n option domain community\n"),
                file("lime-02cafe123456", "config lime system\n option hostname mac\n option domain mac\n"),
                file("dir/lime-defaults", "config lime system\n option domain defaults\n option keep_on_upgrade d\n"),
                file("lime-02cafe999999", "config lime system\n option hostname other\n"),
                file("lime-autogen", "config lime system\n option hostname generated\n")), MAC);
        assertThat(config.text("system", "hostname", "")).isEqualTo("node");
        assertThat(config.text("system", "domain", "")).isEqualTo("mac");
        assertThat(config.text("system", "keep_on_upgrade", "")).isEqualTo("d");
        assertThat(config.option("system", "domain").origin()).hasToString("lime-02cafe123456:3");
        assertThat(config.option("system", "root_password_policy").origin().file()).isEqualTo("built-in");
        assertThat(config.files()).extracting(UciFile::name)
                .containsExactly("dir/lime-defaults", "lime-community", "lime-02cafe123456", "lime-node");
    }

    @Test
    void aListOfAHigherFileReplacesTheWholeList() {
        LimeConfig config = LimeConfig.of(
                List.of(file("lime-node", "config lime network\n list resolvers 9.9.9.9\n")), MAC);
        assertThat(config.list("network", "resolvers")).extracting(UciValue::text).containsExactly("9.9.9.9");
    }

    @Test
    void anEmptyOptionHidesNothingAndAnEmptyListElementHidesTheList() {
        LimeConfig config = LimeConfig.of(List.of(
                file("lime-node", "config lime network\n option anygw_mac ''\n list resolvers ''\n")), MAC);
        assertThat(config.text("network", "anygw_mac", "")).isEqualTo("aa:aa:aa:%N1:%N2:aa");
        assertThat(config.list("network", "resolvers")).extracting(UciValue::text).containsExactly("");
    }

    @Test
    void sectionsMeetByNameWhateverTheirType() {
        LimeConfig config = LimeConfig.of(List.of(file("lime-node",
                "config foo wifi\n option ap_ssid Plaza\n")), MAC);
        assertThat(config.apSsid()).isEqualTo("Plaza");
        assertThat(config.sections().get("wifi").type()).isEqualTo("foo");
    }

    @Test
    void anonymousSectionsOfAllFilesAccumulate() {
        LimeConfig config = LimeConfig.of(List.of(file("lime-community",
                "config run_asset\n option asset a\n"),
                file("lime-node", "config run_asset\n option asset b\n")), MAC);
        assertThat(config.text("@run_asset[0]", "asset", "")).isEqualTo("a");
        assertThat(config.text("@run_asset[1]", "asset", "")).isEqualTo("b");
    }

    @Test
    void assignmentsLieOnTopOfEverything() {
        LimeConfig config = LimeConfig.of(List.of(file("lime-node",
                "config lime wifi\n option ap_ssid Plaza\n")), MAC)
                .with("lime.wifi.ap_ssid=My = Cloud").with("network.resolvers=9.9.9.9").with("radio0.channel=1");
        assertThat(config.apSsid()).isEqualTo("My = Cloud");
        assertThat(config.option("wifi", "ap_ssid").origin()).hasToString("--set wifi.ap_ssid");
        assertThat(config.option("network", "resolvers").list()).isTrue();
        for (String wrong : List.of("ap_ssid=x", "lime.wifi.ap_ssid", "", "=", "lime.wi-fi.x=1", "a.b.c=1")) {
            assertThatThrownBy(() -> config.with(wrong)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is not an assignment");
        }
        assertThat(config.with("wifi.ap_sssid=x").diagnostics()).last().extracting(Diagnostic::render)
                .isEqualTo("warning: --set wifi.ap_sssid: unknown option 'ap_sssid' in section wifi "
                        + "(did you mean 'ap_ssid'?); kept, not used");
    }

    @Test
    void aRadioOverlaysGeneralByBandByItsOwnSectionAfterTheMerge() {
        LimeConfig config = LimeConfig.of(List.of(file("lime-node", """
                config lime wifi
                    option distance 7
                    option country DE
                config wifi radio1
                    option htmode HT20
                """)), MAC);
        assertThat(config.radio("5ghz", "radio1").get("country").text()).isEqualTo("DE");
        assertThat(config.radio("5ghz", "radio1").get("htmode").text()).isEqualTo("HT20");
        assertThat(config.radio("5ghz", "radio0").get("htmode").text()).isEqualTo("HT40");
        // The defaults' band beats the node's general value.
        assertThat(config.radio("5ghz", "radio0").get("distance").text()).isEqualTo("10000");
    }

    @Test
    void readsFlagsAsLibreMeshDoes() {
        LimeConfig config = LimeConfig.builtIn().with("network.use_odhcpd=enabled");
        assertThat(config.flag("network", "use_odhcpd", false)).isTrue();
        assertThat(config.with("network.use_odhcpd=yes").flag("network", "use_odhcpd", true)).isFalse();
        assertThat(config.flag("network", "absent", true)).isTrue();
    }

    @Test
    void theClassicFileStandsWhereLimeNodeStandsToday() {
        LimeConfig config = LimeConfig.of(List.of(file("lime", "config lime wifi\n option ap_ssid old\n"),
                file("lime-community", "config lime wifi\n option ap_ssid community\n")), MAC);
        assertThat(config.apSsid()).isEqualTo("old");
    }
}
