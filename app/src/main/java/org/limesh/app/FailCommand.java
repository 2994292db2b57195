package org.limesh.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh fail}. */
@Command(name = "fail", mixinStandardHelpOptions = true,
        description = "Lab: make nodes or links stop working.",
        footer = {"", "Examples:", "  limesh fail mercado", "  limesh fail link plaza-mercado"})
final class FailCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TargetOptions target;

    @Parameters(arity = "1..*", paramLabel = "WHAT", description = "Names of nodes, or 'link A-B'.")
    private List<String> what = new ArrayList<>();

    @Override
    public Integer call() {
        List<String> targets = LabOrder.targets(what);
        return LabOrder.send(spec, target, LabOrder.ACTIONS, "{\"fail\": " + LabOrder.list(targets) + "}",
                String.join(", ", targets) + " failed");
    }
}
