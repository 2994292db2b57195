package org.limesh.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Questions to a world in another namespace: genuine dnsmasq, an HTTP server, the kernel's ICMP.
 *
 * <pre>
 *   gwa  wan0 192.0.2.2 ──────── 192.0.2.1 world  gwb      198.51.100.53 DNS, .80 HTTP, 8.8.8.8
 *        mesh (with the better default route: nothing may leave there)
 * </pre>
 */
@Tag("root")
class ProbeRunnerTest {
    private static final String NODE = "gwa" + ProcessHandle.current().pid();
    private static final String WORLD = "gwb" + ProcessHandle.current().pid();
    private static final List<Process> PROCESSES = new ArrayList<>();
    @TempDir
    static Path directory;

    @BeforeAll
    static void makeTheWorld() throws IOException, InterruptedException {
        removeNamespaces();
        TestShell.run("ip netns add " + NODE + "; ip netns add " + WORLD
                + "; ip -n " + NODE + " link add wan0 type veth peer name world netns " + WORLD);
        TestShell.in(NODE, "ip addr add 192.0.2.2/24 dev wan0; ip link set wan0 up; ip link set lo up;"
                + "ip link add mesh type veth peer name far; ip link set far up; ip link set mesh up; ip "
                + "addr add 10.13.52.86/16 dev mesh;"
                + "ip route add default via 10.13.0.9 dev mesh metric 1; ip route add default via 192.0.2.1 "
                + "dev wan0 metric 4096");
        TestShell.in(WORLD, "ip link set lo up; ip addr add 192.0.2.1/24 dev world; ip link set world up;"
                + "ip addr add 8.8.8.8/32 dev lo; ip addr add 198.51.100.53/32 dev lo; ip addr add "
                + "198.51.100.80/32 dev lo");
        Path log = directory.resolve("world");
        PROCESSES.add(TestShell.java(WORLD, log, ProbesInside.class.getName(), "world"));
        PROCESSES.add(new ProcessBuilder("ip", "netns", "exec", WORLD, "dnsmasq", "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--no-resolv", "--no-hosts", "--listen-address=198.51.100.53", "--bind-interfaces",
                "--pid-file",
                "--address=/example/198.51.100.80", "--address=/home/192.168.9.9", "--local=/nx/",
                "--user=root")
                .redirectErrorStream(true).redirectOutput(directory.resolve("dnsmasq").toFile()).start());
        TestShell.until("the world's HTTP server", () -> text(log), () -> text(log).contains("ready"));
    }

    @AfterAll
    static void removeTheWorld() throws InterruptedException {
        for (Process process : PROCESSES) {
            process.destroy();
            process.waitFor(5, TimeUnit.SECONDS);
        }
        removeNamespaces();
    }

    private static void removeNamespaces() {
        TestShell.run("ip netns del " + NODE + " 2>/dev/null; ip netns del " + WORLD + " 2>/dev/null; true");
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Answers by question. */
    private static Map<String, String> ask(List<String> questions) throws IOException, InterruptedException {
        Path log = directory.resolve("ask");
        Process asking = TestShell.java(NODE, log, ProbesInside.class.getName(),
                questions.toArray(String[]::new));
        assertThat(asking.waitFor(90, TimeUnit.SECONDS)).as(text(log)).isTrue();
        Map<String, String> answers = new TreeMap<>();
        for (String line : text(log).lines().toList()) {
            int at = line.indexOf(" = ");
            if (at > 0) {
                answers.put(line.substring(0, at), line.substring(at + 3)
                        .replaceAll("after [0-9]+ ms: ", ""));
            }
        }
        return answers;
    }

    @Test
    void tellsTheInternetFromPortalsFiltersAndSilence() throws IOException, InterruptedException {
        Map<String, String> answers = ask(List.of("ping wan0 8.8.8.8", "ping wan0 203.0.113.1",
                "ping none 8.8.8.8",
                "dns wan0 198.51.100.53 good.example", "dns wan0 198.51.100.53 no.nx",
                "dns wan0 198.51.100.53 at.home",
                "dns wan0 198.51.100.80 good.example", "http wan0 198.51.100.53 good.example",
                "http wan0 198.51.100.53 portal.example", "http wan0 198.51.100.53 lie.example",
                "http wan0 198.51.100.53 broken.example", "http wan0 198.51.100.53 no.nx"));
        assertThat(answers).containsEntry("ping wan0 8.8.8.8", "OK answers")
                .containsEntry("ping wan0 203.0.113.1", "SILENT no answer in 1 s")
                .containsEntry("ping none 8.8.8.8", "SILENT cannot bind a socket to none: no such device")
                .containsEntry("dns wan0 198.51.100.53 good.example", "OK 198.51.100.80")
                .containsEntry("dns wan0 198.51.100.53 no.nx", "WRONG answered with no such name (NXDOMAIN)")
                .containsEntry("dns wan0 198.51.100.53 at.home",
                "WRONG a portal answered: 192.168.9.9 for a public name")
                .containsEntry("dns wan0 198.51.100.80 good.example", "WRONG refused")
                .containsEntry("http wan0 198.51.100.53 good.example", "OK answers")
                .containsEntry("http wan0 198.51.100.53 portal.example",
                        "WRONG a portal answered: 302 to http://login.example/?from=portal.example")
                .containsEntry("http wan0 198.51.100.53 lie.example", "WRONG a portal answered: another page")
                .containsEntry("http wan0 198.51.100.53 broken.example", "WRONG answered with status 503")
                .containsEntry("http wan0 198.51.100.53 no.nx",
                        "WRONG DNS at 198.51.100.53 for no.nx: answered with no such name (NXDOMAIN)");
    }

    @Test
    void pagesWithoutEndDoNotHoldItUp() throws IOException, InterruptedException {
        Map<String, String> answers = ask(List.of("http wan0 198.51.100.53 slow.example",
                "http wan0 198.51.100.53 long.example", "http wan0 198.51.100.53 closed.example",
                "http wan0 203.0.113.1 good.example"));
        assertThat(answers).containsEntry("http wan0 198.51.100.53 slow.example",
                "SILENT no whole answer in 1500 ms")
                .containsEntry("http wan0 198.51.100.53 long.example",
                "WRONG a portal answered: another page")
                .containsEntry("http wan0 198.51.100.53 closed.example", "WRONG closed without an answer")
                .containsEntry("http wan0 203.0.113.1 good.example",
                        "SILENT DNS at 203.0.113.1 for good.example: no answer in 1500 ms");
    }

    @Test
    void whoFiltersPingAnswersTheRest() throws IOException, InterruptedException {
        TestShell.in(WORLD, "sysctl -qw net.ipv4.icmp_echo_ignore_all=1");
        try {
            Map<String, String> answers = ask(List.of("ping wan0 8.8.8.8",
                    "dns wan0 198.51.100.53 good.example",
                    "http wan0 198.51.100.53 good.example"));
            assertThat(answers.values()).containsExactlyInAnyOrder("SILENT no answer in 1 s",
                    "OK 198.51.100.80",
                    "OK answers");
        } finally {
            TestShell.in(WORLD, "sysctl -qw net.ipv4.icmp_echo_ignore_all=0");
        }
    }

    /** A token bucket of 20 Mbit/s stands in the way: TCP in it carries a little less. */
    @Test
    void measuresALine() throws IOException, InterruptedException {
        TestShell.in(WORLD, "tc qdisc add dev world root tbf rate 20mbit burst 20kb latency 50ms");
        try {
            Map<String, String> answers = ask(List.of("measure wan0 198.51.100.53 file.example 4000000",
                    "measure wan0 198.51.100.53 portal.example 4000000"));
            assertThat(answers.get("measure wan0 198.51.100.53 portal.example 4000000"))
                    .startsWith("WRONG no file there");
            String measured = answers.get("measure wan0 198.51.100.53 file.example 4000000");
            assertThat(measured).startsWith("OK ").endsWith(" bit/s");
            assertThat(Long.parseLong(measured.split(" ")[1])).isBetween(12_000_000L, 21_000_000L);
        } finally {
            TestShell.in(WORLD, "tc qdisc del dev world root");
        }
    }

    @Test
    void moreQuestionsThanItCanHoldAreAnsweredAtOnce() throws IOException, InterruptedException {
        int many = 3 * (ProbeRunner.MAX_THREADS + ProbeRunner.MAX_WAITING);
        List<String> questions = new ArrayList<>(Collections.nCopies(many, ""));
        for (int i = 0; i < many; i++) {
            questions.set(i, "ping wan0 203.0.113." + (i + 1));
        }
        Map<String, String> answers = ask(questions);
        assertThat(answers).hasSize(many);
        assertThat(answers.values().stream().filter("SILENT no answer in 1 s"::equals))
                .hasSize(ProbeRunner.MAX_THREADS + ProbeRunner.MAX_WAITING);
        assertThat(answers.values().stream().filter(answer -> answer.contains("too many questions")))
                .hasSize(many - ProbeRunner.MAX_THREADS - ProbeRunner.MAX_WAITING);
    }
}
