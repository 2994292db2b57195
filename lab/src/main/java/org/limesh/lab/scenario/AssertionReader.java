package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.limesh.base.Ip4Prefix;

/** Reads one entry of {@code assert}. */
final class AssertionReader {
    /** Times between the echo requests of one ping assertion. */
    static final long PING_INTERVAL_NS = 200_000_000L;
    /** How long properties must stay the same when the file does not say. */
    static final long SAME_FOR_NS = 5_000_000_000L;
    /** How long after the event a gap is looked for when the file does not say. */
    static final long GAP_FOR_NS = 5_000_000_000L;
    static final List<String> CLAIMS =
            List.of("converged", "lease", "ping", "internet", "exit", "path", "throughput", "same", "gap", "never",
                    "leases", "loops");
    private static final Map<String, String> LATER = Map.of(
            "traffic", "limits for control traffic come in a later version",
            "eventually", "use 'within' instead",
            "table", "assertions over tables come in a later version",
            "event", "assertions over events come in a later version");

    private final Problems problems;
    private final Map<String, Scenario.Cloud> clouds;
    private final TopologyReader topology;
    private final ClaimFields claims;
    private final RoutedClaims routed;

    AssertionReader(Problems problems, Map<String, Scenario.Cloud> clouds, TopologyReader topology) {
        this.problems = problems;
        this.clouds = clouds;
        this.topology = topology;
        this.claims = new ClaimFields(problems, topology);
        this.routed = new RoutedClaims(problems, topology, claims);
    }

    /** The assertion, or null when it is wrong. */
    Assertion read(YamlValue item) {
        if (!(item instanceof YamlValue.Mapping mapping)) {
            problems.add(item.position(), "an assertion is a group of keys; write e.g. { converged: all }");
            return null;
        }
        List<String> known = new ArrayList<>(CLAIMS);
        known.addAll(List.of("within", "for"));
        Fields fields = new Fields(mapping, problems, "assert", known, LATER);
        List<String> claims = mapping.entries().stream().map(YamlValue.Entry::key).filter(CLAIMS::contains)
                .toList();
        if (claims.size() != 1) {
            if (mapping.entries().stream().noneMatch(entry -> LATER.containsKey(entry.key()))
                    || claims.size() > 1) {
                problems.add(item.position(), claims.isEmpty() ? "this assertion claims nothing; known: "
                        + String.join(", ", CLAIMS) : "one assertion, one claim; make a list entry of each");
            }
            return null;
        }
        return claim(fields, claims.getFirst(), item.position());
    }

    private Assertion claim(Fields outer, String claim, Position position) {
        return switch (claim) {
            case "converged" -> converged(outer, position);
            case "leases" -> fixed(outer, claim, "unique", new Assertion.Claim.LeasesUnique(), position);
            case "loops" -> fixed(outer, claim, "none", new Assertion.Claim.LoopsNone(), position);
            case "lease" -> lease(outer, position);
            case "ping" -> ping(outer, position);
            case "same" -> same(outer, position);
            case "gap" -> gap(outer, position);
            case "exit", "internet", "throughput", "path" -> routed.read(outer, claim, position);
            default -> never(outer, position);
        };
    }

    private Assertion converged(Fields outer, Position position) {
        String cloud = outer.text("converged", "all");
        if (!cloud.equals("all") && !clouds.containsKey(cloud)) {
            problems.add(outer.position("converged"), "'" + cloud + "' is neither 'all' nor a cloud"
                    + Suggest.didYouMean(cloud, clouds.keySet()));
        }
        long withinNs = outer.durationNs("within", 0);
        long forNs = outer.durationNs("for", 0);
        return new Assertion(new Assertion.Claim.Converged(cloud.equals("all") ? null : cloud), withinNs,
                forNs,
                "converged " + cloud + ClaimFields.limits(withinNs, forNs), position);
    }

    private Assertion fixed(Fields outer, String key, String word, Assertion.Claim claim, Position position) {
        String value = outer.text(key, word);
        if (!value.equals(word)) {
            problems.add(outer.position(key), "'" + key + "' can only be '" + word + "'");
        }
        long withinNs = outer.durationNs("within", 0);
        long forNs = outer.durationNs("for", 0);
        return new Assertion(claim, withinNs, forNs, key + " " + word + ClaimFields.limits(withinNs, forNs), position);
    }

    private Assertion lease(Fields outer, Position position) {
        Fields fields = claims.inner(outer, "lease", "client", "in");
        if (fields == null) {
            return null;
        }
        String client = claims.client(fields, "client");
        Ip4Prefix network = fields.read("in", null, Ip4Prefix::parse);
        long withinNs = ClaimFields.limit(outer, fields, "within", 0);
        long forNs = ClaimFields.limit(outer, fields, "for", 0);
        return new Assertion(new Assertion.Claim.Lease(client, network), withinNs, forNs,
                "lease of " + client + (network == null ? "" : " in " + network) + ClaimFields.limits(withinNs, forNs),
                position);
    }

    private Assertion ping(Fields outer, Position position) {
        Fields fields = claims.inner(outer, "ping", "from", "to", "loss", "count", "reachable");
        if (fields == null) {
            return null;
        }
        String from = claims.client(fields, "from");
        String to = fields.required("to");
        if (to != null && !to.equals("gateway") && !to.equals(Scenario.INTERNET)
                && !topology.clientNames().contains(to)) {
            problems.add(fields.position("to"), "'" + to + "' is neither a client nor 'gateway' nor 'internet'"
                    + Suggest.didYouMean(to, topology.clientNames()));
        }
        double loss = fields.read("loss", 0.0, Quantity::fraction);
        int count = fields.integer("count", 5, 1, 1000);
        boolean reachable = fields.read("reachable", true, Quantity::yesOrNo);
        long withinNs = ClaimFields.limit(outer, fields, "within", 0);
        if (ClaimFields.limit(outer, fields, "for", 0) > 0) {
            problems.add(position, "'for' is not possible with 'ping'; say 'count' (200 ms each)");
        }
        String text = "ping from " + from + " to " + to + (reachable ? " loss at most " + percent(loss)
                : " without answer");
        return new Assertion(new Assertion.Claim.Ping(from, to, count, loss, reachable), withinNs,
                count * PING_INTERVAL_NS, text + ClaimFields.limits(withinNs, 0), position);
    }

    private static String percent(double fraction) {
        return java.math.BigDecimal.valueOf(Math.round(fraction * 1000), 1).stripTrailingZeros()
                .toPlainString() + "%";
    }

    private Assertion same(Fields outer, Position position) {
        Fields fields = claims.inner(outer, "same", "client", "what");
        if (fields == null) {
            return null;
        }
        String client = claims.client(fields, "client");
        Set<Assertion.Property> what = new TreeSet<>();
        for (YamlValue.Scalar word : fields.texts("what")) {
            property(word, what);
        }
        if (!fields.has("what")) {
            what.addAll(List.of(Assertion.Property.values()));
        }
        if (ClaimFields.limit(outer, fields, "within", 0) > 0) {
            problems.add(position,
                    "'within' makes no sense with 'same': it must hold all the time; say 'for'");
        }
        long forNs = ClaimFields.limit(outer, fields, "for", SAME_FOR_NS);
        String words = String.join(", ", what.stream().map(Assertion.Property::word).toList());
        return new Assertion(new Assertion.Claim.Same(client, what), 0, forNs,
                "same " + words + " of " + client + ClaimFields.limits(0, forNs), position);
    }

    private void property(YamlValue.Scalar word, Set<Assertion.Property> what) {
        if (word.text().equals("ipv6")) {
            problems.add(word.position(),
                    "'ipv6' of clients is not there yet: clients get IPv6 addresses in a later "
                    + "version");
            return;
        }
        for (Assertion.Property property : Assertion.Property.values()) {
            if (property.word().equals(word.text())) {
                what.add(property);
                return;
            }
        }
        problems.add(word.position(), "'" + word.text() + "' is not a property of a client"
                + Suggest.didYouMean(word.text(), Assertion.Property.words()) + "; known: "
                + String.join(", ", Assertion.Property.words()));
    }

    private Assertion gap(Fields outer, Position position) {
        Fields fields = claims.inner(outer, "gap", "client", "below");
        if (fields == null) {
            return null;
        }
        String client = claims.client(fields, "client");
        fields.required("below");
        long belowNs = fields.durationNs("below", 0);
        if (ClaimFields.limit(outer, fields, "within", 0) > 0) {
            problems.add(position,
                    "'within' makes no sense with 'gap': it is looked for until 'for' is over");
        }
        long forNs = ClaimFields.limit(outer, fields, "for", GAP_FOR_NS);
        return new Assertion(new Assertion.Claim.Gap(client, belowNs), 0, forNs,
                "gap of " + client + " below " + Quantity.exactText(belowNs) + ClaimFields.limits(0, forNs), position);
    }

    private Assertion never(Fields outer, Position position) {
        Fields fields = claims.inner(outer, "never", "frame", "on");
        if (fields == null) {
            return null;
        }
        fields.required("frame");
        FrameFilter filter = fields.read("frame", null, FrameFilter::parse);
        if (filter != null) {
            for (String cloud : filter.cloudsNamed()) {
                if (!clouds.containsKey(cloud)) {
                    problems.add(fields.position("frame"), "anycast(" + cloud + "): '" + cloud
                            + "' is not a cloud"
                            + Suggest.didYouMean(cloud, clouds.keySet()));
                }
            }
        }
        String on = fields.text("on", "mesh-links");
        if (!on.equals("mesh-links")) {
            problems.add(fields.position("on"), "'" + on + "': frames can be watched on mesh-links only");
        }
        if (ClaimFields.limit(outer, fields, "within", 0) > 0) {
            problems.add(position, "'within' makes no sense with 'never'; say 'for'");
        }
        long forNs = ClaimFields.limit(outer, fields, "for", 0);
        String text = "never " + (filter == null ? "" : filter.text()) + " on mesh-links" + ClaimFields.limits(0, forNs);
        return new Assertion(new Assertion.Claim.Never(filter), 0, forNs, text, position);
    }
}
