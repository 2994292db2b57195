package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node that is killed without warning, with a genuine client behind it. */
@Tag("root")
class LeasesSurviveTest {
    private static final int LEASES_PER_SECOND = 100;
    /** Some thirty lines. */
    private static final int SOME_LEASES_OCTETS = 900;
    private static final Path FILES = Path.of("target", "leases-survive").toAbsolutePath();

    @Test
    void aKilledNodeKnowsItsLeasesAgain() throws Exception {
        String whyNot = Stream.concat(Stream.of(Netns.whyNot()), Stream.of("udhcpc", "nft").map(Shell::whyNot))
                .filter(reason -> reason != null).findFirst().orElse(null);
        Assumptions.assumeTrue(whyNot == null, whyNot);
        Files.createDirectories(FILES);
        Files.deleteIfExists(FILES.resolve("n1/state/leases.log"));
        try (Netns n1 = Netns.create("n1"); Netns c1 = Netns.create("c1")) {
            Netns.cable(n1, "mesh1", c1, "unused");
            Netns.cable(c1, "eth0", n1, "lan1");
            String mac = c1.macOf("eth0");
            NodeProcess first = start(n1);
            first.awaitReady();
            DhcpClient.UDHCPC.start(c1, "eth0", FILES.resolve("c1"));
            Wait.until("c1 has an address", Duration.ofSeconds(90), () -> !c1.address4("eth0").isEmpty(), first::log);
            String lease = first.look("leases").lines().filter(line -> line.contains(mac)).findFirst().orElseThrow();
            first.kill();
            try (NodeProcess second = start(n1)) {
                second.awaitReady();
                assertThat(second.log()).contains("knows 1 leases again");
                String again = second.look("leases");
                assertThat(again).contains(mac).contains(lease.split("\\s+")[0]);
            }
        }
    }

    private static NodeProcess start(Netns n1) throws Exception {
        return NodeProcess.start(n1, "n1", FILES.resolve("n1"), List.of("mesh1"), List.of("lan1"),
                "--set", "lime.network.anygw_dhcp_new_per_second=" + 2 * LEASES_PER_SECOND);
    }

    /** Three kills; {@code -Dlimesh.kills=30} for more. */
    @Test
    void leasesThatClientsHeardOfOutliveKillsAtAHundredLeasesPerSecond() throws Exception {
        String whyNot = Stream.concat(Stream.of(Netns.whyNot()), Stream.of("nft").map(Shell::whyNot))
                .filter(reason -> reason != null).findFirst().orElse(null);
        Assumptions.assumeTrue(whyNot == null, whyNot);
        int kills = Integer.getInteger("limesh.kills", 3);
        Files.createDirectories(FILES);
        Files.deleteIfExists(FILES.resolve("n1/state/leases.log"));
        Random random = new Random(kills);
        Map<String, String> promised = new LinkedHashMap<>();
        int killed = 0;
        try (Netns n1 = Netns.create("k1"); Netns c1 = Netns.create("kc1")) {
            Netns.cable(n1, "mesh1", c1, "unused");
            Netns.cable(c1, "eth0", n1, "lan1");
            c1.run("ip", "addr", "add", "10.13.0.2/16", "dev", "eth0");
            c1.run("ip", "route", "add", "default", "dev", "eth0");
            Path log = FILES.resolve("load.log");
            Process load = LeaseLoad.start(c1, LEASES_PER_SECOND, log);
            for (; killed < kills; killed++) {
                NodeProcess node = start(n1);
                node.awaitReady();
                long before = Files.size(log);
                Wait.until("clients get leases", Duration.ofSeconds(90),
                        () -> Files.size(log) > before + SOME_LEASES_OCTETS, node::log);
                Thread.sleep(random.nextInt(1000));
                node.kill();
            }
            load.destroyForcibly().waitFor();
            try (NodeProcess last = start(n1)) {
                last.awaitReady();
                Map<String, String> known = new LinkedHashMap<>();
                last.look("leases").lines().map(line -> line.strip().split("\\s+")).filter(words -> words.length > 1)
                        .forEach(words -> known.put(words[0], String.join(" ", words)));
                for (String line : Files.readAllLines(log)) {
                    if (line.startsWith("error")) {
                        // The port of a dead node has no carrier.
                        continue;
                    }
                    String[] words = line.split(" ");
                    String other = promised.put(words[1], words[0]);
                    assertThat(other).as(words[1] + " is leased to " + line).isIn(null, words[0]);
                    assertThat(known.get(words[1])).as("what the node knows of " + line).isNotNull().contains(words[0]);
                }
            }
        }
        System.out.printf("kill -9: %d times, %d leases acknowledged, 0 lost, 0 doubled%n", killed, promised.size());
        assertThat(promised).hasSizeGreaterThan(20 * kills);
    }
}
