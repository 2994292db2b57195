package org.limesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.lab.scenario.FrameFilter;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;

class FrameMatcherTest {
    private static final NodePlan.Anycast ANYCAST = AutoConfig.plan(LimeConfig.builtIn(),
            DeviceSet.of(MacAddress.parse("02:ca:fe:12:34:56"), List.of("wlan0-mesh"),
            List.of())).orThrow().anycast();
    private static final String ARP = "ffffffffffff" + "021122334455" + "0806"
            + "0001080006040001" + "021122334455" + "0a0d3456" + "000000000000" + "0a0d0001";
    private static final String UDP = "aaaaaa0dfeaa" + "021122334455" + "0800"
            + "4500001c00000000401100000a0d34560a0d0001" + "0044004300080000";
    private static final String BATADV_OUTER = "025847123456" + "025847123457" + "4305";

    private static boolean matches(String filter, String hex) {
        return new FrameMatcher(FrameFilter.parse(filter), cloud -> cloud.equals("c") ? ANYCAST : null)
                .matches(Frame.wrap(HexFormat.of().parseHex(hex)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "arp | true", "ip | false", "eth.src == 02:11:22:33:44:55 | true",
                "eth.src != 02:11:22:33:44:55 | false",
        "arp.target == anycast(c) | true", "arp.sender == anycast(c) | false",
        "arp.sender == 10.13.52.86 | true",
        "eth.type == 0x0806 and not udp.dst == 67 | true", "ip.dst == 10.13.0.1 | false",
        "arp.target == anycast(x) | false"})
    void looksIntoArp(String filter, boolean expected) {
        assertThat(matches(filter, ARP)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "udp.src == 68 and udp.dst == 67 | true", "eth.dst == anycast(c) | true",
                "ip.src == 10.13.52.86 | true",
        "ip.dst == anycast(c) | true", "batadv | false", "udp.dst != 67 | false"})
    void looksIntoUdp(String filter, boolean expected) {
        assertThat(matches(filter, UDP)).isEqualTo(expected);
    }

    @Test
    void looksIntoTheClientFrameOfEveryBatadvKind() {
        String unicast = BATADV_OUTER + "400f3201" + "025847123456" + UDP;
        String unicast4 = BATADV_OUTER + "420f3201" + "025847123456" + "025847123457" + "0100" + UDP;
        String broadcast = BATADV_OUTER + "010f3200" + "00000001" + "025847123457" + UDP;
        for (String frame : List.of(unicast, unicast4, broadcast)) {
            assertThat(matches("eth.dst == anycast(c) and udp.dst == 67 and batadv", frame)).isTrue();
        }
        String ogm = BATADV_OUTER + "000f3200" + "00000001" + "025847123457" + "025847123457" + "00ff0000";
        assertThat(matches("eth.dst == anycast(c)", ogm)).isFalse();
    }

    @Test
    void noCutFrameIsTrouble() {
        for (String whole : List.of(ARP, UDP, BATADV_OUTER + "400f3201" + "025847123456" + UDP)) {
            for (int octets = 0; octets < whole.length() / 2; octets++) {
                String cut = whole.substring(0, 2 * octets);
                matches("arp.target == anycast(c) or udp.dst == 67 or nd.target == anycast(c) or ip.src == 1.2.3.4", cut);
            }
        }
    }
}
