package org.limesh.app;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limesh leases}. */
@Command(name = "leases", mixinStandardHelpOptions = true,
        description = "Addresses that clients hold: who gave them, who confirmed them last, and why these.")
final class LeasesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LookOptions look;

    @Option(names = {"-a", "--all"},
            description = "Those that other nodes confirmed and are known here, too, and addresses of nodes.")
    private boolean all;

    @Override
    public Integer call() {
        boolean one = !look.node(spec).equals("-");
        Map<String, List<String>> query = look.query(spec, false);
        if (all) {
            query.put("all", List.of("1"));
        }
        return look.look(spec, one ? "/nodes/" + look.node(spec) + "/leases" : "/leases", query);
    }
}
