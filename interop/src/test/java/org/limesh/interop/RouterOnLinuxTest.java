package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * IPv6 on real Linux with genuine clients: the kernel's own autoconfiguration, rdisc6, ndisc6, dhclient.
 *
 * <pre>
 *   c1 ── lan1 n1 ── mesh ── n2 lan2 ── c2
 * </pre>
 */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RouterOnLinuxTest {
    private static final Path FILES = Path.of("target", "router-on-linux").toAbsolutePath();
    private static final String PREFIX = "fd0d:fe46:8ce8:0:";
    private static final String ANYCAST = "fd0d:fe46:8ce8::1";
    private static final Duration CONFIGURED = Duration.ofSeconds(60);
    private static final Duration CONVERGENCE = Duration.ofSeconds(120);

    private String whyNot;
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Netns n1;
    private Netns n2;
    private Netns c1;
    private Netns c2;
    private Capture link;
    private Capture atClient;
    private final List<NodeProcess> nodes = new ArrayList<>();

    @BeforeAll
    void layCablesAndStartNodes() throws Exception {
        whyNot = Stream.concat(Stream.of(Netns.whyNot()),
                        Stream.of("rdisc6", "ndisc6", "dhclient", "tcpdump", "tshark", "ping", "nft")
                        .map(Shell::whyNot))
                .filter(reason -> reason != null).findFirst().orElse(null);
        if (whyNot != null) {
            return;
        }
        Files.createDirectories(FILES);
        n1 = keep(Netns.create("r1"));
        n2 = keep(Netns.create("r2"));
        c1 = keep(Netns.create("rc1"));
        c2 = keep(Netns.create("rc2"));
        Netns.cable(n1, "mesh12", n2, "mesh21");
        Netns.cable(c1, "eth0", n1, "lan1");
        Netns.cable(c2, "eth0", n2, "lan2");
        for (Netns client : List.of(c1, c2)) {
            client.run("ip", "link", "set", "eth0", "mtu", "1500");
        }
        link = keep(Capture.start(n2, "mesh21", FILES.resolve("link.pcap"), ""));
        atClient = keep(Capture.start(c1, "eth0", FILES.resolve("client.pcap"), "ip6"));
        nodes.add(keep(NodeProcess.start(n1, "r1", FILES.resolve("r1"), List.of("mesh12"), List.of("lan1"))));
        nodes.add(keep(NodeProcess.start(n2, "r2", FILES.resolve("r2"), List.of("mesh21"), List.of("lan2"))));
        for (NodeProcess node : nodes) {
            node.awaitReady();
        }
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    @BeforeEach
    void sayWhyNot() {
        Assumptions.assumeTrue(whyNot == null, whyNot);
    }

    @AfterAll
    void removeEverything() throws Exception {
        for (AutoCloseable thing : toClose.reversed()) {
            thing.close();
        }
    }

    /** The router's link-local address, as it follows from the anycast MAC. */
    private String router() throws Exception {
        String mac = n1.macOf("anygw");
        assertThat(mac).startsWith("aa:aa:aa:");
        String[] octet = mac.split(":");
        return "fe80::a8aa:aaff:fe" + octet[3] + ":" + octet[4] + octet[5];
    }

    private static String address6(Netns client) throws Exception {
        for (String word : client.run("ip", "-6", "-o", "addr", "show", "dev", "eth0", "scope", "global")
                .split("\\s+")) {
            if (word.startsWith(PREFIX)) {
                return word.substring(0, word.indexOf('/'));
            }
        }
        return "";
    }

    @Test
    @Order(1)
    void kernelMakesItselfAnAddressAndOneDefaultRoute() throws Exception {
        for (Netns client : List.of(c1, c2)) {
            long tookMs = Wait.until("a client has an IPv6 address", CONFIGURED, () -> !address6(client)
                    .isEmpty(),
                    () -> client.inventory() + nodes.getFirst().log());
            System.out.printf("router on Linux: %s after %d ms%n", address6(client), tookMs);
            assertDefaultRoute(client);
            // An advertisement to all may come before the kernel has checked the client's own addresses.
            Wait.until("a client may use its addresses", CONFIGURED,
                    () -> !client.run("ip", "-6", "addr").contains("tentative"));
        }
        assertThat(address6(c1)).isNotEqualTo(address6(c2));
    }

    private void assertDefaultRoute(Netns client) throws Exception {
        List<String> routes = client.run("ip", "-6", "route", "show", "default").lines().toList();
        assertThat(routes).hasSize(1);
        assertThat(routes.getFirst()).startsWith("default via " + router() + " dev eth0 proto ra")
                .contains("mtu 1350");
    }

    @Test
    @Order(2)
    void rdisc6SeesWhatALibreMeshNodeAnnounces() throws Exception {
        String seen = c1.run("rdisc6", "-1", "-w", "3000", "eth0").replaceAll(" +", " ");
        assertThat(seen).contains("Stateful address conf. : No", "Stateful other conf. : Yes",
                "Router lifetime : 360 ", "Prefix : fd0d:fe46:8ce8::/64", "On-link : Yes",
                "Autonomous address conf.: Yes", "Valid time : 86400 ", "MTU : 1350 bytes",
                "Source link-layer address: " + n1.macOf("anygw").toUpperCase(java.util.Locale.ROOT),
                "DNS search list : thisnode.info", "Recursive DNS server : " + ANYCAST, "from "
                + router());
        assertThat(c1.run("ndisc6", "-1", "-w", "3000", ANYCAST, "eth0"))
                .contains(n1.macOf("anygw").toUpperCase(java.util.Locale.ROOT));
    }

    @Test
    @Order(2)
    void oneQuestionHasOneAnswer() throws Exception {
        // Now and then a regular advertisement comes in between; two routers would answer each time.
        Wait.until("one answer to one question", CONFIGURED, () -> c1.ask("rdisc6", "-m", "-w", "2000", "eth0").text().lines()
                .filter(line -> line.strip().startsWith("from ")).count() == 1);
    }

    @Test
    @Order(2)
    void dhclientLearnsResolversAndDomain() throws Exception {
        Path script = FILES.resolve("script");
        Files.writeString(script,
                "#!/bin/sh\necho \"$reason|$new_dhcp6_name_servers|$new_dhcp6_domain_search\" >>"
                + FILES.resolve("dhclient.told") + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Files.deleteIfExists(FILES.resolve("dhclient.told"));
        String log = c1.ask("timeout", "20", "dhclient", "-6", "-S", "-1", "-v", "-d", "-sf",
                script.toString(),
                "-lf", FILES.resolve("dhclient.leases").toString(), "-pf", FILES.resolve("dhclient.pid")
                .toString(),
                "-cf", "/dev/null", "eth0").text();
        assertThat(log).contains("RCV: Reply message on eth0 from " + router());
        assertThat(Files.readString(FILES.resolve("dhclient.told")).lines())
                .anyMatch(line -> line.matches(".*\\|" + ANYCAST + "\\|thisnode\\.info\\.?"));
    }

    @Test
    @Order(2)
    void whoAsksForAnAddressIsToldThatThereIsNone() throws Exception {
        Path log = FILES.resolve("solicit.log");
        Process client = c1.start(log, List.of("dhclient", "-6", "-N", "-1", "-v", "-d", "-sf", "/bin/true",
                "-lf", FILES.resolve("solicit.leases").toString(), "-pf", FILES.resolve("solicit.pid")
                .toString(),
                "-cf", "/dev/null", "eth0"));
        try {
            Wait.until("dhclient turns the answer down", CONFIGURED,
                    () -> Files.readString(log).contains("Lease failed to satisfy"), () -> Files.readString(log));
        } finally {
            client.destroy();
            client.waitFor();
        }
        assertThat(Files.readString(log)).contains("RCV: Advertise message on eth0 from " + router())
                .contains("Server ID: 00:03:00:01:" + n1.macOf("anygw"));
    }

    @Test
    @Order(3)
    void clientsPingTheGatewayAndEachOtherAcrossTheCloud() throws Exception {
        pings(c1, ANYCAST);
        pings(c1, router() + "%eth0");
        pings(c1, address6(c2));
        pings(c2, address6(c1));
    }

    private static void pings(Netns from, String target) throws Exception {
        Wait.until("ping of " + target + " without loss or duplicates", CONVERGENCE, () -> {
            String text = from.ask("ping", "-6", "-c", "3", "-i", "0.2", "-W", "1", "-q", target).text();
            return text.contains(" 0% packet loss") && !text.contains("duplicates");
        }, () -> from.ask("ping", "-6", "-c", "3", "-i", "0.2", "-W", "1", target).text() + from.inventory());
    }

    @Test
    @Order(4)
    void tsharkReadsEveryWordOfOurs() throws Exception {
        String file = atClient.settledFile().toString();
        String fields = Shell.run("tshark", "-r", file, "-Y", "icmpv6.type == 134", "-T", "fields",
                "-e", "eth.src", "-e", "ipv6.src", "-e", "ipv6.hlim", "-e", "icmpv6.checksum.status",
                "-e", "icmpv6.nd.ra.flag", "-e", "icmpv6.nd.ra.router_lifetime", "-e", "icmpv6.opt.prefix",
                "-e", "icmpv6.opt.prefix.flag", "-e", "icmpv6.opt.mtu", "-e", "icmpv6.opt.linkaddr",
                "-e", "icmpv6.opt.rdnss", "-e", "icmpv6.opt.dnssl");
        String mac = n1.macOf("anygw");
        assertThat(fields.lines().distinct().toList()).containsExactly(String.join("\t", mac, router(), "255",
                "1", "0x40", "360", "fd0d:fe46:8ce8::", "0xc0", "1350", mac, ANYCAST,
                "thisnode.info"));
        assertThat(Shell.run("tshark", "-r", file, "-Y", "dhcpv6.msgtype == 7", "-T", "fields",
                "-e", "dhcpv6.dns_server", "-e", "dhcpv6.search_list_entry", "-e", "udp.checksum.status",
                "-o",
                "udp.check_checksum:TRUE").lines().distinct().toList())
                .containsExactly(ANYCAST + "\tthisnode.info.\t1");
        assertThat(Shell.run("tshark", "-r", file, "-Y", "_ws.malformed")).isEmpty();
    }

    @Test
    @Order(5)
    void roamingKeepsAddressAndRouter() throws Exception {
        String before = address6(c1);
        n1.give("lan1", n2);
        n2.run("ip", "link", "set", "lan1", "master", "br-lan", "up");
        pings(c1, ANYCAST);
        pings(c1, address6(c2));
        assertThat(address6(c1)).isEqualTo(before);
        assertDefaultRoute(c1);
        assertThat(c1.run("rdisc6", "-1", "-w", "3000", "eth0")).contains("from " + router());
        assertThat(c1.neighbour(ANYCAST)).isEqualTo(n2.macOf("anygw")).isEqualTo(n1.macOf("anygw"));
    }

    @Test
    @Order(6)
    void nothingOfRouterDiscoveryOrDhcp6EverCrossedTheLink() throws Exception {
        String file = link.settledFile().toString();
        assertThat(Shell.run("tshark", "-r", file, "-Y", "batadv && icmpv6.type == 128"))
                .as("pings, as a proof that tshark looks into the mesh").isNotEmpty();
        assertThat(Shell.run("tshark", "-r", file, "-Y",
                "batadv && (icmpv6.type == 133 || icmpv6.type == 134 || dhcpv6)")).isEmpty();
    }

    @Test
    @Order(7)
    void theRoutersAddressIsTheSameOnBothNodesAndWasNeverAskedFor() throws Exception {
        for (Netns node : List.of(n1, n2)) {
            assertThat(node.run("ip", "-6", "-o", "addr", "show", "dev", "anygw", "scope", "link"))
                    .contains(router() + "/64").doesNotContain("dadfailed").doesNotContain("tentative");
        }
        assertThat(Shell.run("tshark", "-r", atClient.settledFile().toString(), "-Y",
                "icmpv6.type == 135 && ipv6.src == :: && "
                + "icmpv6.nd.ns.target_address == " + router())).as("checks for duplicates of the router")
                .isEmpty();
    }

    @Test
    @Order(8)
    void aNodeThatEndsTakesTheDefaultRouteWithIt() throws Exception {
        String address = address6(c1);
        assertDefaultRoute(c1);
        nodes.get(1).stop();
        Wait.until("the client has no default route", CONFIGURED,
                () -> c1.run("ip", "-6", "route", "show", "default").isBlank(),
                () -> c1.run("ip", "-6", "route") + nodes.get(1).log());
        assertThat(address6(c1)).isEqualTo(address);
    }
}
