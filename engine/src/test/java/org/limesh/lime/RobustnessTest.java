package org.limesh.lime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

/** Whatever a text holds, the answer is a plan or a list of problems, never an exception. */
class RobustnessTest {
    private static final MacAddress MAC = MacAddress.parse("02:ca:fe:12:34:56");
    private static final DeviceSet DEVICES = DeviceSet.of(MAC, List.of("wlan0-mesh", "eth0"),
            List.of("lan1"));
    private static final String[] PIECES = {
        "config ", "config lime ", "option ", "list ", "package ", "network", "wifi", "system", "net x",
                "protocols ",
        "main_ipv4_address ", "main_ipv6_address ", "anygw_mac ", "anygw_dhcp_start ", "anygw_dhcp_limit ",
        "hostname ",
        "domain ", "ap_ssid ", "resolvers ", "linux_name eth0", "batadv_orig_interval ", "modes ", "'", "\"",
        "\\", "#",
        ";", "\n", "\r\n", "\n", " ", "\t", "%N1", "%M", "%", "10.", "0/16", "/", "::", ":", "fd", "1", "0",
        "99999999999",
        "-", "batadv", "bmx6", ":8021q", "\u0000", "\ufffd", "\ud800", "é", "aa:aa:aa:%N1:%N2:aa",
        "lime-wifi-band ", "2ghz"
    };

    private static void judge(String text, String what) {
        try {
            LimeConfig config = LimeConfig.of(List.of(new ConfigSource("lime-node", text)), MAC);
            AutoConfig.Result result = AutoConfig.plan(config, DEVICES);
            result.diagnostics().forEach(diagnostic -> assertThat(diagnostic.render()).isNotEmpty());
            assertThat(result.plan() == null).isEqualTo(result.diagnostics().stream().anyMatch(Diagnostic::isError));
            if (result.plan() != null) {
                new Explanation(config, result.plan()).text();
            }
            UciWriter.write(config.sections().values());
        } catch (RuntimeException fault) {
            throw new AssertionError(what + ": " + UciWriter.quote(text), fault);
        }
    }

    @Test
    void anySequenceOfPiecesGetsAnAnswer() {
        for (int seed = 0; seed < 5_000; seed++) {
            Rng rng = new Rng(seed);
            StringBuilder text = new StringBuilder();
            for (int i = rng.nextInt(40); i > 0; i--) {
                text.append(PIECES[rng.nextInt(PIECES.length)]);
            }
            judge(text.toString(), "seed " + seed);
        }
    }

    @Test
    void everyPrefixAndEveryChangedCharacterOfTheDefaultsGetsAnAnswer() {
        String text = LimeDefaults.SOURCE.text();
        Rng rng = new Rng(1);
        for (int i = 0; i < text.length(); i++) {
            judge(text.substring(0, i), "prefix " + i);
            judge(text.substring(0, i) + (char) rng.nextInt(128) + text.substring(i + 1), "change " + i);
        }
    }

    @Test
    void everyValueOfEveryUsedOptionGetsAnAnswer() {
        String[] sections = {"system", "network", "wifi"};
        String[][] options = {{"hostname", "domain"}, {"main_ipv4_address", "main_ipv6_address", "anygw_mac",
            "anygw_dhcp_start", "anygw_dhcp_limit", "protocols", "resolvers", "batadv_orig_interval"},
            {"ap_ssid"}};
        String alphabet = "0123456789abcdef.:/%NMmH- 'é";
        Rng rng = new Rng(2);
        for (int round = 0; round < 4_000; round++) {
            int section = rng.nextInt(sections.length);
            StringBuilder value = new StringBuilder(rng.nextBoolean(0.3) ? "10.%N1.0.0/"
                    : rng.nextBoolean(0.3) ? "fd00::/" : "");
            for (int i = rng.nextInt(12); i > 0; i--) {
                value.append(alphabet.charAt(rng.nextInt(alphabet.length())));
            }
            String option = options[section][rng.nextInt(options[section].length)];
            judge("config lime " + sections[section] + "\n option " + option + " "
                    + UciWriter.quote(value.toString()),
                    "round " + round);
        }
    }
}
