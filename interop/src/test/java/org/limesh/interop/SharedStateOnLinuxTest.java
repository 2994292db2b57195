package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
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
 * Two nodes that hear nothing of each other by A.L.F.R.E.D., and a machine that does what a genuine node does: it POSTs
 * its map, and answers ours from a web server.
 *
 * <pre>
 *   phone ── lan1 n1 mesh12 ── mesh21 n2 lan1 ── g1 (curl, busybox httpd)
 *                                       lan2 ── walker (a phone that had its address from g1)
 * </pre>
 */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SharedStateOnLinuxTest {
    private static final Path FILES = Path.of("target", "shared-state-on-linux").toAbsolutePath();
    private static final String PATH = "/cgi-bin/shared-state/dnsmasq-leases";
    private static final Duration SEEN = Duration.ofSeconds(60);
    private static final String GENUINE_LEASE = "10.13.200.7";

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private String whyNot;
    private Netns n1;
    private Netns n2;
    private Netns g1;
    private Netns phone;
    private Netns walker;
    private NodeProcess first;
    private NodeProcess second;

    @BeforeAll
    void start() throws Exception {
        whyNot = Stream.concat(Stream.of(Netns.whyNot()),
                        Stream.of("udhcpc", "nft", "busybox", "curl").map(Shell::whyNot))
                .filter(reason -> reason != null).findFirst().orElse(null);
        if (whyNot != null) {
            return;
        }
        Files.createDirectories(FILES);
        n1 = keep(Netns.create("s1"));
        n2 = keep(Netns.create("s2"));
        g1 = keep(Netns.create("sg"));
        phone = keep(Netns.create("sp"));
        walker = keep(Netns.create("sw"));
        Netns.cable(n1, "mesh12", n2, "mesh21");
        Netns.cable(phone, "eth0", n1, "lan1");
        Netns.cable(g1, "eth0", n2, "lan1");
        Netns.cable(walker, "eth0", n2, "lan2");
        for (Netns node : List.of(n1, n2)) {
            node.run("nft", "add table ip6 silent; add chain ip6 silent out { type filter hook output priority 0; };"
                    + " add rule ip6 silent out udp dport 16962 drop");
        }
        answerAsGenuineNode();
        first = node(n1, "s1", List.of("mesh12"), List.of("lan1"));
        second = node(n2, "s2", List.of("mesh21"), List.of("lan1", "lan2"), "--set",
                "lime.network.limesh_alfred_on_lan=1");
        first.awaitReady();
        second.awaitReady();
    }

    private NodeProcess node(Netns netns, String name, List<String> mesh, List<String> lan, String... more)
            throws Exception {
        Files.deleteIfExists(FILES.resolve(name + "/state/leases.log"));
        List<String> options = new ArrayList<>(List.of("--set", "lime.network.limesh_shared_state=1"));
        options.addAll(List.of(more));
        return keep(NodeProcess.startLean(netns, name, FILES.resolve(name), mesh, lan, options.toArray(String[]::new)));
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    /** The genuine entry point is a script of this name too; the type comes behind it. */
    private void answerAsGenuineNode() throws Exception {
        Files.deleteIfExists(FILES.resolve("asked"));
        Path script = FILES.resolve("www/cgi-bin/shared-state");
        Files.createDirectories(script.getParent());
        Files.writeString(FILES.resolve("map"), map(29));
        Files.writeString(script, """
                #!/bin/sh
                echo "Content-Type: application/json"
                echo
                [ "$REQUEST_METHOD$PATH_INFO" = POST/dnsmasq-leases ] || exit 22
                cat >%1$s/asked.new
                mv %1$s/asked.new %1$s/asked
                cat %1$s/map
                """.formatted(FILES));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process server = g1.start(FILES.resolve("httpd.log"), List.of("busybox", "httpd", "-f", "-p", "[::]:80", "-h",
                FILES.resolve("www").toString()));
        keep(server::destroy);
    }

    /** As the genuine program writes it: blanks, members in its own order. */
    private String map(int ttl) throws Exception {
        return """
                { "%s": { "data": { "mac": "%s", "hostname": "walker" }, "bleachTTL": %d, "author": "LiMe-genuine" }, \
                "10.13.200.1": { "bleachTTL": %d, "author": "LiMe-genuine", \
                "data": { "hostname": "LiMe-genuine", "mac": "%s" } } }
                """.formatted(GENUINE_LEASE, walker.macOf("eth0"), ttl, ttl, g1.macOf("eth0"));
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

    private void lease(Netns client, String name) throws Exception {
        DhcpClient.UDHCPC.start(client, "eth0", FILES.resolve(name));
        Wait.until(name + " has an address", SEEN, () -> !client.address4("eth0").isEmpty(),
                () -> first.log() + second.log());
    }

    private void awaitKnown(NodeProcess node, String address, String why) throws Exception {
        Wait.until(address + " is known and " + why, SEEN, () -> node.look("leases", "--all").lines()
                .anyMatch(line -> line.startsWith(address + " ") && line.contains(why)),
                () -> node.look("leases", "--all") + node.log());
    }

    @Test
    @Order(1)
    void aLeaseAtOneNodeIsKnownAtTheOther() throws Exception {
        lease(phone, "phone");
        awaitKnown(second, phone.address4("eth0"), "held at " + hostname(first) + ", as shared-state of");
        assertThat(second.look("alfred", "-r", "66")).doesNotContain(phone.address4("eth0"));
    }

    private static String hostname(NodeProcess node) throws Exception {
        return node.look("status").lines().findFirst().orElseThrow().replaceAll("(?s).*?(LiMe-[0-9a-f]{6}).*", "$1");
    }

    @Test
    @Order(2)
    void aGenuineNodeThatAsksGetsOurLeasesAndItsOwnAreKnownHere() throws Exception {
        String bridge = n2.run("cat", "/sys/class/net/br-lan/address").strip();
        String address = n2.run("ip", "-6", "-o", "addr", "show", "dev", "br-lan", "scope", "link");
        assertThat(address).contains("fe80");
        String url = "http://[" + address.replaceAll("(?s).*?(fe80:[0-9a-f:]+).*", "$1") + "%eth0]" + PATH;
        String answer = g1.run("curl", "-s", "-g", "--max-time", "10", "--data-binary", map(30), url);
        assertThat(answer).as(bridge).contains("\"" + phone.address4("eth0") + "\":{\"bleachTTL\":")
                .contains(phone.macOf("eth0")).contains("\"author\":\"" + hostname(second) + "\"")
                .contains("\"author\":\"LiMe-genuine\"");
        awaitKnown(second, GENUINE_LEASE, "held at LiMe-genuine, as shared-state of " + g1.macOf("eth0") + " tells");
        assertThat(g1.run("curl", "-s", "-g", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", "{", url))
                .isEqualTo("403");
    }

    @Test
    @Order(3)
    void aClientOfTheGenuineNodeKeepsItsAddressHereAndBothNodesHearOfIt() throws Exception {
        lease(walker, "walker");
        assertThat(walker.address4("eth0")).startsWith(GENUINE_LEASE);
        awaitKnown(first, GENUINE_LEASE, "held at ");
        Pattern confirmed = Pattern.compile("\"" + GENUINE_LEASE + "\":\\{\"bleachTTL\":\\d+,\"author\":\""
                + hostname(second) + "\"");
        Wait.until("the genuine node was asked, with all leases", SEEN, () -> Files.exists(FILES.resolve("asked"))
                && Files.readString(FILES.resolve("asked")).contains(phone.macOf("eth0"))
                && confirmed.matcher(Files.readString(FILES.resolve("asked"))).find(),
                () -> second.log() + Files.readString(FILES.resolve("httpd.log")));
    }

    @Test
    @Order(4)
    void aClientIsNotHeard() throws Exception {
        String address = n1.run("ip", "-6", "-o", "addr", "show", "dev", "br-lan", "scope", "link")
                .replaceAll("(?s).*?(fe80:[0-9a-f:]+).*", "$1");
        assertThat(phone.ask("curl", "-s", "-g", "--max-time", "2", "--data-binary", map(30),
                "http://[" + address + "%eth0]" + PATH).exitCode()).as("no connection").isEqualTo(28);
        String rules = n1.run("nft", "list", "table", "bridge", "limesh");
        assertThat(rules.lines().filter(line -> line.endsWith("\"from_client.shared_state\"")).findFirst().orElse(rules))
                .contains("tcp dport 80 counter packets ").doesNotContain("packets 0");
    }
}
