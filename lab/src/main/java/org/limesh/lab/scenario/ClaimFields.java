package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.List;

/** What the readers of all claims have in common. */
final class ClaimFields {
    private final Problems problems;
    private final TopologyReader topology;

    ClaimFields(Problems problems, TopologyReader topology) {
        this.problems = problems;
        this.topology = topology;
    }

    /** Text of the time limits, as it follows the claim in reports. */
    static String limits(long withinNs, long forNs) {
        return (withinNs > 0 ? " within " + Quantity.exactText(withinNs) : "")
                + (forNs > 0 ? " for " + Quantity.exactText(forNs) : "");
    }

    /** The inner group with its time limits, or null. */
    Fields inner(Fields outer, String claim, String... keys) {
        YamlValue.Mapping mapping = outer.mapping(claim);
        if (mapping == null) {
            if (outer.value(claim) instanceof YamlValue.Scalar) {
                problems.add(outer.position(claim), "'" + claim + "' needs a group of keys: "
                        + String.join(", ", keys));
            }
            return null;
        }
        List<String> known = new ArrayList<>(List.of(keys));
        known.addAll(List.of("within", "for"));
        return new Fields(mapping, problems, claim, known);
    }

    /** A time limit beside the claim or inside its group. */
    static long limit(Fields outer, Fields inner, String key, long otherwise) {
        return inner.durationNs(key, outer.durationNs(key, otherwise));
    }

    /** The client that is named at a key; null when the key is missing. */
    String client(Fields fields, String key) {
        String client = fields.required(key);
        if (client != null && !topology.clientNames().contains(client)) {
            problems.add(fields.position(key), "'" + client + "' is not a client"
                    + Suggest.didYouMean(client, topology.clientNames()));
        }
        return client;
    }
}
