package org.limesh.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.limesh.base.MacAddress;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.ConfigSource;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;

/**
 * Every lime-community file of the public collection of profiles
 * (https://github.com/libremesh/network-profiles) gives a node, with the recorded addresses.
 *
 * <p>The collection is not ours, so it is not here: {@code mvn test -Dlimesh.profiles=DIRECTORY} with a clone.
 */
@EnabledIfSystemProperty(named = "limesh.profiles", matches = ".+")
class CommunityProfilesTest {
    private static final MacAddress MAC = MacAddress.parse("02:ca:fe:12:34:56");

    @Test
    void allFilesGiveTheRecordedNodesWithoutAnyError() throws IOException {
        Path root = Path.of(System.getProperty("limesh.profiles"));
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(path -> path.endsWith("etc/config/lime-community")).sorted().toList()) {
                String text = ConfigFiles.decode(Files.readAllBytes(file));
                LimeConfig config = LimeConfig.of(List.of(new ConfigSource("lime-community", text)), MAC);
                NodePlan plan = AutoConfig.plan(config, DeviceSet.of(MAC, List.of("wlan0-mesh"), List.of())).orThrow();
                lines.add(String.join(" | ", root.relativize(file).toString().replace("/etc/config/lime-community", ""),
                        plan.hostname(), plan.address4().toString(), plan.address6().toString(), vlan(plan),
                        plan.anycast() == null ? "-" : plan.anycast().mac() + " " + plan.anycast().dhcpFirst() + "-"
                                + plan.anycast().dhcpLast()));
            }
        }
        if (System.getProperty("limesh.profiles.record") != null) {
            Files.write(Path.of(System.getProperty("limesh.profiles.record")), lines);
        }
        assertThat(lines).isEqualTo(recorded());
    }

    private static String vlan(NodePlan plan) {
        return plan.batadv() == null || plan.batadv().hardifs().isEmpty() ? "-"
                : plan.batadv().hardifs().getFirst().tag() == null ? "0"
                : Integer.toString(plan.batadv().hardifs().getFirst().tag().id());
    }

    private static List<String> recorded() throws IOException {
        try (InputStream in = CommunityProfilesTest.class.getResourceAsStream("/community-profiles.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
