package org.limesh.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh roam}. */
@Command(name = "roam", mixinStandardHelpOptions = true,
        description = "Lab: let a client walk to another node.",
        footer = {"", "Example:", "  limesh roam ana mercado"})
final class RoamCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TargetOptions target;

    @Parameters(index = "0", paramLabel = "CLIENT")
    private String client;

    @Parameters(index = "1", paramLabel = "NODE")
    private String node;

    @Override
    public Integer call() {
        String order = "{\"roam\": {\"client\": " + LabOrder.quote(client) + ", \"to\": "
                + LabOrder.quote(node) + "}}";
        return LabOrder.send(spec, target, LabOrder.ACTIONS, order, client + " goes to " + node);
    }
}
