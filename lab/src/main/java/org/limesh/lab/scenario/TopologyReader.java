package org.limesh.lab.scenario;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code topology} and {@code clients}. */
final class TopologyReader {
    private final Problems problems;
    private final NodeReader nodes;
    private final LinkReader links;
    private final ClientReader clients;

    TopologyReader(Problems problems, Map<String, Scenario.Cloud> clouds) {
        this.problems = problems;
        Names names = new Names(problems, clouds);
        this.nodes = new NodeReader(problems, clouds, names);
        this.links = new LinkReader(problems, nodes.nodes());
        this.clients = new ClientReader(problems, clouds, nodes.nodes(), names);
    }

    List<Scenario.NodeSpec> nodes() {
        return List.copyOf(nodes.nodes().values());
    }

    List<Scenario.LinkSpec> links() {
        return links.links();
    }

    List<Scenario.ClientSpec> clients() {
        return List.copyOf(clients.clients().values());
    }

    Set<String> nodeNames() {
        return nodes.nodes().keySet();
    }

    Set<String> clientNames() {
        return clients.clients().keySet();
    }

    /** Nodes that have an uplink. */
    List<String> gatewayNames() {
        return nodes.nodes().values().stream().filter(node -> node.internet() != null)
                .map(Scenario.NodeSpec::name).toList();
    }

    boolean anyPosition() {
        return nodes.nodes().values().stream()
                .anyMatch(node -> !(node.placement() instanceof Scenario.Placement.Anywhere));
    }

    void read(Fields top) {
        YamlValue.Mapping topology = top.mapping("topology");
        if (topology == null) {
            problems.add(top.position("topology"),
                    "'topology' with 'nodes' is missing: there is nothing to run");
        } else {
            Fields fields = new Fields(topology, problems, "topology", List.of("defaults", "nodes", "links"));
            nodes.read(fields);
            for (YamlValue link : fields.list("links")) {
                links.read(link);
            }
        }
        YamlValue.Mapping group = top.mapping("clients");
        if (group != null) {
            clients.read(group);
        }
    }
}
