package org.limesh.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh plug}. */
@Command(name = "plug", mixinStandardHelpOptions = true,
        description = "Lab: plug the cable of an uplink in.",
        footer = {"", "Example:", "  limesh plug norte"})
final class PlugCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TargetOptions target;

    @Parameters(arity = "1..*", paramLabel = "NODE", description = "Nodes with an uplink.")
    private List<String> nodes = new ArrayList<>();

    @Override
    public Integer call() {
        return LabOrder.send(spec, target, LabOrder.ACTIONS, "{\"plug\": " + LabOrder.list(nodes) + "}",
                String.join(", ", nodes) + " is plugged in");
    }
}
