package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Ip4Prefix;
import org.limesh.bmx7.wire.IpNet;

/** Of many who offer the same, few are weighed, and the choice is the one that weighing all would give. */
class TunnelSearchTest {
    private static final TunOut CLOUDS = TunOut.of("clouds", IpNet.parse("10.0.0.0/8"));

    private static Announcement cloud(int number, int member, long exitBps) {
        return new Announcement(List.of(), List.of(new Announcement.TunDev("main",
                Ip4Prefix.parse("10." + number + ".0." + member + "/16"), null, null, null)),
                exitBps == 0 ? List.of() : List.of(new Announcement.TunIn("inet4", IpNet.parse("0.0.0.0/0"),
                exitBps)));
    }

    @Test
    void weighingFewGivesWhatWeighingAllGives() {
        TestMesh mesh = TestMesh.grid(4);
        for (int i = 0; i < 16; i++) {
            mesh.get(i).engine.announce(cloud(1 + i % 4, 1 + i, i % 5 == 0 ? 1_000_000L * i + 1000 : 0),
                    mesh.now);
            mesh.get(i).engine.searchTunnels(List.of(CLOUDS), mesh.now);
        }
        mesh.runSeconds(40);
        for (TestMesh.Node node : mesh.nodes) {
            List<TunnelChoice> all = node.engine.snapshot(mesh.now).tunnels();
            assertThat(all).hasSize(15);
            assertThat(all.stream().filter(TunnelChoice::active).toList())
                    .isEqualTo(node.engine.tunnels().stream().filter(TunnelChoice::active).toList())
                    .hasSize(4);
            assertThat(node.engine.tunnels()).hasSizeLessThan(11);
            assertThat(node.engine.exits()).hasSize(node.number % 5 == 1 ? 3 : 4);
        }
    }

    @Test
    void stableLinksGiveNoChangeOfTunnelsForTenMinutes() {
        TestMesh mesh = TestMesh.grid(3);
        for (int i = 0; i < 9; i++) {
            mesh.get(i).engine.announce(cloud(1 + i % 3, 1 + i, 0), mesh.now);
            mesh.get(i).engine.searchTunnels(List.of(CLOUDS), mesh.now);
        }
        mesh.runSeconds(60);
        mesh.nodes.forEach(node -> node.events.clear());
        mesh.runSeconds(600);
        for (TestMesh.Node node : mesh.nodes) {
            assertThat(node.events).noneMatch(event -> event instanceof Bmx7Event.TunnelsChanged
                    || event instanceof Bmx7Event.RouteChanged);
        }
    }
}
