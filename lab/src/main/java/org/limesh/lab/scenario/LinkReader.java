package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code links} of {@code topology}. */
final class LinkReader {
    private static final Pattern DEVICE = Pattern.compile("(wlan|eth)(\\d)(-mesh)?");

    private final Problems problems;
    private final Map<String, Scenario.NodeSpec> nodes;
    private final List<Scenario.LinkSpec> links = new ArrayList<>();

    /** @param nodes that links may end at, by name */
    LinkReader(Problems problems, Map<String, Scenario.NodeSpec> nodes) {
        this.problems = problems;
        this.nodes = nodes;
    }

    List<Scenario.LinkSpec> links() {
        return links;
    }

    void read(YamlValue value) {
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
}
