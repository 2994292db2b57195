package org.limesh.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.host.FilterReport;
import org.limesh.host.FilterRule;
import org.limesh.host.FilterRule.Condition;
import org.limesh.host.FilterRule.Hook;

class NftCompilerTest {
    private static final Set<String> PORTS = new LinkedHashSet<>(List.of("lan1", "ap0", "bat0"));

    private static String compile(Hook hook, Condition... conditions) {
        return NftCompiler.compile(List.of(new FilterRule(hook, "name.of_rule", List.of(conditions))), PORTS)
                .lines()
                .filter(line -> line.contains("counter")).map(String::strip).reduce("", String::concat);
    }

    @Test
    void replacesTheTableInOneTransaction() {
        assertThat(NftCompiler.compile(List.of(), PORTS)).isEqualTo("""
                add table bridge limesh
                delete table bridge limesh
                table bridge limesh {
                  chain prerouting {
                    type filter hook prerouting priority -300; policy accept;
                  }
                  chain forward {
                    type filter hook forward priority 0; policy accept;
                  }
                  chain postrouting {
                    type filter hook postrouting priority 300; policy accept;
                  }
                }
                """);
    }

    @Test
    void writesEveryCondition() {
        Condition cloud = new Condition.InPort(List.of("bat0"), false);
        String head = "iifname \"bat0\" ";
        String tail = " counter drop comment \"name.of_rule\"";
        assertThat(compile(Hook.PREROUTING, cloud, new Condition.EtherSource(0xaaaaaa0dfeaaL, 24)))
                .isEqualTo(head + "ether saddr aa:aa:aa:00:00:00/24" + tail);
        assertThat(compile(Hook.PREROUTING, cloud, new Condition.EtherDestination(0xaaaaaa0dfeaaL, 48)))
                .isEqualTo(head + "ether daddr aa:aa:aa:0d:fe:aa" + tail);
        assertThat(compile(Hook.PREROUTING, cloud, new Condition.EtherType(0x4305)))
                .isEqualTo(head + "meta protocol 0x4305" + tail);
        assertThat(compile(Hook.PREROUTING, cloud, new Condition.ArpSender(Ip4Address.parse("10.13.0.1"))))
                .isEqualTo(head + "arp saddr ip 10.13.0.1" + tail);
        assertThat(compile(Hook.PREROUTING, cloud, new Condition.Tunnelled(Ip6Prefix.parse("fd70::/12"))))
                .isEqualTo(head + "ip6 saddr fd70::/12 meta l4proto { 4, 41 }" + tail);
        assertThat(compile(Hook.PREROUTING, cloud, new Condition.LinkLocalTcp(-1, 80)))
                .isEqualTo(head + "ip6 saddr fe80::/10 ip6 daddr fe80::/10 tcp dport 80" + tail);
        assertThat(compile(Hook.PREROUTING, cloud, new Condition.LinkLocalTcp(80, -1)))
                .isEqualTo(head + "ip6 saddr fe80::/10 ip6 daddr fe80::/10 tcp sport 80" + tail);
        assertThat(compile(Hook.PREROUTING, cloud, new Condition.ArpTarget(Ip4Address.parse("10.13.0.1"))))
                .isEqualTo(head + "arp daddr ip 10.13.0.1" + tail);
        assertThat(compile(Hook.PREROUTING, cloud,
                new Condition.NeighbourTarget(Ip6Address.parse("fd0d:fe46:8ce8::1"))))
                .isEqualTo(head + "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } "
                        + "@th,64,128 0xfd0dfe468ce800000000000000000001" + tail);
        assertThat(compile(Hook.PREROUTING, cloud, new Condition.Icmp6Type(List.of(133, 134))))
                .isEqualTo(head + "icmpv6 type { 133, 134 }" + tail);
        assertThat(compile(Hook.PREROUTING, cloud, new Condition.UdpPorts(67, 68)))
                .isEqualTo(head + "udp sport 67 udp dport 68" + tail);
        assertThat(compile(Hook.PREROUTING, cloud, new Condition.UdpPorts(-1, 67)))
                .isEqualTo(head + "udp dport 67" + tail);
    }

    @Test
    void keepsWhomItDropsInASetAndReadsThatBack() {
        FilterRule rule = new FilterRule(Hook.PREROUTING, "from_client.arp_sender",
                List.of(new Condition.InPort(List.of("bat0"), true),
                new Condition.ArpSender(Ip4Address.parse("10.13.0.1"))), true);
        assertThat(NftCompiler.compile(List.of(rule), PORTS)).contains(
                "set by_from_client_arp_sender { type ifname . ether_addr; size 128; flags dynamic,timeout; "
                + "timeout 10m; counter; }",
                "iifname { \"lan1\", \"ap0\" } arp saddr ip 10.13.0.1 update @by_from_client_arp_sender { "
                + "iifname . ether saddr }\n"
                + "    iifname { \"lan1\", \"ap0\" } arp saddr ip 10.13.0.1 counter drop comment "
                + "\"from_client.arp_sender\"");
        String printed = """
                table bridge limesh {
                \tset by_from_client_arp_sender {
                \t\ttype ifname . ether_addr
                \t\tsize 128
                \t\tflags dynamic,timeout
                \t\tcounter
                \t\ttimeout 10m
                \t\telements = { "lan1" . 1a:31:57:6f:29:2b counter packets 2 bytes 56 expires 9m58s988ms,
                \t\t\t     "ap0" . 02:66:00:00:00:01 counter packets 7 bytes 196 expires 9m58s988ms }
                \t}

                \tchain prerouting {
                \t\ttype filter hook prerouting priority dstnat; policy accept;
                \t\tiifname { "lan1", "ap0" } arp saddr ip 10.13.0.1 update @by_from_client_arp_sender { iifname . ether saddr }
                \t\tiifname { "lan1", "ap0" } arp saddr ip 10.13.0.1 counter packets 9 bytes 252 drop comment "from_client.arp_sender"
                \t}

                \tchain forward {
                \t\ttype filter hook forward priority 0; policy accept;
                \t}

                \tchain postrouting {
                \t\ttype filter hook postrouting priority srcnat; policy accept;
                \t}
                }
                """;
        NftTable table = NftTable.parse(printed);
        assertThat(table.differsFrom(List.of(rule))).isNull();
        assertThat(table.offendersOf(List.of(rule))).containsExactly(
                new FilterReport.Offender("from_client.arp_sender", "lan1",
                MacAddress.parse("1a:31:57:6f:29:2b"), 2),
                new FilterReport.Offender("from_client.arp_sender", "ap0",
                MacAddress.parse("02:66:00:00:00:01"), 7));
        String empty = printed.replaceAll("(?s)\t\telements = .*? }\n", "");
        assertThat(NftTable.parse(empty).rules()).as("who is in it does not matter").isEqualTo(table.rules());
        assertThat(NftTable.parse(printed.replaceFirst("(?m)^.*update @.*\n", ""))
                .differsFrom(List.of(rule))).isNotNull();
        assertThat(NftTable.parse(printed.replace("size 128", "")).differsFrom(List.of(rule))).isNotNull();
    }

    @Test
    void namesThePortsOfOurBridgeSoThatOtherBridgesAreLeftAlone() {
        Condition type = new Condition.EtherType(0x4305);
        assertThat(compile(Hook.PREROUTING, new Condition.InPort(List.of("bat0"), true), type))
                .startsWith("iifname { \"lan1\", \"ap0\" } meta");
        assertThat(compile(Hook.FORWARD, type)).startsWith("iifname { \"lan1\", \"ap0\", \"bat0\" } meta");
        assertThat(compile(Hook.POSTROUTING, type))
                .startsWith("oifname { \"lan1\", \"ap0\", \"bat0\" } meta");
        assertThat(compile(Hook.POSTROUTING, new Condition.OutPort(List.of("bat0")), type))
                .startsWith("oifname \"bat0\" meta");
    }

    @Test
    void aRuleForNoPortMatchesNothing() {
        assertThat(compile(Hook.PREROUTING, new Condition.InPort(List.of("lan1", "ap0", "bat0"), true)))
                .isEqualTo("iifname \"/none\" counter drop comment \"name.of_rule\"");
    }

    @Test
    void seesWhenSomethingElseIsInForceThanWasLoaded() {
        FilterRule rule = new FilterRule(Hook.FORWARD, "within.a", List.of(new Condition.EtherType(0x4305)));
        String good = """
                table bridge limesh {
                \tchain prerouting {
                \t\ttype filter hook prerouting priority dstnat; policy accept;
                \t}

                \tchain forward {
                \t\ttype filter hook forward priority 0; policy accept;
                \t\tmeta protocol 0x4305 counter packets 12 bytes 720 drop comment "within.a"
                \t}

                \tchain postrouting {
                \t\ttype filter hook postrouting priority srcnat; policy accept;
                \t}
                }
                """;
        NftTable table = NftTable.parse(good);
        assertThat(table.differsFrom(List.of(rule))).isNull();
        assertThat(table.counters()).containsExactly(java.util.Map.entry("within.a", 12L));
        assertThat(NftTable.parse(good.replace("12", "13")).rules()).as("counts do not matter")
                .isEqualTo(table.rules());

        assertThat(table.differsFrom(List.of(rule, rule))).isEqualTo("2 rules were loaded, 1 are there");
        assertThat(NftTable.parse(good.replace("within.a", "within.b")).differsFrom(List.of(rule)))
                .isNotNull();
        assertThat(NftTable.parse(good.replace("drop comment", "accept comment")).differsFrom(List.of(rule)))
                .isNotNull();
        assertThat(NftTable.parse(good.replace("0x4305", "0x4306")).rules()).isNotEqualTo(table.rules());
        assertThat(NftTable.parse(good.replace("priority 0;", "priority 1;")).rules())
                .isNotEqualTo(table.rules());
        assertThat(NftTable.parse(good.replace("\t\tmeta", "\t\taccept\n\t\tmeta"))
                .differsFrom(List.of(rule)))
                .isNotNull();
    }
}
