package org.limesh.app;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Which running node or laboratory is meant. May stand before or after the command's name. */
final class TargetOptions {
    @Option(names = "--api", paramLabel = "URL|unix:PATH",
            description = "Where to ask. Default: the running node, else the lab started from this directory.")
    String api;

    @Option(names = "--run-dir", paramLabel = "DIR", description = "Run-time directory of the node that is meant.")
    Path runDir;

    /** For orders, which go to a laboratory and never to a node by name. */
    ApiClient client(CommandSpec command) {
        return client(command, List.of());
    }

    /** The options of the program itself fill what the command's own leave open. */
    ApiClient client(CommandSpec command, List<String> ownNodes) {
        TargetOptions root = Main.of(command).target;
        boolean own = api != null || runDir != null;
        return ApiClient.find(own ? api : root.api, own ? runDir : root.runDir, given(ownNodes, command));
    }

    private static List<String> given(List<String> own, CommandSpec command) {
        return own.isEmpty() ? Main.of(command).nodes : own;
    }

    /**
     * Names of nodes to ask for: the command's own, else those before its name. None when the name already
     * chose the program that is asked: a node that was started with that {@code --name}.
     */
    List<String> nodes(List<String> own, CommandSpec command) {
        TargetOptions root = Main.of(command).target;
        boolean chosen = api == null && runDir == null && root.api == null && root.runDir == null
                && ApiClient.namedNode(Path.of(ApiClient.DEFAULT_RUN_DIR), given(own, command)) != null;
        return chosen ? List.of() : given(own, command);
    }

    /** The one node that is meant; {@code -} lets the other side choose when there is only one. */
    String node(List<String> own, CommandSpec command) {
        List<String> nodes = nodes(own, command);
        if (nodes.size() > 1) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "name one node, not " + nodes.size());
        }
        return nodes.isEmpty() ? "-" : ApiClient.encode(nodes.getFirst());
    }
}
