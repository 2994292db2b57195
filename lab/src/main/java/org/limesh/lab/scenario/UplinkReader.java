package org.limesh.lab.scenario;

import java.util.List;

/** Reads {@code internet} of a node: the line of a provider at its uplink. */
final class UplinkReader {
    static final List<String> KEYS = List.of("down", "up", "delay", "loss", "portal", "silent", "plugged");
    /** Without its keys it is a usual line at home. */
    private static final Scenario.Uplink USUAL =
            new Scenario.Uplink(20_000_000L, 5_000_000L, 15_000_000L, 0, false, false, true);

    private UplinkReader() {}

    /** The uplink at the key {@code internet}, or null. */
    static Scenario.Uplink read(Fields node, Problems problems, String owner) {
        YamlValue value = node.value("internet");
        if (value == null) {
            return null;
        }
        if (value instanceof YamlValue.Scalar(var text, var position) && (text.isEmpty() || text.equals("yes"))) {
            return USUAL;
        }
        if (!(value instanceof YamlValue.Mapping mapping)) {
            problems.add(value.position(), "'internet' of " + owner + " is the line of its provider; write e.g. "
                    + "{ down: 40mbit, up: 8mbit }");
            return USUAL;
        }
        return change(USUAL, new Fields(mapping, problems, "internet of " + owner, KEYS));
    }

    /** The uplink with what these keys say; the rest stays as it is. */
    static Scenario.Uplink change(Scenario.Uplink before, Fields fields) {
        return new Scenario.Uplink(fields.read("down", before.downBps(), Quantity::rateBps),
                fields.read("up", before.upBps(), Quantity::rateBps),
                fields.durationNs("delay", before.delayNs()), fields.read("loss", before.loss(), Quantity::fraction),
                fields.read("portal", before.portal(), Quantity::yesOrNo),
                fields.read("silent", before.silent(), Quantity::yesOrNo),
                fields.read("plugged", before.plugged(), Quantity::yesOrNo));
    }
}
