package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real network in which one node has 245 neighbours. */
class HubTest {
    static final int NODES = 246;
    private static final String DEVICE = "eth0";

    /**
     * Each link a cable of its own at a port of its node; links by radio lose what batman-adv once saw
     * missing.
     */
    static Simulation bielefeld(long seed) throws IOException {
        Simulation sim = new Simulation(seed);
        for (int i = 0; i < NODES; i++) {
            sim.addNode(new NodeSpec("n" + i, Worlds.routedPlan(Worlds.CLOUD, i, List.of(DEVICE), List.of(),
                    null), i,
                    0, false));
        }
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                HubTest.class.getResourceAsStream("/freifunk-bielefeld.links"), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] words = line.split(" ");
                    boolean wifi = words[2].equals("wifi");
                    SimLink link = sim.cable(sim.nodeAt(Integer.parseInt(words[0])).device(DEVICE),
                            sim.nodeAt(Integer.parseInt(words[1])).device(DEVICE), LinkQuality.CABLE);
                    if (wifi) {
                        link.setLoss(1 - Double.parseDouble(words[3]), 1 - Double.parseDouble(words[4]));
                    }
                }
            }
        }
        return sim;
    }

    @Test
    @Tag("slow")
    void nearlyAllPairsFindEachOtherOnBothLayersThroughAHub() throws IOException {
        Simulation sim = bielefeld(1);
        Convergence layer2 = Convergence.watch(sim);
        RoutedConvergence layer3 = RoutedConvergence.watch(sim);
        for (SimNode node : sim.nodes()) {
            node.restart();
        }
        sim.runUntil(30 * SimTime.SECOND);
        assertThat(layer2.share()).isGreaterThanOrEqualTo(0.99);
        assertThat(layer3.share()).isGreaterThanOrEqualTo(0.99);
    }
}
