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
 * Names on real Linux, asked for by dig; dnsmasq plays the servers in the Internet.
 *
 * <pre>
 *   c1 ── lan1 n1 ── mesh ── n2 lan2 ── c2
 *              │ inet
 *           dnsmasq            n2 has no upstream server
 * </pre>
 */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DnsOnLinuxTest {
    private static final Path FILES = Path.of("target", "dns-on-linux").toAbsolutePath();
    private static final String ANYCAST4 = "10.13.0.1";
    private static final String ANYCAST6 = "fd0d:fe46:8ce8::1";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private String whyNot;
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Netns n1;
    private Netns c1;
    private Netns c2;
    private NodeProcess node1;
    private NodeProcess node2;

    @BeforeAll
    void layCablesAndStartNodes() throws Exception {
        whyNot = Stream.concat(Stream.of(Netns.whyNot()),
                Stream.of("dig", "dnsmasq", "udhcpc", "nft").map(Shell::whyNot))
                .filter(reason -> reason != null).findFirst().orElse(null);
        if (whyNot != null) {
            return;
        }
        // Leases of the run before would hold the names.
        Shell.run("rm", "-rf", FILES.toString());
        Files.createDirectories(FILES);
        n1 = keep(Netns.create("d1"));
        Netns n2 = keep(Netns.create("d2"));
        c1 = keep(Netns.create("dc1"));
        c2 = keep(Netns.create("dc2"));
        Netns upstream = keep(Netns.create("du"));
        Netns.cable(n1, "mesh12", n2, "mesh21");
        Netns.cable(c1, "eth0", n1, "lan1");
        Netns.cable(c2, "eth0", n2, "lan2");
        Netns.cable(n1, "inet", upstream, "eth0");
        n1.run("ip", "addr", "add", "192.0.2.1/24", "dev", "inet");
        upstream.run("ip", "addr", "add", "192.0.2.53/24", "dev", "eth0");
        startDnsmasq(upstream);
        node1 = start(n1, "d1", "mesh12", "lan1", "192.0.2.53", "/escuela.lan/192.0.2.53");
        node2 = start(n2, "d2", "mesh21", "lan2", "");
        node1.awaitReady();
        node2.awaitReady();
        startClient(c1, "phone1");
        startClient(c2, "phone2");
    }

    private void startDnsmasq(Netns netns) throws Exception {
        String long200 = "x".repeat(200);
        netns.start(FILES.resolve("dnsmasq.log"), List.of("dnsmasq", "-k", "--conf-file=/dev/null", "--user=root",
                "--pid-file=" + FILES.resolve("dnsmasq.pid"), "--no-resolv", "--no-hosts", "--log-queries",
                "--log-facility=-", "--listen-address=192.0.2.53", "--bind-interfaces", "--local-ttl=300",
                "--host-record=www.example.org,198.51.100.7,2001:db8::7", "--host-record=pc1.escuela.lan,10.66.0.7",
                "--host-record=evil.example.org,10.13.0.1", "--address=/none.example.org/",
                "--txt-record=big.example.org," + String.join(",", java.util.Collections.nCopies(8, long200))));
        Wait.until("dnsmasq listens", PATIENCE, () -> netns.run("ss", "-lun").contains("192.0.2.53:53"),
                () -> Files.readString(FILES.resolve("dnsmasq.log")));
    }

    private NodeProcess start(Netns netns, String name, String mesh, String lan, String... resolvers) throws Exception {
        Path directory = Files.createDirectories(FILES.resolve(name));
        StringBuilder config = new StringBuilder("config lime network\n");
        for (String resolver : resolvers) {
            config.append("\tlist resolvers '").append(resolver).append("'\n");
        }
        Path file = directory.resolve("lime-node");
        Files.writeString(file, config);
        return keep(NodeProcess.start(netns, name, directory, List.of(mesh), List.of(lan), "--config", file.toString(),
                "--set", "lime.system.hostname=node-" + name,
                "--set", "lime.network.batadv_orig_interval=500"));
    }

    /** A client that tells its name and writes down the servers it is told. */
    private void startClient(Netns netns, String hostname) throws Exception {
        Path script = FILES.resolve(hostname + ".script");
        Files.writeString(script, """
                #!/bin/sh
                PATH=/usr/sbin:/sbin:/usr/bin:/bin
                [ "$1" = bound ] || exit 0
                ip addr replace $ip/$mask dev $interface
                ip route replace default via $router dev $interface
                echo "$dns|$domain" >%s
                """.formatted(FILES.resolve(hostname + ".told")));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Files.deleteIfExists(FILES.resolve(hostname + ".told"));
        netns.start(FILES.resolve(hostname + ".log"), List.of("udhcpc", "-i", "eth0", "-f", "-n", "-t", "10", "-T", "1",
                "-x", "hostname:" + hostname, "-s", script.toString()));
        Wait.until(hostname + " has an address", PATIENCE, () -> Files.exists(FILES.resolve(hostname + ".told")),
                () -> Files.readString(FILES.resolve(hostname + ".log")) + node1.log());
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

    private static String dig(Netns netns, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("dig", "+time=3", "+tries=2"));
        if (Stream.of(words).noneMatch(word -> word.startsWith("@"))) {
            command.add("@" + ANYCAST4);
        }
        command.addAll(List.of(words));
        return netns.ask(command.toArray(String[]::new)).text();
    }

    private static String brief(Netns netns, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("+short");
        return dig(netns, all.toArray(String[]::new)).strip();
    }

    @Test
    @Order(1)
    void clientsAreToldTheAnycastServerAndTheDomain() throws Exception {
        assertThat(Files.readString(FILES.resolve("phone1.told")).strip()).isEqualTo(ANYCAST4 + "|thisnode.info");
        assertThat(Files.readString(FILES.resolve("phone2.told")).strip()).isEqualTo(ANYCAST4 + "|thisnode.info");
    }

    @Test
    @Order(2)
    void thisnodeInfoIsTheNearestNodeOverEveryWay() throws Exception {
        for (Netns client : List.of(c1, c2)) {
            for (String name : List.of("thisnode.info", "minodo.info", "meuno.info", "anygw.thisnode.info", "anygw")) {
                assertThat(brief(client, name, "A")).as(name).isEqualTo(ANYCAST4);
                assertThat(brief(client, name, "AAAA")).as(name).isEqualTo(ANYCAST6);
            }
            assertThat(brief(client, "+tcp", "thisnode.info", "A")).isEqualTo(ANYCAST4);
        }
        Wait.until("the client has an IPv6 address", PATIENCE,
                () -> brief(c1, "@" + ANYCAST6, "thisnode.info", "AAAA").equals(ANYCAST6), () -> c1.inventory());
        assertThat(brief(c1, "@" + ANYCAST6, "+tcp", "thisnode.info", "A")).isEqualTo(ANYCAST4);
        assertThat(dig(c1, "thisnode.info", "A")).contains("status: NOERROR", "flags: qr aa rd ra;", "EDNS: version: 0");
    }

    @Test
    @Order(2)
    void leasedHostsAndNodesHaveNamesInBothDirections() throws Exception {
        String address = c1.address4("eth0");
        Wait.until("the node knows its client's name", PATIENCE,
                () -> brief(c1, "phone1.thisnode.info", "A").equals(address), () -> node1.log());
        assertThat(brief(c1, "phone1", "A")).isEqualTo(address);
        assertThat(brief(c1, "-x", address)).isEqualTo("phone1.thisnode.info.");
        assertThat(brief(c1, "-x", ANYCAST4)).isEqualTo("thisnode.info.");
        assertThat(brief(c1, "-x", n1.address4("br-lan"))).isEqualTo("node-d1.thisnode.info.");
        String node6 = brief(c1, "node-d1", "AAAA");
        assertThat(node6).startsWith("fd0d:fe46:8ce8:");
        assertThat(n1.run("ip", "-6", "-o", "addr", "show", "dev", "br-lan")).contains(node6 + "/");
        assertThat(brief(c1, "-x", node6)).isEqualTo("node-d1.thisnode.info.");
    }

    @Test
    @Order(3)
    void namesSpreadOverTheCloud() throws Exception {
        String address = c2.address4("eth0");
        long tookMs = Wait.until("the other node knows the client's name", PATIENCE,
                () -> brief(c1, "phone2.thisnode.info", "A").equals(address), () -> node1.log() + node2.log());
        assertThat(brief(c1, "-x", address)).isEqualTo("phone2.thisnode.info.");
        tookMs += Wait.until("the other node's name is known with both addresses", PATIENCE,
                () -> !brief(c1, "node-d2.thisnode.info", "A").isEmpty()
                        && brief(c1, "node-d2.thisnode.info", "AAAA").startsWith("fd0d:fe46:8ce8:"),
                () -> node1.log() + node2.log());
        System.out.printf("DNS on Linux: names of the other node after %d ms%n", tookMs);
    }

    @Test
    @Order(4)
    void unknownLocalNamesDoNotExistAndNobodyElseIsAsked() throws Exception {
        for (String name : List.of("nobody.thisnode.info", "nobody", "printer.local", "a.phone1.thisnode.info")) {
            assertThat(dig(c1, name, "A")).as(name).contains("status: NXDOMAIN");
        }
        assertThat(dig(c1, "nobody.thisnode.info")).contains("flags: qr aa rd ra;", "SOA");
        assertThat(dig(c1, "-x", "10.13.99.99")).contains("status: NXDOMAIN");
        assertThat(dig(c1, "-x", "192.168.7.7")).contains("status: NXDOMAIN");
        assertThat(dig(c1, "phone1.thisnode.info", "MX")).contains("status: NOERROR", "ANSWER: 0");
        assertThat(Files.readString(FILES.resolve("dnsmasq.log"))).doesNotContain("nobody").doesNotContain("printer")
                .doesNotContain("thisnode").doesNotContain("in-addr");
    }

    @Test
    @Order(4)
    void foreignNamesAreRefusedWithoutAnUpstreamServer() throws Exception {
        assertThat(dig(c2, "www.example.org", "A")).contains("status: REFUSED");
        assertThat(dig(c2, "CH", "TXT", "version.bind")).contains("status: REFUSED");
    }

    @Test
    @Order(4)
    void foreignNamesAreAskedUpstreamOnce() throws Exception {
        assertThat(brief(c1, "www.example.org", "A")).isEqualTo("198.51.100.7");
        assertThat(brief(c1, "@" + ANYCAST6, "www.Example.ORG", "A")).isEqualTo("198.51.100.7");
        assertThat(brief(c1, "+tcp", "www.example.org", "AAAA")).isEqualTo("2001:db8::7");
        assertThat(dig(c1, "none.example.org", "A")).contains("status: NXDOMAIN").contains("flags: qr rd ra;");
        assertThat(Files.readString(FILES.resolve("dnsmasq.log")).lines()
                .filter(line -> line.contains("query[A] www.example.org from 192.0.2.1"))).hasSize(1);
    }

    @Test
    @Order(4)
    void whatIsTooLongForADatagramComesOverTcp() throws Exception {
        assertThat(dig(c1, "+ignore", "+bufsize=1232", "big.example.org", "TXT")).contains("flags: qr tc rd ra;");
        assertThat(brief(c1, "big.example.org", "TXT").replaceAll("[\" ]", "")).isEqualTo("x".repeat(1600));
    }

    @Test
    @Order(4)
    void foreignNamesDoNotLeadIntoThisCloudButThoseOfAnotherCloudDo() throws Exception {
        assertThat(brief(c1, "evil.example.org", "A")).isEmpty();
        assertThat(brief(c1, "pc1.escuela.lan", "A")).isEqualTo("10.66.0.7");
    }

    @Test
    @Order(5)
    void nothingWasLostAndStatusTells() throws Exception {
        String status = node1.look("status");
        assertThat(status).contains("DNS questions:");
        System.out.print(status.lines().filter(line -> line.contains("DNS")).findFirst().orElse("") + "\n");
    }
}
