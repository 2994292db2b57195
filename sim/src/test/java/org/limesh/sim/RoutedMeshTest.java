package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.bmx7.Bmx7Snapshot;

/** Clouds side by side on one air, joined by layer 3. */
class RoutedMeshTest {
    /** A line of nodes 100 m apart; the letter is the cloud. */
    static Simulation line(long seed, String clouds) {
        Simulation sim = new Simulation(seed);
        sim.setRadio(RadioModel.Range.perfect(120));
        for (int i = 0; i < clouds.length(); i++) {
            sim.addNode(new NodeSpec("n" + i, Worlds.routedPlan("Cloud" + clouds.charAt(i), i,
                    List.of(Worlds.RADIO), List.of(), null), 100.0 * i, 0));
        }
        return sim;
    }

    @Test
    void nodesOfSeveralCloudsBecomeNeighboursAndKnowRoutes() {
        Simulation sim = line(1, "AABBC");
        sim.runUntil(60 * SimTime.SECOND);
        for (SimNode node : sim.nodes()) {
            Bmx7Snapshot bmx7 = node.snapshot().bmx7();
            assertThat(bmx7.originators().stream().filter(each -> each.nextHop() != null).count())
                    .as(node.name()).isEqualTo(4);
            assertThat(bmx7.links()).hasSize(node.index() == 0 || node.index() == 4 ? 1 : 2);
        }
    }

    @Test
    void clientsOfSeveralCloudsReachEachOther() {
        Simulation sim = line(1, "AABBC");
        SimClient ana = Worlds.client(sim, 0, sim.node("n0"));
        SimClient beto = Worlds.client(sim, 1, sim.node("n4"));
        SimClient carla = Worlds.client(sim, 2, sim.node("n2"));
        sim.runUntil(90 * SimTime.SECOND);
        PingSeries far = ana.startPing(beto.address4(), SimTime.SECOND);
        PingSeries near = carla.startPing(ana.address4(), SimTime.SECOND);
        PingSeries six = ana.startPing(beto.address6(), SimTime.SECOND);
        sim.runUntil(120 * SimTime.SECOND + 500 * SimTime.MS);
        assertThat(far.received()).isEqualTo(far.sent());
        assertThat(near.received()).isEqualTo(near.sent());
        assertThat(six.received()).isEqualTo(six.sent());
    }
}
