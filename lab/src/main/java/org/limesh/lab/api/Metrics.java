package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.node.NodeSnapshot;

/**
 * The Prometheus text format, version 0.0.4. Hand-made: it is one line per value, and the client library
 * wants to own the numbers, which live in the nodes.
 *
 * <p>Client addresses are never labels: they are people's devices, and there are many.
 */
final class Metrics {
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Map<String, List<String>> families = new LinkedHashMap<>();

    private Metrics() {}

    /** @param denied requests that came from where they may not, or without a token */
    static String of(WorldView view, long denied) {
        Metrics metrics = new Metrics();
        World world = view.world();
        metrics.add("limesh_info", "gauge", 1, "version", world.version(),
                "kind", world.kind() == World.Kind.LAB ? "lab" : "node");
        metrics.add("limesh_time_seconds", "counter", world.timeNs() / 1e9);
        for (World.NodeView node : world.nodes()) {
            metrics.add("limesh_node_up", "gauge", node.up() ? 1 : 0, "node", node.name(), "cloud",
                    node.cloud());
            if (node.plan() != null) {
                view.node(node.name()).ifPresent(snapshot -> metrics.addNode(node.name(), snapshot));
            }
        }
        metrics.add("limesh_events_total", "counter", denied, "node", world.name(), "name", "admin.denied");
        Runtime runtime = Runtime.getRuntime();
        metrics.add("jvm_memory_used_bytes", "gauge", runtime.totalMemory() - runtime.freeMemory(), "area",
                "heap");
        return metrics.text();
    }

    private void addNode(String node, NodeSnapshot snapshot) {
        if (snapshot.batadv() != null) {
            BatadvSnapshot state = snapshot.batadv();
            for (BatadvSnapshot.Originator offer : state.originators()) {
                if (offer.best()) {
                    add("batadv_originator_tq", "gauge", offer.tq(), "node", node,
                            "originator", offer.mac().toString(), "iface", offer.hardif());
                    add("batadv_originator_last_seen_seconds", "gauge", offer.lastSeenAgoMs() / 1e3, "node",
                            node,
                            "originator", offer.mac().toString(), "iface", offer.hardif());
                }
            }
            for (BatadvSnapshot.Neighbour neighbour : state.neighbours()) {
                add("batadv_neighbour_last_seen_seconds", "gauge", neighbour.lastSeenAgoMs() / 1e3, "node",
                        node,
                        "neighbour", neighbour.mac().toString(), "iface", neighbour.hardif());
            }
            add("batadv_tt_local_entries", "gauge", state.localClients().size(), "node", node);
            add("batadv_tt_global_entries", "gauge", state.globalClients().size(), "node", node);
        }
        add("lime_leases", "gauge", snapshot.leases().size(), "node", node, "state", "given");
        add("lime_leases", "gauge", snapshot.remoteLeases().size(), "node", node, "state", "known");
        add("limesh_warnings", "gauge", snapshot.warnings().size(), "node", node);
        add("lime_pool_slices", "gauge", snapshot.ownSlices(), "node", node);
        snapshot.counters().forEach((name, value) ->
                add("limesh_events_total", "counter", value, "node", node, "name", name));
    }

    private void add(String name, String type, double value, String... labels) {
        List<String> lines = families.computeIfAbsent(name,
                unused -> new ArrayList<>(List.of("# TYPE " + name + " " + type)));
        StringBuilder line = new StringBuilder(name);
        for (int at = 0; at < labels.length; at += 2) {
            line.append(at == 0 ? '{' : ',').append(labels[at]).append("=\"")
                    .append(labels[at + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                    .append('"');
        }
        line.append(labels.length == 0 ? " " : "} ");
        lines.add(line.append(value == Math.rint(value) ? Long.toString((long) value)
                : Double.toString(value))
                .toString());
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        families.values().forEach(lines -> lines.forEach(line -> text.append(line).append('\n')));
        return text.toString();
    }
}
