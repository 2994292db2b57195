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

/** {@code limesh bmx7}: the tables of the genuine tool, in its own words. */
@Command(name = "bmx7", mixinStandardHelpOptions = true,
        description = "Tables of layer 3 in the form of the genuine bmx7.",
        footer = {"", "Tables: status, interfaces, links, originators, tunnels, descriptions, parameters.",
            "-cd8 prints the first five. What is not known here stands as ---.", "",
            "Examples:", "  limesh -n plaza bmx7 originators", "  limesh -n plaza bmx7 -cd8",
            "  limesh bmx7 -c show=tunnels", "  limesh bmx7 links --json"})
final class Bmx7Command implements Callable<Integer> {
    private static final int FAVOURITES = 8;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-n", "--node"}, paramLabel = "NODE", description = "Name of the node that is meant.")
    private List<String> nodes = new ArrayList<>();

    @Mixin
    private TargetOptions target;

    @Parameters(arity = "0..*", paramLabel = "TABLE", description = "Default: status.")
    private List<String> tables = new ArrayList<>();

    @Option(names = {"-c", "--connect"}, description = "As with the genuine tool; always so here.")
    private boolean connect;

    @Option(names = {"-d", "--debug"}, paramLabel = "LEVEL", description = "8: the five tables together.")
    private Integer debug;

    @Option(names = {"-l", "--loop"}, description = "Repeat every second.")
    private boolean loop;

    @Option(names = {"-w", "--watch"}, paramLabel = "SECONDS", arity = "0..1",
            parameterConsumer = WatchSeconds.class, description = "Repeat every SECONDS (1).")
    private Double watchSeconds;

    @Option(names = "-H", description = "No header lines.")
    private boolean noHeader;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        List<String> wanted = new ArrayList<>();
        if (debug != null && debug != FAVOURITES) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "bmx7 -d " + debug
                    + " is a log of the genuine program; here there is -d8, and 'limesh events' for what happens");
        }
        if (debug != null) {
            wanted.add("d8");
        }
        tables.forEach(table -> wanted.add(table.replaceFirst("^(--)?(show|s)=", "")
                .replaceFirst("^--", "")));
        Map<String, List<String>> query = new LinkedHashMap<>();
        query.put("format", List.of(json ? "json" : "table"));
        query.put("table", wanted);
        if (noHeader) {
            query.put("H", List.of("1"));
        }
        String where = ApiClient.target("/api/v1/nodes/" + target.node(nodes, spec) + "/bmx7", query);
        ApiClient client = target.client(spec, nodes);
        Double seconds = watchSeconds == null && loop ? Double.valueOf(1) : watchSeconds;
        return seconds == null ? LookOptions.print(spec, client.get(where))
                : LookOptions.watch(spec, client, where, seconds, json);
    }
}
