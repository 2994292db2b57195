package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same walk as in {@link CloudOnLinuxTest} over plain bridges: what the measurement itself costs. */
@Tag("root")
class BridgeRoamingTest {
    private final List<Netns> machines = new ArrayList<>();

    @AfterEach
    void removeMachines() {
        machines.reversed().forEach(Netns::close);
    }

    private Netns bridge(String name) throws Exception {
        Netns netns = machine(name);
        netns.run("ip", "link", "add", "br-lan", "type", "bridge");
        netns.run("ip", "link", "set", "br-lan", "up");
        return netns;
    }

    private Netns machine(String name) throws Exception {
        Netns netns = Netns.create(name);
        machines.add(netns);
        return netns;
    }

    private static void join(Netns netns, String... ports) throws Exception {
        for (String port : ports) {
            netns.run("ip", "link", "set", port, "master", "br-lan");
        }
    }

    @Test
    void sessionLivesOverPlainBridgesAndTheGapIsTheReference() throws Exception {
        Assumptions.assumeTrue(Netns.whyNot() == null, Netns.whyNot());
        for (String program : List.of("tcpdump", "iperf3", "busybox")) {
            Assumptions.assumeTrue(Shell.whyNot(program) == null, Shell.whyNot(program));
        }
        Netns b1 = bridge("b1");
        Netns b2 = bridge("b2");
        Netns b3 = bridge("b3");
        Netns.cable(b1, "m12", b2, "m21");
        Netns.cable(b2, "m23", b3, "m32");
        Netns walker = machine("w1");
        Netns receiver = machine("w2");
        Netns.cable(walker, "eth0", b1, "lan0");
        Netns.cable(receiver, "eth0", b2, "lan0");
        walker.run("ip", "addr", "add", "10.98.0.1/24", "dev", "eth0");
        receiver.run("ip", "addr", "add", "10.98.0.2/24", "dev", "eth0");
        join(b1, "m12", "lan0");
        join(b2, "m21", "m23", "lan0");
        join(b3, "m32");
        Path files = Files.createDirectories(Path.of("target", "bridge-roaming").toAbsolutePath());
        RoamingGap up = RoamingGap.measure(new RoamingGap.Walk(walker, "eth0", "lan0", b1, b3, "br-lan"),
                receiver, "eth0", RoamingGap.Direction.FROM_THE_WALKER, files);
        RoamingGap down = RoamingGap.measure(new RoamingGap.Walk(walker, "eth0", "lan0", b3, b1, "br-lan"),
                receiver, "eth0", RoamingGap.Direction.TO_THE_WALKER, files);
        System.out.printf("plain bridges (the reference): longest gap while roaming %.0f ms up, %.0f ms down%n",
                up.longestGapMs(), down.longestGapMs());
        for (RoamingGap gap : List.of(up, down)) {
            assertThat(gap.afterTheMove()).isGreaterThan(100);
            // No figure to reach: on a busy machine a lost segment may wait for TCP's second timeout.
            assertThat(gap.longestGapMs()).isLessThan(3000);
        }
    }
}
