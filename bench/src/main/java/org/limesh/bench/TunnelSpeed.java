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
 * One TCP stream from a client of one cloud to a client of another, through one-way tunnels: ours, and tunnels of
 * the kernel with the same job in the same run.
 *
 * <pre>
 *   client l ── lan0 ── node l ── mesh0 ═══ IPv4 in IPv6 ═══ mesh0 ── node r ── lan0 ── client r
 *   10.138.100.1         TUN, packet sockets | seg6 | vxlan                         10.78.100.1
 * </pre>
 */
final class TunnelSpeed {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int SECONDS = 5;
    private static final String LEFT = "10.138.100.1";
    private static final String RIGHT = "10.78.100.1";
    private static final String LEFT_GATEWAY = "10.138.0.1";
    private static final String RIGHT_GATEWAY = "10.78.0.1";

    private final Path files;
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Netns leftClient;
    private Netns rightClient;
    private Netns left;
    private Netns right;

    private TunnelSpeed(Path files) {
        this.files = files;
    }

    private interface Means {
        void start(TunnelSpeed plane) throws Exception;
    }

    static List<Row> rows() throws Exception {
        String whyNot = Netns.whyNot() != null ? Netns.whyNot() : Shell.whyNot("iperf3");
        if (whyNot != null) {
            return List.of(new Row("tunnels", whyNot, "", ""));
        }
        Path files = Path.of("bench", "target", "tunnels").toAbsolutePath();
        double ours = measure(files.resolve("limesh"), TunnelSpeed::startLimesh);
        double vxlan = measure(files.resolve("vxlan"), TunnelSpeed::startVxlan);
        double seg6 = measure(files.resolve("seg6"), TunnelSpeed::startSeg6);
        String what = "TCP through a one-way tunnel (TUN)";
        return List.of(Row.compared(what, ours, "Mbit/s", "kernel vxlan, routed", vxlan),
                Row.compared(what, ours, "Mbit/s", "kernel seg6, the same octets on the wire", seg6));
    }

    private static double measure(Path files, Means means) throws Exception {
        Files.createDirectories(files);
        TunnelSpeed plane = new TunnelSpeed(files);
        try {
            plane.layCables();
            means.start(plane);
            Wait.until("the clients reach each other", PATIENCE, () -> plane.leftClient
                    .ask("ping", "-c", "2", "-i", "0.2", "-W", "1", "-q", RIGHT).text().contains(" 0% packet loss"));
            plane.iperf(2); // for the compiler and for TCP
            double speed = Math.max(plane.iperf(SECONDS), plane.iperf(SECONDS));
            System.err.println("  " + files.getFileName() + ": " + speed + " Mbit/s");
            return speed;
        } finally {
            for (AutoCloseable thing : plane.toClose.reversed()) {
                thing.close();
            }
        }
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    private void layCables() throws Exception {
        left = keep(Netns.create("tl"));
        right = keep(Netns.create("tr"));
        leftClient = keep(Netns.create("tcl"));
        rightClient = keep(Netns.create("tcr"));
        Netns.cable(left, "mesh0", right, "mesh0");
        client(leftClient, left, LEFT, LEFT_GATEWAY);
        client(rightClient, right, RIGHT, RIGHT_GATEWAY);
    }

    private static void client(Netns client, Netns node, String address, String gateway) throws Exception {
        Netns.cable(client, "eth0", node, "lan0");
        client.run("ip", "link", "set", "eth0", "mtu", "1350");
        client.run("ip", "addr", "add", address + "/16", "dev", "eth0");
        client.run("ip", "route", "add", "default", "via", gateway);
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
            keep(NodeProcess.start(netns, netns.name(), files.resolve(netns.name()), List.of("mesh0"),
                    List.of("lan0"), "--set", "lime.wifi.ap_ssid=" + (netns == left ? "Alpha" : "Beta")))
                    .awaitReady();
        }
    }

    /** What both kernel means have in common: addresses, forwarding, plain routers. */
    private void routers() throws Exception {
        for (Netns node : List.of(left, right)) {
            for (String setting : List.of("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1",
                    "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0",
                    "net.ipv4.conf.mesh0.rp_filter=0", "net.ipv6.conf.all.seg6_enabled=1",
                    "net.ipv6.conf.mesh0.seg6_enabled=1")) {
                node.run("sysctl", "-qw", setting);
            }
            node.run("ip", "addr", "add", (node == left ? LEFT_GATEWAY : RIGHT_GATEWAY) + "/16", "dev", "lan0");
            node.run("ip", "-6", "addr", "add", own(node) + "/64", "dev", "mesh0", "nodad");
        }
    }

    private String own(Netns node) {
        return node == left ? "fd70::1" : "fd70::2";
    }

    private String networkBehindOther(Netns node) {
        return node == left ? "10.78.0.0/16" : "10.138.0.0/16";
    }

    private void startSeg6() throws Exception {
        routers();
        for (Netns node : List.of(left, right)) {
            Netns other = node == left ? right : left;
            // The end of a tunnel is an address of its own: one that is local would never reach the seg6 action.
            String end = node == left ? "fd72::1" : "fd72::2";
            String otherEnd = node == left ? "fd72::2" : "fd72::1";
            node.run("ip", "sr", "tunsrc", "set", own(node));
            node.run("ip", "-6", "route", "add", end + "/128", "encap", "seg6local", "action", "End.DX4", "nh4", "0.0.0.0",
                    "dev", "mesh0");
            node.run("ip", "-6", "route", "add", otherEnd + "/128", "via", own(other), "dev", "mesh0");
            node.run("ip", "route", "add", networkBehindOther(node), "encap", "seg6", "mode", "encap.red", "segs",
                    otherEnd, "dev", "mesh0");
        }
    }

    private void startVxlan() throws Exception {
        routers();
        for (Netns node : List.of(left, right)) {
            Netns other = node == left ? right : left;
            node.run("ip", "link", "add", "vx0", "type", "vxlan", "id", "1", "dev", "mesh0", "dstport", "4789",
                    "local", own(node), "remote", own(other));
            node.run("ip", "addr", "add", node == left ? "192.0.2.1/24" : "192.0.2.2/24", "dev", "vx0");
            node.run("ip", "link", "set", "vx0", "up");
            node.run("ip", "route", "add", networkBehindOther(node), "via", node == left ? "192.0.2.2" : "192.0.2.1");
        }
    }
}
