package org.limesh.lime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;

/** Layer 3 out of configuration and devices. */
class RoutedPlanTest {
    private static final MacAddress MAC = MacAddress.parse("02:ca:fe:12:34:56");
    private static final DeviceSet DEVICES = new DeviceSet(MAC,
            List.of(DeviceSet.MeshDevice.named("wlan0-mesh"), DeviceSet.MeshDevice.named("eth1")), List.of("lan1"), "eth0");

    private static AutoConfig.Result plan(DeviceSet devices, String node) {
        return AutoConfig.plan(LimeConfig.of(List.of(new ConfigSource("lime-node", node)), MAC), devices);
    }

    private static NodePlan good(DeviceSet devices, String node) {
        return plan(devices, node).orThrow();
    }

    private static List<String> names(NodePlan plan) {
        return plan.bmx7().devices().stream().map(NodePlan.Bmx7Device::name).toList();
    }

    @Test
    void speaksOnVlan18OfMeshDevicesAndUntaggedOnTheBridgeAndTheUplink() {
        NodePlan plan = good(DEVICES, "");
        VlanTag tag = new VlanTag(VlanTag.TPID_8021AD, 18);
        assertThat(plan.bmx7().devices()).containsExactly(
                new NodePlan.Bmx7Device("wlan0-mesh_18", "wlan0-mesh", tag, MacAddress.parse("02:58:47:12:34:56"), 1500,
                        true, 0),
                new NodePlan.Bmx7Device("eth1_18", "eth1", tag, Hardifs.mac("eth1", MAC), 1500, false, 0),
                new NodePlan.Bmx7Device("br-lan", "br-lan", null, null, 1500, false, 0),
                new NodePlan.Bmx7Device("eth0", "eth0", null, null, 1500, false, 0));
        assertThat(plan.bmx7().overCloud()).isFalse();
        assertThat(plan.bmx7().preferredGateway()).isNull();
        assertThat(plan.wan()).isEqualTo(new NodePlan.Wan("eth0", null, null));
    }

    @Test
    void theCloudGoesOnBehindTheUplinkOnItsVlan() {
        assertThat(good(DEVICES, "").batadv().hardifs()).extracting(NodePlan.Hardif::name)
                .containsExactly("wlan0-mesh_29", "eth1_29", "eth0_29");
    }

    @Test
    void obeysEveryOptionOfBmx7() {
        NodePlan plan = good(DEVICES, """
                config lime network
                 option bmx7_mtu 1400
                 option bmx7_publish_ownip true
                 option bmx7_over_batman true
                 option bmx7_pref_gw norte
                 option bmx7_wifi_rate_max 54000000
                 option bmx7_enable_pki true
                """);
        NodePlan.Bmx7 bmx7 = plan.bmx7();
        assertThat(bmx7.devices()).extracting(NodePlan.Bmx7Device::mtuOctets).containsOnly(1400);
        assertThat(bmx7.devices()).extracting(NodePlan.Bmx7Device::rateMaxBps).containsExactly(54_000_000L, 0L, 0L, 0L);
        assertThat(bmx7.overCloud() && bmx7.publishOwnAddresses() && bmx7.onlyTrusted()).isTrue();
        assertThat(bmx7.preferredGateway()).isEqualTo("norte");
    }

    @Test
    void aSectionForADeviceReplacesTheGeneralProtocols() {
        NodePlan plan = good(new DeviceSet(MAC, List.of(DeviceSet.MeshDevice.named("eth1"),
                DeviceSet.MeshDevice.named("eth2")), List.of(), null), """
                config net cable
                 option linux_name eth1
                 list protocols bmx7:0
                config net none
                 option linux_name eth2
                 list protocols batadv:%N1
                config net lm_hwd_openwrt_wan
                 option linux_name eth0.2
                 list protocols wan
                 list protocols bmx7:21:8021q
                """);
        assertThat(plan.bmx7().devices()).extracting(NodePlan.Bmx7Device::name)
                .containsExactly("eth1", "br-lan", "eth0-2_21");
        assertThat(plan.bmx7().devices().getLast().tag()).isEqualTo(new VlanTag(VlanTag.TPID_8021Q, 21));
        assertThat(plan.batadv().hardifs()).extracting(NodePlan.Hardif::name).containsExactly("eth2_29");
        assertThat(plan.wan()).isEqualTo(new NodePlan.Wan("eth0.2", null, null));
    }

    @Test
    void anUplinkMayHaveAFixedAddress() {
        NodePlan plan = good(DeviceSet.of(MAC, List.of("eth1"), List.of()), """
                config net uplink
                 option linux_name eth0
                 list protocols static
                 option static_ipv4 192.168.1.2/24
                 option static_gateway_ipv4 192.168.1.1
                """);
        assertThat(plan.wan()).isEqualTo(new NodePlan.Wan("eth0", Ip4Prefix.parse("192.168.1.2/24"),
                Ip4Address.parse("192.168.1.1")));
    }

    @Test
    void layer2OnlyHasNoRoutedNetwork() {
        for (String switched : List.of("option limesh_profile layer2",
                "list protocols lan\n list protocols anygw\n list protocols batadv:%N1")) {
            NodePlan plan = good(DEVICES, "config lime network\n " + switched + "\n");
            assertThat(plan.bmx7()).isNull();
            assertThat(plan.batadv()).isNotNull();
            assertThat(plan.address4()).hasToString("10.13.52.86/16");
        }
    }

    @Test
    void layer3OnlyGivesEachNodeANetworkOfItsOwn() {
        for (String switched : List.of("option limesh_profile layer3",
                "list protocols lan\n list protocols anygw\n list protocols bmx7:18")) {
            AutoConfig.Result result = plan(DEVICES, "config lime network\n " + switched + "\n");
            assertThat(result.diagnostics()).isEmpty();
            assertThat(result.plan().batadv()).isNull();
            assertThat(names(result.plan())).contains("wlan0-mesh_18", "br-lan");
            assertThat(result.plan().address4()).hasToString("10.13.86.2/24");
            assertThat(result.plan().address6().masked()).hasToString("fd0d:fe46:3456::/64");
            assertThat(result.plan().anycast().address4()).hasToString("10.13.86.1/24");
        }
    }

    @Test
    void layer3OnlyWithOneNetworkForAllIsWarnedOf() {
        assertThat(plan(DEVICES, """
                config lime network
                 option limesh_profile layer3
                 option main_ipv4_address 10.%N1.0.0/16
                """).diagnostics()).singleElement().satisfies(warning -> {
                    assertThat(warning.severity()).isEqualTo(Diagnostic.Severity.WARNING);
                    assertThat(warning.render()).contains("lime-node:3", "clients of one node do not reach",
                            "write e.g. '10.%N1.%M6.2/24'");
                });
    }

    @Test
    void theUplinkIsSharedAndAskedAsWritten() {
        NodePlan.Wan wan = good(DEVICES, """
                config lime network
                 option limesh_share always
                 option limesh_share_bandwidth 20M
                 list limesh_measure_http http://mirror.example:8080/10MB.bin
                 list limesh_probe_ping 203.0.113.8
                 list limesh_probe_dns ''
                 option limesh_probe_name none
                 list limesh_probe_http 'http://good.example/ all is well'
                """).wan();
        assertThat(wan.share()).isEqualTo(new NodePlan.Share("always", 20_000_000,
                List.of("http://mirror.example:8080/10MB.bin")));
        assertThat(wan.probes()).isEqualTo(new NodePlan.Probes(List.of("203.0.113.8"), List.of(), "",
                List.of("http://good.example/ all is well")));
        NodePlan.Wan usual = good(DEVICES, "").wan();
        assertThat(usual.share()).isEqualTo(new NodePlan.Share("auto", 0));
        assertThat(usual.probes()).isEqualTo(NodePlan.Probes.USUAL);
    }

    @Test
    void theClassicProtocolIsReplacedByItsSuccessor() {
        assertThat(names(good(DEVICES, "config lime network\n list protocols lan\n list protocols bmx6:13\n")))
                .containsExactly("wlan0-mesh_18", "eth1_18", "br-lan", "eth0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            option bmx7_mtu 900             | 'bmx7_mtu' is '900': not a number of octets from 1280 to 9000
            option bmx7_wifi_rate_max fast  | 'bmx7_wifi_rate_max' is 'fast': not a number of bits per second
            option bmx7_wifi_rate_max 54    | 'bmx7_wifi_rate_max' is '54': not a number of bits per second
            option limesh_profile l3        | 'limesh_profile' is 'l3': no such profile
            option limesh_share maybe       | 'limesh_share' is 'maybe': not a way to share
            option limesh_share_bandwidth 5mbit | 'limesh_share_bandwidth' is '5mbit': not a number of bits per second
            list limesh_probe_ping one.one  | 'limesh_probe_ping' is 'one.one': nobody can be asked by that
            list limesh_probe_http https://x/ | 'limesh_probe_http' is 'https://x/': nobody can be asked by that
            option limesh_probe_name a..b   | 'limesh_probe_name' is 'a..b': not a name that DNS can be asked for
            list limesh_measure_http ftp://x/y | 'limesh_measure_http' is 'ftp://x/y': nobody can be asked by that
            list protocols bmx7:4711        | 'bmx7:4711': '4711' is not a VLAN id
            """)
    void saysWhatIsWrongWithAValue(String line, String expected) {
        AutoConfig.Result result = plan(DEVICES, "config lime network\n " + line + "\n");
        assertThat(result.plan()).isNull();
        assertThat(result.diagnostics()).anyMatch(problem -> problem.render().contains(expected));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            option static_ipv4 192.168.1.2/24                                         | no 'static_gateway_ipv4'
            option static_gateway_ipv4 192.168.1.1                                    | no 'static_ipv4'
            option static_ipv4 192.168.1.2/24; option static_gateway_ipv4 10.0.0.1    | not in the uplink's network
            option static_ipv4 192.168.1.2; option static_gateway_ipv4 192.168.1.1    | not an address with its mask
            """)
    void saysWhatAFixedUplinkLacks(String lines, String expected) {
        AutoConfig.Result result = plan(DEVICES, "config net u\n option linux_name eth0\n list protocols static\n "
                + lines + "\n");
        assertThat(result.plan()).isNull();
        assertThat(result.diagnostics()).anyMatch(problem -> problem.render().contains(expected));
    }
}
