package org.limesh.app;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh path FROM TO}. */
@Command(name = "path", mixinStandardHelpOptions = true,
        description = "Which way a packet takes over both layers, there and back, hop by hop, and why.",
        footer = {"", "FROM and TO are names, MACs or IPv4 addresses of clients and nodes; TO may also be 'anycast',",
            "'internet' or any IPv4 address.", "", "A real node knows its own tables only; what others do is shown as",
            "'? beyond this node's view'.", "", "Exit code 1: there is no complete way.", "", "Examples:",
            "  limesh path ana beto", "  limesh path ana internet"})
final class PathCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FROM", description = "A client or a node.")
    private String from;

    @Parameters(index = "1", paramLabel = "TO", description = "A client, a node, 'internet', an address.")
    private String to;

    @Mixin
    private LookOptions look;

    @Override
    public Integer call() {
        Map<String, List<String>> query = look.query(spec, false);
        query.put("from", List.of(from));
        query.put("to", List.of(to));
        return look.look(spec, "/path", query);
    }
}
