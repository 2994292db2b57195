package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node that is killed without warning, with a genuine client behind it. */
@Tag("root")
class LeasesSurviveTest {
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
            Wait.until("c1 has an address", Duration.ofSeconds(20), () -> !c1.address4("eth0").isEmpty(), first::log);
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
        return NodeProcess.start(n1, "n1", FILES.resolve("n1"), java.util.List.of("mesh1"), java.util.List.of("lan1"));
    }
}
