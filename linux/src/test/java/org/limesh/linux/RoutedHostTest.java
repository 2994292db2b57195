package org.limesh.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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
 * What layer 3 wants of a host, made real in two namespaces: VLAN, one-way tunnels, routes, NAT, and taken
 * back.
 */
@Tag("root")
class RoutedHostTest {
    private static final String LEFT = "lx-left-" + ProcessHandle.current().pid();
    private static final String RIGHT = "lx-right-" + ProcessHandle.current().pid();

    @TempDir
    Path directory;
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void makeNamespaces() {
        remove();
        for (String ns : List.of(LEFT, RIGHT)) {
            TestShell.run("ip netns add " + ns + " && ip -n " + ns + " link set lo up && ip -n " + ns
                    + " link add lan0 type veth peer name far0 && ip -n " + ns + " link set far0 up");
        }
        TestShell.run("ip link add mesh0 netns " + LEFT + " type veth peer name mesh0 netns " + RIGHT);
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        remove();
    }

    private static void remove() {
        TestShell.run("for n in " + LEFT + " " + RIGHT + "; do ip netns del $n 2>/dev/null; done; true");
    }

    private String log(String ns) {
        try {
            return Files.readString(directory.resolve(ns));
        } catch (java.io.IOException none) {
            return "";
        }
    }

    private Process start(String ns, String side) throws Exception {
        Process process = TestShell.javaWithInput(ns, directory.resolve(ns), TestHost.class.getName(),
                "limesh",
                directory.resolve("run-" + ns).toString(), side);
        processes.add(process);
        TestShell.until(ns + " is ready", () -> log(ns), () -> log(ns).contains("ready\n")
                || !process.isAlive());
        return process;
    }

    private static void say(Process process, String word) throws Exception {
        OutputStream out = process.getOutputStream();
        out.write((word + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String inventory(String ns) {
        return TestShell.in(ns,
                "ip -o link | sed 's/^[0-9]*: //; s/ qdisc.*//; s/NO-CARRIER,//; s/,LOWER_UP//; "
                + "s/,M-DOWN//'; ip -o -4 addr | sed 's/^[0-9]*: //';"
                + " ip rule; ip -6 rule; ip -4 route show table all | sort; nft list ruleset");
    }

    private void await(String what, String ns, String command, String expected) throws Exception {
        TestShell.until(what, () -> TestShell.in(ns, command + "; true") + "\n" + log(ns),
                () -> TestShell.in(ns, command + "; true").contains(expected));
    }

    @Test
    void carriesPacketsThroughOneWayTunnelsAndRefusesStrangers() throws Exception {
        Process left = start(LEFT, "left");
        Process right = start(RIGHT, "right");
        say(left, "one");
        say(right, "one");
        // At once, not a block of frames at a time.
        TestShell.in(LEFT, "tcpdump -i mesh0 --immediate-mode -B 8192 -w " + directory + "/wire.pcap -U >"
                + directory
                + "/tcpdump.log 2>&1 &");
        TestShell.until("tcpdump listens", () -> log("tcpdump.log"), () -> log("tcpdump.log")
                .contains("listening on"));
        String ping = "ping -c 1 -W 1 -I 10.1.0.1 10.2.0.1 2>&1";
        await("a ping through the tunnels", LEFT, ping, " 0% packet loss");
        // As long as a packet in the tunnel may be: with outer header and tag longer than a cable's usual
        // MTU.
        TestShell.in(LEFT, "ping -c 3 -i 0.2 -W 1 -s 1432 -M do -I 10.1.0.1 10.2.0.1");
        assertThat(TestShell.in(LEFT, "ip -o -6 addr show dev X7Out_b; ip -o -6 addr show dev mesh0_18"))
                .contains("fd71::2/128 scope global nodad deprecated").contains("fe80::18:ff:fe00:1/64")
                .contains("fd70::1/16")
                .doesNotContain("X7Out_b    inet6 fe80");

        // From an outer source that no tunnel has: RFC 6169's open decapsulator is what we are not.
        TestShell.in(LEFT, "ip -6 addr add fd70::66/128 dev lo; python3 - <<'PY'\n" + SPOOF + "PY");
        TestShell.until("the stranger was counted", () -> log(RIGHT), () -> {
            try {
                say(right, "counters");
                Thread.sleep(50);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return log(RIGHT).matches("(?s).*drop.linux.tunnel_foreign=[1-9].*");
        });
        assertThat(log(RIGHT)).doesNotContain("tunnel_malformed")
                .containsPattern("linux.tunnel.given_to_wire=[1-9]")
                .containsPattern("linux.tunnel.taken_from_wire=[1-9]");

        String tunnelled = "tshark -r " + directory
                + "/wire.pcap -Y 'ipv6.nxt == 4 and icmp.type == 8 and"
                + " ipv6.src == fd71::2' -T fields -e eth.type -e vlan.id -e ieee8021ad.id -e ipv6.src -e "
                + "ipv6.dst -e ipv6.hlim"
                + " -e ipv6.tclass -e ipv6.flow 2>/dev/null | sort -u";
        TestShell.until("the pings are captured", () -> log("tcpdump.log"), () -> !TestShell.run(tunnelled)
                .isEmpty());
        TestShell.run("for p in $(ip netns pids " + LEFT + "); do"
                + " grep -q tcpdump /proc/$p/cmdline && kill $p; done; true");
        TestShell.until("tcpdump has ended", () -> log("tcpdump.log"), () -> log("tcpdump.log")
                .contains("dropped by kernel"));
        String wire = TestShell.run(tunnelled);
        assertThat(wire).startsWith("0x88a8\t").contains("fd71::2\tfd70::2\t64\t").contains("18");
        assertThat(wire.lines().toList()).hasSize(1);
        assertThat(TestShell.run("tshark -r " + directory + "/wire.pcap -Y _ws.malformed 2>/dev/null"))
                .isEmpty();
    }

    private static final String SPOOF = """
            import socket, struct, ipaddress
            s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 255)
            inner = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20, 1, 0x4000, 64, 1, 0, bytes([10, 1, 0, 9]), bytes([10, 2, 0, 1]))
            head = struct.pack('!IHBB', 0x60000000, len(inner), 4, 64)
            a = lambda t: ipaddress.ip_address(t).packed
            s.sendto(head + a('fd70::66') + a('fd70::2') + inner, ('fd70::2', 0))
            """;

    @Test
    void takesBackWhatIsNoLongerWantedAndKeepsWhatIsOfOthers() throws Exception {
        String before = inventory(LEFT);
        Process left = start(LEFT, "left");
        String bare = inventory(LEFT);
        say(left, "one");
        await("state one", LEFT, "ip route show table all; ip -6 route show table 70",
                "fd70::2 via fe80::18:ff:fe00:2 dev mesh0_18");
        await("state one", LEFT, "nft list ruleset",
                "oifname \"lan0\" ip saddr != 192.0.2.0/24 counter packets 0 bytes 0 "
                + "masquerade comment \"masquerade.lan0\"");
        assertThat(TestShell.in(LEFT, "ip route"))
                .contains("default dev X7Out_c proto static scope link metric 1024")
                .contains("10.9.0.0/16 via 192.0.2.1 dev lan0 proto static metric 7");
        assertThat(TestShell.in(LEFT, "ip rule; ip -6 rule")).contains("71:\tfrom 10.1.2.3 lookup 71")
                .contains("70:\tfrom all lookup 70");
        TestShell.in(LEFT, "ip route add 10.8.0.0/16 dev far0 metric 3; ip addr add 203.0.113.1/24 dev lan0");

        say(left, "two");
        await("state two", LEFT, "ip route", "default dev X7Out_b");
        await("state two", LEFT, "ip -o link | grep -c X7Out_c", "0");
        await("state two", LEFT, "nft list ruleset",
                "meta nfproto ipv4 oifname \"lan0\" counter packets 0 bytes 0 masquerade comment "
                + "\"masquerade.lan0\"");
        assertThat(TestShell.in(LEFT, "ip -o addr show dev lan0; ip route; ip rule"))
                .contains("192.0.2.4/24").doesNotContain("192.0.2.2/24").contains("203.0.113.1/24")
                .contains("10.8.0.0/16 dev far0").contains("10.9.0.0/16 via 192.0.2.3")
                .doesNotContain("lookup 71");

        String rules = TestShell.in(LEFT, "nft list ruleset");
        assertThat(rules).contains(
                "oifname \"lan0\" iifname != { \"anygw\", \"br-lan\" } counter packets 0 bytes 0 drop")
                .contains("oifname \"lan0\" meta mark & 0x20000000 == 0x20000000 counter packets 0 bytes 0 "
                + "drop")
                .contains("iifname \"bat0\" meta mark set meta mark | 0x20000000");
        assertThat(log(LEFT)).contains("change: route changed: 0.0.0.0/0")
                .contains("change: tunnel X7Out_b made")
                .contains("change: interface X7Out_c removed");
        assertThat(log(LEFT).lines().filter(line -> line.startsWith("repair: ")))
                .as("nobody else changed anything")
                .isEmpty();

        TestShell.in(LEFT, "nft delete table bridge limesh_marks");
        await("repaired", LEFT, "nft list ruleset", "comment \"mark.bat0\"");
        TestShell.in(LEFT, "nft flush chain inet limesh postrouting; ip route del default; ip link del "
                + "mesh0_18");
        await("repaired", LEFT, "ip route", "default dev X7Out_b");
        await("repaired", LEFT, "ip -6 route show table 70", "fd70::2 via fe80::18:ff:fe00:2 dev mesh0_18");
        await("repaired", LEFT, "nft list ruleset", "masquerade comment");
        assertThat(log(LEFT)).contains("repair: rules for forwarded packets had been changed; loaded again")
                .contains("repair: route added: 0.0.0.0/0").contains("repair: VLAN device mesh0_18 made");

        say(left, "bare");
        TestShell.in(LEFT, "ip route del 10.8.0.0/16 dev far0; ip addr del 203.0.113.1/24 dev lan0");
        // What is left is forwarding that was switched on and a cable's frame size: taken back at the end.
        TestShell.until("bare again", () -> bare + "\n-----\n" + inventory(LEFT) + log(LEFT),
                () -> inventory(LEFT).replace("mtu 1504", "mtu 1500").equals(bare));
        say(left, "end");
        assertThat(left.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(log(LEFT)).contains("ended");
        assertThat(inventory(LEFT)).isEqualTo(before);
        assertThat(TestShell.in(LEFT, "cat /proc/sys/net/ipv4/ip_forward")).isEqualTo("0\n");
    }

    @Test
    void tellsTheUplinksCarrierAtOnce() throws Exception {
        Process left = start(LEFT, "left");
        TestShell.until("the carrier is told", () -> log(LEFT), () -> log(LEFT).contains("carrier: true"));
        long startNs = System.nanoTime();
        TestShell.in(LEFT, "ip link set far0 down");
        TestShell.until("the pulled cable is told", () -> log(LEFT), () -> log(LEFT)
                .contains("carrier: false"));
        assertThat((System.nanoTime() - startNs) / 1_000_000).isLessThan(5000);
        say(left, "end");
        assertThat(left.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void cleansUpAfterAKill() throws Exception {
        String before = inventory(LEFT);
        Process left = start(LEFT, "left");
        say(left, "one");
        await("state one", LEFT, "nft list ruleset", "masquerade comment");
        await("state one", LEFT, "ip -6 route show table 70", "fd70::2 via");
        left.destroyForcibly().waitFor();
        Process cleaner = TestShell.java(LEFT, directory.resolve("clean"), TestNode.class.getName(),
                "limesh", "clean",
                directory.resolve("run-" + LEFT).toString());
        assertThat(cleaner.waitFor()).isZero();
        assertThat(Files.readString(directory.resolve("clean"))).contains("removed what process");
        assertThat(inventory(LEFT)).isEqualTo(before);
    }
}
