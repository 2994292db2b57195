package org.limesh.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh unplug}. */
@Command(name = "unplug", mixinStandardHelpOptions = true,
        description = "Lab: pull the cable of an uplink.",
        footer = {"", "Example:", "  limesh unplug norte"})
final class UnplugCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TargetOptions target;

    @Parameters(arity = "1..*", paramLabel = "NODE", description = "Nodes with an uplink.")
    private List<String> nodes = new ArrayList<>();

    @Override
    public Integer call() {
        return LabOrder.send(spec, target, LabOrder.ACTIONS, "{\"unplug\": " + LabOrder.list(nodes) + "}",
                String.join(", ", nodes) + " is unplugged");
    }
}
