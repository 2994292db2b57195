package org.limesh.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.limesh.interop.Netns;
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
    private static final String LEFT = "10.13.100.1";
    private static final String RIGHT = "10.13.100.2";
    private static final int CLIENT_MTU_OCTETS = 1500;

    private final TwoNodes plane;
    private final Netns left;
    private final Netns right;
    private final Path files;

    private DataPlane(TwoNodes plane) throws Exception {
        this.plane = plane;
        this.left = plane.left;
        this.right = plane.right;
        this.files = plane.files;
        for (Netns node : List.of(left, right)) {
            node.run("ip", "link", "set", "mesh0", "mtu", "1600");
        }
        plane.leftClient.run("ip", "addr", "add", LEFT + "/16", "dev", "eth0");
        plane.rightClient.run("ip", "addr", "add", RIGHT + "/16", "dev", "eth0");
    }

    static List<Row> rows() throws Exception {
        if (TwoNodes.whyNot() != null) {
            return List.of(new Row("data plane", TwoNodes.whyNot(), "", ""));
        }
        TwoNodes.Speed limesh = measure("limesh", plane -> new DataPlane(plane).startLimesh());
        TwoNodes.Speed vxlan = measure("vxlan", plane -> new DataPlane(plane).startVxlan());
        List<Row> rows = new ArrayList<>();
        rows.add(Row.compared("TCP through two nodes", limesh.mbps(), "Mbit/s", "kernel vxlan bridge", vxlan.mbps()));
        if (Shell.whyNot("tincd") == null) {
            TwoNodes.Speed tinc = measure("tinc", plane -> new DataPlane(plane).startTinc());
            String peer = "tinc, switch mode, no cipher";
            rows.add(Row.compared("TCP through two nodes", limesh.mbps(), "Mbit/s", peer, tinc.mbps()));
            rows.add(Row.compared("CPU of both nodes for a gigabyte of TCP (less is better)",
                    limesh.cpuSecondsPerGigabyte(), "s", peer, tinc.cpuSecondsPerGigabyte()));
        } else {
            rows.add(new Row("TCP through two tinc nodes", Shell.whyNot("tincd"), "", ""));
        }
        return rows;
    }

    private static TwoNodes.Speed measure(String name, TwoNodes.Means means) throws Exception {
        Path files = Path.of("bench", "target", "data-plane", name).toAbsolutePath();
        return TwoNodes.measure(files, "b", CLIENT_MTU_OCTETS, RIGHT, means);
    }

    private void startLimesh() throws Exception {
        plane.startLimesh("LibreMesh.org", "LibreMesh.org", "--set", "lime.network.batadv_orig_interval=500");
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
            Wait.until("tinc makes its device", TwoNodes.PATIENCE,
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
