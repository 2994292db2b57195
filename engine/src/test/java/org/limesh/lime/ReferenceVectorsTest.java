package org.limesh.lime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.base.MacAddress;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Everything that the reference computed, computed by us. */
class ReferenceVectorsTest {
    private static final JsonNode VECTORS = load();

    private static JsonNode load() {
        try (InputStream in = ReferenceVectorsTest.class.getResourceAsStream("/lime/libremesh-vectors.json")) {
            return JsonMapper.builder().build().readTree(in);
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** A node in a cloud, as the file has it. */
    record Expected(String ssid, JsonNode node) {
        @Override
        public String toString() {
            return ssid + " " + text("mac") + " " + text("template4");
        }

        String text(String field) {
            return node.get(field).isNull() ? null : node.get(field).asString();
        }
    }

    static Stream<JsonNode> clouds() {
        return VECTORS.get("ssids").valueStream();
    }

    static Stream<Expected> nodes() {
        List<Expected> all = new ArrayList<>();
        clouds().forEach(cloud -> cloud.get("nodes").valueStream()
                .forEach(node -> all.add(new Expected(cloud.get("ssid").asString(), node))));
        VECTORS.get("templates").valueStream().forEach(node -> all.add(new Expected("LibreMesh.org", node)));
        return all.stream();
    }

    static Stream<JsonNode> interfaceNames() {
        return VECTORS.get("ifnames").valueStream();
    }

    @Test
    void theFileIsWhole() {
        assertThat(clouds()).hasSize(6);
        assertThat(nodes()).hasSize(42);
        assertThat(interfaceNames()).hasSize(13);
    }

    @ParameterizedTest
    @MethodSource("clouds")
    void aNameGivesTheNumbersOfItsCloud(JsonNode expected) {
        Cloud cloud = Cloud.of(expected.get("ssid").asString());
        assertThat(cloud.id().digits()).isEqualTo(expected.get("md5").asString());
        for (int i = 1; i <= 6; i++) {
            assertThat(cloud.id().hex(i)).isEqualTo(expected.get("N").get(i - 1).asString());
        }
        assertThat(cloud.batadvVlan()).isEqualTo(expected.get("batadv_vlan").asInt());
        NodePlan plan = plan(cloud.apSsid(), "02:ca:fe:12:34:56", "10.%N1.0.0/16", List.of("eth0")).orThrow();
        assertThat(plan.anycast().mac()).hasToString(expected.get("anygw_mac").asString());
        assertThat(plan.address4().masked()).hasToString(expected.get("ipv4_net").asString());
        assertThat(plan.address6().masked()).hasToString(expected.get("ipv6_net").asString());
        assertThat(plan.batadv().hardifs().getFirst().tag().id()).isEqualTo(expected.get("batadv_vlan").asInt());
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void aNodeGetsTheAddressesAndNamesOfTheReference(Expected expected) {
        NodePlan plan = plan(expected.ssid, expected.text("mac"), expected.text("template4"),
                List.of()).orThrow();
        MacAddress mac = MacAddress.parse(expected.text("mac"));
        Template template = Template.of(expected.ssid, mac);
        assertThat(plan.address4()).hasToString(expected.text("ipv4"));
        NodeAddress.Result4 result4 = NodeAddress.of4(template.decimal(expected.text("template4")), mac,
                true);
        String reserved = expected.text("ipv4_reserved");
        assertThat(result4.reserved().name().toLowerCase(java.util.Locale.ROOT))
                .isEqualTo(reserved == null ? "no" : reserved.equals("anygw") ? "anycast" : reserved);
        assertThat(NodeAddress.reference6(template.hex(expected.text("template6")), mac))
                .hasToString(expected.text("ipv6"));
        assertThat(plan.anycast().address4()).hasToString(expected.text("anygw4"));
        assertThat(plan.anycast().address6()).hasToString(expected.text("anygw6"));
        assertThat(plan.hostname()).isEqualTo(expected.text("hostname"));
        assertThat(template.ssid("LibreMesh.org/%H", plan.hostname())).isEqualTo(expected.text("apname_ssid"));
        assertThat("lime-" + mac.digits()).isEqualTo(expected.text("mac_config_file"));
        for (int i = 1; i <= 6; i++) {
            assertThat(template.macId().hex(i)).isEqualTo(expected.node.get("macid").get(i - 1).asString());
        }
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void theIp6AddressDiffersFromTheReferenceOnlyWhereThatIsReserved(Expected expected) {
        NodePlan plan = plan(expected.ssid, expected.text("mac"), expected.text("template4"),
                List.of()).orThrow();
        boolean reserved = expected.text("ipv6").equals(expected.text("anygw6"))
                || expected.text("ipv6").contains("::/");
        if (reserved) {
            assertThat(plan.address6()).hasToString(
                    expected.text("ipv6").replaceAll("::.*", ":0:ffff:ffff:ffff:ff7f/64").replace("::0:",
                    ":0:"));
        } else {
            assertThat(plan.address6()).hasToString(expected.text("ipv6"));
        }
    }

    @ParameterizedTest
    @MethodSource("interfaceNames")
    void aHardInterfaceGetsTheMacOfTheReference(JsonNode expected) {
        String name = expected.get("ifname").asString();
        assertThat(NetworkId.ofInterface(name).digits()).isEqualTo(expected.get("md5").asString());
        assertThat(Hardifs.mac(name, MacAddress.parse("02:ca:fe:12:34:56")))
                .hasToString(expected.get("mac_for_primary_02cafe123456").asString());
    }

    private static AutoConfig.Result plan(String ssid, String mac, String template4, List<String> mesh) {
        LimeConfig config = LimeConfig.builtIn().with("wifi", "ap_ssid", List.of(ssid))
                .with("network", "main_ipv4_address", List.of(template4));
        return AutoConfig.plan(config, DeviceSet.of(MacAddress.parse(mac), mesh, List.of()));
    }
}
