package org.limesh.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code limesh clouds}. */
@Command(name = "clouds", mixinStandardHelpOptions = true,
        description = "Clouds: nodes that share one layer 2.")
final class CloudsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LookOptions look;

    @Override
    public Integer call() {
        return look.look(spec, "/clouds", look.query(spec, false));
    }
}
