package org.limesh.lab.api;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * NetJSON: a NetworkCollection with one NetworkGraph per cloud. Lower cost is better there, so a TQ becomes
 * 255 / TQ; links without a known quality are left out, because the format has no word for unknown.
 */
final class NetJson {
    private NetJson() {}

    static ObjectNode of(World world) {
        ObjectNode json = Json.object().put("type", "NetworkCollection");
        ArrayNode graphs = json.putArray("collection");
        for (World.CloudView cloud : world.clouds()) {
            ObjectNode graph = graphs.addObject().put("type", "NetworkGraph").put("protocol", "batman-adv")
                    .put("version", world.version()).put("metric", "TQ")
                    .put("label", cloud.ssid()).put("topology_id", cloud.ssid());
            addNodes(graph.putArray("nodes"), world, cloud);
            addLinks(graph.putArray("links"), world, cloud);
        }
        return json;
    }

    private static void addNodes(ArrayNode rows, World world, World.CloudView cloud) {
        for (World.NodeView node : world.nodes()) {
            if (node.cloud().equals(cloud.letter())) {
                ObjectNode json = rows.addObject().put("id", node.mac().toString()).put("label", node.name());
                ArrayNode addresses = json.putArray("local_addresses").add(node.mac().toString());
                if (node.plan() != null) {
                    addresses.add(node.plan().address4().address().toString())
                            .add(node.plan().address6().address().toString());
                }
                json.putObject("properties").put("up", node.up());
            }
        }
    }

    private static void addLinks(ArrayNode rows, World world, World.CloudView cloud) {
        for (World.LinkView link : world.links()) {
            World.NodeView a = world.findNode(link.a().node()).orElse(null);
            World.NodeView b = world.findNode(link.b().node()).orElse(null);
            if (a != null && b != null && link.up() && a.cloud().equals(cloud.letter())) {
                addLink(rows, a, b, link.tqThere());
                addLink(rows, b, a, link.tqBack());
            }
        }
    }

    private static void addLink(ArrayNode rows, World.NodeView from, World.NodeView to, int tq) {
        if (tq > 0) {
            rows.addObject().put("source", from.mac().toString()).put("target", to.mac().toString())
                    .put("cost", 255.0 / tq).put("cost_text", "TQ " + tq + "/255").putObject("properties");
        }
    }
}
