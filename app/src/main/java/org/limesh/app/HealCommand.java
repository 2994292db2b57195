package org.limesh.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh heal}. */
@Command(name = "heal", mixinStandardHelpOptions = true, description = "Lab: make nodes or links work again.",
        footer = {"", "Examples:", "  limesh heal all", "  limesh heal mercado",
        "  limesh heal link plaza-mercado"})
final class HealCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TargetOptions target;

    @Parameters(arity = "1..*", paramLabel = "WHAT", description = "Names of nodes, 'link A-B', or 'all'.")
    private List<String> what = new ArrayList<>();

    @Override
    public Integer call() {
        List<String> targets = LabOrder.targets(what);
        return LabOrder.send(spec, target, LabOrder.ACTIONS, "{\"heal\": " + LabOrder.list(targets) + "}",
                String.join(", ", targets) + " healed");
    }
}
