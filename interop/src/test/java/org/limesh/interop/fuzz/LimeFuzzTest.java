package org.limesh.interop.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.base.Invariant;
import org.limesh.base.MacAddress;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.ConfigSource;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.Diagnostic;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.UciFile;
import org.limesh.lime.UciReader;
import org.limesh.lime.UciWriter;

/** Configuration files: from text to the plan of a node. */
class LimeFuzzTest {
    private static final MacAddress MAC = MacAddress.parse("02:ca:fe:12:34:56");

    static Stream<byte[]> files() {
        return Stream.of("""
                # a community
                config lime 'system'
                \toption hostname 'LiMe-%M4%M5%M6'
                \toption domain "lan"

                config lime network
                \toption main_ipv4_address '10.%N1.0.0/16'
                \toption main_ipv6_address 'fd%N1:%N2%N3:%N4%N5::/64'
                \toption anygw_mac "aa:aa:aa:%N1:%N2:aa"
                \tlist protocols ieee80211s
                \tlist protocols lan
                \tlist protocols anygw
                \tlist protocols batadv:%N1
                \tlist protocols bmx7:13
                \tlist resolvers 8.8.8.8

                config lime wifi
                \toption ap_ssid 'LibreMesh.org'
                \toption channel_2ghz '11'
                \tlist modes 'ap'
                """, """
                config net port5
                  option linux_name eth1.5
                  list protocols static
                  option static_ipv4 192.168.1.2/24
                """, "config lime 'wifi'\n\toption ap_ssid 'na\\'me'\\\n  \n;list x \"a b\" # c\n", "package lime\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("files")
    @FuzzTest(maxDuration = "20s")
    void uci(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        // Read twice, written twice, and a hundred problems said with an excerpt each.
        Bounds.PER_TEXT.check(input.length, 4, () -> {
            UciFile file = UciReader.read(new ConfigSource("lime-community", text));
            file.diagnostics().forEach(Diagnostic::render);
            String written = UciWriter.write(file.sections());
            UciFile again = UciReader.read(new ConfigSource("lime-community", written));
            if (file.diagnostics().isEmpty()) {
                Invariant.check(again.diagnostics().isEmpty(), "what is written has no problems");
                Invariant.check(UciWriter.write(again.sections()).equals(written), "what is written reads the same");
            }
        });
    }

    @MethodSource("files")
    @FuzzTest(maxDuration = "20s")
    void plan(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        Bounds.PER_TEXT.check(input.length, 4, () -> {
            LimeConfig config = LimeConfig.of(List.of(new ConfigSource("lime-community", text)), MAC);
            AutoConfig.Result result = AutoConfig.plan(config, DeviceSet.of(MAC, List.of("eth0", "wlan0"), List.of("eth1")));
            result.diagnostics().forEach(Diagnostic::render);
            Invariant.check(result.plan() != null || result.diagnostics().stream().anyMatch(Diagnostic::isError)
                    || config.diagnostics().stream().anyMatch(Diagnostic::isError), "no plan has a reason");
        });
    }
}
