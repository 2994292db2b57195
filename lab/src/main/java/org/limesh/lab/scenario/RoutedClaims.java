package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.List;

/** Reads the claims about exits, the Internet and ways over both layers. */
final class RoutedClaims {
    /** How long a stream is measured when the file does not say. */
    static final long THROUGHPUT_FOR_NS = 5_000_000_000L;

    private final Problems problems;
    private final TopologyReader topology;
    private final ClaimFields claims;
    private final UplinkActions uplinks;

    RoutedClaims(Problems problems, TopologyReader topology, ClaimFields claims) {
        this.problems = problems;
        this.topology = topology;
        this.claims = claims;
        this.uplinks = new UplinkActions(problems, topology);
    }

    Assertion read(Fields outer, String claim, Position position) {
        return switch (claim) {
            case "exit" -> exit(outer, position);
            case "internet" -> internet(outer, position);
            case "throughput" -> throughput(outer, position);
            default -> path(outer, position);
        };
    }

    private Assertion exit(Fields outer, Position position) {
        Fields fields = claims.inner(outer, "exit", "of", "is");
        if (fields == null) {
            return null;
        }
        String of = place(fields, "of", false);
        String is = fields.required("is");
        if (is != null && !is.equals("none")) {
            uplinks.isGateway(is, fields.position("is"));
        }
        long withinNs = ClaimFields.limit(outer, fields, "within", 0);
        long forNs = ClaimFields.limit(outer, fields, "for", 0);
        return new Assertion(new Assertion.Claim.Exit(of, "none".equals(is) ? null : is), withinNs, forNs,
                "exit of " + of + " is " + is + ClaimFields.limits(withinNs, forNs), position);
    }

    private Assertion internet(Fields outer, Position position) {
        Fields fields = claims.inner(outer, "internet", "from", "via", "count", "reachable");
        if (fields == null) {
            return null;
        }
        String from = claims.client(fields, "from");
        String via = fields.text("via", null);
        if (via != null) {
            uplinks.isGateway(via, fields.position("via"));
        }
        int count = fields.integer("count", 3, 1, 1000);
        boolean reachable = fields.read("reachable", true, Quantity::yesOrNo);
        if (via != null && !reachable) {
            problems.add(fields.position("via"), "'via' makes no sense with 'reachable: no'");
        }
        long withinNs = ClaimFields.limit(outer, fields, "within", 0);
        if (ClaimFields.limit(outer, fields, "for", 0) > 0) {
            problems.add(position, "'for' is not possible with 'internet'; say 'count' (200 ms each)");
        }
        return new Assertion(new Assertion.Claim.Internet(from, via, count, reachable), withinNs,
                count * AssertionReader.PING_INTERVAL_NS, (reachable ? "internet from " : "no internet from ") + from
                + (via == null ? "" : " via " + via) + ClaimFields.limits(withinNs, 0), position);
    }

    private Assertion throughput(Fields outer, Position position) {
        Fields fields = claims.inner(outer, "throughput", "from", "to", "above", "below");
        if (fields == null) {
            return null;
        }
        String from = talker(fields, "from");
        String to = talker(fields, "to");
        if (Scenario.INTERNET.equals(from) && Scenario.INTERNET.equals(to)) {
            problems.add(fields.position("to"), "a stream goes from the Internet to a client, or the other way round");
        }
        if (!fields.has("above") && !fields.has("below")) {
            problems.add(fields.position(), "'throughput' needs 'above' or 'below'; write e.g. above: 5mbit");
        }
        long aboveBps = fields.read("above", 0L, Quantity::rateBps);
        long belowBps = fields.read("below", Long.MAX_VALUE, Quantity::rateBps);
        if (aboveBps >= belowBps) {
            problems.add(fields.position("above"), "nothing is above " + Quantity.rateText(aboveBps) + " and below "
                    + Quantity.rateText(belowBps));
        }
        if (ClaimFields.limit(outer, fields, "within", 0) > 0) {
            problems.add(position, "'within' makes no sense with 'throughput': it is measured all the time that "
                    + "'for' names");
        }
        long forNs = ClaimFields.limit(outer, fields, "for", THROUGHPUT_FOR_NS);
        String text = "throughput from " + from + " to " + to
                + (fields.has("above") ? " above " + Quantity.rateText(aboveBps) : "")
                + (fields.has("below") ? " below " + Quantity.rateText(belowBps) : "");
        return new Assertion(new Assertion.Claim.Throughput(from, to, aboveBps, belowBps), 0, forNs,
                text + ClaimFields.limits(0, forNs), position);
    }

    private Assertion path(Fields outer, Position position) {
        Fields fields = claims.inner(outer, "path", "from", "to", "via", "back", "differs");
        if (fields == null) {
            return null;
        }
        String from = place(fields, "from", false);
        String to = place(fields, "to", true);
        List<String> via = names(fields, "via");
        List<String> back = names(fields, "back");
        Boolean differs = fields.read("differs", null, Quantity::yesOrNo);
        long withinNs = ClaimFields.limit(outer, fields, "within", 0);
        long forNs = ClaimFields.limit(outer, fields, "for", 0);
        String text = "path from " + from + " to " + to + (via.isEmpty() ? "" : " via " + String.join(", ", via))
                + (back.isEmpty() ? "" : ", back via " + String.join(", ", back))
                + (differs == null ? "" : differs ? ", another way back" : ", the same way back");
        return new Assertion(new Assertion.Claim.Path(from, to, via, back, differs), withinNs, forNs,
                text + ClaimFields.limits(withinNs, forNs), position);
    }

    /** A client or the Internet. */
    private String talker(Fields fields, String key) {
        String name = fields.required(key);
        if (name != null && !name.equals(Scenario.INTERNET) && !topology.clientNames().contains(name)) {
            problems.add(fields.position(key), "'" + name + "' is neither a client nor 'internet'"
                    + Suggest.didYouMean(name, topology.clientNames()));
        }
        return name;
    }

    /** A node or a client; the Internet where it makes sense. */
    private String place(Fields fields, String key, boolean internet) {
        String name = fields.required(key);
        if (name != null && !isPlace(name) && !(internet && name.equals(Scenario.INTERNET))) {
            problems.add(fields.position(key), "'" + name + "' is neither a node nor a client"
                    + (internet ? " nor 'internet'" : "") + Suggest.didYouMean(name, places()));
        }
        return name;
    }

    private boolean isPlace(String name) {
        return topology.nodeNames().contains(name) || topology.clientNames().contains(name);
    }

    private List<String> places() {
        List<String> known = new ArrayList<>(topology.nodeNames());
        known.addAll(topology.clientNames());
        return known;
    }

    private List<String> names(Fields fields, String key) {
        List<String> names = new ArrayList<>();
        for (YamlValue.Scalar item : fields.texts(key)) {
            if (!isPlace(item.text()) && !item.text().equals(Scenario.INTERNET)) {
                problems.add(item.position(), "'" + item.text() + "' is neither a node nor a client nor 'internet'"
                        + Suggest.didYouMean(item.text(), places()));
            }
            names.add(item.text());
        }
        return names;
    }
}
