package org.limesh.lab.scenario;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.MacAddress;

/** Reads {@code clients}. */
final class ClientReader {
    static final int CLIENTS_LIMIT = 20_000;
    private static final long CLIENT_MAC_BASE = 0x02c1_1e00_0000L;

    private final Problems problems;
    private final Map<String, Scenario.Cloud> clouds;
    private final Map<String, Scenario.NodeSpec> nodes;
    private final Names names;
    private final Map<String, Scenario.ClientSpec> clients = new LinkedHashMap<>();

    ClientReader(Problems problems, Map<String, Scenario.Cloud> clouds, Map<String, Scenario.NodeSpec> nodes,
            Names names) {
        this.problems = problems;
        this.clouds = clouds;
        this.nodes = nodes;
        this.names = names;
    }

    Map<String, Scenario.ClientSpec> clients() {
        return clients;
    }

    void read(YamlValue.Mapping group) {
        for (YamlValue.Entry entry : group.entries()) {
            readClient(entry);
        }
        for (YamlValue.Entry entry : group.entries()) {
            checkTalks(entry);
        }
    }

    private void readClient(YamlValue.Entry entry) {
        String owner = "client '" + entry.key() + "'";
        List<String> all = names.of(entry, "client", CLIENTS_LIMIT);
        YamlValue.Mapping mapping = names.mappingOrEmpty(entry, owner);
        if (all.isEmpty() || mapping == null) {
            return;
        }
        Fields fields = new Fields(mapping, problems, owner, List.of("at", "mac", "cloud", "talks"));
        String at = fields.text("at", null);
        if (at != null && !nodes.containsKey(at)) {
            problems.add(fields.position("at"), owner + " is attached to '" + at + "', which is not a node"
                    + Suggest.didYouMean(at, nodes.keySet()));
        }
        String cloud = names.knownCloud(fields, owner, clouds.size() == 1 ? clouds.keySet().iterator().next()
                : null);
        if (at == null && cloud == null) {
            problems.add(entry.position(), owner + " needs 'at' (a node) or 'cloud' (any of its nodes)");
            return;
        }
        List<String> places = at != null ? List.of(at)
                : nodes.values().stream().filter(node -> node.cloud().equals(cloud))
                .map(Scenario.NodeSpec::name).toList();
        if (places.isEmpty()) {
            problems.add(entry.position(), owner + ": cloud '" + cloud + "' has no node to attach to");
            return;
        }
        MacAddress mac = names.mac(fields, owner, all.size());
        Scenario.Talks talks = talks(fields, owner);
        for (int i = 0; i < all.size(); i++) {
            String name = all.get(i);
            if (clients.containsKey(name) || nodes.containsKey(name) || clients.size() >= CLIENTS_LIMIT) {
                problems.add(entry.position(), clients.size() >= CLIENTS_LIMIT ? "more than " + CLIENTS_LIMIT
                        + " clients"
                        : "the name '" + name + "' is taken by another " + (nodes.containsKey(name) ? "node"
                        : "client"));
                return;
            }
            MacAddress own = names.own(mac, CLIENT_MAC_BASE, clients.size(), owner, fields.position("mac"));
            clients.put(name, new Scenario.ClientSpec(name, places.get(i % places.size()), own, talks,
                    entry.position()));
        }
    }

    private Scenario.Talks talks(Fields client, String owner) {
        YamlValue.Mapping mapping = client.mapping("talks");
        if (mapping == null) {
            return null;
        }
        Fields fields = new Fields(mapping, problems, "talks of " + owner, List.of("to", "rate"));
        String to = fields.required("to");
        return new Scenario.Talks("random".equals(to) ? null : to, fields.read("rate", 64_000L,
                Quantity::rateBps));
    }

    private void checkTalks(YamlValue.Entry entry) {
        if (entry.value() instanceof YamlValue.Mapping client
                && client.get("talks") instanceof YamlValue.Mapping talks
                && talks.get("to") instanceof YamlValue.Scalar(var to, var position)
                && !to.equals("random") && !to.equals(Scenario.INTERNET) && !to.isEmpty()
                && !clients.containsKey(to)) {
            problems.add(position, "client '" + entry.key() + "' talks to '" + to + "', which is not a client"
                    + Suggest.didYouMean(to, clients.keySet()));
        }
    }
}
