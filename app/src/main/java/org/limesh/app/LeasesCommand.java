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
        description = "Addresses that clients hold.")
final class LeasesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--known", description = "Instead of the node's own leases those that it knows of other nodes, "
            + "and how it knows.")
    private boolean known;

    @Mixin
    private LookOptions look;

    private Map<String, List<String>> query() {
        Map<String, List<String>> query = look.query(spec, false);
        if (known) {
            query.put("known", List.of("1"));
        }
        return query;
    }

    @Override
    public Integer call() {
        boolean one = !look.node(spec).equals("-");
        return look.look(spec, one ? "/nodes/" + look.node(spec) + "/leases" : "/leases",
                query());
    }
}
