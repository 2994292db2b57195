package org.limesh.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code limesh status}. */
@Command(name = "status", mixinStandardHelpOptions = true,
        description = "One screen: who am I, cloud, neighbours, exit, clients, warnings.")
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LookOptions look;

    @Override
    public Integer call() {
        boolean one = !look.node(spec).equals("-");
        return look.look(spec, one ? "/nodes/" + look.node(spec) + "/status" : "/status",
                look.query(spec, false));
    }
}
