package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.limesh.base.MacAddress;

/** Reads {@code topology} and {@code clients}. */
final class TopologyReader {
    static final int NODES_LIMIT = 2_000;
    static final int CLIENTS_LIMIT = 20_000;
    static final int RADIOS_LIMIT = 4;
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\\*(\\d{1,5}))?");
    private static final Pattern DEVICE = Pattern.compile("(wlan|eth)(\\d)(-mesh)?");
    private static final Map<String, String> NODE_LATER = Map.of(
            "internet", "internet gateways come with layer 3, in a later version",
            "kind", "genuine nodes behind a device come in a later version",
            "dev", "genuine nodes behind a device come in a later version");
    /** First MAC of generated nodes; low bits count, so that addresses made from them stay apart and readable. */
    private static final long NODE_MAC_BASE = 0x02ca_fe00_0000L;
    private static final long CLIENT_MAC_BASE = 0x02c1_1e00_0000L;

    private final Problems problems;
    private final Map<String, Scenario.Cloud> clouds;
    private final Map<String, Scenario.NodeSpec> nodes = new LinkedHashMap<>();
    private final Map<String, Scenario.ClientSpec> clients = new LinkedHashMap<>();
    private final List<Scenario.LinkSpec> links = new ArrayList<>();
    private final Map<MacAddress, String> macOwners = new LinkedHashMap<>();

    TopologyReader(Problems problems, Map<String, Scenario.Cloud> clouds) {
        this.problems = problems;
        this.clouds = clouds;
    }

    List<Scenario.NodeSpec> nodes() {
        return List.copyOf(nodes.values());
    }

    List<Scenario.LinkSpec> links() {
        return links;
    }

    List<Scenario.ClientSpec> clients() {
        return List.copyOf(clients.values());
    }

    Set<String> nodeNames() {
        return nodes.keySet();
    }

    Set<String> clientNames() {
        return clients.keySet();
    }

    boolean anyPosition() {
        return nodes.values().stream()
                .anyMatch(node -> !(node.placement() instanceof Scenario.Placement.Anywhere));
    }

    void read(Fields top) {
        YamlValue.Mapping topology = top.mapping("topology");
        if (topology == null) {
            problems.add(top.position("topology"),
                    "'topology' with 'nodes' is missing: there is nothing to run");
        } else {
            Fields fields = new Fields(topology, problems, "topology", List.of("defaults", "nodes", "links"));
            readNodes(fields);
            for (YamlValue link : fields.list("links")) {
                readLink(link);
            }
        }
        YamlValue.Mapping group = top.mapping("clients");
        if (group != null) {
            readClients(group);
        }
    }

    // ---- nodes -------------------------------------------------------------------------------------

    private void readNodes(Fields topology) {
        String defaultCloud = clouds.size() == 1 ? clouds.keySet().iterator().next() : null;
        int defaultRadios = 1;
        YamlValue.Mapping defaults = topology.mapping("defaults");
        if (defaults != null) {
            Fields fields = new Fields(defaults, problems, "defaults", List.of("cloud", "radios"),
                    NODE_LATER);
            defaultCloud = knownCloud(fields, "defaults", defaultCloud);
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

    private String knownCloud(Fields fields, String owner, String otherwise) {
        String cloud = fields.text("cloud", otherwise);
        if (fields.has("cloud") && cloud != null && !clouds.containsKey(cloud)) {
            problems.add(fields.position("cloud"), owner + " is in '" + cloud + "', which is not a cloud"
                    + Suggest.didYouMean(cloud, clouds.keySet()));
        }
        return cloud;
    }

    private void readNode(YamlValue.Entry entry, String defaultCloud, int defaultRadios) {
        String owner = "node '" + entry.key() + "'";
        List<String> names = names(entry, "node", NODES_LIMIT);
        YamlValue.Mapping mapping = mappingOrEmpty(entry, owner);
        if (names.isEmpty() || mapping == null) {
            return;
        }
        Fields fields = new Fields(mapping, problems, owner,
                List.of("at", "cloud", "mac", "radios", "around", "spread"), NODE_LATER);
        String cloud = knownCloud(fields, owner, defaultCloud);
        if (cloud == null) {
            problems.add(entry.position(), owner + " needs 'cloud': there is more than one and no default");
        }
        Scenario.Placement placement = placement(fields, owner);
        MacAddress mac = mac(fields, owner, names.size());
        int radios = fields.integer("radios", defaultRadios, 0, RADIOS_LIMIT);
        for (String name : names) {
            if (nodes.containsKey(name) || nodes.size() >= NODES_LIMIT) {
                problems.add(entry.position(), nodes.containsKey(name) ? "there are two nodes '" + name + "'"
                        : "more than " + NODES_LIMIT + " nodes");
                return;
            }
            MacAddress own = own(mac, NODE_MAC_BASE, nodes.size(), owner, fields.position("mac"));
            nodes.put(name, new Scenario.NodeSpec(name, cloud == null ? "" : cloud, own, placement, radios,
                    entry.position()));
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

    private MacAddress mac(Fields fields, String owner, int copies) {
        MacAddress mac = fields.read("mac", null, MacAddress::parse);
        if (mac != null && (mac.isMulticast() || mac.isZero())) {
            problems.add(fields.position("mac"), "'" + mac + "' of " + owner
                    + " is not the address of a device: it is "
                    + (mac.isZero() ? "zero" : "a multicast address"));
        }
        if (mac != null && copies > 1) {
            problems.add(fields.position("mac"), owner + ": one MAC for " + copies
                    + "; leave 'mac' out here");
            return null;
        }
        return mac;
    }

    /** The given MAC, or one made from the place in the list; never one that is taken. */
    private MacAddress own(MacAddress given, long base, int index, String owner, Position position) {
        MacAddress mac = given;
        for (int at = index; mac == null || given == null && macOwners.containsKey(mac); at++) {
            // Lowest octet 1..250: an address of all zeros or ones in the low octets would collide with the
            // network's or the anycast address.
            mac = new MacAddress(base | (long) (at / 250 + 1) << 8 | at % 250 + 1);
        }
        String other = macOwners.putIfAbsent(mac, owner);
        if (other != null) {
            problems.add(position, owner + " has the same MAC as " + other);
        }
        return mac;
    }

    private List<String> names(YamlValue.Entry entry, String kind, int limit) {
        Matcher name = NAME.matcher(entry.key());
        if (!name.matches()) {
            problems.add(entry.position(), "'" + entry.key() + "' is not a name for a " + kind
                    + ": letters, digits, '.', '-', '_' inside; 'name*12' for twelve");
            return List.of();
        }
        if (name.group(2) == null) {
            return List.of(entry.key());
        }
        int count = Integer.parseInt(name.group(2));
        if (count < 1 || count > limit) {
            problems.add(entry.position(), "'" + entry.key() + "': 1 to " + limit + " are possible");
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            names.add(name.group(1) + i);
        }
        return names;
    }

    private YamlValue.Mapping mappingOrEmpty(YamlValue.Entry entry, String owner) {
        return switch (entry.value()) {
            case YamlValue.Mapping mapping -> mapping;
            case YamlValue.Scalar(var text, var position) when text.isEmpty() ->
                    new YamlValue.Mapping(List.of(), entry.position());
            case YamlValue other -> {
                problems.add(other.position(), owner + " needs a group of keys, not " + other.describe());
                yield null;
            }
        };
    }

    // ---- links -------------------------------------------------------------------------------------

    private void readLink(YamlValue value) {
        if (!(value instanceof YamlValue.Mapping mapping)) {
            problems.add(value.position(), "a link is a group of keys; write { endpoints: [plaza, norte] }");
            return;
        }
        Fields fields = new Fields(mapping, problems, "the link",
                List.of("endpoints", "kind", "loss", "rate", "delay"));
        List<YamlValue.Scalar> ends = fields.texts("endpoints");
        if (ends.size() != 2) {
            problems.add(fields.position("endpoints"),
                    "a link has two endpoints; write e.g. [plaza, \"norte:eth0\"]");
            return;
        }
        Scenario.EndpointSpec a = endpoint(ends.get(0));
        Scenario.EndpointSpec b = endpoint(ends.get(1));
        Scenario.LinkKind kind = kind(fields, a, b);
        double[] loss = loss(fields, problems, "the link");
        checkDevice(ends.get(0).position(), a, kind);
        checkDevice(ends.get(1).position(), b, kind);
        if (!a.node().isEmpty() && a.node().equals(b.node())) {
            problems.add(ends.get(1).position(), "a link joins two nodes, not '" + a.node()
                    + "' with itself");
        }
        boolean radio = kind == Scenario.LinkKind.RADIO;
        links.add(new Scenario.LinkSpec(a, b, kind, loss[0], loss[1],
                fields.read("rate", radio ? 54_000_000L : 1_000_000_000L, Quantity::rateBps),
                fields.durationNs("delay", radio ? 1_000_000L : 50_000L), value.position()));
    }

    private Scenario.EndpointSpec endpoint(YamlValue.Scalar text) {
        int colon = text.text().indexOf(':');
        String node = colon < 0 ? text.text() : text.text().substring(0, colon);
        String device = colon < 0 ? "" : text.text().substring(colon + 1);
        if (!nodes.containsKey(node)) {
            problems.add(text.position(), "a link ends at '" + node + "', which is not a node"
                    + Suggest.didYouMean(node, nodes.keySet()));
        }
        if (!device.isEmpty() && !DEVICE.matcher(device).matches()) {
            problems.add(text.position(), "'" + device
                    + "' is not a device; write wlan0, wlan1 ... or eth0, eth1 ...");
        }
        return new Scenario.EndpointSpec(node, device.replace("-mesh", ""));
    }

    private Scenario.LinkKind kind(Fields fields, Scenario.EndpointSpec a, Scenario.EndpointSpec b) {
        boolean cable = a.device().startsWith("eth") || b.device().startsWith("eth");
        return fields.read("kind", cable ? Scenario.LinkKind.ETHERNET : Scenario.LinkKind.RADIO,
                text -> switch (text) {
            case "ethernet" -> Scenario.LinkKind.ETHERNET;
            case "radio" -> Scenario.LinkKind.RADIO;
            default -> throw new IllegalArgumentException("'" + text + "' is neither ethernet nor radio"
                    + Suggest.didYouMean(text, List.of("ethernet", "radio")));
        });
    }

    private void checkDevice(Position position, Scenario.EndpointSpec end, Scenario.LinkKind kind) {
        Scenario.NodeSpec node = nodes.get(end.node());
        Matcher device = DEVICE.matcher(end.device());
        if (node == null || !end.device().isEmpty() && !device.matches()) {
            return;
        }
        boolean radio = kind == Scenario.LinkKind.RADIO;
        if (!end.device().isEmpty() && radio != device.group(1).equals("wlan")) {
            problems.add(position, "'" + end + "' cannot be an end of " + (radio ? "a radio link" : "a cable")
                    + "; radios are wlan0, wlan1 ..., cables eth0, eth1 ...");
        } else if (radio && (end.device().isEmpty() ? 0
                : Integer.parseInt(device.group(2))) >= node.radios()) {
            problems.add(position, "node '" + node.name() + "' has " + node.radios() + " radio"
                    + (node.radios() == 1 ? "" : "s") + "; say 'radios: N' there for more");
        }
    }

    /** Loss there and back: one share for both, or {@code { there: 5%, back: 40% }}; NaN when not said. */
    static double[] loss(Fields fields, Problems problems, String owner) {
        YamlValue value = fields.value("loss");
        if (value instanceof YamlValue.Mapping group) {
            Fields both = new Fields(group, problems, "loss of " + owner, List.of("there", "back"));
            return new double[] {
                both.read("there", 0.0, Quantity::fraction), both.read("back", 0.0, Quantity::fraction)};
        }
        double loss = fields.read("loss", 0.0, Quantity::fraction);
        return new double[] {loss, loss};
    }

    // ---- clients -----------------------------------------------------------------------------------

    private void readClients(YamlValue.Mapping group) {
        for (YamlValue.Entry entry : group.entries()) {
            readClient(entry);
        }
        for (YamlValue.Entry entry : group.entries()) {
            checkTalks(entry);
        }
    }

    private void readClient(YamlValue.Entry entry) {
        String owner = "client '" + entry.key() + "'";
        List<String> names = names(entry, "client", CLIENTS_LIMIT);
        YamlValue.Mapping mapping = mappingOrEmpty(entry, owner);
        if (names.isEmpty() || mapping == null) {
            return;
        }
        Fields fields = new Fields(mapping, problems, owner, List.of("at", "mac", "cloud", "talks"));
        String at = fields.text("at", null);
        if (at != null && !nodes.containsKey(at)) {
            problems.add(fields.position("at"), owner + " is attached to '" + at + "', which is not a node"
                    + Suggest.didYouMean(at, nodes.keySet()));
        }
        String cloud = knownCloud(fields, owner, clouds.size() == 1 ? clouds.keySet().iterator().next()
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
        MacAddress mac = mac(fields, owner, names.size());
        Scenario.Talks talks = talks(fields, owner);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (clients.containsKey(name) || nodes.containsKey(name) || clients.size() >= CLIENTS_LIMIT) {
                problems.add(entry.position(), clients.size() >= CLIENTS_LIMIT ? "more than " + CLIENTS_LIMIT
                        + " clients"
                        : "the name '" + name + "' is taken by another " + (nodes.containsKey(name) ? "node"
                        : "client"));
                return;
            }
            MacAddress own = own(mac, CLIENT_MAC_BASE, clients.size(), owner, fields.position("mac"));
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
        if ("internet".equals(to)) {
            problems.add(fields.position("to"),
                    "traffic to the internet is not there yet: internet gateways come with "
                    + "layer 3, in a later version; use another client or 'random'");
        }
        return new Scenario.Talks("random".equals(to) ? null : to, fields.read("rate", 64_000L,
                Quantity::rateBps));
    }

    private void checkTalks(YamlValue.Entry entry) {
        if (entry.value() instanceof YamlValue.Mapping client
                && client.get("talks") instanceof YamlValue.Mapping talks
                && talks.get("to") instanceof YamlValue.Scalar(var to, var position)
                && !to.equals("random") && !to.equals("internet") && !to.isEmpty() && !clients
                .containsKey(to)) {
            problems.add(position, "client '" + entry.key() + "' talks to '" + to + "', which is not a client"
                    + Suggest.didYouMean(to, clients.keySet()));
        }
    }
}
