package org.limesh.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code limesh clients}. */
@Command(name = "clients", mixinStandardHelpOptions = true,
        description = "Phones and computers: where they are, and where they roamed.")
final class ClientsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LookOptions look;

    @Override
    public Integer call() {
        return look.look(spec, "/clients", look.query(spec, true));
    }
}
