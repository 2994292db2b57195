package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.List;

/** Reads the events of a timeline that are about uplinks and the choice among them. */
final class UplinkActions {
    static final List<String> PIN_KEYS = List.of("node", "client", "exit");
    private static final List<String> LINE_KEYS = List.of("down", "up", "delay", "loss", "portal", "silent");

    private final Problems problems;
    private final TopologyReader topology;

    UplinkActions(Problems problems, TopologyReader topology) {
        this.problems = problems;
        this.topology = topology;
    }

    /** Names of nodes with an uplink. */
    List<String> gateways(Fields fields, String event) {
        List<String> names = new ArrayList<>();
        for (YamlValue.Scalar item : fields.texts(event)) {
            if (isGateway(item.text(), item.position())) {
                names.add(item.text());
            }
        }
        return names;
    }

    /** True when the name is that of a node with an uplink; else a problem. */
    boolean isGateway(String name, Position position) {
        List<String> gateways = topology.gatewayNames();
        if (gateways.contains(name)) {
            return true;
        }
        if (topology.nodeNames().contains(name)) {
            problems.add(position, "node '" + name + "' has no uplink; give it one in topology: 'internet: "
                    + "{ down: 20mbit, up: 5mbit }'");
        } else {
            problems.add(position, "'" + name + "' is not a node with an uplink" + Suggest.didYouMean(name, gateways)
                    + (gateways.isEmpty() ? "; no node here has 'internet'" : ""));
        }
        return false;
    }

    /** {@code { node: norte, internet: { portal: yes } }}. */
    void set(Fields fields, List<Action> actions) {
        for (String key : List.of("link", "loss", "rate", "delay")) {
            if (fields.has(key)) {
                problems.add(fields.position(key), "'" + key + "' is for links; what can be set of a node is its "
                        + "'internet'");
            }
        }
        String node = fields.required("node");
        YamlValue.Mapping line = fields.mapping("internet");
        if (line == null) {
            problems.add(fields.position("node"), "set for a node needs 'internet': { " + String.join(", ", LINE_KEYS)
                    + " }, some of them");
            return;
        }
        Fields keys = new Fields(line, problems, "internet of set", LINE_KEYS);
        long downBps = keys.read("down", -1L, Quantity::rateBps);
        long upBps = keys.read("up", -1L, Quantity::rateBps);
        double loss = keys.read("loss", Double.NaN, Quantity::fraction);
        Boolean portal = keys.read("portal", null, Quantity::yesOrNo);
        Boolean silent = keys.read("silent", null, Quantity::yesOrNo);
        if (node != null && isGateway(node, fields.position("node"))) {
            actions.add(new Action.SetUplink(node, downBps, upBps, keys.durationNs("delay", -1), loss, portal,
                    silent));
        }
    }

    /** {@code { node: plaza, exit: sur }} or {@code { client: ana, exit: sur }}. */
    void pin(Fields fields, List<Action> actions) {
        if (fields.has("node") == fields.has("client")) {
            problems.add(fields.position(), "'pin' needs 'node' (for all behind it) or 'client' (for it alone), "
                    + "one of the two, and 'exit'");
            return;
        }
        boolean client = fields.has("client");
        String of = fields.required(client ? "client" : "node");
        boolean known = of != null && (client ? topology.clientNames() : topology.nodeNames()).contains(of);
        if (of != null && !known) {
            problems.add(fields.position(client ? "client" : "node"), "'" + of + "' is not a "
                    + (client ? "client" : "node")
                    + Suggest.didYouMean(of, client ? topology.clientNames() : topology.nodeNames()));
        }
        String exit = fields.required("exit");
        if (exit != null && isGateway(exit, fields.position("exit")) && known) {
            actions.add(new Action.Pin(of, exit));
        }
    }

    /** Names of nodes or clients. */
    void unpin(Fields fields, List<Action> actions) {
        for (YamlValue.Scalar item : fields.texts("unpin")) {
            if (topology.nodeNames().contains(item.text()) || topology.clientNames().contains(item.text())) {
                actions.add(new Action.Pin(item.text(), null));
            } else {
                List<String> known = new ArrayList<>(topology.nodeNames());
                known.addAll(topology.clientNames());
                problems.add(item.position(), "'" + item.text() + "' is neither a node nor a client"
                        + Suggest.didYouMean(item.text(), known));
            }
        }
    }
}
