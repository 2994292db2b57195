package org.limesh.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code limesh routes}. */
@Command(name = "routes", mixinStandardHelpOptions = true,
        description = "Routes of a node: hosts by BMX7, networks through one-way tunnels, its own line.",
        footer = {"", "Example:", "  limesh -n plaza routes"})
final class RoutesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LookOptions look;

    @Override
    public Integer call() {
        return look.look(spec, "/nodes/" + look.node(spec) + "/routes", look.query(spec, false));
    }
}
