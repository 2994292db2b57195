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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Beside the genuine BMX7 daemon, in lines of three. It is no package of Debian: one named by {@code
 * LIMESH_BMX7}, or
 * {@code bmx7} on the path, is used, and without one these tests are skipped.
 */
@Tag("root")
class GenuineBmx7Test {
    private static final Path FILES = Path.of("target", "genuine-bmx7").toAbsolutePath();
    /** From the start of the last genuine program, or from when our nodes are ready. */
    private static final Duration ROUTED = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern PRIMARY = Pattern.compile("fd70:[0-9a-f:]+(?=/16)");
    /** BMX7 without a VLAN: the genuine daemon gets its devices as they are. */
    private static final String UNTAGGED = """
            config lime network
            	list protocols lan
            	list protocols anygw
            	list protocols bmx7:0
            """;

    private String whyNot;
    private String daemon;
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Netns left;
    private Netns middle;
    private Netns right;

    @BeforeEach
    void layCables() throws Exception {
        String named = System.getenv("LIMESH_BMX7");
        daemon = named == null ? "bmx7" : named;
        String absent = named == null ? Shell.whyNot("bmx7")
                : Files.isExecutable(Path.of(named)) ? null : "skipped: LIMESH_BMX7=" + named
                + " is no program";
        whyNot = Stream.of(absent, Netns.whyNot(), Shell.whyNot("ping")).filter(reason -> reason != null)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(whyNot == null, whyNot);
        Files.createDirectories(FILES);
        left = keep(Netns.create("gx1"));
        middle = keep(Netns.create("gx2"));
        right = keep(Netns.create("gx3"));
        Netns.cable(left, "eth0", middle, "eth1");
        Netns.cable(middle, "eth2", right, "eth0");
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    @AfterEach
    void removeEverything() throws Exception {
        for (AutoCloseable thing : toClose.reversed()) {
            thing.close();
        }
    }

    private void startGenuine(Netns netns, String name, String... devices) throws Exception {
        Path own = Files.createDirectories(FILES.resolve(name));
        Files.createDirectories(own.resolve("run"));
        StringBuilder command = new StringBuilder("exec " + daemon + " debug=0 runtimeDir="
                + own.resolve("run")
                + " hostname=" + name);
        for (String device : devices) {
            command.append(" dev=").append(device);
        }
        // Key and number have their fixed place: each daemon sees a directory of its own there.
        netns.start(own.resolve("log"), List.of("unshare", "-m", "sh", "-c",
                "mkdir -p /etc/bmx7 && mount --bind " + own
                + " /etc/bmx7 && " + command));
    }

    private NodeProcess startOurs(Netns netns, String name, String ssid, String... devices) throws Exception {
        Path config = Files.createDirectories(FILES.resolve(name)).resolve("lime-node");
        Files.writeString(config, UNTAGGED);
        return keep(NodeProcess.startLean(netns, name, FILES.resolve(name), List.of(devices), List.of(),
                "--config",
                config.toString(), "--set", "lime.wifi.ap_ssid=" + ssid));
    }

    private static String primary(Netns netns) throws Exception {
        Matcher address = PRIMARY.matcher(netns.run("ip", "-6", "addr", "show", "dev", "eth0"));
        return address.find() ? address.group() : "";
    }

    private static boolean routes(Netns netns, String destination) throws Exception {
        return !destination.isEmpty() && netns.ask("ip", "-6", "route", "show", "table", "70").text()
                .lines().anyMatch(line -> line.startsWith(destination + " via fe80:"));
    }

    private long awaitEndToEnd(String log) throws Exception {
        return Wait.until("the ends of the line reach each other", ROUTED, () -> {
            String near = primary(left);
            String far = primary(right);
            return routes(left, far) && routes(right, near)
                    && left.ask("ping", "-6", "-c", "1", "-W", "1", "-I", near, far).exitCode() == 0;
        }, () -> left.run("ip", "-6", "route", "show", "table", "all")
                + Files.readString(FILES.resolve(log)));
    }

    @Test
    void genuineDaemonsReachEachOtherThroughUs() throws Exception {
        NodeProcess ours = startOurs(middle, "ours", "Alpha", "eth1", "eth2");
        ours.awaitReady();
        startGenuine(left, "genuine1", "eth0");
        startGenuine(right, "genuine2", "eth0");
        System.out.printf("genuine BMX7: genuine - ours - genuine routed and pinged after %.1f s%n",
                awaitEndToEnd("genuine1/log") / 1000.0);
    }

    @Test
    void ourNodesReachEachOtherAndTheirCloudsThroughAGenuineDaemon() throws Exception {
        startGenuine(middle, "genuine", "eth1", "eth2");
        NodeProcess one = startOurs(left, "ours1", "Alpha", "eth0");
        NodeProcess two = startOurs(right, "ours2", "Beta", "eth0");
        one.awaitReady();
        two.awaitReady();
        System.out.printf("genuine BMX7: ours - genuine - ours routed and pinged %.1f s after both were ready%n",
                awaitEndToEnd("ours1/node.log") / 1000.0);
        // Cloud to cloud: the tunnels' packets are relayed by the genuine daemon's kernel routes.
        Wait.until("cloud A reaches cloud B through the genuine daemon", PATIENCE, () ->
                left.ask("ping", "-c", "1", "-W",
                "1", "-I", left.address4("br-lan"), right.address4("br-lan")).exitCode() == 0, one::log);
        assertThat(left.run("ip", "route")).contains("dev X7Out_");
    }
}
