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
 * One TCP stream between two clients through two machines, whatever joins those.
 *
 * <pre>
 *   client l ── lan0 ── left ── mesh0 ─────── mesh0 ── right ── lan0 ── client r
 * </pre>
 */
final class TwoNodes {
    static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int SECONDS = 5;
    private static final int WARM_UP_SECONDS = 2;

    final Netns left;
    final Netns right;
    final Netns leftClient;
    final Netns rightClient;
    final Path files;
    private final List<AutoCloseable> toClose = new ArrayList<>();

    /** How the two machines carry packets. */
    interface Means {
        void start(TwoNodes plane) throws Exception;
    }

    /**
     * @param mbps                  megabits per second that arrived
     * @param cpuSecondsPerGigabyte of the processes of both nodes; 0 where the kernel does it all
     */
    record Speed(double mbps, double cpuSecondsPerGigabyte) {}

    private TwoNodes(Path files, String prefix, int clientMtuOctets) throws Exception {
        this.files = Files.createDirectories(files);
        left = keep(Netns.create(prefix + "l"));
        right = keep(Netns.create(prefix + "r"));
        leftClient = keep(Netns.create(prefix + "cl"));
        rightClient = keep(Netns.create(prefix + "cr"));
        Netns.cable(left, "mesh0", right, "mesh0");
        Netns.cable(leftClient, "eth0", left, "lan0");
        Netns.cable(rightClient, "eth0", right, "lan0");
        for (Netns client : List.of(leftClient, rightClient)) {
            client.run("ip", "link", "set", "eth0", "mtu", Integer.toString(clientMtuOctets));
        }
    }

    /** Why nothing can be measured here, or null. */
    static String whyNot() {
        return Netns.whyNot() != null ? Netns.whyNot() : Shell.whyNot("iperf3");
    }

    /**
     * Lays the cables, starts the means and measures: the better of two runs, after one for the compiler and TCP.
     *
     * @param prefix of the names of namespaces
     * @param means  gives the clients their addresses, too
     * @param right  address of the right client
     */
    static Speed measure(Path files, String prefix, int clientMtuOctets, String right, Means means)
            throws Exception {
        TwoNodes plane = new TwoNodes(files, prefix, clientMtuOctets);
        try {
            means.start(plane);
            Wait.until("the clients reach each other", PATIENCE, () -> plane.leftClient
                    .ask("ping", "-c", "2", "-i", "0.2", "-W", "1", "-q", right).text()
                    .contains(" 0% packet loss"));
            plane.iperf(right, WARM_UP_SECONDS);
            double cpuS = plane.cpuOfNodesS();
            double first = plane.iperf(right, SECONDS);
            double second = plane.iperf(right, SECONDS);
            double gigabytes = (first + second) * SECONDS / 8 / 1000;
            Speed speed = new Speed(Math.max(first, second), (plane.cpuOfNodesS() - cpuS) / gigabytes);
            System.err.println("  " + files.getFileName() + ": " + speed);
            return speed;
        } finally {
            plane.end();
        }
    }

    <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    /** Starts our nodes on both machines and waits for them. */
    void startLimesh(String leftSsid, String rightSsid, String... more) throws Exception {
        for (Netns netns : List.of(left, right)) {
            List<String> all = new ArrayList<>(List.of("--set", "lime.wifi.ap_ssid="
                    + (netns == left ? leftSsid : rightSsid)));
            all.addAll(List.of(more));
            keep(NodeProcess.start(netns, netns.name(), files.resolve(netns.name()), List.of("mesh0"),
                    List.of("lan0"), all.toArray(String[]::new))).awaitReady();
        }
    }

    private double iperf(String to, int seconds) throws Exception {
        Process server = rightClient.start(files.resolve("iperf3-server.log"), List.of("iperf3", "-s", "-1"));
        Wait.until("iperf3 listens", PATIENCE, () -> rightClient.run("ss", "-ltn").contains(":5201"));
        String text = leftClient.run("iperf3", "-c", to, "-t", Integer.toString(seconds), "-f", "m");
        server.waitFor();
        Matcher result = Pattern.compile("([0-9.]+) Mbits/sec +receiver").matcher(text);
        if (!result.find()) {
            throw new IllegalStateException("iperf3 told no result: " + text);
        }
        return Double.parseDouble(result.group(1));
    }

    /** CPU time of all processes in the nodes' namespaces up to now. */
    private double cpuOfNodesS() throws Exception {
        double sumS = 0;
        for (Netns node : List.of(left, right)) {
            for (String pid : Shell.run("ip", "netns", "pids", node.name()).split("\\s+")) {
                if (!pid.isEmpty()) {
                    sumS += ProcessHandle.of(Long.parseLong(pid))
                            .flatMap(process -> process.info().totalCpuDuration())
                            .orElse(Duration.ZERO).toNanos() / 1e9;
                }
            }
        }
        return sumS;
    }

    private void end() throws Exception {
        for (AutoCloseable thing : toClose.reversed()) {
            thing.close();
        }
    }
}
