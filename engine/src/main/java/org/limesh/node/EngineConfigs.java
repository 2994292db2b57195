package org.limesh.node;

import java.util.List;
import org.limesh.access.DhcpConfig;
import org.limesh.access.Ip6Config;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvConfig;
import org.limesh.guard.GuardConfig;
import org.limesh.lime.NodePlan;
import org.limesh.packet.DnsNames;

/** What the engines of a node are told at birth, out of its plan. */
final class EngineConfigs {
    private EngineConfigs() {}

    static BatadvConfig batadv(NodePlan plan) {
        BatadvConfig defaults = BatadvConfig.withInterval(plan.batadv().origIntervalMs());
        return plan.anycast() == null ? defaults : defaults.withAnycast(plan.anycast().mac());
    }

    static DhcpConfig dhcp(NodePlan plan) {
        NodePlan.Anycast anycast = plan.anycast();
        return new DhcpConfig(anycast.mac(), anycast.address4(), anycast.dhcpFirst(), anycast.dhcpLast(),
                List.of(plan.address4().address(), anycast.address4().address()),
                anycast.leaseTimeSeconds(), anycast.newClientsPerSecond(), anycast.clientMtuOctets(),
                plan.domain(), Resolvers.ip4(anycast, false));
    }

    static Ip6Config ip6(NodePlan plan) {
        NodePlan.Anycast anycast = plan.anycast();
        return new Ip6Config(anycast.mac(), anycast.address6().masked(), anycast.clientMtuOctets(),
                Resolvers.ip6(anycast, false), DnsNames.isName(plan.domain()) ? List.of(plan.domain())
                : List.of());
    }

    static GuardConfig guard(NodePlan plan) {
        List<NodePlan.Hardif> hardifs = plan.batadv() == null ? List.of() : plan.batadv().hardifs();
        List<GuardConfig.ClientPort> clientPorts = plan.lanPorts().stream()
                .map(port -> new GuardConfig.ClientPort(port, plan.fixedPorts().contains(port),
                hardifs.stream().anyMatch(hardif -> hardif.device().equals(port)))).toList();
        return new GuardConfig(plan.primaryMac(), hardifs.isEmpty() ? MacAddress.ZERO : hardifs.getFirst()
                .mac(), GuardConfig.cloudId(plan.apSsid()), plan.anycast().mac(), plan.address4().address(),
                plan.anycast().address4().address(), plan.anycast().address6().address(), clientPorts);
    }
}
