package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
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
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;
import org.limesh.sim.SpoofingSet;

/**
 * What clients of a real node may not do, and what may be at the end of its client ports.
 *
 * <pre>
 *   victim ── lan1                                    lan1 ── far
 *                    n1 ── mesh ─────────── mesh ── n2
 *   mallory ─ lan2                                    lan9 ╌╌ a cable to n1's lan9, later
 *   dnsmasq ╌ lan3, later
 * </pre>
 */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClientPortsTest {
    private static final Path FILES = Path.of("target", "client-ports").toAbsolutePath();
    private static final String GATEWAY = "10.13.0.1";
    private static final Duration TOLD = Duration.ofSeconds(90);
    private static final String SENDER = """
            import socket, sys
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            s.bind((sys.argv[1], 0))
            for line in open(sys.argv[2]):
                s.send(bytes.fromhex(line.strip()))
            """;

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private String whyNot;
    private Netns machine1;
    private Netns machine2;
    private Netns victim;
    private Netns mallory;
    private Netns far;
    private Netns stranger;
    private NodeProcess node1;
    private NodeProcess node2;

    @BeforeAll
    void layCablesAndStartNodes() throws Exception {
        whyNot = Stream.concat(Stream.of(Netns.whyNot()),
                        Stream.of("udhcpc", "tcpdump", "ping", "nft", "busybox", "python3", "dnsmasq").map(Shell::whyNot))
                .filter(reason -> reason != null).findFirst().orElse(null);
        if (whyNot != null) {
            return;
        }
        Files.createDirectories(FILES);
        machine1 = keep(Netns.create("p1"));
        machine2 = keep(Netns.create("p2"));
        victim = keep(Netns.create("victim"));
        mallory = keep(Netns.create("mallory"));
        far = keep(Netns.create("far"));
        stranger = keep(Netns.create("stranger"));
        Netns.cable(machine1, "mesh1", machine2, "mesh2");
        Netns.cable(victim, "eth0", machine1, "lan1");
        Netns.cable(mallory, "eth0", machine1, "lan2");
        Netns.cable(far, "eth0", machine2, "lan1");
        Netns.cable(stranger, "eth0", machine1, "lan3");
        Netns.cable(machine1, "lan9", machine2, "lan9");
        machine2.run("ip", "link", "set", "lan9", "down");
        node1 = keep(NodeProcess.start(machine1, "p1", FILES.resolve("p1"), List.of("mesh1"),
                List.of("lan1", "lan2", "lan3", "lan9")));
        node2 = keep(NodeProcess.start(machine2, "p2", FILES.resolve("p2"), List.of("mesh2"), List.of("lan1")));
        node1.awaitReady();
        node2.awaitReady();
        for (Netns client : List.of(victim, far)) {
            DhcpClient.UDHCPC.start(client, "eth0", FILES.resolve(client.name()));
        }
        for (Netns client : List.of(victim, far)) {
            Wait.until("a client has an address", TOLD, () -> !client.address4("eth0").isEmpty(), node1::log);
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

    private static NodePlan.Anycast anycast() {
        return AutoConfig.plan(LimeConfig.builtIn(), DeviceSet.of(new MacAddress(0x02ca_fe00_0001L), List.of("eth0"),
                List.of())).orThrow().anycast();
    }

    private void send(List<Frame> frames) throws Exception {
        Path file = FILES.resolve("forged.hex");
        Files.write(file, frames.stream().map(frame -> HexFormat.of().formatHex(frame.toBytes())).toList());
        Path program = FILES.resolve("send.py");
        Files.writeString(program, SENDER);
        mallory.run("python3", program.toString(), "eth0", file.toString());
    }

    @Test
    @Order(1)
    void allFifteenForgedFramesAreStoppedCountedAndShownWithMacAndPort() throws Exception {
        victim.run("ping", "-c", "1", "-W", "2", GATEWAY);
        String gatewayMac = victim.neighbour(GATEWAY);
        assertThat(gatewayMac).isEqualTo(anycast().mac().toString());
        String malloryMac = mallory.macOf("eth0");
        SpoofingSet set = new SpoofingSet(MacAddress.parse(malloryMac), MacAddress.parse(victim.macOf("eth0")),
                Ip4Address.parse(victim.address4("eth0")), anycast());
        List<Frame> forged = set.fifteen();
        forged.addAll(set.more());
        String routesBefore = routes6();
        try (Capture atVictim = Capture.start(victim, "eth0", FILES.resolve("victim.pcap"), "");
                Capture onMesh = Capture.start(machine2, "mesh2", FILES.resolve("mesh.pcap"), "")) {
            send(forged);
            Wait.until("the node tells of each deed", TOLD, () -> {
                String log = node1.log();
                return Stream.of("to be the gateway: ARP", "to be the gateway: Ethernet address", "to be a router: router",
                        "to be a DHCP server", "A.L.F.R.E.D. on a client port").allMatch(log::contains);
            }, node1::log);
            atVictim.settle();
            onMesh.settle();
            for (Frame frame : forged) {
                byte[] octets = frame.toBytes();
                assertThat(atVictim.frames()).as("at the victim").noneMatch(seen -> seen.contains(octets));
                assertThat(onMesh.frames()).as("on the mesh").noneMatch(seen -> seen.contains(octets));
            }
        }
        assertThat(victim.neighbour(GATEWAY)).isEqualTo(gatewayMac);
        assertThat(routes6()).isEqualTo(routesBefore);
        String log = node1.log();
        assertThat(log).contains("client " + malloryMac + " on lan2 pretends to be the gateway: ARP; 6 frames dropped",
                "client " + gatewayMac + " on lan2 pretends to be the gateway: Ethernet address; 4 frames dropped",
                "client " + malloryMac + " on lan2 pretends to be a router: router advertisement; 3 frames dropped",
                "client " + malloryMac + " on lan2 pretends to be a DHCP server; 3 frames dropped");
        String table = machine1.run("nft", "list", "table", "bridge", "limesh");
        long counted = table.lines().filter(line -> line.contains("drop comment \"from_client."))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*counter packets (\\d+) .*", "$1"))).sum();
        assertThat(counted).as("frames dropped and counted").isEqualTo(forged.size());
        Wait.until("status warns", TOLD, () -> node1.look("status").contains(
                "! client " + malloryMac + " on lan2 pretends to be the gateway: ARP"), () -> node1.look("status"));
        System.out.printf("client ports: %d of %d forged frames stopped, counted and shown%n", counted, forged.size());
    }

    private String routes6() throws Exception {
        return victim.run("ip", "-6", "route", "show", "default").replaceAll("expires \\S+", "");
    }

    @Test
    @Order(2)
    void theSelfTestPassesAndSeesRulesThatSomebodyRemoved() throws Exception {
        Wait.until("a self-test has passed", TOLD, () -> node1.look("status").contains("kept apart: tested"),
                () -> node1.look("status") + node1.log());
        machine1.run("nft", "flush", "chain", "bridge", "limesh", "prerouting");
        long toldMs = Wait.until("the node noticed", Duration.ofSeconds(70),
                () -> node1.log().contains("the gateway is not kept apart"), node1::log);
        Wait.until("and repaired it", TOLD, () -> node1.log().contains("the gateway is kept apart again"), node1::log);
        System.out.printf("client ports: removed rules noticed after %.1f s%n", toldMs / 1000.0);
        assertThat(machine1.run("nft", "list", "table", "bridge", "limesh")).contains("from_client.arp_sender");
    }

    @Test
    @Order(3)
    void aPortThatLeadsToAStrangersNetworkIsCutOff() throws Exception {
        stranger.run("ip", "addr", "add", "192.168.77.1/24", "dev", "eth0");
        stranger.start(FILES.resolve("dnsmasq.log"), List.of("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
                "--port=0", "--interface=eth0", "--bind-interfaces", "--dhcp-range=192.168.77.50,192.168.77.99",
                "--dhcp-leasefile=" + FILES.resolve("dnsmasq.leases"), "--pid-file="));
        stranger.run("ip", "link", "set", "eth0", "down");
        // As long as it takes to pull a plug and push it in again.
        Thread.sleep(1000);
        stranger.run("ip", "link", "set", "eth0", "up");
        Wait.until("the port is known for what it is", TOLD,
                () -> node1.log().contains("lan3 leads to a network with its own DHCP server (192.168.77.1"), node1::log);
        Wait.until("status says what to do", TOLD, () -> {
            String status = node1.look("status");
            return status.contains("lan3 leads to a network with its own DHCP server") && status.contains("--wan");
        }, () -> node1.look("status"));
        Wait.until("the rule is loaded", TOLD, () -> machine1.run("nft", "list", "table", "bridge", "limesh").lines()
                .anyMatch(line -> line.contains("iifname \"lan3\" counter") && line.contains("port.blocked_in")),
                () -> machine1.run("nft", "list", "table", "bridge", "limesh"));
    }

    @Test
    @Order(4)
    void aCableThatClosesARingIsCutOffBeforeFramesGoRound() throws Exception {
        node2.close();
        node2 = keep(NodeProcess.start(machine2, "p2", FILES.resolve("p2b"), List.of("mesh2"), List.of("lan1", "lan9")));
        node2.awaitReady();
        Wait.until("one end is cut off", TOLD, () -> (node1.log() + node2.log()).contains(
                "leads to the client side of another node") && (node1.log() + node2.log()).contains("it is cut off"),
                () -> node1.log() + node2.log());
        // In a ring each broadcast goes round thousands of times a second and for ever.
        Wait.until("the cable is quiet: less than 140 frames in 2 s", TOLD, () -> {
            long before = sent();
            Thread.sleep(2000);
            return sent() - before < 140;
        }, () -> node1.log() + node2.log());
        String address = far.address4("eth0");
        Wait.until("clients reach each other through the mesh", TOLD,
                () -> victim.ask("ping", "-c", "1", "-W", "1", address).exitCode() == 0, node2::log);
    }

    private long sent() throws Exception {
        return Long.parseLong(machine1.run("cat", "/sys/class/net/lan9/statistics/tx_packets").strip())
                + Long.parseLong(machine1.run("cat", "/sys/class/net/lan9/statistics/rx_packets").strip());
    }
}
