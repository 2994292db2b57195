package org.limesh.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code limesh links}. */
@Command(name = "links", mixinStandardHelpOptions = true,
        description = "Links with their quality, there and back.")
final class LinksCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LookOptions look;

    @Override
    public Integer call() {
        return look.look(spec, "/links", look.query(spec, true));
    }
}
