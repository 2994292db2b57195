package org.limesh.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.limesh.interop.Netns;
import org.limesh.interop.NodeProcess;
import org.limesh.interop.Shell;
import org.limesh.interop.Wait;

/**
 * New leases per second: our node beside Kea (one thread, memfile), both asked by perfdhcp through a cable.
 *
 * <pre>
 *   perfdhcp ── eth0 ═══ lan0 ── limesh node | kea-dhcp4
 * </pre>
 *
 * <p>perfdhcp plays a relay agent, and a node serves no relays: rules of its namespace make its messages those of
 * clients on the link, for both servers. Each server is made anew for every rate and warmed up with others
 * clients, which come again and again.
 */
final class DhcpLoad {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SECONDS = 5;
    private static final int[] RATES = {2000, 4000, 8000, 24_000};
    /** More than these the pool of a /16 does not hold. */
    private static final int CLIENTS = 48_000;
    private static final String AS_CLIENTS = """
            table ip perfdhcp {
              chain out { type filter hook output priority 0; policy accept;
                udp dport 67 @th,88,8 set 0x0 @th,144,16 set 0x8000 @th,256,32 set 0x0 udp sport set 68
              }
              chain in { type filter hook prerouting priority -300; policy accept;
                udp sport 67 udp dport 68 udp dport set 67 ip daddr set 10.13.0.2
              }
            }
            """;

    private final Path files;

    private DhcpLoad(Path files) {
        this.files = files;
    }

    /**
     * @param perSecond exchanges completed per second, over the time in which clients came
     * @param doubled   addresses that perfdhcp was given twice
     */
    private record Result(double perSecond, int doubled) {}

    private interface Server {
        AutoCloseable start(DhcpLoad load, Netns netns) throws Exception;
    }

    static List<Row> rows() throws Exception {
        String whyNot = Netns.whyNot();
        for (String program : List.of("perfdhcp", "kea-dhcp4", "nft")) {
            whyNot = whyNot != null ? whyNot : Shell.whyNot(program);
        }
        if (whyNot != null) {
            return List.of(new Row("new leases", whyNot + " (packages kea-admin, kea-dhcp4-server)", "", ""));
        }
        DhcpLoad load = new DhcpLoad(Path.of("bench", "target", "dhcp-load").toAbsolutePath());
        List<Row> rows = new ArrayList<>();
        double most = 0;
        double last = 0;
        int doubled = 0;
        for (int rate : RATES) {
            Result kea = load.measure("kea", rate, DhcpLoad::startKea);
            Result limesh = load.measure("limesh", rate, DhcpLoad::startLimesh);
            rows.add(Row.compared("new leases, %,d offered per second".formatted(rate), limesh.perSecond, "/s",
                    "Kea, one thread, memfile", kea.perSecond));
            most = Math.max(most, limesh.perSecond);
            last = limesh.perSecond;
            doubled += limesh.doubled;
        }
        rows.add(Row.compared("new leases at %,d offered per second".formatted(RATES[RATES.length - 1]), last, "/s",
                "the most at any rate", most));
        rows.add(new Row("addresses given to two clients", Integer.toString(doubled), "", ""));
        return rows;
    }

    private Result measure(String name, int rate, Server server) throws Exception {
        Path own = Files.createDirectories(files.resolve(name));
        try (Netns serving = Netns.create("ds"); Netns asking = Netns.create("dc")) {
            Netns.cable(asking, "eth0", serving, "lan0");
            Netns.cable(serving, "mesh0", asking, "unused");
            asking.run("ip", "addr", "add", "10.13.0.2/16", "dev", "eth0");
            Files.writeString(own.resolve("nft"), AS_CLIENTS);
            asking.run("nft", "-f", own.resolve("nft").toString());
            try (AutoCloseable _ = server.start(this, serving)) {
                // A server runs for months; ours is compiled while it runs.
                perfdhcp(asking, 4000, 10, 4000, "00:0c:09:02:03:04");
                int seconds = Math.clamp(CLIENTS / rate, 1, SECONDS);
                Result result = perfdhcp(asking, rate, seconds, CLIENTS, "00:0c:01:02:03:04");
                System.err.printf("  %s, %d offered: %s%n", name, rate, result);
                return result;
            }
        }
    }

    private static Result perfdhcp(Netns asking, int rate, int seconds, int clients, String firstMac) throws Exception {
        String text = asking.ask("perfdhcp", "-4", "-l", "eth0", "-B", "-u", "-b", "mac=" + firstMac,
                "-r", Integer.toString(rate), "-R", Integer.toString(clients), "-p", Integer.toString(seconds),
                "-W", "500000").text();
        // Of the two parts the second is about REQUEST and ACK.
        String requests = text.substring(text.indexOf("REQUEST-ACK"));
        return new Result((double) number(requests, "received packets: ") / seconds,
                number(text.substring(0, text.indexOf("REQUEST-ACK")), "non unique addresses: ")
                        + number(requests, "non unique addresses: "));
    }

    private static int number(String text, String before) {
        Matcher found = Pattern.compile(Pattern.quote(before) + "([0-9]+)").matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("perfdhcp told no '" + before + "': " + text);
        }
        return Integer.parseInt(found.group(1));
    }

    private AutoCloseable startLimesh(Netns netns) throws Exception {
        Path own = files.resolve("limesh");
        Files.deleteIfExists(own.resolve("state/leases.log"));
        NodeProcess node = NodeProcess.start(netns, "dhcp-load", own, List.of("mesh0"), List.of("lan0"),
                "--set", "lime.network.anygw_dhcp_new_per_second=100000");
        node.awaitReady();
        return node;
    }

    private AutoCloseable startKea(Netns netns) throws Exception {
        Path own = files.resolve("kea");
        Files.deleteIfExists(own.resolve("leases.csv"));
        netns.run("ip", "addr", "add", "10.13.0.1/16", "dev", "lan0");
        Files.writeString(own.resolve("kea.conf"), """
                {"Dhcp4": {
                  "interfaces-config": {"interfaces": ["lan0"]},
                  "lease-database": {"type": "memfile", "persist": true, "lfc-interval": 0, "name": "%s/leases.csv"},
                  "valid-lifetime": 3600,
                  "multi-threading": {"enable-multi-threading": false},
                  "subnet4": [{"id": 1, "subnet": "10.13.0.0/16", "pools": [{"pool": "10.13.0.3-10.13.255.254"}],
                               "option-data": [{"name": "routers", "data": "10.13.0.1"}]}],
                  "loggers": [{"name": "kea-dhcp4", "severity": "INFO", "output_options": [{"output": "stdout"}]},
                              {"name": "kea-dhcp4.leases", "severity": "WARN"}]
                }}
                """.formatted(own));
        Process kea = netns.start(own.resolve("log"), List.of("env", "KEA_LOCKFILE_DIR=none", "KEA_PIDFILE_DIR=" + own,
                "kea-dhcp4", "-c", own.resolve("kea.conf").toString()));
        Wait.until("Kea listens", PATIENCE, () -> Files.readString(own.resolve("log")).contains("DHCP4_STARTED"),
                () -> Files.readString(own.resolve("log")));
        return () -> kea.destroyForcibly().waitFor();
    }
}
