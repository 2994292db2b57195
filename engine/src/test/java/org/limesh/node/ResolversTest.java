package org.limesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;

class ResolversTest {
    private static final MacAddress MAC = MacAddress.parse("02:ca:fe:12:34:56");

    private static NodePlan.Anycast anycast(String... resolvers) {
        LimeConfig config = LimeConfig.of(List.of(), MAC).with("network", "resolvers", List.of(resolvers));
        return AutoConfig.plan(config, new DeviceSet(MAC, List.of(), List.of("eth0"), null)).orThrow()
                .anycast();
    }

    private static final NodePlan.Anycast THREE = anycast("9.9.9.9", "2001:db8::9", "/Escuela.lan/fd66::1",
            "/escuela.lan/fd66::2");

    @Test
    void whereAServerOfOursAnswersClientsAreToldNoOther() {
        assertThat(Resolvers.ip4(THREE, true)).containsExactly(Ip4Address.parse("10.13.0.1"));
        assertThat(Resolvers.ip6(THREE, true)).containsExactly(THREE.address6().address());
        assertThat(Resolvers.ip4(anycast(""), true)).containsExactly(Ip4Address.parse("10.13.0.1"));
    }

    @Test
    void withoutOneTheyAreToldThoseOfTheConfiguration() {
        assertThat(Resolvers.ip4(THREE, false)).containsExactly(Ip4Address.parse("9.9.9.9"));
        assertThat(Resolvers.ip6(THREE, false)).containsExactly(Ip6Address.parse("2001:db8::9"));
        assertThat(Resolvers.ip4(anycast(""), false)).isEmpty();
    }

    @Test
    void serversOfOtherCloudsAreAskedForTheirDomainOnly() {
        assertThat(Resolvers.upstream(THREE)).containsExactly("9.9.9.9", "2001:db8::9");
        assertThat(Resolvers.otherDomains(THREE))
                .isEqualTo(Map.of("escuela.lan", List.of("fd66::1", "fd66::2")));
    }
}
