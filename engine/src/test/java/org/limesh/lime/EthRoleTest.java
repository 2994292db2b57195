package org.limesh.lime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.MacAddress;

class EthRoleTest {
    private static AutoConfig.Result plan(String text) {
        LimeConfig config = LimeConfig.of(List.of(new ConfigSource("/etc/config/lime-node", text)), null);
        return AutoConfig.plan(config, DeviceSet.of(MacAddress.parse("02:ca:fe:00:00:01"), List.of("wlan0-mesh"),
                List.of("lan1", "lan2", "lan3")));
    }

    private static String section(String device, String role) {
        return "config net lime_app_eth_cfg_" + device + "\n option linux_name '" + device + "'\n option eth_role '"
                + role + "'\n";
    }

    @Test
    void aLanPortIsForClientsWhateverIsHeard() {
        NodePlan plan = plan(section("lan1", "lan")).orThrow();
        assertThat(plan.lanPorts()).containsExactly("lan1", "lan2", "lan3");
        assertThat(plan.fixedPorts()).containsExactly("lan1");
    }

    @Test
    void aMeshPortMeshesAndHasNoClients() {
        NodePlan plan = plan(section("lan2", "mesh")).orThrow();
        assertThat(plan.lanPorts()).containsExactly("lan1", "lan3");
        assertThat(plan.batadv().hardifs()).extracting(NodePlan.Hardif::name).containsExactly("wlan0-mesh_29", "lan2_29");
        assertThat(plan.bmx7().devices()).extracting(NodePlan.Bmx7Device::name).contains("lan2_18");
    }

    @Test
    void aWanPortIsTheUplink() {
        NodePlan plan = plan(section("lan3", "wan")).orThrow();
        assertThat(plan.lanPorts()).containsExactly("lan1", "lan2");
        assertThat(plan.wan().device()).isEqualTo("lan3");
    }

    @Test
    void theDefaultRoleIsNoRole() {
        assertThat(plan(section("lan1", "default")).orThrow()).isEqualTo(plan("").orThrow());
    }

    @Test
    void protocolsThatAreWrittenCountMoreThanTheRole() {
        NodePlan plan = plan(section("lan2", "mesh") + " list protocols 'batadv:%N1'\n").orThrow();
        assertThat(plan.bmx7().devices()).extracting(NodePlan.Bmx7Device::name).doesNotContain("lan2_18");
        assertThat(plan.batadv().hardifs()).extracting(NodePlan.Hardif::device).contains("lan2");
    }

    @Test
    void aRoleThatDoesNotExistIsAnErrorWithAPlace() {
        AutoConfig.Result result = plan(section("lan1", "router"));
        assertThat(result.plan()).isNull();
        assertThat(result.diagnostics()).filteredOn(Diagnostic::isError).first().satisfies(problem -> {
            assertThat(problem.render()).contains("lime-node:3:", "'eth_role' is 'router'", "'lan', 'wan', 'mesh' or 'default'");
        });
    }
}
