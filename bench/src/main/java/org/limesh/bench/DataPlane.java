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
 * One TCP stream between two clients through two nodes, by different means in the same run.
 *
 * <pre>
 *   client l ── lan ── node l ── mesh ─────── mesh ── node r ── lan ── client r
 *                      limesh | vxlan | tinc          the same
 * </pre>
 */
final class DataPlane {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SECONDS = 5;
    private static final String LEFT = "10.13.100.1";
    private static final String RIGHT = "10.13.100.2";

    private final Path files;
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Netns leftClient;
    private Netns rightClient;
    private Netns left;
    private Netns right;

    private DataPlane(Path files) {
        this.files = files;
    }

    /**
     * @param mbps                   megabits per second that arrived
     * @param cpuSecondsPerGigabyte of the processes of both nodes; 0 where the kernel does it all
     */
    private record Speed(double mbps, double cpuSecondsPerGigabyte) {}

    /** How the two nodes carry frames. */
    private interface Means {
        void start(DataPlane plane) throws Exception;
    }

    static List<Row> rows() throws Exception {
        String whyNot = Netns.whyNot() != null ? Netns.whyNot() : Shell.whyNot("iperf3");
        if (whyNot != null) {
            return List.of(new Row("data plane", whyNot, "", ""));
        }
        Path files = Path.of("bench", "target", "data-plane").toAbsolutePath();
        Speed limesh = measure(files.resolve("limesh"), DataPlane::startLimesh);
        Speed vxlan = measure(files.resolve("vxlan"), DataPlane::startVxlan);
        List<Row> rows = new ArrayList<>();
        rows.add(Row.compared("TCP through two nodes", limesh.mbps, "Mbit/s", "kernel vxlan bridge", vxlan.mbps));
        if (Shell.whyNot("tincd") == null) {
            Speed tinc = measure(files.resolve("tinc"), DataPlane::startTinc);
            String peer = "tinc, switch mode, no cipher";
            rows.add(Row.compared("TCP through two nodes", limesh.mbps, "Mbit/s", peer, tinc.mbps));
            rows.add(Row.compared("CPU of both nodes for a gigabyte of TCP (less is better)",
                    limesh.cpuSecondsPerGigabyte, "s", peer, tinc.cpuSecondsPerGigabyte));
        } else {
            rows.add(new Row("TCP through two tinc nodes", Shell.whyNot("tincd"), "", ""));
        }
        return rows;
    }

    private static Speed measure(Path files, Means means) throws Exception {
        Files.createDirectories(files);
        DataPlane plane = new DataPlane(files);
        try {
            plane.layCables();
            means.start(plane);
            Wait.until("the clients reach each other", PATIENCE, () -> plane.leftClient
                    .ask("ping", "-c", "2", "-i", "0.2", "-W", "1", "-q", RIGHT).text().contains(" 0% packet loss"));
            plane.iperf(2); // for the compiler and for TCP
            double cpuS = plane.cpuOfNodesS();
            double first = plane.iperf(SECONDS);
            double second = plane.iperf(SECONDS);
            double gigabytes = (first + second) * SECONDS / 8 / 1000;
            Speed speed = new Speed(Math.max(first, second), (plane.cpuOfNodesS() - cpuS) / gigabytes);
            System.err.println("  " + files.getFileName() + ": " + speed);
            return speed;
        } finally {
            for (AutoCloseable thing : plane.toClose.reversed()) {
                thing.close();
            }
        }
    }

    /** CPU time of all processes in the nodes' namespaces up to now. */
    private double cpuOfNodesS() throws Exception {
        double sumS = 0;
        for (Netns node : List.of(left, right)) {
            for (String pid : Shell.run("ip", "netns", "pids", node.name()).split("\\s+")) {
                if (!pid.isEmpty()) {
                    sumS += ProcessHandle.of(Long.parseLong(pid)).flatMap(process -> process.info().totalCpuDuration())
                            .orElse(Duration.ZERO).toNanos() / 1e9;
                }
            }
        }
        return sumS;
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    private void layCables() throws Exception {
        left = keep(Netns.create("bl"));
        right = keep(Netns.create("br"));
        leftClient = keep(Netns.create("bcl"));
        rightClient = keep(Netns.create("bcr"));
        Netns.cable(left, "mesh0", right, "mesh0");
        for (Netns node : List.of(left, right)) {
            node.run("ip", "link", "set", "mesh0", "mtu", "1600");
        }
        Netns.cable(leftClient, "eth0", left, "lan0");
        Netns.cable(rightClient, "eth0", right, "lan0");
        for (Netns client : List.of(leftClient, rightClient)) {
            client.run("ip", "link", "set", "eth0", "mtu", "1500");
            client.run("ip", "addr", "add", (client == leftClient ? LEFT : RIGHT) + "/16", "dev", "eth0");
        }
    }

    private double iperf(int seconds) throws Exception {
        Process server = rightClient.start(files.resolve("iperf3-server.log"), List.of("iperf3", "-s", "-1"));
        Wait.until("iperf3 listens", PATIENCE, () -> rightClient.run("ss", "-ltn").contains(":5201"));
        String text = leftClient.run("iperf3", "-c", RIGHT, "-t", Integer.toString(seconds), "-f", "m");
        server.waitFor();
        Matcher result = Pattern.compile("([0-9.]+) Mbits/sec +receiver").matcher(text);
        if (!result.find()) {
            throw new IllegalStateException("iperf3 told no result: " + text);
        }
        return Double.parseDouble(result.group(1));
    }

    private void startLimesh() throws Exception {
        for (Netns netns : List.of(left, right)) {
            keep(NodeProcess.start(netns, netns.name(), files.resolve(netns.name()), List.of("mesh0"), List.of("lan0"),
                    "--set", "lime.network.batadv_orig_interval=500")).awaitReady();
        }
    }

    private void startVxlan() throws Exception {
        tunnelAddresses();
        for (Netns netns : List.of(left, right)) {
            netns.run("ip", "link", "add", "vx0", "type", "vxlan", "id", "1", "dev", "mesh0", "dstport", "4789",
                    "remote", netns == left ? "10.97.0.2" : "10.97.0.1");
            netns.run("ip", "link", "set", "vx0", "up");
            bridge(netns, "vx0");
        }
    }

    private void startTinc() throws Exception {
        tunnelAddresses();
        for (Netns netns : List.of(left, right)) {
            Path directory = tincConfiguration(netns);
            Shell.run("tincd", "-c", directory.toString(), "-K1024");
        }
        for (Netns netns : List.of(left, right)) {
            Netns other = netns == left ? right : left;
            String otherName = tincName(other);
            Files.copy(tincDirectory(other).resolve("hosts").resolve(otherName),
                    tincDirectory(netns).resolve("hosts").resolve(otherName));
        }
        for (Netns netns : List.of(left, right)) {
            Path directory = tincDirectory(netns);
            netns.start(directory.resolve("log"), List.of("tincd", "-D", "-c", directory.toString(),
                    "--pidfile=" + directory.resolve("pid")));
            Wait.until("tinc makes its device", PATIENCE,
                    () -> netns.ask("ip", "link", "show", "tinc0").exitCode() == 0,
                    () -> Files.readString(directory.resolve("log")));
            netns.run("ip", "link", "set", "tinc0", "up");
            bridge(netns, "tinc0");
        }
    }

    private static String tincName(Netns netns) {
        return netns.name().replace("-", "");
    }

    private Path tincDirectory(Netns netns) {
        return files.resolve(tincName(netns));
    }

    private Path tincConfiguration(Netns netns) throws Exception {
        Path directory = tincDirectory(netns);
        deleteAll(directory);
        Files.createDirectories(directory.resolve("hosts"));
        Files.writeString(directory.resolve("tinc.conf"), """
                Name = %s
                Mode = switch
                DeviceType = tap
                Interface = tinc0
                ConnectTo = %s
                """.formatted(tincName(netns), tincName(netns == left ? right : left)));
        Files.writeString(directory.resolve("hosts").resolve(tincName(netns)), """
                Address = %s
                Cipher = none
                Digest = none
                Compression = 0
                PMTU = 1560
                """.formatted(netns == left ? "10.97.0.1" : "10.97.0.2"));
        return directory;
    }

    private static void deleteAll(Path directory) throws Exception {
        if (Files.exists(directory)) {
            try (var paths = Files.walk(directory)) {
                for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private void tunnelAddresses() throws Exception {
        left.run("ip", "addr", "add", "10.97.0.1/24", "dev", "mesh0");
        right.run("ip", "addr", "add", "10.97.0.2/24", "dev", "mesh0");
    }

    private static void bridge(Netns netns, String tunnel) throws Exception {
        netns.run("ip", "link", "add", "br-lan", "type", "bridge");
        netns.run("ip", "link", "set", "br-lan", "up");
        netns.run("ip", "link", "set", "lan0", "master", "br-lan");
        netns.run("ip", "link", "set", tunnel, "master", "br-lan");
    }
}
