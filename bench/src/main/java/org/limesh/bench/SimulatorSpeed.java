package org.limesh.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.limesh.base.MacAddress;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.sim.ClientSpec;
import org.limesh.sim.NodeSpec;
import org.limesh.sim.RadioModel;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimTime;
import org.limesh.sim.Simulation;

/**
 * How many seconds of how many nodes one second of CPU simulates: one cloud in a grid, perfect radio to the four
 * neighbours, originator interval 1 s, a leased client at each node, all tables full. With all that a node runs, and
 * with the cloud alone ({@code limesh_profile layer2}), since cost that grows with the square of the nodes is in both.
 *
 * <p>System property {@code limesh.bench.sides} chooses other sizes: sides of the square.
 */
final class SimulatorSpeed {
    private static final int SPACING_M = 100;
    private static final int REACH_M = 120;
    /** After that every window of 64 messages is full and every client has its lease. */
    private static final long FULL_TABLES_NS = 75 * SimTime.SECOND;
    private static final long ENOUGH_CPU_NS = 6_000_000_000L;
    private static final long STEP_NS = SimTime.SECOND;
    private static final long MOST_VIRTUAL_NS = 120 * SimTime.SECOND;

    private SimulatorSpeed() {}

    static List<Row> rows() {
        int[] sides = Sides.chosen("7,10,14,20");
        measure("full", sides[0]); // for the compiler
        List<Row> rows = new ArrayList<>();
        for (String profile : List.of("layer2", "full")) {
            for (int side : sides) {
                rows.add(measure(profile, side));
            }
        }
        return rows;
    }

    private static Row measure(String profile, int side) {
        long bootCpuNs = CpuTime.nowNs();
        Simulation sim = new Simulation(1);
        sim.setRadio(RadioModel.Range.perfect(REACH_M));
        LimeConfig config = LimeConfig.builtIn().with("network", "batadv_orig_interval", List.of("1000"))
                .with("network", "limesh_profile", List.of(profile));
        int count = side * side;
        for (int i = 0; i < count; i++) {
            DeviceSet devices = DeviceSet.of(new MacAddress(0x02ca_fe00_0001L + i), List.of("wlan0-mesh"), List.of());
            SimNode node = sim.addNode(new NodeSpec("n" + i, AutoConfig.plan(config, devices).orThrow(),
                    SPACING_M * (i % side), SPACING_M * (i / side)));
            SimClient client = sim.addClient(new ClientSpec("c" + i, new MacAddress(0x0211_2200_0001L + i)));
            client.attach(node);
        }
        sim.runUntil(FULL_TABLES_NS);
        long leased = sim.clients().stream().filter(client -> client.lease() != null).count();
        // TQ shrinks with every hop and reaches nothing after some 25, in genuine meshes alike.
        int knownClients = sim.nodes().get(count / 2 + side / 2).snapshot().batadv().globalClients().size();
        long events = sim.executedEvents();
        long hash = sim.traceHash();
        long beginCpuNs = CpuTime.nowNs();
        double bootS = (beginCpuNs - bootCpuNs) / 1e9;
        long beginNs = sim.nowNs();
        while (CpuTime.nowNs() - beginCpuNs < ENOUGH_CPU_NS && sim.nowNs() - beginNs < MOST_VIRTUAL_NS) {
            sim.runUntil(sim.nowNs() + STEP_NS);
        }
        double cpuS = (CpuTime.nowNs() - beginCpuNs) / 1e9;
        double nodeSeconds = count * (sim.nowNs() - beginNs) / 1e9;
        double perCpuSecond = nodeSeconds / cpuS;
        System.err.printf(Locale.ROOT, "  %s, %d nodes: %.2f s CPU to %d s, trace %016x; then %.0f node-seconds in %.2f s"
                + " CPU, %.0f events/s, %d of %d clients leased%n", profile, count, bootS, FULL_TABLES_NS / SimTime.SECOND,
                hash, nodeSeconds, cpuS, (sim.executedEvents() - events) / cpuS, leased, count);
        return new Row("simulator, %s, %d nodes, %d clients; one in the middle knows %d MACs of others"
                        .formatted(profile, count, count, knownClients),
                "%,.0f node-seconds per CPU-second".formatted(perCpuSecond),
                count == 100 ? "first target: 5,000" : "",
                count == 100 ? "%.2f".formatted(perCpuSecond / 5000) : "");
    }
}
