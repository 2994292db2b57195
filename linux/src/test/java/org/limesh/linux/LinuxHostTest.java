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

/** A node in a network namespace: it makes, keeps and undoes what it wants of the kernel. */
@Tag("root")
class LinuxHostTest {
    /** Two runs of the tests on one machine shall not meet. */
    private static final String NS = "lx-host-" + ProcessHandle.current().pid();
    private static final String PEER = "lx-peer-" + ProcessHandle.current().pid();

    @TempDir
    Path directory;
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void makeNamespaces() {
        removeNamespaces();
        TestShell.run("ip netns add " + NS + " && ip netns add " + PEER + " && ip -n " + NS
                + " link set lo up");
        TestShell.run("ip link add mesh0 netns " + NS + " type veth peer name mesh1 netns " + PEER);
        TestShell.run("ip link add lan0 netns " + NS + " type veth peer name eth0 netns " + PEER);
        TestShell.run("ip -n " + PEER + " link set mesh1 up && ip -n " + PEER + " link set eth0 up");
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        removeNamespaces();
    }

    private static void removeNamespaces() {
        TestShell.run("for n in " + NS + " " + PEER + "; do ip netns del $n 2>/dev/null; done; true");
    }

    private Path log() {
        return directory.resolve("log");
    }

    private String logText() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            return "";
        }
    }

    private Process start(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("limesh"));
        all.addAll(List.of(arguments));
        Process process = TestShell.javaWithInput(NS, log(), TestNode.class.getName(),
                all.toArray(String[]::new));
        processes.add(process);
        return process;
    }

    private Process startNode() throws Exception {
        Process node = start("node", directory.resolve("run").toString());
        TestShell.until("node is ready", this::logText, () -> logText().contains("ready\n")
                || !node.isAlive());
        return node;
    }

    private static int stop(Process process) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Everything a node may touch, without what the kernel counts or numbers anew. */
    private static String inventory() {
        return TestShell.in(NS, "ip -o link | sed 's/ qdisc.*//; s/^[0-9]*: //';"
                + "ip -o addr | sed 's/^[0-9]*: //; s/ tentative//; /fe80/d';"
                + "ip rule; ip -6 rule; ip route show table all | grep -v -e fe80 -e ff00;"
                + "nft -s list ruleset;"
                + "for f in /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/* "
                + "/proc/sys/net/ipv6/conf/*/forwarding;"
                + "do echo $f $(cat $f 2>/dev/null); done");
    }

    /** After the kernel's own duplicate address detection, which adds routes when it is through. */
    private String settledInventory() throws InterruptedException {
        TestShell.until("addresses are in use", this::logText, () ->
                TestShell.in(NS, "ip addr; ip -6 route show table local")
                .matches("(?s)(?!.*tentative).*local fd0d:fe46:8ce8::12:3456.*"));
        return inventory();
    }

    @Test
    void leavesTheMachineAsItWasFound() throws Exception {
        // Settings that a machine-wide switch would overwrite.
        TestShell.in(NS, "echo 1 > /proc/sys/net/ipv4/conf/lan0/forwarding; "
                + "echo 1 > /proc/sys/net/ipv6/conf/lan0/forwarding; echo 0 > "
                + "/proc/sys/net/ipv4/conf/all/accept_redirects");
        String before = inventory();
        Process node = startNode();
        String during = settledInventory();
        assertThat(during).contains("br-lan", "bat0", "anygw", "from 10.13.0.1 lookup 170",
                "/conf/anygw/arp_ignore 1", "from_cloud.anycast_source",
                "mesh0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1536");

        assertThat(stop(node)).isZero();

        assertThat(inventory()).isEqualTo(before);
        assertThat(directory.resolve("run/made")).doesNotExist();
    }

    @Test
    void repairsWhatSomebodyChangesAndTellsSo() throws Exception {
        startNode();
        String before = settledInventory();
        TestShell.in(NS, "ip rule del from 10.13.0.1; ip addr del 10.13.0.1/16 dev anygw;"
                + "echo 0 > /proc/sys/net/ipv4/conf/br-lan/arp_ignore; nft flush chain bridge limesh forward;"
                + "ip link set lan0 nomaster; ip link set br-lan down");
        TestShell.until("all is repaired", () -> logText() + inventory(), () -> sorted(inventory())
                .equals(sorted(before)));
        tells("repair: policy rule added: from 10.13.0.1/32 lookup 170",
                "repair: anygw given the address 10.13.0.1/16",
                "repair: net.ipv4.conf.br-lan.arp_ignore set from 0 to 1",
                "repair: filter rules had been changed; loaded again", "repair: lan0 made a port of br-lan");
    }

    @Test
    void makesDeletedInterfacesAgainAndServesThem() throws Exception {
        startNode();
        String before = settledInventory();
        TestShell.in(NS, "ip link del bat0; ip link del br-lan");
        TestShell.until("all is made again", () -> logText() + inventory(),
                () -> sorted(inventory()).equals(sorted(before)));
        TestShell.until("DHCP is served again", this::logText, this::getsALease);
        tells("LeaseGranted");
    }

    /** The node does a thing first and says so then. */
    private void tells(String... sentences) throws InterruptedException {
        TestShell.until(String.join(", ", sentences), this::logText,
                () -> List.of(sentences).stream().allMatch(logText()::contains));
    }

    private boolean getsALease() {
        return TestShell.in(PEER, "udhcpc -i eth0 -f -q -n -t 2 -T 1 -s /bin/true 2>&1 || true")
                .contains("lease of 10.13.");
    }

    private static List<String> sorted(String text) {
        return text.lines().sorted().toList();
    }

    @Test
    void servesAMeshInterfaceThatComesBack() throws Exception {
        startNode();
        TestShell.run("ip -n " + PEER + " link del mesh1");
        TestShell.until("the loss is told", this::logText, () -> logText()
                .contains("warning: mesh0 is gone"));
        TestShell.run("ip link add mesh0 netns " + NS + " type veth peer name mesh1 netns " + PEER);
        TestShell.run("ip -n " + PEER + " link set mesh1 up");
        TestShell.until("OGMs are sent again", this::logText, () -> !TestShell.in(PEER,
                "timeout 3 tcpdump -c 1 -i mesh1 -nn -e ether proto 0x88a8 2>/dev/null || true").isEmpty());
        tells("repair: mesh0 came back");
    }

    @Test
    void servesInterfacesThatAreRenamedAndNamedBack() throws Exception {
        startNode();
        TestShell.in(NS, "ip link set mesh0 name mesh9; ip link set lan0 name lan9");
        TestShell.until("the loss is told", this::logText, () -> logText().contains("warning: mesh0 is gone")
                && logText().contains("warning: lan0 is gone"));
        TestShell.in(NS, "ip link set mesh9 name mesh0; ip link set lan9 name lan0");
        TestShell.until("both are known again", this::logText, () -> logText()
                .contains("repair: mesh0 came back")
                && logText().contains("repair: lan0 came back"));
        TestShell.until("OGMs are sent again", this::logText, () -> !TestShell.in(PEER,
                "timeout 3 tcpdump -c 1 -i mesh1 -nn -e ether proto 0x88a8 2>/dev/null || true").isEmpty());
        TestShell.until("DHCP is served again", this::logText, this::getsALease);
    }

    @Test
    void keepsFrameSizesAndTellsOfThoseThatAreTooSmallAsLongAsTheyAre() throws Exception {
        // A macvlan takes no longer frames than what it sits on.
        TestShell.run("ip -n " + NS + " link del mesh0");
        TestShell.run("ip link add under0 netns " + NS + " type veth peer name mesh1 netns " + PEER);
        TestShell.in(NS, "ip link set under0 up; ip link add link under0 name mesh0 type macvlan");
        startNode();
        assertThat(logText()).contains("warning: the frame size of mesh0 is 1500; batman-adv needs 1536");
        TestShell.in(NS, "ip link set under0 mtu 1700; ip link set mesh0 mtu 1600");
        // Between the two commands the node may have raised it to what it wants.
        TestShell.until("it is enough", this::logText, () -> logText()
                .matches("(?s).*repair: the frame size of mesh0 is (1536|1600) now, which is enough.*"));
        TestShell.in(NS, "ip link set mesh0 mtu 1400");
        TestShell.until("it is raised again", this::logText,
                () -> logText().contains("repair: frame size of mesh0 raised from 1400 to 1536"));
    }

    @Test
    void enginesThatBreakAreMadeAnewAndANodeThatCannotGoOnEnds() throws Exception {
        Process node = startNode();
        assertThat(getsALease()).isTrue();
        order(node, "break");
        TestShell.until("the fault is told", this::logText, () -> logText()
                .contains("warning: the node's engines were restarted (1), please report this bug: "
                        + "java.lang.IllegalStateException: a fault on order"));
        TestShell.until("DHCP is served again", this::logText, this::getsALease);
        order(node, "memory");
        assertThat(node.waitFor(20, TimeUnit.SECONDS)).as(logText()).isTrue();
        assertThat(logText()).contains("end: the node cannot go on: java.lang.OutOfMemoryError: as if");
    }

    private static void order(Process node, String fault) throws IOException {
        node.getOutputStream().write((fault + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        node.getOutputStream().flush();
    }

    @Test
    void leavesAnInterfaceUpThatWasUpBeforeItWentAwayAndCameBack() throws Exception {
        TestShell.in(NS, "ip link set lan0 up");
        Process node = startNode();
        TestShell.run("ip -n " + NS + " link set lan0 netns " + PEER + " && ip -n " + PEER
                + " link set lan0 netns " + NS);
        TestShell.until("lan0 is a port again", this::logText,
                () -> TestShell.in(NS, "ip -o link show lan0").contains("master br-lan state UP"));
        assertThat(stop(node)).isZero();
        assertThat(TestShell.in(NS, "ip -o link show lan0")).contains(",UP,").doesNotContain("master");
    }

    @Test
    void whatAKilledNodeLeftIsCleanedUp() throws Exception {
        String before = inventory();
        Process node = startNode();
        node.destroyForcibly().waitFor();
        assertThat(inventory()).contains("br-lan");

        Process clean = start("clean", directory.resolve("run").toString());
        clean.waitFor();

        assertThat(logText()).contains("removed what process");
        assertThat(inventory()).isEqualTo(before);
    }

    @Test
    void theNextStartCleansUpAfterAKilledNode() throws Exception {
        String before = inventory();
        startNode().destroyForcibly().waitFor();
        Process next = startNode();
        assertThat(logText()).contains("repair: removed what a killed node");
        assertThat(stop(next)).isZero();
        assertThat(inventory()).isEqualTo(before);
    }

    @Test
    void aSecondNodeOfTheSameDirectoryIsRefused() throws Exception {
        startNode();
        Process second = start("node", directory.resolve("run").toString());
        assertThat(second.waitFor()).isEqualTo(3);
        assertThat(logText()).contains("a node runs here already (process ").contains("--name NAME");
    }

    @Test
    void saysWhyItCannotStartAndChangesNothing() throws Exception {
        TestShell.in(NS, "ip link add br-lan type bridge; ip link add bat0 type bridge; ip link add virbr0 "
                + "type bridge; ip link set lan0 master virbr0");
        String before = inventory();
        Process node = startNode();
        assertThat(node.waitFor()).isEqualTo(3);
        assertThat(logText()).contains("this machine already carries an interface 'br-lan' (bridge)")
                .contains("this machine already carries a batman-adv mesh (bat0)", "ip link del bat0")
                .contains("lan0 is a port of virbr0 already");
        assertThat(inventory()).isEqualTo(before);

        TestShell.in(NS, "ip link del br-lan; ip link del bat0; ip link del virbr0; ip link del mesh0");
        assertThat(startNode().waitFor()).isEqualTo(3);
        assertThat(logText()).contains("there is no interface 'mesh0' here. Present: lo, lan0");
    }

    @Test
    void saysThatThePortOfDhcpIsTakenAndChangesNothing() throws Exception {
        Process holder = start("hold67");
        TestShell.until("port is held", this::logText, () -> logText().contains("ready")
                || !holder.isAlive());
        String before = inventory();
        Files.delete(log());
        Process node = startNode();
        assertThat(node.waitFor()).isEqualTo(3);
        assertThat(logText()).contains("UDP port 67 (DHCP) of 10.13.0.1 is in use by another program");
        assertThat(inventory()).isEqualTo(before);
    }

    @Test
    void runsWithoutIpv6AndSaysSo() throws Exception {
        TestShell.in(NS, "for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $f; done");
        String before = inventory();
        Process node = startNode();
        assertThat(logText()).contains("warning: IPv6 is switched off here");
        TestShell.until("DHCP is served", this::logText, this::getsALease);
        assertThat(stop(node)).isZero();
        assertThat(inventory()).isEqualTo(before);
    }
}
