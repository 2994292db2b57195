package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
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
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * Two clouds, two gateways and two worlds on real Linux, with genuine DHCP clients. Both worlds have the same
 * address, and what they answer tells them apart.
 *
 * <pre>
 *   world 2 ── ag ~~ wlan ~~ a1 ── a2 ── a3 ── bg ── b1
 *                            └──cloud A──┘ │   └cloud B┘
 *                                 │ ca     │ world 1  │ cb
 * </pre>
 *
 * <p>The way from ca to world 1: a2 ═ tunnel ═ bg. Back: bg ═ tunnel ═ a3, the member of cloud A that is
 * nearest to
 * bg, then batman-adv to a2.
 */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LayerThreeOnLinuxTest {
    private static final Path FILES = Path.of("target", "layer-three-on-linux").toAbsolutePath();
    private static final String WORLD = "198.51.100.9";
    /** In the same world, and nobody's answer to a question whether there is Internet. */
    private static final String SILENT_WORLD = "198.51.100.10";
    private static final Duration CONVERGENCE = Duration.ofSeconds(120);
    private static final Duration UNPLUGGED = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(30);
    /** LibreMesh's VLAN of BMX7. */
    private static final String BMX7_VLAN = "18";

    private String whyNot;
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final Map<String, Netns> machines = new LinkedHashMap<>();
    private final Map<String, NodeProcess> nodes = new LinkedHashMap<>();
    private final Map<String, Capture> captures = new LinkedHashMap<>();
    private final Map<String, String> before = new LinkedHashMap<>();
    private long pluggedNs;

    @BeforeAll
    void layCablesAndStartEverything() throws Exception {
        whyNot = Stream.concat(Stream.of(Netns.whyNot()),
                        Stream.of("udhcpc", "dnsmasq", "busybox", "tcpdump", "tshark", "iperf3", "nft",
                        "curl")
                                .map(Shell::whyNot))
                .filter(reason -> reason != null).findFirst().orElse(null);
        if (whyNot != null) {
            return;
        }
        Files.createDirectories(FILES);
        for (String name : List.of("a1", "a2", "a3", "bg", "b1", "ag", "ca", "cb", "cg", "w1",
                "w2")) {
            machines.put(name, keep(Netns.create("l3" + name)));
        }
        Netns.cable(at("a1"), "eth12", at("a2"), "eth21");
        Netns.cable(at("a2"), "eth23", at("a3"), "eth32");
        Netns.cable(at("a3"), "eth3b", at("bg"), "eth3a");
        Netns.cable(at("bg"), "eth1", at("b1"), "eth1");
        // By its name a radio, which BMX7 takes for slower than a cable: the worse way.
        Netns.cable(at("a1"), "wlan0", at("ag"), "wlan0");
        for (Map.Entry<String, String> place : Map.of("ca", "a2", "cb", "b1", "cg", "bg").entrySet()) {
            String client = place.getKey();
            Netns node = at(place.getValue());
            Netns.cable(at(client), "eth0", node, "lan0");
            at(client).run("ip", "link", "set", "eth0", "mtu", "1500");
        }
        world("w1", "bg", "203.0.113");
        world("w2", "ag", "192.0.2");
        for (String node : List.of("bg", "a2")) {
            before.put(node, at(node).inventory());
        }
        startNodes();
    }

    private void startNodes() throws Exception {
        node("bg", "Beta", List.of("eth3a", "eth1"), List.of("lan0"), uplink());
        node("ag", "Gamma", List.of("wlan0"), List.of(), uplink());
        node("a1", "Alpha", List.of("eth12", "wlan0"), List.of());
        node("a2", "Alpha", List.of("eth21", "eth23"), List.of("lan0"));
        node("a3", "Alpha", List.of("eth32", "eth3b"), List.of());
        node("b1", "Beta", List.of("eth1"), List.of("lan0"));
        for (Map.Entry<String, NodeProcess> node : nodes.entrySet()) {
            node.getValue().awaitReady();
        }
        for (String client : List.of("ca", "cb", "cg")) {
            DhcpClient.UDHCPC.start(at(client), "eth0", FILES.resolve(client));
        }
        captures.put("a2-a3", keep(Capture.start(at("a3"), "eth32", FILES.resolve("link-a2-a3.pcap"), "")));
        captures.put("a3-bg", keep(Capture.start(at("bg"), "eth3a", FILES.resolve("link-a3-bg.pcap"), "")));
        captures.put("bat0 of bg", keep(Capture.start(at("bg"), "bat0", FILES.resolve("bg-bat0.pcap"), "")));
        captures.put("br-lan of b1", keep(Capture.start(at("b1"), "br-lan", FILES.resolve("b1-br-lan.pcap"),
                "")));
    }

    private Netns at(String name) {
        return machines.get(name);
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    /** A provider's network with DHCP, DNS and a web server behind the gateway's uplink. */
    private void world(String name, String gateway, String network) throws Exception {
        Netns world = at(name);
        Netns.cable(world, "w0", at(gateway), "wan0");
        world.run("ip", "addr", "add", network + ".1/24", "dev", "w0");
        world.run("ip", "addr", "add", WORLD + "/32", "dev", "lo");
        world.run("ip", "addr", "add", SILENT_WORLD + "/32", "dev", "lo");
        Path own = Files.createDirectories(FILES.resolve(name));
        Files.writeString(own.resolve("index.html"), "this is " + name + "\n");
        Files.writeString(own.resolve("probe.txt"), "success\n");
        world.start(own.resolve("dnsmasq.log"), List.of("dnsmasq", "-k", "--conf-file=/dev/null",
                "--no-resolv", "--no-hosts",
                "--interface=w0", "--bind-interfaces", "--listen-address=" + WORLD, "--user=root",
                "--pid-file=",
                "--dhcp-range=" + network + ".50," + network + ".90,1h", "--dhcp-option=6," + WORLD,
                "--address=/probe.example/" + WORLD, "--dhcp-leasefile=" + own.resolve("leases")));
        world.start(own.resolve("httpd.log"), List.of("busybox", "httpd", "-f", "-p", WORLD + ":80", "-h",
                own.toString()));
    }

    private static List<String> uplink() {
        return List.of("--wan", "wan0", "--set", "lime.network.limesh_probe_ping=" + WORLD,
                "--set", "lime.network.limesh_probe_dns=" + WORLD, "--set",
                "lime.network.limesh_probe_name=probe.example",
                "--set", "lime.network.limesh_probe_http=http://" + WORLD + "/probe.txt success",
                "--set", "lime.network.limesh_share_bandwidth=50000000");
    }

    private void node(String name, String ssid, List<String> mesh, List<String> lan,
            List<String> more) throws Exception {
        List<String> all = new ArrayList<>(List.of("--set", "lime.wifi.ap_ssid=" + ssid));
        all.addAll(more);
        nodes.put(name, keep(NodeProcess.startLean(at(name), name, FILES.resolve(name), mesh, lan,
                all.toArray(String[]::new))));
    }

    private void node(String name, String ssid, List<String> mesh, List<String> lan) throws Exception {
        node(name, ssid, mesh, lan, List.of());
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

    /** Which world answers, or an empty text. */
    private String worldOf(String client) throws Exception {
        String answer = at(client).ask("curl", "-s", "--max-time", "1", "http://" + WORLD + "/").text();
        return answer.startsWith("this is ") ? answer.substring("this is ".length()).strip() : "";
    }

    private long awaitWorld(String client, String world, Duration limit) throws Exception {
        return Wait.until(client + " reaches " + world, limit, () -> worldOf(client).equals(world),
                this::state);
    }

    private String state() throws Exception {
        StringBuilder all = new StringBuilder();
        for (Map.Entry<String, NodeProcess> node : nodes.entrySet()) {
            all.append("== ").append(node.getKey()).append('\n').append(node.getValue().log().lines()
                    .filter(line -> line.startsWith("gateway.") || line.startsWith("warning")
                    || line.startsWith("bmx7.route"))
                    .reduce("", (one, two) -> one + two + "\n"));
        }
        return all + at("a2").run("ip", "route") + at("ca").run("ip", "addr");
    }

    /** Host name of a node, as gateways are called. */
    private String hostname(String node) throws Exception {
        Matcher name = Pattern.compile("^ready: (\\S+)", Pattern.MULTILINE).matcher(nodes.get(node).log());
        assertThat(name.find()).isTrue();
        return name.group(1);
    }

    @Test
    @Order(1)
    void clientsReachTheWorldThroughTheBetterExit() throws Exception {
        long aMs = awaitWorld("ca", "w1", CONVERGENCE);
        long bMs = awaitWorld("cb", "w1", CONVERGENCE);
        System.out.printf("layer 3 on Linux: world reached %.1f and %.1f s after the last node was ready%n",
                aMs / 1000.0,
                (aMs + bMs) / 1000.0);
    }

    /** Where br_netfilter is loaded its frames meet the address translation in another way. */
    @Test
    @Order(1)
    void aClientOfTheGatewayItselfReachesTheWorld() throws Exception {
        awaitWorld("cg", "w1", CONVERGENCE);
    }

    @Test
    @Order(2)
    void theWayOutIsATunnelFromTheClientsNodeAndTheWayBackEntersTheCloudElsewhere() throws Exception {
        String client = at("ca").address4("eth0");
        AtomicReference<String> start = new AtomicReference<>();
        // The gateway may have answered through the first member of cloud A that it heard of; then it is asked anew, and
        // only what is asked from then on counts.
        Wait.until("world 1 answers ten times through the nearest member of cloud A", CONVERGENCE, () -> {
            start.set("%.3f".formatted(System.currentTimeMillis() / 1000.0));
            for (int i = 0; i < 10; i++) {
                if (!worldOf("ca").equals("w1")) {
                    return false;
                }
            }
            List<String> entries = fields("a3-bg", "frame.time_epoch > " + start + " && ip.src == " + WORLD + " && ip.dst == "
                    + client + " && ipv6.nxt == 4", "ipv6.dst");
            return entries.size() == 1 && at("a3").run("ip", "-6", "addr").contains(entries.getFirst() + "/16");
        }, this::state);
        String since = "frame.time_epoch > " + start + " && ";
        String out = since + "ip.src == " + client + " && ip.dst == " + WORLD + " && tcp";
        String back = since + "ip.src == " + WORLD + " && ip.dst == " + client + " && tcp";
        List<String> tunnel = fields("a2-a3", out + " && ipv6.nxt == 4", "ipv6.src", "ipv6.dst",
                "ieee8021ad.id", "vlan.id",
                "ipv6.hlim", "ip.ttl");
        assertThat(tunnel).as("the way out on the link a2-a3").hasSize(1);
        String[] outer = tunnel.getFirst().split("\t");
        assertThat(outer[0]).as("outer source: an endpoint address").startsWith("fd71:");
        assertThat(outer[1]).as("outer destination: the same node's primary")
                .isEqualTo("fd70:" + outer[0].substring(5));
        assertThat(at("bg").run("ip", "-6", "addr")).as("and that is the gateway").contains(outer[1] + "/16");
        assertThat(outer[2] + outer[3]).contains(BMX7_VLAN);
        assertThat(List.of(outer[4], outer[5])).as("hop limit outside, TTL inside")
                .containsExactly("64", "63");
        assertThat(fields("a2-a3", out + " && batadv", "ip.src")).as("way out over batman-adv").isEmpty();

        assertThat(fields("a3-bg", back + " && ipv6.nxt == 4", "ipv6.dst"))
                .as("the way back on the link a3-bg")
                .singleElement().satisfies(address -> assertThat(at("a3").run("ip", "-6", "addr"))
                .contains(address + "/16"));
        assertThat(fields("a2-a3", back + " && batadv", "eth.dst"))
                .as("the way back on the link a2-a3: batman-adv")
                .isNotEmpty();
        assertThat(fields("a2-a3", back + " && ipv6.nxt == 4", "ipv6.dst")).as("way back in a tunnel to a2")
                .isEmpty();
        assertThat(Shell.run("tshark", "-r", captures.get("a3-bg").settledFile().toString(), "-Y",
                "_ws.malformed"))
                .isEmpty();
    }

    private List<String> fields(String link, String filter, String... names) throws Exception {
        List<String> command = new ArrayList<>(List.of("tshark", "-r", captures.get(link).settledFile().toString(),
                "-Y", filter,
                "-T", "fields", "-E", "occurrence=f"));
        for (String name : names) {
            command.addAll(List.of("-e", name));
        }
        return Shell.run(command).lines().distinct().toList();
    }

    @Test
    @Order(3)
    void anUnpluggedUplinkCostsLessThanFiveSeconds() throws Exception {
        at("w1").run("ip", "link", "set", "w0", "down");
        long lostMs = awaitWorld("ca", "w2", UNPLUGGED);
        awaitWorld("cb", "w2", UNPLUGGED);
        System.out.printf("layer 3 on Linux: other exit %d ms after the uplink was unplugged%n", lostMs);
        at("w1").run("ip", "link", "set", "w0", "up");
        pluggedNs = System.nanoTime();
    }

    @Test
    @Order(4)
    void cloudsReachEachOtherByTcp() throws Exception {
        Process server = at("cb").start(FILES.resolve("iperf3.log"), List.of("iperf3", "-s", "-1"));
        Wait.until("iperf3 listens", CONVERGENCE, () -> at("cb").run("ss", "-ltn").contains(":5201"));
        String text = at("ca").run("iperf3", "-c", at("cb").address4("eth0"), "-t", "3", "-f", "m");
        server.waitFor();
        Matcher result = Pattern.compile("([0-9.]+) Mbits/sec +receiver").matcher(text);
        assertThat(result.find()).as(text).isTrue();
        System.out.printf("layer 3 on Linux: TCP from cloud A to cloud B over three nodes: %s Mbit/s%n",
                result.group(1));
        assertThat(Double.parseDouble(result.group(1))).isGreaterThan(1);
        assertThat(at("ca").run("ip", "route", "get", at("cb").address4("eth0"))).contains(" via ");
    }

    @Test
    @Order(5)
    void cloudsReachEachOtherByIpv6() throws Exception {
        Wait.until("both clients have made an address of their cloud", CONVERGENCE,
                () -> !address6("ca").isEmpty() && !address6("cb").isEmpty());
        assertThat(address6("ca").substring(0, 15)).isNotEqualTo(address6("cb").substring(0, 15));
        Wait.until("cb answers ca over IPv6", CONVERGENCE, () -> answers("ca", address6("cb")), this::state);
        Wait.until("ca answers cb over IPv6", CONVERGENCE, () -> answers("cb", address6("ca")), this::state);
        String way = at("a2").run("ip", "-6", "route", "get", address6("cb"));
        assertThat(way).as("through the one-way tunnel, as IPv4").contains("dev X7Out_");
    }

    /** The address that a client has made of what its cloud advertises, or an empty text. */
    private String address6(String client) throws Exception {
        Matcher found = Pattern.compile("inet6 (fd[0-9a-f:]+)/64 scope global(?! tentative)")
                .matcher(at(client).run("ip", "-6", "addr", "show", "dev", "eth0", "-tentative"));
        return found.find() ? found.group(1) : "";
    }

    private boolean answers(String from, String address) throws Exception {
        return at(from).ask("ping", "-c", "1", "-W", "1", address).text().contains(" 0% packet loss");
    }

    @Test
    @Order(6)
    void aPersonsChoiceMovesTheClientAndTakingItBackMovesItBack() throws Exception {
        awaitWorld("ca", "w1", CONVERGENCE);
        System.out.printf("layer 3 on Linux: the better exit again within %.1f s after it was plugged in%n",
                (System.nanoTime() - pluggedNs) / 1e9);
        nodes.get("a2").look("exits", "pin", hostname("ag"));
        long pinnedMs = awaitWorld("ca", "w2", CONVERGENCE);
        assertThat(nodes.get("a2").look("exits")).contains("pinned");
        // The choice of another node is its own.
        awaitWorld("cb", "w1", UNPLUGGED);
        nodes.get("a2").look("exits", "unpin");
        long unpinnedMs = awaitWorld("ca", "w1", CONVERGENCE);
        System.out.printf("layer 3 on Linux: pinned exit in use after %d ms, the better one again after %d ms%n", pinnedMs,
                unpinnedMs);
    }

    @Test
    @Order(7)
    void aChoiceForOneClientMovesThatClientAndNothingElseOfItsNode() throws Exception {
        awaitWorld("ca", "w1", CONVERGENCE);
        awaitWorld("a2", "w1", CONVERGENCE);
        String client = at("ca").address4("eth0");
        nodes.get("a2").look("exits", "pin", hostname("ag"), "--client", client);
        awaitWorld("ca", "w2", CONVERGENCE);
        // The node itself stays.
        awaitWorld("a2", "w1", UNPLUGGED);
        assertThat(at("a2").run("ip", "rule")).contains("from " + client);
        nodes.get("a2").look("exits", "unpin", "--client", client);
        awaitWorld("ca", "w1", CONVERGENCE);
        Wait.until("the rule for the client is gone", CONVERGENCE,
                () -> !at("a2").run("ip", "rule").contains("from " + client), this::state);
    }

    @Test
    @Order(8)
    void aSilentUplinkCostsLessThanThirtySeconds() throws Exception {
        at("w1").run("nft", "add table inet silence; add chain inet silence nobody "
                + "{ type filter hook input priority 0; }; add rule inet silence nobody ip daddr " + WORLD + " drop");
        long lostMs = awaitWorld("ca", "w2", SILENCE);
        System.out.printf("layer 3 on Linux: other exit %.1f s after the uplink fell silent%n",
                lostMs / 1000.0);
    }

    /** The line that seems to lead nowhere does lead to one address, and two nodes know that. */
    @Test
    @Order(9)
    void anUplinkThatIsNotOfferedCarriesNobodyElsesPacketsWhateverTheySend() throws Exception {
        at("bg").run("ip", "route", "add", SILENT_WORLD, "via", "203.0.113.1", "dev", "wan0");
        Wait.until("the gateway itself has an answer", CONVERGENCE, () -> answers("bg", SILENT_WORLD), this::state);
        String tunnel = at("a2").run("ip", "route", "get", at("cb").address4("eth0")).split(" dev ")[1].split(" ")[0];
        at("a2").run("ip", "route", "add", SILENT_WORLD, "dev", tunnel);
        at("b1").run("ip", "route", "add", SILENT_WORLD, "via", at("bg").address4("br-lan"), "dev", "br-lan");
        assertThat(answers("ca", SILENT_WORLD)).as("through the tunnel of another cloud").isFalse();
        assertThat(answers("cb", SILENT_WORLD)).as("through layer 2 of the same cloud").isFalse();
        Wait.until("both rules have counted", CONVERGENCE, () -> {
            assertThat(answers("ca", SILENT_WORLD) || answers("cb", SILENT_WORLD)).isFalse();
            String rules = at("bg").run("nft", "list", "table", "inet", "limesh");
            return Stream.of("\"reserved.wan0\"", "\"reserved.wan0.bat0\"").allMatch(name ->
                    Pattern.compile("counter packets [1-9].*" + name).matcher(rules).find());
        }, () -> at("bg").run("nft", "list", "table", "inet", "limesh"));
        Wait.until("nothing but the rule was in the way", CONVERGENCE, () -> {
            // The node puts it back.
            at("bg").ask("nft", "delete", "table", "bridge", "limesh_marks");
            return answers("cb", SILENT_WORLD);
        }, this::state);
        for (String node : List.of("a2", "b1", "bg")) {
            at(node).run("ip", "route", "del", SILENT_WORLD);
        }
    }

    @Test
    @Order(10)
    void noFrameOfOneCloudIsEverSeenInTheOther() throws Exception {
        List<byte[]> ofCloudA = new ArrayList<>(List.of(mac(at("ca").macOf("eth0"))));
        for (String node : List.of("a1", "a2", "a3")) {
            ofCloudA.add(mac(at(node).macOf("br-lan")));
            ofCloudA.add(mac(at(node).macOf("bat0")));
        }
        for (String place : List.of("bat0 of bg", "br-lan of b1")) {
            captures.get(place).settle();
            List<Capture.Captured> frames = captures.get(place).frames();
            assertThat(frames.size()).as("frames captured on " + place).isGreaterThan(10);
            for (byte[] mac : ofCloudA) {
                assertThat(frames.stream().filter(frame -> isOf(frame.octets(), mac)).count())
                        .as("frames of cloud A on " + place).isZero();
            }
        }
        // The proof that such frames are on the cable between the clouds, where only the VLAN keeps them
        // apart.
        assertThat(captures.get("a3-bg").frames().stream().filter(frame -> frame.contains(ofCloudA.get(6)))
                .count()
                + captures.get("a2-a3").frames().stream().filter(frame -> frame.contains(ofCloudA.getFirst()))
                .count())
                .isPositive();
    }

    private static boolean isOf(byte[] frame, byte[] mac) {
        return java.util.Arrays.equals(frame, 0, 6, mac, 0, 6)
                || java.util.Arrays.equals(frame, 6, 12, mac, 0, 6);
    }

    private static byte[] mac(String text) {
        byte[] octets = new byte[MacAddress.LENGTH_OCTETS];
        Octets.putMac(octets, 0, MacAddress.parse(text).bits());
        return octets;
    }

    @Test
    @Order(11)
    void endingTheNodesLeavesTheMachinesAsTheyWere() throws Exception {
        for (String name : before.keySet()) {
            assertThat(nodes.get(name).stop()).as("exit code of %s:%n%s", name, nodes.get(name).log())
                    .isZero();
            assertThat(at(name).inventory()).as("what is left of " + name).isEqualTo(before.get(name));
            assertThat(FILES.resolve(name).resolve("state").resolve("rsa.der")).exists();
        }
    }
}
