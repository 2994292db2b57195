package org.limesh.bench;

import java.nio.file.Path;
import java.util.List;
import org.limesh.interop.Netns;

/**
 * One TCP stream from a client of one cloud to a client of another, through one-way tunnels: ours, and tunnels
 * of the kernel with the same job in the same run.
 *
 * <pre>
 *   client l ── lan0 ── node l ── mesh0 ═══ IPv4 in IPv6 ═══ mesh0 ── node r ── lan0 ── client r
 *   10.138.100.1         TUN, packet sockets | seg6 | vxlan                         10.78.100.1
 * </pre>
 */
final class TunnelSpeed {
    private static final String LEFT = "10.138.100.1";
    private static final String RIGHT = "10.78.100.1";
    private static final String LEFT_GATEWAY = "10.138.0.1";
    private static final String RIGHT_GATEWAY = "10.78.0.1";
    private static final int CLIENT_MTU_OCTETS = 1350;

    private final TwoNodes plane;
    private final Netns left;
    private final Netns right;

    private TunnelSpeed(TwoNodes plane) throws Exception {
        this.plane = plane;
        this.left = plane.left;
        this.right = plane.right;
        address(plane.leftClient, LEFT, LEFT_GATEWAY);
        address(plane.rightClient, RIGHT, RIGHT_GATEWAY);
    }

    private static void address(Netns client, String address, String gateway) throws Exception {
        client.run("ip", "addr", "add", address + "/16", "dev", "eth0");
        client.run("ip", "route", "add", "default", "via", gateway);
    }

    static List<Row> rows() throws Exception {
        if (TwoNodes.whyNot() != null) {
            return List.of(new Row("tunnels", TwoNodes.whyNot(), "", ""));
        }
        TwoNodes.Speed ours = measure("limesh", plane -> new TunnelSpeed(plane).startLimesh());
        TwoNodes.Speed vxlan = measure("vxlan", plane -> new TunnelSpeed(plane).startVxlan());
        TwoNodes.Speed seg6 = measure("seg6", plane -> new TunnelSpeed(plane).startSeg6());
        String what = "TCP through a one-way tunnel (TUN)";
        return List.of(Row.compared(what, ours.mbps(), "Mbit/s", "kernel vxlan, routed", vxlan.mbps()),
                Row.compared(what, ours.mbps(), "Mbit/s", "kernel seg6, the same octets on the wire", seg6.mbps()),
                new Row("CPU of both nodes for a gigabyte of TCP through the tunnel",
                        "%.1f s".formatted(ours.cpuSecondsPerGigabyte()), "", ""));
    }

    private static TwoNodes.Speed measure(String name, TwoNodes.Means means) throws Exception {
        Path files = Path.of("bench", "target", "tunnels", name).toAbsolutePath();
        return TwoNodes.measure(files, "t", CLIENT_MTU_OCTETS, RIGHT, means);
    }

    private void startLimesh() throws Exception {
        plane.startLimesh("Alpha", "Beta");
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
            node.run("ip", "addr", "add", (node == left ? LEFT_GATEWAY : RIGHT_GATEWAY) + "/16", "dev",
                    "lan0");
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
            // The end of a tunnel is an address of its own: one that is local would never reach the seg6
            // action.
            String end = node == left ? "fd72::1" : "fd72::2";
            String otherEnd = node == left ? "fd72::2" : "fd72::1";
            node.run("ip", "sr", "tunsrc", "set", own(node));
            node.run("ip", "-6", "route", "add", end + "/128", "encap", "seg6local", "action", "End.DX4",
                    "nh4", "0.0.0.0",
                    "dev", "mesh0");
            node.run("ip", "-6", "route", "add", otherEnd + "/128", "via", own(other), "dev", "mesh0");
            node.run("ip", "route", "add", networkBehindOther(node), "encap", "seg6", "mode", "encap.red",
                    "segs",
                    otherEnd, "dev", "mesh0");
        }
    }

    private void startVxlan() throws Exception {
        routers();
        for (Netns node : List.of(left, right)) {
            Netns other = node == left ? right : left;
            node.run("ip", "link", "add", "vx0", "type", "vxlan", "id", "1", "dev", "mesh0", "dstport",
                    "4789",
                    "local", own(node), "remote", own(other));
            node.run("ip", "addr", "add", node == left ? "192.0.2.1/24" : "192.0.2.2/24", "dev", "vx0");
            node.run("ip", "link", "set", "vx0", "up");
            node.run("ip", "route", "add", networkBehindOther(node), "via", node == left ? "192.0.2.2"
                    : "192.0.2.1");
        }
    }
}
