package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
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
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.linux.netlink.RouteInfo;
import org.limesh.linux.netlink.RuleInfo;
import org.limesh.linux.netlink.Rtnetlink;

/**
 * A guest with the genuine kernel module and the settings of LibreMesh as the neighbour of a real {@code limesh node},
 * in the VLAN of the cloud, and at the other end of its tunnels.
 *
 * <pre>
 *   guest: client k ── br0 ── bat0 ── eth0.29 (802.1ad) ──(TAP mesh0)── limesh node ── br-lan ── lan0 ── client (udhcpc)
 *          10.200.1.1 ── X7main, X7Out (ip6tnl) ── br18 ── eth0_18 (802.1ad) ──(the same)── the node's X7Out, X7main
 *                                                   └─ eth1 ── Bmx7Speaker, which tells the node of the kernel's tunnel
 * </pre>
 */
@Tag("root")
@Tag("guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KernelBesideNodeTest {
    private static final Path SOCKET = Path.of("target", "kernel-beside-node", "eth1").toAbsolutePath();
    private static final Duration SETTLING = Duration.ofSeconds(90);
    /** Bridge loop avoidance lets no broadcast pass in its first half minute. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Path FILES = Path.of("target", "kernel-beside-node").toAbsolutePath();
    /** The VLAN that the SSID LibreMesh.org gives. */
    private static final int CLOUD_VLAN = 29;

    /** Of the kernel's bridge, from which its link-local address follows. */
    private static final MacAddress KERNEL = MacAddress.parse("02:9e:00:00:43:18");
    private static final MacAddress SPEAKER = MacAddress.parse("02:9e:00:00:43:99");
    private static final String BEHIND_THE_KERNEL = "10.200.1.1";
    private static final int TUNNEL_MTU_OCTETS = 1460;
    /** Beside the headers of IPv4 and ICMP. */
    private static final String FILLS_A_TUNNEL = Integer.toString(TUNNEL_MTU_OCTETS - 28);
    /** Clients get an MTU of 1350 with their lease. */
    private static final String FILLS_A_CLIENT = Integer.toString(1350 - 28);

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Netns machine;
    private Netns client;
    private Guest guest;
    private Guest.Settings settings;
    private Capture capture;
    private NodeProcess node;

    @AfterAll
    void removeEverything() throws Exception {
        for (AutoCloseable thing : toClose.reversed()) {
            thing.close();
        }
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    private static String whyNot() {
        return Stream.of(Netns.whyNot(), Guest.whyNot() == null ? null : "skipped: " + Guest.whyNot(),
                Shell.whyNot("udhcpc"), Shell.whyNot("tcpdump"), Shell.whyNot("tshark"))
                .filter(reason -> reason != null).findFirst().orElse(null);
    }

    /** Per test: then every single one is listed as skipped. */
    @BeforeEach
    void sayWhyNot() {
        Assumptions.assumeTrue(guest != null, whyNot());
    }

    @BeforeAll
    void bootTheGuestAndStartTheNode() throws Exception {
        if (whyNot() != null) {
            return;
        }
        Files.createDirectories(FILES);
        machine = keep(Netns.create("k1"));
        client = keep(Netns.create("kc"));
        Netns.cable(client, "eth0", machine, "lan0");
        client.run("ip", "link", "set", "eth0", "mtu", "1500");
        machine.run("ip", "tuntap", "add", "dev", "mesh0", "mode", "tap");
        machine.run("ip", "link", "set", "mesh0", "mtu", "1540", "up");
        Files.deleteIfExists(SOCKET);
        settings = new Guest.Settings(machine.name(), 0x43, List.of(new Guest.Plug.Tap("mesh0"),
                new Guest.Plug.Stream(SOCKET)));
        guest = keep(Guest.boot(FILES.resolve("guest"), settings));
        capture = keep(Capture.start(machine, "mesh0", FILES.resolve("mesh0.pcap"), ""));
        guest.run("""
                set -e
                modprobe 8021q
                ip link set eth0 mtu 1536 up
                ip link add link eth0 name eth0.29 type vlan proto 802.1ad id %d
                ip link set eth0.29 mtu 1532 up
                batctl meshif bat0 interface create routing_algo BATMAN_IV
                batctl meshif bat0 orig_interval 250
                # as LibreMesh has it, but for the interval
                batctl meshif bat0 bridge_loop_avoidance 1
                batctl meshif bat0 distributed_arp_table 0
                batctl meshif bat0 multicast_forceflood 1
                batctl meshif bat0 gw_mode client
                ip link set bat0 up
                batctl meshif bat0 interface add eth0.29
                ip link add br0 type bridge
                ip link set br0 up
                ip link set bat0 master br0
                ip netns add k
                ip link add port type veth peer name eth0 netns k
                ip link set port master br0 up
                ip -n k addr add 10.13.200.200/16 dev eth0
                ip -n k link set eth0 up
                """.formatted(CLOUD_VLAN));
        node = keep(NodeProcess.start(machine, "n1", FILES.resolve("n1"), List.of("mesh0"), List.of("lan0"),
                "--set", "lime.network.batadv_orig_interval=250"));
        node.awaitReady();
        DhcpClient.UDHCPC.start(client, "eth0", FILES);
        Wait.until("our client has an address", PATIENCE, () -> !client.address4("eth0").isEmpty(), node::log);
    }

    @Test
    @Order(1)
    void kernelSeesTheNodeWithFullQualityAndItsClientPingsOurs() throws Exception {
        String originator = nodeMac(node, guest);
        long settledMs = Wait.until("the kernel lists the node with TQ 255", SETTLING,
                () -> tq(guest.run("batctl meshif bat0 o -H"), originator) == 255,
                () -> guest.run("batctl meshif bat0 o") + node.look("batctl", "o"));
        System.out.printf("kernel beside node: TQ 255 after %.1f s of waiting%n", settledMs / 1000.0);
        Wait.until("the node lists the kernel with TQ 255 or the 251 that the last echo lacks", SETTLING,
                () -> tq(node.look("batctl", "o", "-H"), Guest.mac(settings, 0)) >= 251,
                () -> node.look("batctl", "o"));

        String address = client.address4("eth0");
        Wait.until("the guest's client pings ours", PATIENCE,
                () -> guest.ask("ip netns exec k ping -c 5 -i 0.2 -W 1 -q " + address).text().contains(" 0% packet loss"),
                () -> guest.run("batctl meshif bat0 tg; batctl meshif bat0 o") + node.look("batctl", "tg"));
        Wait.until("our client pings the guest's, with large packets too", PATIENCE,
                () -> client.ask("ping", "-c", "5", "-i", "0.2", "-W", "1", "-q", "-s", "1300", "10.13.200.200").text()
                        .contains(" 0% packet loss"),
                () -> client.inventory());
        assertThat(guest.run("batctl meshif bat0 tg -H")).contains(client.macOf("eth0"));
        assertThat(guest.ask("ip netns exec k ping -c 2 -W 1 -q 10.13.0.1").text())
                .as("the gateway of our node does not serve clients of others").contains("100% packet loss");
    }

    /** The kernel's devices are made by our netlink code, as the node makes them where its kernel has them. */
    @Test
    @Order(2)
    void theKernelsVlanAndTunnelsCarryPacketsToAndFromOurs() throws Exception {
        guest.run("""
                set -e
                sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
                ip link set eth1 up
                ip link add br18 type bridge mcast_snooping 0
                ip link set br18 address %s up
                ip link set eth1 master br18
                ip addr add %s/32 dev lo
                modprobe ip6_tunnel
                """.formatted(KERNEL, BEHIND_THE_KERNEL));
        Ip6Address linkLocal = Ip6Address.linkLocalOf(KERNEL);
        Bmx7Speaker speaker = keep(new Bmx7Speaker(SPEAKER, linkLocal,
                Ip4Prefix.parse(BEHIND_THE_KERNEL + "/24"), SOCKET));
        Ip6Address node6 = ip6("fd70:", 16);
        Ip6Address nodeEndpoint = new Ip6Address(node6.high() + (1L << 48), node6.low());
        Rtnetlink kernel = new Rtnetlink(new GuestKernel(guest));
        kernel.createVlan("eth0_18", index(kernel, "eth0"), new VlanTag(VlanTag.TPID_8021AD, 18),
                MacAddress.parse("02:9e:00:00:43:19"), 1500, "ours");
        kernel.createTunnel("X7main", speaker.primary(), speaker.endpoint(), TUNNEL_MTU_OCTETS, "ours");
        kernel.createTunnel("X7Out", nodeEndpoint, node6, TUNNEL_MTU_OCTETS, "ours");
        List<LinkInfo> links = kernel.links();
        int bridge = index(links, "br18");
        int out = index(links, "X7Out");
        kernel.setMaster(index(links, "eth0_18"), "eth0_18", bridge);
        for (String name : List.of("eth0_18", "X7main", "X7Out")) {
            kernel.setUp(index(links, name), name, true);
        }
        kernel.addAddress6(bridge, "br18", new Ip6Prefix(speaker.primary(), 16), 0, true, false);
        kernel.addAddress6(out, "X7Out", new Ip6Prefix(nodeEndpoint, 128), 0, true, true);
        kernel.addRoute(RouteInfo.of(new Ip6Prefix(node6, 128), ip6("fe80:", 64), bridge, 70, 1024), "br18");
        kernel.addRule(new RuleInfo(null, Ip6Prefix.parse("::/0"), 70, 70));
        kernel.addRoute(RouteInfo.of(Ip4Prefix.parse("10.13.0.0/16"), null, out, 254, 1024), "X7Out");
        assertThat(kernel.links()).filteredOn(link -> link.name().equals("X7main")).singleElement()
                .satisfies(link -> assertThat(link.ends())
                .isEqualTo(new LinkInfo.Ends(speaker.primary(), speaker.endpoint())));

        long knownMs = Wait.until("the node has a tunnel to the kernel", SETTLING,
                () -> machine.run("ip", "route").contains("10.200.1.0/24 dev X7Out_"), node::log);
        System.out.printf("kernel beside node: tunnel to the kernel after %.1f s%n", knownMs / 1000.0);
        String address = client.address4("eth0");
        Wait.until("our client pings through the tunnels", PATIENCE,
                () -> client.ask("ping", "-c", "5", "-i", "0.2", "-W", "1", "-q", "-M", "do", "-s", FILLS_A_CLIENT,
                        BEHIND_THE_KERNEL).text().contains(" 0% packet loss"), this::tunnels);
        awaitPing("who is behind the kernel pings our client", FILLS_A_CLIENT, address);
        awaitPing("and our node, in packets that just fit", FILLS_A_TUNNEL, machine.address4("br-lan"));
        assertThat(guest.run("ip -s -d link show X7main")).contains("ip6tnl any remote " + speaker.endpoint());
        awaitCaptured("ip.src == " + address, speaker.endpoint(), speaker.primary());
        awaitCaptured("ip.dst == " + address, nodeEndpoint, node6);
    }

    /** Pings within a tunnel within VLAN 18. */
    private void awaitCaptured(String inner, Ip6Address from, Ip6Address to) throws Exception {
        String filter = inner + " && ipv6.src == " + from + " && ipv6.dst == " + to
                + " && ipv6.nxt == 4 && ieee8021ad.id == 18 && icmp";
        Wait.until("the capture has " + filter, PATIENCE, () -> Shell.ask(List.of("tshark", "-r",
                capture.file().toString(), "-Y", filter)).text().contains("ICMP"));
    }

    private void awaitPing(String what, String octets, String target) throws Exception {
        Wait.until(what, PATIENCE, () -> guest.ask("ping -c 5 -i 0.2 -W 1 -q -s %s -I %s %s"
                .formatted(octets, BEHIND_THE_KERNEL, target)).text().contains(" 0% packet loss"), this::tunnels);
    }

    private String tunnels() throws Exception {
        return guest.run("ip -s link; ip addr; ip route; ip -6 route; ip -6 route show table 70; ip -6 neigh")
                + machine.run("ip", "addr") + machine.run("ip", "route") + machine.run("ip", "-6", "neigh")
                + machine.run("ip", "-6", "route", "show", "table", "70") + node.look("bmx7", "tunnels") + node.log();
    }

    private static int index(Rtnetlink kernel, String name) {
        return index(kernel.links(), name);
    }

    private static int index(List<LinkInfo> links, String name) {
        return links.stream().filter(link -> link.name().equals(name)).findFirst().orElseThrow().index();
    }

    /** The node's address of this kind on its BMX7 device. */
    private Ip6Address ip6(String begin, int lengthBits) throws Exception {
        Matcher address = Pattern.compile("(" + begin + "[0-9a-f:]+)/" + lengthBits)
                .matcher(machine.run("ip", "-6", "addr", "show", "dev", "mesh0_18"));
        assertThat(address.find()).isTrue();
        return Ip6Address.parse(address.group(1));
    }

    @Test
    @Order(3)
    void theNodeEndsCleanlyAndNothingOnTheLinkIsMalformed() throws Exception {
        assertThat(node.stop()).as(node.log()).isZero();
        capture.close();
        assertThat(Shell.run("tshark", "-r", capture.file().toString(), "-Y",
                "_ws.malformed || _ws.expert.severity == error")).isEmpty();
    }

    /** The originator address by which the kernel knows the node: its only one. */
    private static String nodeMac(NodeProcess node, Guest guest) throws Exception {
        Pattern row = Pattern.compile("(?m)^ \\* ([0-9a-f:]{17}) ");
        Wait.until("the kernel lists the node", PATIENCE,
                () -> row.matcher(guest.run("batctl meshif bat0 o -H")).find(),
                () -> guest.run("ip -s link; batctl meshif bat0 n; batctl meshif bat0 if") + node.look("batctl", "o"));
        Matcher found = row.matcher(guest.run("batctl meshif bat0 o -H"));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private static int tq(String table, String originator) {
        Matcher row = Pattern.compile("(?m)^ \\* " + originator + " +[0-9.]+s +\\( *(\\d+)\\)").matcher(table);
        return row.find() ? Integer.parseInt(row.group(1)) : 0;
    }
}
