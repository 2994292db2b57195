package org.limesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.bmx7.Bmx7Route;
import org.limesh.bmx7.wire.Hash;
import org.limesh.guard.PortPolicy;
import org.limesh.host.HostState;

/** What layer 3 adds to the wishes of a gateway and of a member that uses its exit, as text. */
class RoutedHostTest {
    private final SmallNet net = new SmallNet();
    private SmallNet.Box member;
    private SmallNet.Box gateway;

    @BeforeEach
    void connect() {
        member = net.box("Casa", "wlan0-mesh", null);
        gateway = net.gateway("Norte", "eth0");
        net.cable(member, "wlan0-mesh_18", gateway, "eth0_18");
        net.start();
        net.run(40 * SmallNet.SECOND);
    }

    /** Names instead of keys: P(n1) its primary address, E(n1) its tunnel endpoint, LL(n1 device). */
    private String named(String text) {
        String named = text;
        for (SmallNet.Box box : List.of(member, gateway)) {
            String name = box.plan.hostname();
            named = named.replace(box.key.publicKey().nodeId().cryptoAddress(0).toString(), "P(" + name + ")")
                    .replace(box.key.publicKey().nodeId().cryptoAddress(1).toString(), "E(" + name + ")")
                    .replace(box.key.publicKey().nodeId().toString().substring(0, 8), name);
            for (var device : box.linkLocals.entrySet()) {
                named = named.replace(device.getValue().toString(), "LL(" + name + " " + device.getKey()
                        + ")");
            }
        }
        return named;
    }

    private String added(SmallNet.Box box) {
        HostState with = box.state();
        HostState plain = HostPlan.of(box.plan, PortPolicy.CLIENTS_ONLY);
        List<String> lines = new ArrayList<>();
        for (HostState.Link link : with.links()) {
            if (!plain.links().contains(link)) {
                lines.add(switch (link) {
                    case HostState.Link.Vlan vlan -> "link " + vlan.name() + " on " + vlan.parent() + " tag "
                            + vlan.tag() + " mac " + vlan.mac() + " mtu " + vlan.mtuOctets();
                    case HostState.Link.Tunnel tunnel -> "link " + tunnel.name() + " from " + tunnel.local()
                            + " to " + tunnel.remote() + " mtu " + tunnel.mtuOctets();
                    default -> "link " + link.name() + " mtu " + link.mtuOctets();
                });
            }
        }
        with.addresses4().stream().filter(each -> !plain.addresses4().contains(each))
                .forEach(each -> lines.add("address " + each.address() + " on " + each.device()));
        with.addresses6().stream().filter(each -> !plain.addresses6().contains(each))
                .forEach(each -> lines.add("address " + each.address() + " on " + each.device()));
        with.policyRules().stream().filter(each -> !plain.policyRules().contains(each))
                .forEach(each -> lines.add("rule " + each.priority() + " from "
                + (each.from4() == null ? each.from6() : each.from4()) + " table " + each.table()));
        with.routes4().stream().filter(each -> !plain.routes4().contains(each))
                .forEach(each -> lines.add("route " + each.destination()
                + (each.via() == null ? "" : " via " + each.via()) + " dev " + each.device() + " table "
                + each.table() + " metric " + each.metric()));
        with.routes6().stream().filter(each -> !plain.routes6().contains(each))
                .forEach(each -> lines.add("route " + each.destination()
                + (each.via() == null ? "" : " via " + each.via()) + " dev " + each.device() + " table "
                + each.table() + " metric " + each.metric()));
        with.filters().stream().filter(each -> !plain.filters().contains(each))
                .forEach(each -> lines.add("filter " + each.hook() + " " + each.counter()));
        with.masquerades().forEach(each -> lines.add("masquerade " + each.device() + " except "
                + each.except()));
        lines.add("clamp " + String.join(" ", with.mssClamps()));
        return named(String.join("\n", lines)) + "\n";
    }

    @Test
    void aMemberSendsIntoTheGatewaysTunnel() {
        assertThat(added(member)).isEqualTo("""
                link wlan0-mesh_18 on wlan0-mesh tag 802.1ad 18 mac 02:58:47:00:01:01 mtu 1500
                link X7main from P(n1) to E(n1) mtu 1460
                link X7Out_n2 from E(n2) to P(n2) mtu 1460
                address 10.17.1.1/32 on X7main
                address 10.17.1.1/32 on X7Out_n2
                address P(n1)/16 on wlan0-mesh_18
                address P(n1)/16 on br-lan
                address fd11:1386:c092::101/128 on X7main
                address fd11:1386:c092::101/128 on X7Out_n2
                address E(n2)/128 on X7Out_n2
                rule 70 from ::/0 table 70
                route 10.110.0.0/16 dev X7Out_n2 table 254 metric 1024
                route 0.0.0.0/0 dev X7Out_n2 table 254 metric 1024
                route P(n2)/128 via LL(n2 eth0_18) dev wlan0-mesh_18 table 70 metric 1024
                route fd6e:66db:41c5::/64 dev X7Out_n2 table 254 metric 1024
                filter POSTROUTING to_cloud.bmx7
                clamp X7main X7Out_n2
                """);
    }

    @Test
    void aGatewayTakesPacketsOutAndMasksThem() {
        assertThat(added(gateway)).isEqualTo("""
                link eth0_18 on eth0 tag 802.1ad 18 mac 02:95:39:00:02:02 mtu 1500
                link X7main from P(n2) to E(n2) mtu 1460
                link X7Out_n1 from E(n1) to P(n1) mtu 1460
                link uplink mtu 0
                address 10.110.2.2/32 on X7main
                address 10.110.2.2/32 on X7Out_n1
                address 192.0.2.2/24 on uplink
                address P(n2)/16 on eth0_18
                address P(n2)/16 on br-lan
                address fd6e:66db:41c5::202/128 on X7main
                address fd6e:66db:41c5::202/128 on X7Out_n1
                address E(n1)/128 on X7Out_n1
                rule 70 from ::/0 table 70
                route 10.17.0.0/16 dev X7Out_n1 table 254 metric 1024
                route 0.0.0.0/0 via 192.0.2.1 dev uplink table 254 metric 512
                route P(n1)/128 via LL(n1 wlan0-mesh_18) dev eth0_18 table 70 metric 1024
                route fd11:1386:c092::/64 dev X7Out_n1 table 254 metric 1024
                filter POSTROUTING to_cloud.bmx7
                masquerade uplink except 192.0.2.0/24
                clamp X7main X7Out_n1 uplink
                """);
    }

    @Test
    void nobodyTakesTheOwnCloudsNetworkByAnnouncingIt() {
        RoutedHost host = new RoutedHost(member.plan, HostPlan.of(member.plan, PortPolicy.CLIENTS_ONLY));
        Hash thief = Hash.of(new byte[] {1});
        Bmx7Route.NextHop hop = new Bmx7Route.NextHop(Ip6Address.parse("fe80::1"), 0, "wlan0-mesh_18");
        Ip6Prefix own = member.plan.address6().masked();
        Ip6Prefix other = Ip6Prefix.parse("fd11:22:33::/48");
        host.addRoutes(List.of(own, new Ip6Prefix(member.plan.address6().address(), 128),
                        new Ip6Prefix(own.address(), 24).masked(), other).stream()
                .map(network -> new Bmx7Route(network, hop, thief, 1000)).toList());
        assertThat(host.build().routes6()).filteredOn(route -> route.table() == RoutedHost.NODE_TABLE)
                .extracting(HostState.Route6::destination).containsExactly(other);
    }

    @Test
    void theStateOfANodeThatHeardNobodyCanBeAskedForBeforeItRuns() {
        SmallNet.Box alone = new SmallNet().box("Casa", "eth0", null);
        HostState before = HostPlan.of(alone.plan, alone.key.publicKey());
        net.boxes.add(alone);
        alone.start();
        assertThat(before).isEqualTo(alone.state());
    }

    @Test
    void aPinForAClientOnlyAddsItsRuleAndItsTable() {
        List<String> before = added(member).lines().toList();
        member.node.pinExit("n2", new Ip4Address(member.plan.address4().network().bits() + 9), net.nowNs);
        net.run(SmallNet.SECOND);
        List<String> after = new ArrayList<>(added(member).lines().toList());
        after.removeAll(before);
        assertThat(after).containsExactly("rule 1800 from 10.17.0.9/32 table 1800",
                "route 10.17.0.0/16 dev br-lan table 1800 metric 0",
                "route 10.110.0.0/16 dev X7Out_n2 table 1800 metric 1024",
                "route 0.0.0.0/0 dev X7Out_n2 table 1800 metric 1024");
    }
}
