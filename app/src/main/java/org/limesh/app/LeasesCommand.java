package org.limesh.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code limesh leases}. */
@Command(name = "leases", mixinStandardHelpOptions = true,
        description = "Addresses that clients hold.")
final class LeasesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LookOptions look;

    @Override
    public Integer call() {
        boolean one = !look.node(spec).equals("-");
        return look.look(spec, one ? "/nodes/" + look.node(spec) + "/leases" : "/leases",
                look.query(spec, false));
    }
}
