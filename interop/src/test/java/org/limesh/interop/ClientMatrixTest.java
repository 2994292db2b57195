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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Programs that people have, against a cloud of two nodes: one answer to every question, the MTU to who asks for
 * it, and another address for a client that finds its own in use.
 *
 * <pre>
 *   c1 ── lan1 n1 ── mesh ── n2 lan2 ── c2
 * </pre>
 *
 * Usually the rows that take a second or two; {@code -Dlimesh.clientMatrix=all} for those of docs/clients.md,
 * which need more programs and two minutes.
 */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientMatrixTest {
    private static final Path FILES = Path.of("target", "client-matrix").toAbsolutePath();
    private static final Duration CONVERGENCE = Duration.ofSeconds(120);
    private static final String GATEWAY = "10.13.0.1";
    private static final String GATEWAY6 = "fd0d:fe46:8ce8::1";
    private static final String ANYCAST_MAC = "aa:aa:aa:0d:fe:aa";
    private static final String ROUTER = "fe80::a8aa:aaff:fe0d:feaa";

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private String whyNot;
    private Netns c1;
    private Netns c2;
    private NodeProcess n1;

    /** What is run, and what must come out of it. */
    private interface Check {
        void run(ClientMatrixTest cloud) throws Exception;
    }

    private record Row(String name, String program, boolean always, Check check) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        boolean all = "all".equals(System.getProperty("limesh.clientMatrix"));
        return Stream.of(
                new Row("udhcpc", "udhcpc", true, cloud -> cloud.udhcpc(true)),
                new Row("udhcpc that does not ask for the MTU", "udhcpc", false, cloud -> cloud.udhcpc(false)),
                new Row("dhclient", "dhclient", true, ClientMatrixTest::dhclient),
                new Row("dhclient, stateless DHCPv6", "dhclient", false, ClientMatrixTest::dhclient6),
                new Row("dhcping", "dhcping", true, ClientMatrixTest::dhcping),
                new Row("arping -D", "arping", true, ClientMatrixTest::arping),
                new Row("arp-scan", "arp-scan", true, ClientMatrixTest::arpScan),
                new Row("dhcpcd, whose address somebody takes", "dhcpcd", true, ClientMatrixTest::dhcpcd),
                new Row("systemd-networkd", "/lib/systemd/systemd-networkd", true, ClientMatrixTest::networkd),
                new Row("NetworkManager", "NetworkManager", false, ClientMatrixTest::networkManager),
                new Row("dhcp6c", "dhcp6c", false, ClientMatrixTest::dhcp6c),
                new Row("rdisc6", "rdisc6", false, ClientMatrixTest::rdisc6),
                new Row("ndisc6", "ndisc6", false, ClientMatrixTest::ndisc6),
                new Row("nmap broadcast-dhcp-discover", "nmap", false, ClientMatrixTest::nmap),
                new Row("Scapy", "/usr/lib/python3/dist-packages/scapy/__init__.py", false, ClientMatrixTest::scapy),
                new Row("mtr", "mtr", false, ClientMatrixTest::mtr),
                new Row("hping3", "hping3", false, ClientMatrixTest::hping3)).filter(row -> all || row.always);
    }

    @BeforeAll
    void start() throws Exception {
        whyNot = Stream.concat(Stream.of(Netns.whyNot()), Stream.of("nft", "ping", "udhcpc").map(Shell::whyNot))
                .filter(reason -> reason != null).findFirst().orElse(null);
        if (whyNot != null) {
            return;
        }
        Files.createDirectories(FILES);
        Netns first = keep(Netns.create("m1"));
        Netns second = keep(Netns.create("m2"));
        c1 = keep(Netns.create("mc1"));
        c2 = keep(Netns.create("mc2"));
        Netns.cable(first, "mesh1", second, "mesh2");
        Netns.cable(c1, "eth0", first, "lan1");
        Netns.cable(c2, "eth0", second, "lan2");
        for (Netns client : List.of(c1, c2)) {
            client.run("ip", "link", "set", "eth0", "mtu", "1500");
        }
        n1 = node(first, "m1", "mesh1", "lan1");
        NodeProcess n2 = node(second, "m2", "mesh2", "lan2");
        n1.awaitReady();
        n2.awaitReady();
        c2.run("ip", "addr", "add", "10.13.99.2/16", "dev", "eth0");
        c1.run("ip", "addr", "add", "10.13.99.1/16", "dev", "eth0");
        Wait.until("the clients reach each other", CONVERGENCE, () -> c1.ask("ping", "-c", "1", "-W", "1", "10.13.99.2")
                .exitCode() == 0, n1::log);
        c1.run("ip", "addr", "flush", "dev", "eth0", "scope", "global");
        c2.run("ip", "addr", "flush", "dev", "eth0", "scope", "global");
    }

    private NodeProcess node(Netns netns, String name, String mesh, String lan) throws Exception {
        Path directory = FILES.resolve(name);
        Files.deleteIfExists(directory.resolve("state/leases.log"));
        return keep(NodeProcess.start(netns, name, directory, List.of(mesh), List.of(lan),
                "--set", "lime.network.batadv_orig_interval=500"));
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    @AfterAll
    void removeEverything() throws Exception {
        for (AutoCloseable thing : toClose.reversed()) {
            thing.close();
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void meetsOneGateway(Row row) throws Exception {
        Assumptions.assumeTrue(whyNot == null, whyNot);
        String missing = row.program.startsWith("/")
                ? Files.exists(Path.of(row.program)) ? null : "skipped: " + row.program + " not found"
                : Shell.whyNot(row.program);
        Assumptions.assumeTrue(missing == null, missing);
        long beginNs = System.nanoTime();
        row.check.run(this);
        System.out.printf("client matrix: %s: %.1f s%n", row.name, (System.nanoTime() - beginNs) / 1e9);
    }

    /** Output of a program in c1 that is ended after some seconds. */
    private String told(int seconds, String... command) throws Exception {
        List<String> all = new ArrayList<>(List.of("timeout", Integer.toString(seconds)));
        all.addAll(List.of(command));
        String text = c1.ask(all.toArray(String[]::new)).text();
        Files.writeString(FILES.resolve(command[0].replace('/', '_') + ".log"), text);
        return text;
    }

    private static String script(String name, String body) throws Exception {
        Path script = FILES.resolve(name);
        Files.writeString(script, "#!/bin/sh\nPATH=/usr/sbin:/sbin:/usr/bin:/bin\n" + body);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script.toString();
    }

    private static String first(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern + " in " + text).isTrue();
        return matcher.group(1);
    }

    private String lease() throws Exception {
        udhcpc(true);
        return c1.address4("eth0");
    }

    // ---- rows -------------------------------------------------------------------------------------------

    private void udhcpc(boolean mtu) throws Exception {
        c1.run("ip", "addr", "flush", "dev", "eth0", "scope", "global");
        String script = script("udhcpc.script", """
                echo "told $1 ip=$ip lease=$lease server=$serverid mtu=$mtu router=$router dns=$dns domain=$domain"
                [ $1 != bound ] || ip addr replace $ip/$mask dev $interface
                """);
        List<String> command = new ArrayList<>(List.of("udhcpc", "-i", "eth0", "-f", "-q", "-n", "-t", "5", "-T", "2",
                "-O", "search", "-s", script, "-x", "hostname:phone1"));
        if (mtu) {
            command.addAll(List.of("-O", "mtu"));
        }
        assertThat(told(15, command.toArray(String[]::new))).containsPattern("told bound ip=10\\.13\\.[0-9.]+ lease=3600 "
                + "server=10\\.13\\.0\\.1 mtu=" + (mtu ? "1350" : "") + " router=10\\.13\\.0\\.1 dns=[0-9. ]+ "
                + "domain=thisnode\\.info");
    }

    private void dhclient() throws Exception {
        String script = script("dhclient.script", "echo \"told $reason $new_dhcp_server_identifier "
                + "$new_dhcp_lease_time $new_routers\"\n");
        Path log = FILES.resolve("dhclient.log");
        Files.deleteIfExists(FILES.resolve("dhclient.leases"));
        Process client = c1.start(log, List.of("dhclient", "-4", "-1", "-v", "-d", "-sf", script,
                "-lf", FILES.resolve("dhclient.leases").toString(), "-pf", FILES.resolve("dhclient.pid").toString(),
                "-cf", "/dev/null", "eth0"));
        try {
            Wait.until("dhclient is bound", CONVERGENCE, () -> Files.readString(log).contains("bound to"),
                    () -> Files.readString(log));
        } finally {
            client.destroy();
        }
        assertThat(Files.readString(log)).contains("told BOUND " + GATEWAY + " 3600 " + GATEWAY)
                .containsOnlyOnce("DHCPOFFER").containsOnlyOnce("DHCPACK");
    }

    private void dhclient6() throws Exception {
        String script = script("dhclient6.script", "echo \"told $new_dhcp6_name_servers|$new_dhcp6_domain_search\"\n");
        assertThat(told(15, "dhclient", "-6", "-S", "-1", "-v", "-d", "-sf", script,
                "-lf", FILES.resolve("dhclient6.leases").toString(), "-pf", FILES.resolve("dhclient6.pid").toString(),
                "-cf", "/dev/null", "eth0")).contains("RCV: Reply message on eth0 from " + ROUTER)
                .containsPattern("told [0-9a-f:]+\\|thisnode\\.info");
    }

    private void dhcping() throws Exception {
        assertThat(told(10, "dhcping", "-s", GATEWAY, "-c", lease(), "-h", c1.macOf("eth0"), "-v"))
                .contains("Got answer from: " + GATEWAY);
    }

    private void arping() throws Exception {
        String text = told(10, "arping", "-D", "-c2", "-w3", "-I", "eth0", GATEWAY).toLowerCase(java.util.Locale.ROOT);
        assertThat(text).contains("[" + ANYCAST_MAC + "]", "received 1 response");
    }

    private void arpScan() throws Exception {
        lease();
        String text = told(20, "arp-scan", "-I", "eth0", "-r", "1", "-t", "2000", "10.13.0.0/28");
        assertThat(text.lines().filter(line -> line.startsWith("10.13.")).toList()).singleElement().asString()
                .startsWith(GATEWAY + "\t" + ANYCAST_MAC).doesNotContain("DUP");
    }

    /** Somebody at the other node takes the address while its client is away: the client declines it. */
    private void dhcpcd() throws Exception {
        String address = lease();
        c1.run("ip", "addr", "flush", "dev", "eth0", "scope", "global");
        c2.run("ip", "addr", "add", address + "/16", "dev", "eth0");
        try {
            String text = told(75, "unshare", "-m", "sh", "-c", "mount -t tmpfs none /run && mkdir -p /var/lib/dhcpcd && "
                    + "mount -t tmpfs none /var/lib/dhcpcd && "
                    + "dhcpcd -4 -B -d -1 -t 60 --noconfigure -C resolv.conf -f /dev/null eth0");
            assertThat(text).contains("acknowledged " + address, "DAD detected " + address, "sending DECLINE");
            String second = first(text, "DAD completed for ([0-9.]+)");
            assertThat(second).isNotEqualTo(address);
            assertThat(text).contains("leased " + second);
            Wait.until("the node tells of it", CONVERGENCE, () -> n1.log().contains(address + " of ")
                    && n1.log().contains("is in use by somebody else, says the client"), n1::log);
        } finally {
            c2.run("ip", "addr", "flush", "dev", "eth0", "scope", "global");
        }
    }

    private void networkd() throws Exception {
        c1.run("ip", "addr", "flush", "dev", "eth0", "scope", "global");
        Path network = FILES.resolve("10.network");
        Files.writeString(network, "[Match]\nName=eth0\n[Network]\nDHCP=yes\nIPv6AcceptRA=yes\n"
                + "[DHCPv4]\nUseMTU=yes\nClientIdentifier=mac\n");
        Path log = FILES.resolve("networkd.log");
        Process client = c1.start(log, List.of("unshare", "-m", "sh", "-c", "mount -t tmpfs none /run && "
                + "mkdir -p /run/systemd/network && cp " + network + " /run/systemd/network/ && mount --bind /sys /sys && "
                + "mount -o remount,ro,bind /sys && exec /lib/systemd/systemd-networkd"));
        try {
            Wait.until("networkd is configured", CONVERGENCE, () -> c1.run("ip", "-6", "route").contains(
                    "default via " + ROUTER + " dev eth0 proto ra") && !c1.address4("eth0").isEmpty()
                    && c1.run("cat", "/sys/class/net/eth0/mtu").strip().equals("1350")
                    && c1.run("ip", "route").contains("default via " + GATEWAY + " dev eth0 proto dhcp"),
                    () -> Files.readString(log).replaceAll("(?m)^.*ailed to update.*$\n", "") + c1.run("ip", "-6", "route"));
            assertThat(c1.run("ip", "route")).contains(GATEWAY + " dev eth0 proto dhcp scope link");
            assertThat(Files.readString(log)).contains("gateway " + GATEWAY + " acquired from " + GATEWAY);
        } finally {
            client.destroy();
            client.waitFor();
            c1.run("ip", "link", "set", "eth0", "mtu", "1500");
        }
    }

    private void networkManager() throws Exception {
        c1.run("ip", "link", "set", "eth0", "down");
        c1.run("ip", "addr", "flush", "dev", "eth0");
        Path config = FILES.resolve("nm.conf");
        Files.writeString(config, "[main]\nplugins=\ndhcp=internal\ndns=none\n");
        String text = told(40, "unshare", "-m", "sh", "-c", "mount -t tmpfs none /run; mkdir -p /run/dbus; "
                + "mount -t tmpfs none /var/lib/NetworkManager; mount --bind /sys /sys; mount -o remount,ro,bind /sys; "
                + "dbus-daemon --system --nofork --nopidfile >/dev/null 2>&1 & bus=$!; sleep 1; "
                + "NetworkManager --debug --config " + config + " >" + FILES.resolve("nm.log") + " 2>&1 & nm=$!; sleep 2; "
                + "nmcli device set eth0 managed yes; timeout 20 nmcli device connect eth0; "
                + "for i in $(seq 30); do case $(nmcli -g IP4.GATEWAY,IP6.GATEWAY device show eth0 | tr -d '\\n') in "
                + "*10.*fe80*) break;; esac; sleep 0.5; done; nmcli -f GENERAL,IP4,IP6 device show eth0; kill $nm; wait $nm; kill $bus");
        c1.run("ip", "link", "set", "eth0", "up");
        c1.run("ip", "link", "set", "eth0", "mtu", "1500");
        assertThat(text.replaceAll(" +", " ")).contains("GENERAL.MTU: 1350", "IP4.GATEWAY: " + GATEWAY,
                "IP4.DOMAIN[1]: thisnode.info", "IP6.GATEWAY: " + ROUTER).containsPattern("IP4.ADDRESS\\[1\\]: 10\\.13\\.");
    }

    private void dhcp6c() throws Exception {
        Path config = FILES.resolve("dhcp6c.conf");
        Files.writeString(config, "interface eth0 { information-only; request domain-name-servers; request domain-name; "
                + "script \"/bin/true\"; };\n");
        assertThat(told(5, "unshare", "-m", "sh", "-c", "mkdir -p /var/lib/dhcpv6 && mount -t tmpfs none /var/lib/dhcpv6 && "
                + "exec dhcp6c -f -D -c " + config + " eth0")).contains("receive reply from " + ROUTER,
                "nameserver[0]", "Domain search list[0] thisnode.info");
    }

    private void rdisc6() throws Exception {
        String text = told(10, "rdisc6", "-m", "-w", "2000", "eth0").replaceAll(" +", " ");
        assertThat(text).contains("Stateful address conf. : No", "Stateful other conf. : Yes", "Router lifetime : 360 ",
                "MTU : 1350 bytes").containsIgnoringCase("Source link-layer address: " + ANYCAST_MAC);
        assertThat(text.lines().filter(line -> line.strip().startsWith("from ")).toList()).hasSize(1);
    }

    private void ndisc6() throws Exception {
        assertThat(told(10, "ndisc6", "-1", GATEWAY6, "eth0")).containsIgnoringCase(ANYCAST_MAC);
    }

    private void nmap() throws Exception {
        assertThat(told(30, "nmap", "--script", "broadcast-dhcp-discover", "-e", "eth0"))
                .contains("Response 1 of 1", "Server Identifier: " + GATEWAY, "Interface MTU: 1350");
    }

    private void scapy() throws Exception {
        lease();
        assertThat(told(20, "/usr/bin/python3", "-c", """
                from scapy.all import *
                answers, _ = srp(Ether(dst='ff:ff:ff:ff:ff:ff')/ARP(pdst='10.13.0.1'), iface='eth0', multi=True,
                                 timeout=2, verbose=0)
                print('answers', [answer.hwsrc for _, answer in answers])
                """)).contains("answers ['" + ANYCAST_MAC + "']");
    }

    private void mtr() throws Exception {
        lease();
        assertThat(told(30, "mtr", "-n", "-r", "-c", "3", GATEWAY)).containsPattern("10\\.13\\.0\\.1 +0\\.0% +3");
    }

    private void hping3() throws Exception {
        lease();
        assertThat(told(20, "hping3", "-c", "3", "-S", "-p", "53", GATEWAY))
                .contains("3 packets received, 0% packet loss").doesNotContain("DUP!");
    }
}
