package org.limesh.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What every looking command understands, and how it asks and prints. */
final class LookOptions {
    @Option(names = {"-n", "--node"}, paramLabel = "NODE", description = "Name of the node that is meant.")
    List<String> nodes = new ArrayList<>();

    @Mixin
    TargetOptions target;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Option(names = "--format", paramLabel = "table|json|csv|plain", description = "Form of the output.")
    String format;

    @Option(names = {"-w", "--watch"}, paramLabel = "SECONDS", arity = "0..1",
            parameterConsumer = WatchSeconds.class, description = "Repeat every SECONDS (1).")
    Double watchSeconds;

    @Option(names = "-H", description = "No header line.")
    boolean noHeader;

    @Option(names = {"-N", "--numeric"}, description = "Addresses instead of names.")
    boolean numeric;

    @Option(names = {"-q", "--quiet"}, description = "Print only results and errors.")
    boolean quiet;

    /** Query of the interface for these options. */
    Map<String, List<String>> query(CommandSpec command, boolean withNodes) {
        String form = json ? "json" : format == null ? "table" : format;
        if (!List.of("table", "json", "csv", "plain").contains(form)) {
            throw new ParameterException(command.commandLine(),
                    "--format '" + form + "' is none of table, json, csv, plain");
        }
        Map<String, List<String>> query = new LinkedHashMap<>();
        query.put("format", List.of(form));
        if (noHeader) {
            query.put("H", List.of("1"));
        }
        if (numeric) {
            query.put("n", List.of("1"));
        }
        if (withNodes) {
            query.put("node", target.nodes(nodes, command));
        }
        return query;
    }

    String node(CommandSpec command) {
        return target.node(nodes, command);
    }

    /** Asks once, or again and again, and prints. Returns the exit code. */
    int look(CommandSpec command, String path, Map<String, List<String>> query) {
        ApiClient client = target.client(command, nodes);
        String where = ApiClient.target("/api/v1" + path, query);
        return watchSeconds == null ? print(command, client.get(where))
                : watch(command, client, where, watchSeconds, json || "json".equals(format));
    }

    static int print(CommandSpec command, ApiClient.Answer answer) {
        PrintWriter writer = answer.isOk() ? command.commandLine().getOut() : command.commandLine().getErr();
        writer.print(answer.text());
        writer.flush();
        return answer.exitCode();
    }

    /** On a terminal each picture replaces the last one; elsewhere and as JSON they follow one another. */
    static int watch(CommandSpec command, ApiClient client, String where, double seconds, boolean lines) {
        boolean terminal = System.console() != null && System.console().isTerminal() && !lines;
        try {
            while (true) {
                ApiClient.Answer answer = client.get(where);
                if (!answer.isOk()) {
                    return print(command, answer);
                }
                command.commandLine().getOut().print(terminal ? "\u001b[H\u001b[2J" : "");
                print(command, answer);
                if (command.commandLine().getOut().checkError()) {
                    return 0;
                }
                Thread.sleep((long) (seconds * 1000));
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
