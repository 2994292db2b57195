package org.limesh.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node's uplink beside genuine DHCP servers and an Internet that comes and goes.
 *
 * <pre>
 *   gwu  wan0 (DHCP) ──────── 198.51.100.1 world  gwv     203.0.113.53 DNS, .80 HTTP, .8 for pings
 * </pre>
 */
@Tag("root")
class UplinkOnLinuxTest {
    private static final String NODE = "gwu" + ProcessHandle.current().pid();
    private static final String WORLD = "gwv" + ProcessHandle.current().pid();
    private final List<Process> processes = new ArrayList<>();
    @TempDir
    Path directory;

    @BeforeEach
    void makeTheWorld() throws IOException, InterruptedException {
        removeNamespaces();
        TestShell.run("ip netns add " + NODE + "; ip netns add " + WORLD + "; ip -n " + NODE
                + " link set lo up;"
                + "ip -n " + NODE + " link add wan0 type veth peer name world netns " + WORLD);
        TestShell.in(WORLD, "ip link set lo up; ip addr add 198.51.100.1/24 dev world; ip link set world up;"
                + "for a in 8 53 80; do ip addr add 203.0.113.$a/32 dev lo; done");
        processes.add(TestShell.java(WORLD, directory.resolve("world"), ProbesInside.class.getName(),
                "world"));
        TestShell.until("the world's HTTP server", () -> text("world"), () -> text("world")
                .contains("ready"));
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes.reversed()) {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
        }
        removeNamespaces();
    }

    private static void removeNamespaces() {
        TestShell.run("for n in " + NODE + " " + WORLD + "; do ip netns del $n 2>/dev/null; done; true");
    }

    private String text(String file) {
        try {
            Path path = directory.resolve(file);
            return Files.exists(path) ? Files.readString(path) : "";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Renews after 4 s, so that a test sees it. */
    private void startDnsmasq() throws IOException {
        processes.add(start("dnsmasq", "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
                "--no-resolv",
                "--no-hosts", "--no-ping", "--bind-dynamic", "--pid-file", "--user=root",
                "--address=/example/203.0.113.80",
                "--dhcp-range=198.51.100.50,198.51.100.60,2m", "--dhcp-option=option:dns-server,203.0.113.53",
                "--dhcp-option-force=option:T1,4", "--dhcp-leasefile=" + directory.resolve("leases"),
                "--log-dhcp",
                "--log-facility=-", "--dhcp-authoritative"));
    }

    private Process start(String log, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", WORLD));
        all.addAll(List.of(command));
        return new ProcessBuilder(all).redirectErrorStream(true)
                .redirectOutput(directory.resolve(log).toFile())
                .redirectInput(Path.of("/dev/null").toFile()).start();
    }

    private void startNode() throws IOException, InterruptedException {
        processes.add(TestShell.java(NODE, directory.resolve("node"), UplinkNode.class.getName(),
                directory.resolve("run").toString()));
        TestShell.until("the node", () -> text("node"), () -> text("node").contains("ready\n"));
    }

    private static void awaitState(String command, String... words) throws InterruptedException {
        TestShell.until(String.join(", ", words), () -> TestShell.in(NODE, command), () -> {
            String state = TestShell.in(NODE, command);
            return List.of(words).stream().allMatch(state::contains);
        });
    }

    /** Waits for a line that was not there before; gives when it was written, in ms. */
    private long await(String words, int times) throws InterruptedException {
        TestShell.until(words, () -> text("node") + text("dnsmasq"),
                () -> text("node").lines().filter(line -> line.contains(words)).count() >= times);
        String line = text("node").lines().filter(each -> each.contains(words)).skip(times - 1).findFirst()
                .orElseThrow();
        return Long.parseLong(line.substring(0, line.indexOf(' ')));
    }

    private static long count(String text, String words) {
        return text.lines().filter(line -> line.contains(words)).count();
    }

    @Test
    void livesThroughTheDaysOfAnUplinkBesideDnsmasq() throws Exception {
        startDnsmasq();
        startNode();
        long addressMs = await("UplinkAddress[device=wan0, address=198.51.100.5", 1);
        long internetMs = await("InternetChanged[internet=true", 1);
        assertThat(internetMs - addressMs).isLessThan(10_000);
        awaitState("ip -4 addr show wan0; ip route show default; nft list ruleset", "inet 198.51.100.5",
                "default via 198.51.100.1 dev wan0", "masquerade");
        TestShell.until("a renewal", () -> text("dnsmasq"), () ->
                count(text("dnsmasq"), "DHCPACK(world)") >= 2);
        assertThat(count(text("dnsmasq"), "DHCPDISCOVER(world)")).isEqualTo(1);
        assertThat(text("dnsmasq")).contains("plaza");

        long pulledMs = sinceStart(() -> TestShell.in(WORLD, "ip link set world down"));
        assertThat(await("UplinkLost[device=wan0, reason=no carrier", 1) - pulledMs).isLessThan(5000);
        assertThat(await("InternetChanged[internet=false", 1) - pulledMs).isLessThan(5000);
        long pluggedMs = sinceStart(() -> TestShell.in(WORLD, "ip link set world up"));
        assertThat(await("InternetChanged[internet=true", 2) - pluggedMs).isLessThan(20_000);
        assertThat(count(text("dnsmasq"), "DHCPDISCOVER(world)")).as("the old address was asked for")
                .isEqualTo(1);

        long cutMs = sinceStart(() -> TestShell.in(WORLD,
                "nft add table ip cut; nft add chain ip cut in '{ type filter hook input priority 0; }';"
                + "nft add rule ip cut in ip daddr 203.0.113.0/24 drop"));
        assertThat(await("InternetChanged[internet=false, reason=silence", 1) - cutMs)
                .isBetween(6000L, 25_000L);
        TestShell.in(WORLD, "nft delete table ip cut");
        await("InternetChanged[internet=true", 3);
    }

    /** What the clock of the node's lines says, within the few milliseconds that it takes to ask. */
    private long sinceStart(Runnable what) {
        what.run();
        return (System.nanoTime() - nodeStartNs()) / 1_000_000;
    }

    private long nodeStartNs() {
        return Long.parseLong(text("node").lines().filter(line -> line.startsWith("start ")).findFirst()
                .orElseThrow()
                .substring("start ".length()));
    }

    @Test
    void getsAnAddressFromUdhcpd() throws Exception {
        Files.createFile(directory.resolve("udhcpd.leases"));
        Path config = Files.writeString(directory.resolve("udhcpd.conf"), """
                start 198.51.100.70
                end 198.51.100.79
                interface world
                lease_file %1$s/udhcpd.leases
                pidfile %1$s/udhcpd.pid
                option subnet 255.255.255.0
                option router 198.51.100.1
                option dns 203.0.113.53
                option lease 600
                """.formatted(directory));
        processes.add(start("udhcpd", "busybox", "udhcpd", "-f", config.toString()));
        startNode();
        await("UplinkAddress[device=wan0, address=198.51.100.7", 1);
        awaitState("ip -4 addr show wan0; ip route show default", "inet 198.51.100.7",
                "default via 198.51.100.1 dev wan0");
    }
}
