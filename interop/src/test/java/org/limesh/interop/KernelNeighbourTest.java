package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
import org.limesh.batadv.BatadvConfig;
import org.limesh.batadv.BatadvEvent;
import org.limesh.batadv.BatadvSnapshot;

/**
 * Our engine in the middle of a line whose ends are two nodes of the genuine kernel.
 *
 * <pre>
 *   client ca ── node a ──(cable 0)── our engine ──(cable 1)── node b ── client cb
 *   10.99.0.11   kernel               tiny hosts 10.99.0.2x              10.99.0.12   (kernel nodes in one guest)
 * </pre>
 */
@Tag("guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KernelNeighbourTest {
    private static final int ORIGINATOR_INTERVAL_MS = 250;
    private static final Duration SETTLING = Duration.ofSeconds(180);
    private static final Duration CLIENT_TABLES = Duration.ofSeconds(90);
    private static final Guest.Settings PLAIN = new Guest.Settings(null, 0x42, List.of());
    private static final String A = Guest.mac(PLAIN, 0);
    private static final String B = Guest.mac(PLAIN, 1);
    private static final MacAddress OURS = MacAddress.parse("02:9e:00:01:00:00");
    private static final MacAddress OUR_SECOND = MacAddress.parse("02:9e:00:01:00:01");
    private static final MacAddress OUR_MESH = MacAddress.parse("06:9e:00:01:00:00");
    private static final MacAddress WALKER = MacAddress.parse("02:c1:00:00:00:77");
    private static final Path CAPTURES = Path.of("target", "captures");
    private static final Path GUEST = Path.of("target", "kernel-neighbour");

    private final Set<String> had = new HashSet<>();
    private List<Integer> ports;
    private Guest guest;
    private EngineLoop ours;

    @BeforeAll
    void bootTheGuest() throws Exception {
        if (Guest.whyNot() != null) {
            return;
        }
        Files.createDirectories(CAPTURES);
        ports = freePorts(4);
        guest = Guest.boot(GUEST, new Guest.Settings(null, PLAIN.macSuffix(), List.of(
                new Guest.Plug.Udp(ports.get(0), ports.get(1)), new Guest.Plug.Udp(ports.get(2), ports.get(3)))));
        ours = startOurs(1, "neighbour");
        guest.run("""
                set -e
                node() { # name device client address aggregation
                    ip netns add $1
                    ip link set $2 netns $1
                    ip netns exec $1 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
                    in="ip netns exec $1"
                    $in batctl meshif bat0 interface create routing_algo BATMAN_IV
                    $in ip link set bat0 address 02:9e:00:00:ba:$4
                    for setting in "orig_interval 250" "bridge_loop_avoidance 0" "distributed_arp_table 0" \
                            "aggregation $5"; do
                        $in batctl meshif bat0 $setting
                    done
                    $in ip link set $2 mtu 1532 up
                    $in ip link set bat0 up
                    $in batctl meshif bat0 interface add $2
                    $in ip link add br0 type bridge
                    $in ip link set br0 address 02:9e:00:00:bb:$4
                    $in ip link set br0 up
                    $in ip link set bat0 master br0
                    ip netns add $3
                    ip netns exec $3 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
                    ip link add port netns $1 type veth peer name eth0 netns $3 address 02:c1:00:00:00:$4
                    $in ip link set port master br0 up
                    ip -n $3 addr add 10.99.0.$4/24 dev eth0
                    ip -n $3 link set eth0 up
                }
                node a eth0 ca 11 1
                node b eth1 cb 12 0
                """);
    }

    /** Per test and not for all of them at once: then every single one is listed as skipped. */
    @BeforeEach
    void sayWhyNot() {
        Assumptions.assumeTrue(guest != null, "skipped: " + Guest.whyNot());
    }

    private EngineLoop startOurs(long seed, String capture) throws IOException {
        return new EngineLoop(BatadvConfig.withInterval(ORIGINATOR_INTERVAL_MS), OUR_MESH, seed, List.of(
                new EngineLoop.Cable("cable0", OURS, ports.get(1), ports.get(0), CAPTURES.resolve(capture + "-0.pcap")),
                new EngineLoop.Cable("cable1", OUR_SECOND, ports.get(3), ports.get(2),
                        CAPTURES.resolve(capture + "-1.pcap"))));
    }

    @AfterAll
    void switchTheGuestOff() throws Exception {
        if (ours != null) {
            ours.close();
        }
        if (guest != null) {
            guest.close();
        }
    }

    @Test
    @Order(1)
    void theKernelSeesUsWithFullQualityAndWeSeeIt() throws Exception {
        long settledMs = Wait.until("the kernel nodes list us with TQ 255", SETTLING,
                () -> hadTq("a", OURS.toString(), 255) & hadTq("b", OUR_SECOND.toString(), 255),
                () -> both("o") + ours.snapshot().originators());
        System.out.printf("kernel neighbour: TQ 255 after %.1f s of waiting (%d ms between messages)%n",
                settledMs / 1000.0, ORIGINATOR_INTERVAL_MS);
        Wait.until("we list both kernel nodes with TQ 255 or the 251 that the last echo lacks", SETTLING,
                () -> ourTq(A) >= 251 && ourTq(B) >= 251, () -> ours.snapshot().originators());
    }

    @Test
    @Order(2)
    void kernelNodesSeeEachOtherThroughUsWithOneHopPenalty() throws Exception {
        Wait.until("a sees b through us with TQ 225, and b sees a", SETTLING,
                () -> hadTq("a", B, 225) & kernelTq("b", A) >= 221, () -> both("o"));
        assertThat(guest.run("ip netns exec a batctl meshif bat0 o -H")).containsPattern(
                "\\* " + B + " .*\\(22[0-5]\\) +" + OURS);
    }

    @Test
    @Order(3)
    void clientOfAKernelNodePingsAClientOfOurs() throws Exception {
        TinyHost host = ours.host(MacAddress.parse("02:c1:00:00:00:21"), "10.99.0.21");
        ours.whoHas(host, "10.99.0.21");
        pingsUntilGood("ca", "10.99.0.21");
        pingsUntilGood("cb", "10.99.0.21");
        assertThat(host.answeredEchoes()).isGreaterThanOrEqualTo(10);
    }

    @Test
    @Order(3)
    void clientsOfTwoKernelNodesPingEachOtherThroughUs() throws Exception {
        pingsUntilGood("ca", "10.99.0.12");
        Wait.until("large packets too", CLIENT_TABLES, () -> guest.ask("ip netns exec ca ping -c 3 -i 0.2 -s 1400 -q 10.99.0.12")
                .text().contains(" 0% packet loss"), () -> both("o"));
    }

    @Test
    @Order(4)
    void translationTablesAgreeWithTheKernels() throws Exception {
        TinyHost host = ours.host(MacAddress.parse("02:c1:00:00:00:22"), "10.99.0.22");
        ours.whoHas(host, "10.99.0.11");
        Wait.until("kernel nodes know our clients with our checksum", CLIENT_TABLES,
                () -> knowsAllOurClients("a") && knowsAllOurClients("b"),
                () -> both("tg") + ours.snapshot().localClients());
        Wait.until("we know the clients of the kernel nodes with their checksums", CLIENT_TABLES,
                () -> weKnowAllClientsOf("a", A) && weKnowAllClientsOf("b", B),
                () -> both("tl") + ours.snapshot().globalClients());
    }

    @Test
    @Order(5)
    void bigTableReachesTheKernelNodesInFull() throws Exception {
        int clients = 90;
        List<TinyHost> crowd = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            crowd.add(ours.host(MacAddress.parse("02:c2:00:00:00:%02x".formatted(i)), "10.99.1." + i));
        }
        crowd.forEach(host -> ours.whoHas(host, "10.99.0.11"));
        Wait.until("kernel nodes know " + clients + " more clients of ours", CLIENT_TABLES,
                () -> knowsAllOurClients("a") && knowsAllOurClients("b"), () -> both("tg"));
        assertThat(guest.run("ip netns exec b batctl meshif bat0 tg -H").lines()
                .filter(line -> line.contains("02:c2:")).count()).isEqualTo(clients);
        crowd.forEach(ours::remove);
    }

    @Test
    @Order(6)
    void clientRoamsFromUsToAKernelNodeAndBack() throws Exception {
        TinyHost walker = ours.host(WALKER, "10.99.0.77");
        ours.whoHas(walker, "10.99.0.77");
        pingsUntilGood("cb", "10.99.0.77");
        ours.remove(walker);
        guest.run("""
                set -e
                ip netns add walker
                ip netns exec walker sysctl -qw net.ipv6.conf.default.disable_ipv6=1
                ip link add port2 netns a type veth peer name eth0 netns walker address %s
                ip -n a link set port2 master br0 up
                ip -n walker addr add 10.99.0.77/24 dev eth0
                ip -n walker link set eth0 up
                ip netns exec walker ping -c 1 -W 1 10.99.0.11 || true
                """.formatted(WALKER));
        Wait.until("we learn that the client is behind a now", CLIENT_TABLES,
                () -> globalOwner(WALKER).equals(A) && !isOurClient(WALKER), this::whereIsTheWalker);
        assertThat(ours.events()).contains(new BatadvEvent.ClientRoamedAway(WALKER, 0, MacAddress.parse(A)));
        pingsUntilGood("cb", "10.99.0.77");

        guest.run("ip netns del walker");
        TinyHost back = ours.host(WALKER, "10.99.0.77");
        ours.whoHas(back, "10.99.0.12");
        Wait.until("the kernel nodes learn that the client is behind us again", CLIENT_TABLES,
                () -> kernelOwner("a", WALKER).equals(OURS.toString())
                        && kernelOwner("b", WALKER).equals(OURS.toString())
                        && !guest.run("ip netns exec a batctl meshif bat0 tl -H").contains(WALKER.toString()),
                this::whereIsTheWalker);
        assertThat(ours.events()).contains(new BatadvEvent.ClientRoamedHere(WALKER, 0, MacAddress.parse(A)));
        pingsUntilGood("cb", "10.99.0.77");
        pingsUntilGood("ca", "10.99.0.77");
    }

    @Test
    @Order(7)
    void clientRoamsBetweenTwoKernelNodesWithUsInBetween() throws Exception {
        guest.run("""
                set -e
                ip netns add rover
                ip netns exec rover sysctl -qw net.ipv6.conf.default.disable_ipv6=1
                ip link add port3 netns a type veth peer name eth0 netns rover address 02:c1:00:00:00:78
                ip -n a link set port3 master br0 up
                ip -n rover addr add 10.99.0.78/24 dev eth0
                ip -n rover link set eth0 up
                """);
        MacAddress rover = MacAddress.parse("02:c1:00:00:00:78");
        TinyHost host = ours.host(MacAddress.parse("02:c1:00:00:00:23"), "10.99.0.23");
        pingsUntilGood("rover", "10.99.0.23");
        Wait.until("we place the rover behind a", CLIENT_TABLES, () -> globalOwner(rover).equals(A));
        guest.run("ip -n a link set port3 netns b; ip -n b link set port3 master br0 up");
        pingsUntilGood("rover", "10.99.0.23");
        Wait.until("we place the rover behind b", CLIENT_TABLES, () -> globalOwner(rover).equals(B));
        Wait.until("all checksums agree again", CLIENT_TABLES,
                () -> weKnowAllClientsOf("a", A) && weKnowAllClientsOf("b", B),
                () -> both("tl") + ours.snapshot().globalClients());
        assertThat(host.answeredEchoes()).isGreaterThanOrEqualTo(10);
    }

    @Test
    @Order(8)
    void tablesAreNotRequestedWithoutNeed() {
        long requests = ours.events().stream().filter(BatadvEvent.TableRequested.class::isInstance).count();
        // A handful is normal: at the first meeting, and where an announcement with changes was lost.
        assertThat(requests).isLessThan(15);
    }

    @Test
    @Order(9)
    void kernelNodesBelieveUsAgainAfterWeHaveRestarted() throws Exception {
        ours.close();
        // Other sequence numbers, and a table version that begins anew.
        ours = startOurs(2, "restarted");
        TinyHost host = ours.host(MacAddress.parse("02:c1:00:00:00:24"), "10.99.0.24");
        ours.whoHas(host, "10.99.0.24");
        pingsUntilGood("ca", "10.99.0.24");
        pingsUntilGood("cb", "10.99.0.24");
        pingsUntilGood("ca", "10.99.0.12");
        Wait.until("all tables agree again", CLIENT_TABLES,
                () -> knowsAllOurClients("a") && knowsAllOurClients("b")
                        && weKnowAllClientsOf("a", A) && weKnowAllClientsOf("b", B),
                () -> both("tg") + both("tl") + ours.snapshot());
    }

    @Test
    @Order(10)
    void dissectorFindsNothingMalformedInWhatWeSent() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/tshark")), "skipped: tshark not found");
        ours.close();
        ours = null;
        for (String name : List.of("neighbour-0.pcap", "neighbour-1.pcap", "restarted-0.pcap", "restarted-1.pcap")) {
            String file = CAPTURES.resolve(name).toString();
            assertThat(Shell.run("tshark", "-r", file, "-Y", "batadv && eth.src[0:5] == 02:9e:00:01:00").lines().count())
                    .isGreaterThan(20);
            assertThat(Shell.run("tshark", "-r", file, "-Y", "_ws.malformed || _ws.expert.severity == error"))
                    .isEmpty();
        }
    }

    private String whereIsTheWalker() throws Exception {
        return both("tl") + both("tg") + ours.snapshot().localClients() + ours.snapshot().globalClients();
    }

    private String both(String table) throws IOException, InterruptedException {
        return guest.run("for n in a b; do ip netns exec $n batctl meshif bat0 " + table + "; done");
    }

    /** Quality of the best way from a kernel node to an originator; 0 when unknown. */
    private int kernelTq(String node, String originator) throws IOException, InterruptedException {
        Matcher row = Pattern.compile("(?m)^ \\* " + originator + " +[0-9.]+s +\\( *(\\d+)\\)")
                .matcher(guest.run("ip netns exec " + node + " batctl meshif bat0 o -H"));
        return row.find() ? Integer.parseInt(row.group(1)) : 0;
    }

    /**
     * True when a kernel node has had this quality at one look. It need not stay: an OGM that comes in between the
     * sending of an own one and its echo (0.1 s later) sees 63 echoes of 64, which makes 251 of 255, on genuine nodes
     * alike.
     */
    private boolean hadTq(String node, String originator, int tq) throws IOException, InterruptedException {
        String fact = node + ' ' + originator + ' ' + tq;
        if (!had.contains(fact) && kernelTq(node, originator) == tq) {
            had.add(fact);
        }
        return had.contains(fact);
    }

    private int ourTq(String originator) {
        return ours.snapshot().originators().stream()
                .filter(row -> row.best() && row.mac().toString().equals(originator))
                .mapToInt(BatadvSnapshot.Originator::tq).findFirst().orElse(0);
    }

    /** The originator that a kernel node has for a client of others; empty when none. */
    private String kernelOwner(String node, MacAddress client) throws IOException, InterruptedException {
        for (String row : guest.run("ip netns exec " + node + " batctl meshif bat0 tg -H").split("\n")) {
            if (row.startsWith(" * ") && row.contains(client.toString())) {
                Matcher owner = Pattern.compile("\\) +([0-9a-f:]{17}) ").matcher(row);
                return owner.find() ? owner.group(1) : row;
            }
        }
        return "";
    }

    private String globalOwner(MacAddress client) {
        return ours.snapshot().globalClients().stream()
                .filter(row -> row.mac().equals(client) && row.best())
                .map(row -> row.originator().toString()).findFirst().orElse("");
    }

    private boolean isOurClient(MacAddress client) {
        return ours.snapshot().localClients().stream().anyMatch(row -> row.mac().equals(client));
    }

    /** True when each of our clients is in the kernel's global table, by way of us, with the checksum we have. */
    private boolean knowsAllOurClients(String node) throws IOException, InterruptedException {
        String table = guest.run("ip netns exec " + node + " batctl meshif bat0 tg -H");
        List<BatadvSnapshot.LocalClient> clients = ours.snapshot().localClients();
        return !clients.isEmpty() && clients.stream().allMatch(client -> table.lines().anyMatch(row ->
                row.contains(client.mac().toString()) && row.contains(OURS.toString())
                        && row.contains("%08x".formatted(client.crc()))));
    }

    /** True when our table for a kernel node has exactly the MACs, VLANs and checksums of its local table. */
    private boolean weKnowAllClientsOf(String node, String originator) throws IOException, InterruptedException {
        List<String> theirs = new ArrayList<>();
        Matcher row = Pattern.compile("(?m)^ *\\*? *([0-9a-f:]{17}) +(-?\\d+) \\[.*\\(?0x([0-9a-f]{8})\\)?")
                .matcher(guest.run("ip netns exec " + node + " batctl meshif bat0 tl -H"));
        while (row.find()) {
            theirs.add(row.group(1) + ' ' + row.group(2) + ' ' + row.group(3));
        }
        List<String> known = new ArrayList<>();
        for (BatadvSnapshot.GlobalClient client : ours.snapshot().globalClients()) {
            if (client.originator().toString().equals(originator)) {
                int vlan = (client.vid() & 0x8000) == 0 ? -1 : client.vid() & 0xfff;
                known.add(client.mac() + " " + vlan + ' ' + "%08x".formatted(client.crc()));
            }
        }
        return !theirs.isEmpty() && theirs.stream().sorted().toList().equals(known.stream().sorted().toList());
    }

    private void pingsUntilGood(String from, String target) throws Exception {
        Wait.until(from + " pings " + target + " without loss", CLIENT_TABLES,
                () -> guest.ask("ip netns exec " + from + " ping -c 5 -i 0.2 -W 1 -q " + target)
                        .text().contains(" 0% packet loss"),
                () -> both("tg") + both("o") + ours.snapshot() + ours.counters());
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<DatagramSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            DatagramSocket socket = new DatagramSocket(0, java.net.InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        sockets.forEach(DatagramSocket::close);
        return ports;
    }
}
