package org.limesh.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code limesh nodes}. */
@Command(name = "nodes", mixinStandardHelpOptions = true,
        description = "Nodes with their addresses.")
final class NodesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LookOptions look;

    @Override
    public Integer call() {
        return look.look(spec, "/nodes", look.query(spec, false));
    }
}
