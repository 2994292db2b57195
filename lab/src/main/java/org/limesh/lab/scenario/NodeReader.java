package org.limesh.lab.scenario;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.MacAddress;

/** Reads {@code nodes} and {@code defaults} of {@code topology}. */
final class NodeReader {
    static final int NODES_LIMIT = 2_000;
    static final int RADIOS_LIMIT = 4;
    private static final Map<String, String> LATER = Map.of(
            "kind", "genuine nodes behind a device come in a later version",
            "dev", "genuine nodes behind a device come in a later version");
    /** First MAC of generated nodes; low bits count, so that addresses made from them stay apart and readable. */
    private static final long NODE_MAC_BASE = 0x02ca_fe00_0000L;

    private final Problems problems;
    private final Map<String, Scenario.Cloud> clouds;
    private final Names names;
    private final Map<String, Scenario.NodeSpec> nodes = new LinkedHashMap<>();

    NodeReader(Problems problems, Map<String, Scenario.Cloud> clouds, Names names) {
        this.problems = problems;
        this.clouds = clouds;
        this.names = names;
    }

    Map<String, Scenario.NodeSpec> nodes() {
        return nodes;
    }

    void read(Fields topology) {
        String defaultCloud = clouds.size() == 1 ? clouds.keySet().iterator().next() : null;
        int defaultRadios = 1;
        YamlValue.Mapping defaults = topology.mapping("defaults");
        if (defaults != null) {
            Fields fields = new Fields(defaults, problems, "defaults", List.of("cloud", "radios"),
                    LATER);
            defaultCloud = names.knownCloud(fields, "defaults", defaultCloud);
            defaultRadios = fields.integer("radios", 1, 0, RADIOS_LIMIT);
        }
        YamlValue.Mapping group = topology.mapping("nodes");
        if (group == null || group.entries().isEmpty()) {
            problems.add(topology.position(), "'nodes' is missing in topology: there is nothing to run");
            return;
        }
        for (YamlValue.Entry entry : group.entries()) {
            readNode(entry, defaultCloud, defaultRadios);
        }
        for (Scenario.NodeSpec node : nodes.values()) {
            if (node.placement() instanceof Scenario.Placement.Around(var center, var spread)
                    && !nodes.containsKey(center)) {
                problems.add(node.position(), "node '" + node.name() + "' stands around '" + center
                        + "', which is not a node" + Suggest.didYouMean(center, nodes.keySet()));
            }
        }
    }

    private void readNode(YamlValue.Entry entry, String defaultCloud, int defaultRadios) {
        String owner = "node '" + entry.key() + "'";
        List<String> all = names.of(entry, "node", NODES_LIMIT);
        YamlValue.Mapping mapping = names.mappingOrEmpty(entry, owner);
        if (all.isEmpty() || mapping == null) {
            return;
        }
        Fields fields = new Fields(mapping, problems, owner,
                List.of("at", "cloud", "mac", "radios", "around", "spread", "internet", "uci"), LATER);
        String cloud = names.knownCloud(fields, owner, defaultCloud);
        if (cloud == null) {
            problems.add(entry.position(), owner + " needs 'cloud': there is more than one and no default");
        }
        Scenario.Placement placement = placement(fields, owner);
        MacAddress mac = names.mac(fields, owner, all.size());
        int radios = fields.integer("radios", defaultRadios, 0, RADIOS_LIMIT);
        Scenario.Uplink internet = UplinkReader.read(fields, problems, owner);
        Map<String, List<String>> uci = UciSettings.read(fields, problems, owner);
        for (String name : all) {
            if (nodes.containsKey(name) || nodes.size() >= NODES_LIMIT) {
                problems.add(entry.position(), nodes.containsKey(name) ? "there are two nodes '" + name + "'"
                        : "more than " + NODES_LIMIT + " nodes");
                return;
            }
            MacAddress own = names.own(mac, NODE_MAC_BASE, nodes.size(), owner, fields.position("mac"));
            nodes.put(name, new Scenario.NodeSpec(name, cloud == null ? "" : cloud, own, placement, radios,
                    internet, uci, entry.position()));
        }
    }

    private Scenario.Placement placement(Fields fields, String owner) {
        double[] at = fields.point("at");
        if (fields.has("around")) {
            if (fields.has("at")) {
                problems.add(fields.position("around"), owner + " has both 'at' and 'around'; keep one");
            }
            double spread = fields.read("spread", 100.0, Quantity::metres);
            return new Scenario.Placement.Around(fields.text("around", ""), Math.abs(spread));
        }
        if (fields.has("spread")) {
            problems.add(fields.position("spread"), "'spread' of " + owner
                    + " needs 'around': the node to stand near");
        }
        return at == null ? new Scenario.Placement.Anywhere() : new Scenario.Placement.At(at[0], at[1]);
    }
}
