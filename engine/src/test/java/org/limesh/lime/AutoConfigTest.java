package org.limesh.lime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.base.VlanTag;

/** From configuration and devices to a plan. */
class AutoConfigTest {
    private static final MacAddress MAC = MacAddress.parse("02:ca:fe:12:34:56");
    private static final DeviceSet DEVICES = DeviceSet.of(MAC, List.of("wlan0-mesh", "eth0"),
            List.of("lan1", "lan2"));

    private static AutoConfig.Result community(String text) {
        return AutoConfig.plan(LimeConfig.of(List.of(new ConfigSource("lime-community", text)), MAC),
                DEVICES);
    }

    private static AutoConfig.Result network(String line) {
        return community("config lime 'network'\n    " + line + "\n");
    }

    private static List<String> loud(AutoConfig.Result result) {
        return result.diagnostics().stream().filter(d -> d.severity() != Diagnostic.Severity.NOTE)
                .map(Diagnostic::render).toList();
    }

    @Test
    void aNodeWithoutAnyFileIsAMemberOfTheDefaultCloud() {
        AutoConfig.Result result = AutoConfig.plan(LimeConfig.builtIn(), DEVICES);
        assertThat(result.diagnostics()).isEmpty();
        NodePlan plan = result.orThrow();
        assertThat(plan.apSsid()).isEqualTo("LibreMesh.org");
        assertThat(plan.domain()).isEqualTo("thisnode.info");
        assertThat(plan.lanPorts()).containsExactly("lan1", "lan2");
        assertThat(plan.batadv().origIntervalMs()).isEqualTo(2000);
        assertThat(plan.batadv().hardifs()).containsExactly(
                new NodePlan.Hardif("wlan0-mesh_29", "wlan0-mesh", new VlanTag(VlanTag.TPID_8021AD, 29),
                        MacAddress.parse("02:58:47:12:34:56"), 1532, true),
                new NodePlan.Hardif("eth0_29", "eth0", new VlanTag(VlanTag.TPID_8021AD, 29),
                        MacAddress.parse("02:95:39:12:34:56"), 1496, false));
        NodePlan.Anycast anycast = plan.anycast();
        assertThat(anycast.dhcpFirst()).hasToString("10.13.0.2");
        assertThat(anycast.dhcpLast()).hasToString("10.13.255.254");
        assertThat(anycast.clientMtuOctets()).isEqualTo(1350);
        assertThat(anycast.leaseTimeSeconds()).isEqualTo(3600);
        assertThat(anycast.resolvers()).containsExactly("4.2.2.2", "141.1.1.1", "2001:470:20::2");
    }

    @Test
    void aMissingMaskIsShownWithTheLineAndTheCure() {
        AutoConfig.Result result = community("\n".repeat(12)
                + "config lime 'network'\n    option main_ipv4_address '10.%N1.0.0'\n");
        assertThat(loud(result)).containsExactly("""
                error: lime-community:14:30: 'main_ipv4_address' is '10.%N1.0.0': the mask is missing
                  14 |     option main_ipv4_address '10.%N1.0.0'
                     |                              ^^^^^^^^^^^^ write e.g. '10.%N1.0.0/16'""");
        assertThat(result.plan()).isNull();
        assertThatThrownBy(result::orThrow).hasMessageContaining("the mask is missing");
    }

    @Test
    void bmx6IsReplacedAndSaysSo() {
        AutoConfig.Result result = community("\n".repeat(20) + "config lime network\n list protocols 'bmx6:13'\n");
        assertThat(loud(result)).containsExactly("""
                warning: lime-community:22: protocol 'bmx6' is not spoken here; bmx7 on VLAN 18 is used instead.
                  Nodes that speak only bmx6 will not be reached. Say 'list protocols bmx7:18' to silence this.""");
    }

    @Test
    void anOptionThatIsNearlyKnownIsSuspected() {
        LimeConfig config = LimeConfig.of(List.of(new ConfigSource("lime-node",
                "config lime wifi\n\n option ap_sssid x\n option ap_vlan_file y\n option apname_key 'secret'\n")), MAC);
        assertThat(loud(AutoConfig.plan(config, DEVICES))).containsExactly("warning: lime-node:3: unknown option "
                + "'ap_sssid' in section wifi (did you mean 'ap_ssid'?); kept, not used");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            list protocols babeld:17     | protocol 'babeld' is not spoken here; the entry is skipped.
            list protocols olsr2:16      | protocol 'olsr2' is not spoken here; the entry is skipped.
            list protocols batdav        | unknown protocol 'batdav' (did you mean 'batadv'?); the entry is skipped
            list protocols bgp:1:2:3     | protocol 'bgp' is not spoken here; the entry is skipped.
            list protocols batadv:9999   | 'batadv:9999': '9999' is not a VLAN id
            list protocols batadv:29:q   | 'batadv:29:q': 'q' is not a kind of VLAN
            list resolvers /a.lan/       | '/a.lan/' in 'resolvers' is not an address; skipped
            list resolvers //10.1.1.1    | '//10.1.1.1' in 'resolvers' is not an address; skipped
            list resolvers /a.lan        | '/a.lan' in 'resolvers' is not an address; skipped
            list resolvers 300.1.1.1     | '300.1.1.1' in 'resolvers' is not an address; skipped
            option main_ipv4_address 10.%N9.0.0/16     | 'main_ipv4_address' is '10.%N9.0.0/16': '10.%N9.0.0' is not an IPv4 address
            option main_ipv4_address 10.1.0.0/33       | 'main_ipv4_address' is '10.1.0.0/33': '33' is not a mask of 0 to 32 bits
            option main_ipv4_address 10.1.0.0/8/8/8    | at most two numbers may follow the address
            option main_ipv4_address 10.1.0.7/32       | the network 10.1.0.7/32 has no room for a gateway and clients
            option main_ipv6_address fd00::1           | 'main_ipv6_address' is 'fd00::1': the mask is missing
            option anygw_mac x                         | 'anygw_mac' is 'x': not a MAC address
            option anygw_mac ff:ff:ff:ff:ff:ff         | 'anygw_mac' is 'ff:ff:ff:ff:ff:ff': no device can have this address
            option anygw_mac 02:aa:aa:%N1:%N2:aa       | 'anygw_mac' does not begin with aa:aa:aa
            option anygw_dhcp_start -1                 | 'anygw_dhcp_start' is '-1': not a number of addresses
            option anygw_dhcp_start 70000              | 'anygw_dhcp_start' is 70000: the network 10.13.0.0/16 ends before it
            option anygw_dhcp_start 0                  | address 10.13.0.1 is the gateway's own
            option anygw_dhcp_limit 70000              | 'anygw_dhcp_limit' is 70000: the network 10.13.0.0/16 has only 65533 addresses
            option batadv_routing_algo BATMAN_V        | 'batadv_routing_algo' is 'BATMAN_V'; BATMAN_IV is spoken here, BATMAN_V comes later.
            option batadv_orig_interval fast           | 'batadv_orig_interval' is 'fast': not a number of milliseconds
            option anygw_macc x                        | unknown option 'anygw_macc' in section network (did you mean 'anygw_mac'?); kept, not used
            """)
    void saysWhatIsWrongWithAValue(String line, String expected) {
        // The protocol under test must not take batadv and anygw away.
        String text = line.startsWith("list protocols") ? "list protocols anygw\n" + line : line;
        assertThat(loud(network(text))).singleElement().asString().contains(expected);
    }

    @Test
    void unknownSectionsAreSuspectedToo() {
        assertThat(loud(community("config lime 'netwrok'\n option x 1\nconfig generic_uci_confg y\nconfig foo\n")))
                .containsExactly(
                        "warning: lime-community:1: unknown section 'config lime netwrok' (did you mean 'network'?); "
                                + "kept, not used",
                        "warning: lime-community:3: unknown section 'config generic_uci_confg y' "
                                + "(did you mean 'generic_uci_config'?); kept, not used",
                        "warning: lime-community:4: unknown section 'config foo'; kept, not used");
    }

    @Test
    void problemsStandInTheOrderOfTheFiles() {
        List<Diagnostic> all = AutoConfig.plan(LimeConfig.of(List.of(
                new ConfigSource("lime-node", "config lime network\n option anygw_mac x\n"),
                new ConfigSource("lime-community", "config lime system\n option domain 'a b'\n foo\n")), MAC)
                .with("system.hostnam=x"), DEVICES).diagnostics();
        assertThat(all).extracting(d -> d.file() + ":" + d.line()).containsExactly(
                "lime-community:2", "lime-community:3", "lime-node:2", "--set system.hostnam:0");
    }

    @Test
    void withoutAnygwThereIsNoAnycastAndItsAddressIsFree() {
        DeviceSet first = DeviceSet.of(MacAddress.parse("02:ca:fe:ab:00:01"), List.of(), List.of());
        LimeConfig config = LimeConfig.builtIn().with("network", "protocols", List.of("lan", "batadv:0"));
        NodePlan plan = AutoConfig.plan(config, first).orThrow();
        assertThat(plan.anycast()).isNull();
        assertThat(plan.address4()).hasToString("10.13.0.1/16");
    }

    @Test
    void withoutBatadvThereIsNoMesh() {
        assertThat(network("list protocols lan").orThrow().batadv()).isNull();
    }

    @Test
    void vlanZeroMeansTheDeviceItself() {
        NodePlan plan = network("list protocols batadv:0").orThrow();
        assertThat(plan.batadv().hardifs().getFirst().name()).isEqualTo("wlan0-mesh");
        assertThat(plan.batadv().hardifs().getFirst().tag()).isNull();
    }

    @Test
    void aPlainVlanAndTheOtherKindOfTagAreTakenAsWritten() {
        NodePlan plan = network("list protocols batadv:42:8021q").orThrow();
        assertThat(plan.batadv().hardifs().getFirst().tag()).isEqualTo(new VlanTag(VlanTag.TPID_8021Q, 42));
        assertThat(plan.batadv().hardifs().getFirst().name()).isEqualTo("wlan0-mesh_42");
    }

    @Test
    void aDeviceWithASectionOfItsOwnLeavesTheGeneralList() {
        NodePlan plan = community("""
                config net first
                    option linux_name 'wlan0-mesh'
                    list protocols 'batadv:7'
                    list protocols 'lan'
                config net second
                    option linux_name 'eth0'
                config net third
                    option linux_name 'lan1'
                    list protocols 'manual'
                    list protocols 'lan'
                """).orThrow();
        assertThat(plan.batadv().hardifs()).extracting(NodePlan.Hardif::name).containsExactly("wlan0-mesh_7");
        assertThat(plan.lanPorts()).containsExactly("lan2", "wlan0-mesh");
    }

    @Test
    void aDeviceCannotServeTwoMasters() {
        DeviceSet both = new DeviceSet(MAC, List.of(DeviceSet.MeshDevice.named("eth0")), List.of("eth0", "eth1"), "eth1");
        assertThat(loud(AutoConfig.plan(LimeConfig.builtIn(), both))).containsExactly(
                "error: devices: 'eth1' is both a client port and the uplink\n"
                        + "  Name it with --lan or with --wan, not with both.");
        LimeConfig untagged = LimeConfig.builtIn().with("network", "protocols", List.of("lan", "batadv:0"));
        assertThat(loud(AutoConfig.plan(untagged, DeviceSet.of(MAC, List.of("eth0"), List.of("eth0")))))
                .singleElement().asString().contains("carries the mesh without a VLAN");
    }

    @Test
    void hardInterfaceNamesFitTheKernel() {
        assertThat(Hardifs.name("eth0.1", 29).name()).isEqualTo("eth0-1_29");
        assertThat(Hardifs.name("wlan0-apname", 284).name()).hasSize(15).startsWith("wlan0-ap").endsWith("_284");
        assertThat(Hardifs.name("enx001122334455", 29).name())
                .isNotEqualTo(Hardifs.name("enx001122334466", 29).name());
    }

    @Test
    void eachNodeMayHaveANetworkOfItsOwn() {
        NodePlan plan = network("option main_ipv4_address '10.%N1.%M5.1/24'").orThrow();
        // .1 is the anycast address of that network, so the node is its highest host.
        assertThat(plan.address4()).hasToString("10.13.52.254/24");
        assertThat(plan.anycast().address4()).hasToString("10.13.52.1/24");
        assertThat(plan.anycast().dhcpFirst()).hasToString("10.13.52.2");
        assertThat(plan.anycast().dhcpLast()).hasToString("10.13.52.254");
    }

    @Test
    void anEmptyResolverMeansThoseOfTheProvider() {
        assertThat(network("list resolvers ''").orThrow().anycast().resolvers()).isEmpty();
    }

    @Test
    void aResolverMayBeForTheNamesOfAnotherCloudOnly() {
        assertThat(network("list resolvers 9.9.9.9\n\tlist resolvers /escuela.lan/fd66::1").orThrow().anycast().resolvers())
                .containsExactly("9.9.9.9", "/escuela.lan/fd66::1");
    }

    @Test
    void aHostNameKeepsOnlyWhatDnsAllows() {
        Template template = Template.of("LibreMesh.org", MAC);
        assertThat(template.hostname("-Casa del árbol_%M6 ")).isEqualTo("Casa-del-rbol56");
        assertThat(template.hostname("a".repeat(40))).hasSize(32);
        assertThat(template.ssid("%H/" + "á".repeat(20), "n")).isEqualTo("n/" + "á".repeat(15));
        AutoConfig.Result result = community("config lime system\n option hostname 'ñ'\n");
        assertThat(result.orThrow().hostname()).isEqualTo("LiMe-123456");
        assertThat(loud(result)).singleElement().asString().contains("the node is called LiMe-123456");
    }

    @Test
    void addressesAreNeverReservedOnesWhateverTheMacAndTheMask() {
        Rng rng = new Rng(4);
        for (int round = 0; round < 5000; round++) {
            // Small numbers at the end are where the reserved addresses are.
            MacAddress mac = new MacAddress(0x02_0000_0000_00L | (rng.nextBoolean(0.5) ? rng.nextInt(4)
                    : rng.nextInt(1 << 24)));
            int mask = 4 + rng.nextInt(27);
            int range = mask + rng.nextInt(31 - mask);
            Ip4Address base = new Ip4Address((int) rng.nextLong() & -1 << (32 - range));
            NodeAddress.Result4 result = NodeAddress.of4(base + "/" + mask + "/" + range, mac, true);
            assertThat(result.address4().lengthBits()).isEqualTo(mask);
            assertThat(result.address4().address()).as(mac + " " + base + "/" + mask + "/" + range)
                    .isNotEqualTo(result.address4().network()).isNotEqualTo(result.address4().broadcast())
                    .isNotEqualTo(NodeAddress.anycast4(result.address4()).address());
            assertThat(new org.limesh.base.Ip4Prefix(base, mask).contains(result.address4().address())).isTrue();
        }
    }

    @Test
    void ip6AddressesAreNeverReservedOnesEither() {
        for (int mask = 8; mask <= 126; mask++) {
            for (int number : new int[] {0, 1, 2, 0x80, 0xffffff}) {
                MacAddress mac = new MacAddress(0x02_0000_0000_00L | number);
                NodeAddress.Result6 result = NodeAddress.of6("fd00::/" + mask, mac, true);
                assertThat(result.address6().address()).isNotEqualTo(result.address6().network());
                assertThat(result.address6().address()).isNotEqualTo(NodeAddress.anycast6(result.address6()).address());
                assertThat(new org.limesh.base.Ip6Prefix(org.limesh.base.Ip6Address.parse("fd00::"), mask)
                        .contains(result.address6().address())).isTrue();
            }
        }
        MacAddress first = MacAddress.parse("02:ca:fe:00:00:01");
        assertThat(NodeAddress.reference6("fd0d:fe46:8ce8::/64", first)).hasToString("fd0d:fe46:8ce8::1/64");
        assertThat(NodeAddress.of6("fd0d:fe46:8ce8::/64", first, true).address6())
                .hasToString("fd0d:fe46:8ce8:0:ffff:ffff:ffff:ff7f/64");
        assertThat(NodeAddress.of6("fd0d:fe46:8ce8::/64", first,
                false).reserved()).isEqualTo(NodeAddress.Reserved.NO);
    }

    @Test
    void vlanIdsStayWithinTheirRangeAndFollowTheFormula() {
        for (int i = 0; i < 2000; i++) {
            Cloud cloud = Cloud.of("cloud " + i);
            assertThat(cloud.batadvVlan()).isBetween(29, 284);
            assertThat((cloud.batadvVlan() - 29 + 13) % 256).isEqualTo(cloud.id().octet(1));
        }
        assertThat(Cloud.of("y").batadvVlan()).isEqualTo(272);
    }

    @Test
    void clashesAreAsProbableAsPeopleSay() {
        assertThat(Explanation.clashProbability(10)).isBetween(0.155, 0.165);
        assertThat(Explanation.clashProbability(20)).isBetween(0.525, 0.535);
        assertThat(Explanation.clashProbability(40)).isBetween(0.955, 0.965);
        assertThat(Explanation.clashProbability(257)).isEqualTo(1);
    }
}
