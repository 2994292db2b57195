package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code timeline}: when what is done, and what must be true then. */
final class TimelineReader {
    /** A repetition more often than this is a mistake of units. */
    static final long LEAST_EVERY_NS = 100_000_000L;
    static final List<String> EVENTS =
            List.of("roam", "fail", "heal", "plug", "unplug", "pin", "unpin", "move", "set", "partition",
                    "reboot", "say", "end");
    private static final Map<String, String> LATER = Map.of(
            "join", "nodes that join during a run come in a later version; use 'fail' before and 'heal' then",
            "leave", "nodes that leave come in a later version; use 'fail'",
            "send", "hand-made frames come in a later version",
            "uci", "changing the configuration of a running node comes in a later version");

    private final Problems problems;
    private final Map<String, Scenario.Cloud> clouds;
    private final TopologyReader topology;
    private final UplinkActions uplinks;
    private long endNs = -1;
    private long lastNs;

    TimelineReader(Problems problems, Map<String, Scenario.Cloud> clouds, TopologyReader topology) {
        this.problems = problems;
        this.clouds = clouds;
        this.topology = topology;
        this.uplinks = new UplinkActions(problems, topology);
    }

    /** When the scenario ends: where it says so, else a second after its last assertion is judged. */
    long endNs() {
        if (endNs >= 0) {
            return endNs;
        }
        return lastNs == 0 ? 60_000_000_000L : lastNs + 1_000_000_000L;
    }

    List<Scenario.Step> read(Fields top) {
        List<Scenario.Step> steps = new ArrayList<>();
        if (!(top.value("timeline") instanceof YamlValue.Sequence || !top.has("timeline"))) {
            problems.add(top.position("timeline"), "'timeline' is a list; write '- at: 20s'");
            return steps;
        }
        long previousNs = 0;
        for (YamlValue item : top.list("timeline")) {
            if (!(item instanceof YamlValue.Mapping mapping)) {
                problems.add(item.position(),
                        "an entry of the timeline is a group of keys; write '- at: 20s'");
                continue;
            }
            Scenario.Step step = step(mapping, steps.size());
            if (step.everyNs() == 0) {
                if (step.firstNs() < previousNs) {
                    problems.add(step.position().wholeLine(), "timeline goes backwards: "
                            + Quantity.exactText(step.firstNs()) + " after "
                            + Quantity.exactText(previousNs));
                }
                previousNs = Math.max(previousNs, step.firstNs());
            }
            steps.add(step);
        }
        checkEnd(steps);
        return steps;
    }

    private void checkEnd(List<Scenario.Step> steps) {
        for (Scenario.Step step : steps) {
            if (endNs >= 0 && step.everyNs() == 0 && step.firstNs() > endNs) {
                problems.add(step.position(), "this is after the end at " + Quantity.exactText(endNs));
            }
        }
    }

    private Scenario.Step step(YamlValue.Mapping mapping, int index) {
        List<String> known = new ArrayList<>(List.of("at", "every", "from", "until", "assert"));
        known.addAll(EVENTS);
        Fields fields = new Fields(mapping, problems, "the timeline", known, LATER);
        long everyNs = fields.durationNs("every", 0);
        long firstNs = everyNs == 0 ? fields.durationNs("at", 0) : fields.durationNs("from", everyNs);
        long untilNs = everyNs == 0 ? firstNs : fields.durationNs("until", Long.MAX_VALUE);
        checkTimes(fields, everyNs, firstNs, untilNs);
        lastNs = Math.max(lastNs, untilNs == Long.MAX_VALUE ? firstNs : untilNs);
        List<Action> actions = actions(fields, mapping);
        if (actions.stream().anyMatch(action -> action instanceof Action.End)) {
            endNs = firstNs;
        }
        List<Assertion> assertions = new ArrayList<>();
        AssertionReader reader = new AssertionReader(problems, clouds, topology);
        for (YamlValue item : fields.list("assert")) {
            Assertion assertion = reader.read(item);
            if (assertion != null) {
                assertions.add(assertion);
                long from = untilNs == Long.MAX_VALUE ? firstNs : untilNs;
                lastNs = Math.max(lastNs, from + assertion.withinNs() + assertion.forNs());
            }
        }
        return new Scenario.Step(index, firstNs, everyNs, untilNs, actions, assertions, mapping.position());
    }

    private void checkTimes(Fields fields, long everyNs, long firstNs, long untilNs) {
        if (!fields.has("at") && !fields.has("every")) {
            problems.add(fields.position(),
                    "this entry of the timeline has no time; write 'at: 20s' or 'every: 10s'");
        }
        if (fields.has("every") && fields.has("at")) {
            problems.add(fields.position("at"), "'every' goes with 'from' and 'until', not with 'at'");
        }
        for (String key : List.of("from", "until")) {
            if (fields.has(key) && !fields.has("every")) {
                problems.add(fields.position(key), "'" + key + "' needs 'every'; use 'at' for once");
            }
        }
        if (fields.has("every") && everyNs < LEAST_EVERY_NS) {
            problems.add(fields.position("every"), "'every' is at least 100ms");
        }
        if (untilNs < firstNs) {
            problems.add(fields.position("until"), "'until' is before 'from'");
        }
    }

    // ---- events ------------------------------------------------------------------------------------

    /** In the order of the file. */
    private List<Action> actions(Fields fields, YamlValue.Mapping mapping) {
        List<Action> actions = new ArrayList<>();
        for (YamlValue.Entry entry : mapping.entries()) {
            switch (entry.key()) {
                case "roam" -> groups(fields, "roam", List.of("client", "to"))
                        .forEach(each -> roam(each, actions));
                case "move" -> groups(fields, "move", List.of("node", "to"))
                        .forEach(each -> move(each, actions));
                case "plug" -> actions.add(new Action.Plug(uplinks.gateways(fields, "plug")));
                case "unplug" -> actions.add(new Action.Unplug(uplinks.gateways(fields, "unplug")));
                case "pin" -> groups(fields, "pin", UplinkActions.PIN_KEYS)
                        .forEach(each -> uplinks.pin(each, actions));
                case "unpin" -> uplinks.unpin(fields, actions);
                case "set" -> groups(fields, "set", List.of("link", "loss", "rate", "delay", "node", "internet"))
                        .forEach(each -> set(each, actions));
                case "fail" -> actions.add(new Action.Fail(targets(fields, "fail")));
                case "heal" -> actions.add(healsAll(fields) ? new Action.HealAll()
                        : new Action.Heal(targets(fields, "heal")));
                case "partition" -> partition(fields, actions);
                case "reboot" -> actions.add(new Action.Reboot(nodeNames(fields.texts("reboot"))));
                case "say" -> actions.add(new Action.Say(fields.text("say", "")));
                case "end" -> actions.add(new Action.End());
                default -> { }
            }
        }
        return actions;
    }

    private List<Fields> groups(Fields fields, String event, List<String> keys) {
        List<Fields> groups = new ArrayList<>();
        for (YamlValue item : fields.list(event)) {
            if (item instanceof YamlValue.Mapping mapping) {
                groups.add(new Fields(mapping, problems, event, keys));
            } else {
                problems.add(item.position(), "'" + event + "' needs " + String.join(" and ", keys)
                        + ", not " + item.describe());
            }
        }
        return groups;
    }

    private void roam(Fields fields, List<Action> actions) {
        String client = knownName(fields, "client", "client", topology.clientNames());
        String to = knownName(fields, "to", "node", topology.nodeNames());
        if (client != null && to != null) {
            actions.add(new Action.Roam(client, to));
        }
    }

    private void move(Fields fields, List<Action> actions) {
        String node = knownName(fields, "node", "node", topology.nodeNames());
        double[] to = fields.point("to");
        if (!fields.has("to")) {
            problems.add(fields.position(), "'to' is missing in move; write e.g. to: [90, 10]");
        }
        if (node != null && to != null) {
            actions.add(new Action.Move(node, to[0], to[1]));
        }
    }

    private void set(Fields fields, List<Action> actions) {
        if (fields.has("node")) {
            uplinks.set(fields, actions);
            return;
        }
        String text = fields.required("link");
        Action.Target target = text == null ? null : link(text, fields.position("link"));
        double[] loss = fields.has("loss") ? LinkReader.loss(fields, problems, "set")
                : new double[] {Double.NaN, Double.NaN};
        long rateBps = fields.has("rate") ? fields.read("rate", -1L, Quantity::rateBps) : -1;
        long delayNs = fields.durationNs("delay", -1);
        if (target instanceof Action.Target.Link link) {
            actions.add(new Action.SetLink(link, loss[0], loss[1], rateBps, delayNs));
        }
    }

    private void partition(Fields fields, List<Action> actions) {
        List<List<String>> groups = new ArrayList<>();
        for (YamlValue item : fields.list("partition")) {
            if (item instanceof YamlValue.Sequence(var items, var position)) {
                List<YamlValue.Scalar> names = new ArrayList<>();
                for (YamlValue name : items) {
                    if (name instanceof YamlValue.Scalar scalar) {
                        names.add(scalar);
                    }
                }
                groups.add(nodeNames(names));
            } else {
                problems.add(item.position(),
                        "'partition' is a list of groups of nodes; write [[plaza, cuesta], [norte]]");
                return;
            }
        }
        actions.add(new Action.Partition(groups));
    }

    private static boolean healsAll(Fields fields) {
        return fields.value("heal") instanceof YamlValue.Scalar(var text, var position) && text.equals("all");
    }

    private List<Action.Target> targets(Fields fields, String event) {
        List<Action.Target> targets = new ArrayList<>();
        for (YamlValue.Scalar item : fields.texts(event)) {
            if (item.text().startsWith("link ")) {
                Action.Target link = link(item.text().substring(5).trim(), item.position());
                if (link != null) {
                    targets.add(link);
                }
            } else if (checkNode(item.text(), item.position())) {
                targets.add(new Action.Target.Node(item.text()));
            }
        }
        return targets;
    }

    /** Names may hold '-' themselves, so every place to split is tried. */
    private Action.Target.Link link(String text, Position position) {
        Set<String> nodes = topology.nodeNames();
        for (int dash = text.indexOf('-'); dash >= 0; dash = text.indexOf('-', dash + 1)) {
            String a = text.substring(0, dash);
            String b = text.substring(dash + 1);
            if (nodes.contains(a) && nodes.contains(b)) {
                return new Action.Target.Link(a, b);
            }
        }
        problems.add(position, "'" + text + "' is not a link: write NODE-NODE with two nodes of this file");
        return null;
    }

    private List<String> nodeNames(List<YamlValue.Scalar> names) {
        return names.stream().filter(name -> checkNode(name.text(), name.position()))
                .map(YamlValue.Scalar::text)
                .toList();
    }

    private boolean checkNode(String name, Position position) {
        if (topology.nodeNames().contains(name)) {
            return true;
        }
        problems.add(position, "'" + name + "' is not a node" + Suggest.didYouMean(name,
                topology.nodeNames()));
        return false;
    }

    private String knownName(Fields fields, String key, String kind, Set<String> known) {
        String name = fields.required(key);
        if (name != null && !known.contains(name)) {
            problems.add(fields.position(key), "'" + name + "' is not a " + kind + Suggest.didYouMean(name,
                    known));
            return null;
        }
        return name;
    }
}
