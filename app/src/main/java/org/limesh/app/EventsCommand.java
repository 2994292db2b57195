package org.limesh.app;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limesh events}. */
@Command(name = "events", mixinStandardHelpOptions = true,
        description = "What happened, with the reason; -w goes on as it happens.")
final class EventsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--last", paramLabel = "N", description = "So many at most. Default: ${DEFAULT-VALUE}.")
    private int last = 20;

    @Option(names = "--since", paramLabel = "SEQ", description = "Only those after this number.")
    private long since;

    @Option(names = "--kind", paramLabel = "KIND", description = "Only kinds that begin so, e.g. batadv.roam.")
    private String kind = "";

    @Mixin
    private LookOptions look;

    @Override
    public Integer call() throws InterruptedException {
        ApiClient client = look.target.client(spec, look.nodes);
        Map<String, List<String>> query = look.query(spec, true);
        query.put("kind", List.of(kind));
        query.put("limit", List.of(Integer.toString(Math.max(1, last))));
        while (true) {
            query.put("since", List.of(Long.toString(since)));
            ApiClient.Answer answer = client.get(ApiClient.target("/api/v1/events", query));
            long newest = Long.parseLong(answer.headers().getOrDefault("limesh-last-event", "0"));
            int exit = newest == since && since > 0 && answer.isOk() ? 0 : LookOptions.print(spec, answer);
            if (look.watchSeconds == null || exit != 0 || spec.commandLine().getOut().checkError()) {
                return exit;
            }
            since = newest;
            // What follows are more rows of the same table.
            query.put("H", List.of("1"));
            Thread.sleep((long) (look.watchSeconds * 1000));
        }
    }
}
