package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A guest with the genuine kernel module and the settings of LibreMesh as the neighbour of a real {@code limesh node},
 * in the VLAN of the cloud.
 *
 * <pre>
 *   guest: client k ── br0 ── bat0 ── eth0.29 (802.1ad) ──(TAP mesh0)── limesh node ── br-lan ── lan0 ── client (udhcpc)
 * </pre>
 */
@Tag("root")
@Tag("guest")
class KernelBesideNodeTest {
    private static final Duration SETTLING = Duration.ofSeconds(90);
    /** Bridge loop avoidance lets no broadcast pass in its first half minute. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Path FILES = Path.of("target", "kernel-beside-node").toAbsolutePath();
    /** The VLAN that the SSID LibreMesh.org gives. */
    private static final int CLOUD_VLAN = 29;

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void removeEverything() throws Exception {
        for (AutoCloseable thing : toClose.reversed()) {
            thing.close();
        }
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    @Test
    void kernelSeesTheNodeWithFullQualityAndItsClientPingsOurs() throws Exception {
        Assumptions.assumeTrue(Netns.whyNot() == null, Netns.whyNot());
        Assumptions.assumeTrue(Guest.whyNot() == null, "skipped: " + Guest.whyNot());
        for (String program : List.of("udhcpc", "tcpdump", "tshark")) {
            Assumptions.assumeTrue(Shell.whyNot(program) == null, Shell.whyNot(program));
        }
        Files.createDirectories(FILES);
        Netns machine = keep(Netns.create("k1"));
        Netns client = keep(Netns.create("kc"));
        Netns.cable(client, "eth0", machine, "lan0");
        client.run("ip", "link", "set", "eth0", "mtu", "1500");
        machine.run("ip", "tuntap", "add", "dev", "mesh0", "mode", "tap");
        machine.run("ip", "link", "set", "mesh0", "mtu", "1540", "up");
        Guest.Settings settings = new Guest.Settings(machine.name(), 0x43, List.of(new Guest.Plug.Tap("mesh0")));
        Guest guest = keep(Guest.boot(FILES.resolve("guest"), settings));
        Capture capture = keep(Capture.start(machine, "mesh0", FILES.resolve("mesh0.pcap"), ""));
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
        NodeProcess node = keep(NodeProcess.start(machine, "n1", FILES.resolve("n1"), List.of("mesh0"), List.of("lan0"),
                "--set", "lime.network.batadv_orig_interval=250"));
        node.awaitReady();
        DhcpClient.UDHCPC.start(client, "eth0", FILES);
        Wait.until("our client has an address", PATIENCE, () -> !client.address4("eth0").isEmpty(), node::log);

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
