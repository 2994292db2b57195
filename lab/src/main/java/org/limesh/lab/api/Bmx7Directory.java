package org.limesh.lab.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.Set;
import org.limesh.bmx7.Bmx7Snapshot;
import org.limesh.node.NodeSnapshot;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files that the JSON plugin of the genuine bmx7 keeps, for programs that read those.
 *
 * <pre>
 *   status  interfaces  links  tunnels  parameters     one object each, with that key
 *   originators/ID  descriptions/ID                    one file per node, ID in 56 capital hexadecimal digits
 *   netjson/network-graph.json  netjson/network-routes.json
 * </pre>
 *
 * <p>Every file is replaced as a whole. Other than the genuine ones they are always valid JSON: a destination
 * without a route is left out of the routes instead of costing a bare {@code Infinity}.
 */
public final class Bmx7Directory {
    private static final double COST_BPS = 1e6;

    private final Path directory;

    /** @param directory is made when it is missing */
    public Bmx7Directory(Path directory) {
        this.directory = directory;
    }

    /** Brings all files up to date; those of forgotten nodes go. Without BMX7 nothing is written. */
    public void write(NodeSnapshot node) throws IOException {
        if (node.bmx7() == null) {
            return;
        }
        Files.createDirectories(directory);
        Bmx7Tables tables = new Bmx7Tables(node);
        replace("status", Json.object().set("status", tables.of("status").json().get(0)));
        for (String name : new String[] {"interfaces", "links", "tunnels"}) {
            replace(name, Json.object().set(name, tables.of(name).json()));
        }
        replace("parameters", Json.object().set("OPTIONS", new Bmx7Parameters(node).json()));
        replaceEach("originators", tables.of("originators").json());
        replaceEach("descriptions", tables.of("descriptions").json());
        replace("netjson/network-graph.json", graph(node.bmx7()));
        replace("netjson/network-routes.json", routes(node.bmx7()));
    }

    private void replaceEach(String folder, ArrayNode rows) throws IOException {
        Set<String> wanted = new LinkedHashSet<>();
        for (JsonNode row : rows) {
            String id = row.get("nodeId").asString();
            wanted.add(id);
            replace(folder + "/" + id, row);
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve(folder))) {
            for (Path file : files) {
                if (!wanted.contains(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        }
    }

    private void replace(String name, JsonNode json) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Path fresh = directory.resolve(".new");
        Files.writeString(fresh, json.toPrettyString() + "\n", StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static ObjectNode head(Bmx7Snapshot bmx7, String type) {
        return Json.object().put("type", type).put("protocol", "BMX7").put("version", "limesh")
                .put("metric", "MBitTime").put("router_id", bmx7.status().nodeId().toString());
    }

    /** What this node sees: itself, its links, and whom it knows behind them. */
    private static ObjectNode graph(Bmx7Snapshot bmx7) {
        ObjectNode json = head(bmx7, "NetworkGraph");
        ArrayNode nodes = json.putArray("nodes");
        String own = bmx7.status().nodeId().toString();
        nodes.addObject().put("id", own).put("label", bmx7.status().hostname());
        for (Bmx7Snapshot.Originator row : bmx7.originators()) {
            nodes.addObject().put("id", row.nodeId().toString()).put("label", row.hostname());
        }
        ArrayNode links = json.putArray("links");
        for (Bmx7Snapshot.LinkRow row : bmx7.links()) {
            if (row.rateBps() > 0) {
                links.addObject().put("source", own).put("target", row.nodeId().toString())
                        .put("cost", COST_BPS / row.rateBps());
            }
        }
        return json;
    }

    private static ObjectNode routes(Bmx7Snapshot bmx7) {
        ObjectNode json = head(bmx7, "NetworkRoutes");
        ArrayNode routes = json.putArray("routes");
        for (Bmx7Snapshot.Originator row : bmx7.originators()) {
            if (row.nextHop() != null && row.metricBps() > 0) {
                routes.addObject().put("destination", row.primary().toString()).put("next", row.nextHop().toString())
                        .put("device", row.device()).put("cost", COST_BPS / row.metricBps());
            }
        }
        return json;
    }
}
