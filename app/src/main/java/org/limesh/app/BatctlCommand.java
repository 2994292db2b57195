package org.limesh.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh batctl TABLE}: the words, letters and tables of batctl. */
@Command(name = "batctl", mixinStandardHelpOptions = true,
        description = "Tables of batman-adv, as batctl prints them.",
        footer = {"", "Tables: n neighbors, o originators, tl translocal, tg transglobal;",
            "as JSON: nj oj tlj tgj.", "", "Example:", "  limesh -n plaza batctl o -H"})
final class BatctlCommand implements Callable<Integer> {
    private static final List<String> LATER = List.of("gwl", "gateways", "cl", "claimtable", "bbt",
            "backbonetable",
            "dc", "dat_cache", "mf", "mcast_flags", "s", "statistics", "if", "interface", "p", "ping", "tr",
            "traceroute", "tp", "throughputmeter", "t", "translate", "td", "tcpdump", "e", "event", "gwj",
                    "mj", "hj",
            "clj", "bbj", "dcj", "vj");

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "TABLE", description = "n, o, tl, tg, nj, oj, tlj or tgj")
    private String table;

    @Option(names = "--node", paramLabel = "NODE",
            description = "The node that is meant; also as 'limesh -n NODE batctl ...'.")
    private List<String> nodes = new ArrayList<>();

    @Mixin
    private TargetOptions target;

    @Option(names = "-H", description = "No header lines.")
    private boolean noHeader;

    @Option(names = {"-n", "-N"}, description = "Addresses instead of names (-n as in batctl).")
    private boolean numeric;

    @Option(names = "-u", description = "tl, tg: only unicast addresses.")
    private boolean unicast;

    @Option(names = "-m", description = "tl, tg: only multicast addresses.")
    private boolean multicast;

    @Option(names = "-t", paramLabel = "SECONDS", description = "o: only originators heard in the last SECONDS.")
    private Double timeoutSeconds;

    @Option(names = "-w", paramLabel = "SECONDS", arity = "0..1", parameterConsumer = WatchSeconds.class,
            description = "Repeat every SECONDS (1).")
    private Double watchSeconds;

    @Override
    public Integer call() {
        String name = table.endsWith("j") ? table.substring(0, table.length() - 1)
                : table.replace("_json", "");
        boolean json = !name.equals(table);
        String part = switch (name) {
            case "n", "neighbors" -> "neighbours";
            case "o", "originators" -> "originators";
            case "tl", "translocal" -> "translation-local";
            case "tg", "transglobal" -> "translation-global";
            default -> throw new CommandFailure(CommandFailure.WRONG_USE, LATER.contains(table)
                    ? "'batctl " + table + "' is not there yet; there are n, o, tl, tg, nj, oj, tlj, tgj"
                    : "batctl has no table '" + table + "'; there are n, o, tl, tg, nj, oj, tlj, tgj");
        };
        Map<String, List<String>> query = new LinkedHashMap<>();
        query.put("format", List.of(json ? "batctl-json" : "batctl"));
        add(query, "H", noHeader);
        add(query, "n", numeric);
        add(query, "u", unicast);
        add(query, "m", multicast);
        if (timeoutSeconds != null) {
            query.put("timeout_ms", List.of(Long.toString((long) (timeoutSeconds * 1000))));
        }
        String where = ApiClient.target("/api/v1/nodes/" + target.node(nodes, spec) + "/" + part, query);
        ApiClient client = target.client(spec, nodes);
        return watchSeconds == null ? LookOptions.print(spec, client.get(where))
                : LookOptions.watch(spec, client, where, watchSeconds, json);
    }

    private static void add(Map<String, List<String>> query, String key, boolean wanted) {
        if (wanted) {
            query.put(key, List.of("1"));
        }
    }
}
