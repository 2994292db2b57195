package org.limesh.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.limesh.base.MacAddress;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;
import org.limesh.sim.NodeSpec;
import org.limesh.sim.RadioModel;
import org.limesh.sim.SimTime;
import org.limesh.sim.Simulation;

/**
 * The simulator with layer 3: CPU to boot a node (keys, signatures, everybody's description), node-seconds
 * per CPU-second afterwards, and memory. A grid of perfect radios; BMX7 alone in one network, and the full
 * stack in four clouds, as LibreMesh sets it up. Measured is virtual time after the first 60 s: 120 s of it,
 * or as much as 8 s of CPU bring, but 12 s at least. Memory is what is left after a garbage collection.
 *
 * <p>System property {@code limesh.bench.sides} chooses other sizes: sides of the square.
 */
final class RoutedSpeed {
    private static final int SPACING_M = 100;
    private static final int REACH_M = 120;
    private static final long BOOT_NS = 60 * SimTime.SECOND;
    private static final long STEP_NS = SimTime.SECOND;
    private static final long MOST_VIRTUAL_NS = 120 * SimTime.SECOND;
    /** Two rounds of everybody's originator messages. */
    private static final long LEAST_VIRTUAL_NS = 12 * SimTime.SECOND;
    private static final long ENOUGH_CPU_NS = 8_000_000_000L;

    private enum Stack { BMX7, FULL }

    private RoutedSpeed() {}

    static List<Row> rows() {
        int[] sides = Sides.chosen("7,10,20,32");
        measure(Stack.FULL, sides[0]); // for the compiler
        List<Row> rows = new ArrayList<>();
        for (Stack stack : Stack.values()) {
            for (int side : sides) {
                rows.addAll(measure(stack, side));
            }
        }
        return rows;
    }

    private static NodePlan plan(Stack stack, int number, int side) {
        int x = number % side;
        int y = number / side;
        int cloud = stack == Stack.BMX7 ? 0 : (x < (side + 1) / 2 ? 0 : 1) + (y < (side + 1) / 2 ? 0 : 2);
        NodePlan plan = AutoConfig.plan(LimeConfig.builtIn().with("wifi", "ap_ssid", List.of("Cloud"
                + cloud)),
                DeviceSet.of(new MacAddress(0x02ca_fe00_0001L + number), List.of("wlan0-mesh"),
                List.of())).orThrow();
        return stack == Stack.FULL ? plan : new NodePlan(plan.hostname(), plan.domain(), plan.primaryMac(),
                plan.apSsid(), plan.address4(), plan.address6(), null, null, plan.lanPorts(), plan.bmx7(),
                plan.wan());
    }

    private static List<Row> measure(Stack stack, int side) {
        int count = side * side;
        long heapBefore = heapOctets();
        long beginCpuNs = CpuTime.nowNs();
        Simulation sim = new Simulation(1);
        sim.setRadio(RadioModel.Range.perfect(REACH_M));
        for (int i = 0; i < count; i++) {
            sim.addNode(new NodeSpec("n" + i, plan(stack, i, side), SPACING_M * (i % side),
                    SPACING_M * (i / side)));
        }
        sim.runUntil(BOOT_NS);
        double bootS = (CpuTime.nowNs() - beginCpuNs) / 1e9;
        long routes = 0;
        for (var node : sim.nodes()) {
            routes += node.node().bmx7().routes().size();
        }
        long events = sim.executedEvents();
        long hash = sim.traceHash();
        beginCpuNs = CpuTime.nowNs();
        long beginNs = sim.nowNs();
        while (sim.nowNs() - beginNs < LEAST_VIRTUAL_NS || CpuTime.nowNs() - beginCpuNs < ENOUGH_CPU_NS
                && sim.nowNs() - beginNs < MOST_VIRTUAL_NS) {
            sim.runUntil(sim.nowNs() + STEP_NS);
        }
        double cpuS = (CpuTime.nowNs() - beginCpuNs) / 1e9;
        double nodeSeconds = count * (sim.nowNs() - beginNs) / 1e9;
        double heapMb = (heapOctets() - heapBefore) / 1e6 / count;
        String what = "%s, %d nodes".formatted(stack == Stack.FULL ? "full stack, 4 clouds" : "BMX7 alone",
                count);
        System.err.printf(Locale.ROOT,
                "  %s: boot %.2f s CPU, trace %016x; then %.0f node-s in %.2f s CPU, %.0f events/s, %.3f MB per node, %.1f %% routes%n",
                what, bootS, hash, nodeSeconds, cpuS, (sim.executedEvents() - events) / cpuS, heapMb,
                100.0 * routes / count / Math.max(1, count - 1));
        return List.of(
                new Row(what + ": after " + BOOT_NS / SimTime.SECOND + " s",
                        "%,.0f node-seconds per CPU-second".formatted(nodeSeconds / cpuS), "", ""),
                new Row(what + ": CPU for the first " + BOOT_NS / SimTime.SECOND + " s",
                        "%.3f s per node".formatted(bootS / count), "", ""),
                new Row(what + ": memory", "%.3f MB per node".formatted(heapMb), "", ""));
    }

    private static long heapOctets() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
