package org.limesh.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.limesh.lab.api.ApiServer;
import org.limesh.linux.Machine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limesh doctor}: can this machine be a node, and if not, what is to be done. */
@Command(name = "doctor", mixinStandardHelpOptions = true,
        description = "Look whether this machine can be a node and say what is missing; or clean up after a killed node.",
        footer = {"", "Examples:", "  sudo limesh doctor --dev eth1", "  sudo limesh doctor --clean"})
final class DoctorCommand implements Callable<Integer> {
    /** How {@code limesh status} begins a warning. */
    private static final String WARNING = "! ";

    @Spec
    private CommandSpec spec;

    @Option(names = "--dev", paramLabel = "IF", arity = "1..*", description = "Look at these interfaces too.")
    private List<String> devices = new ArrayList<>();

    @Option(names = "--clean", description = "Remove what a killed node left behind on this machine.")
    private boolean clean;

    @Option(names = "--run-dir", paramLabel = "DIR",
            description = "Run directory of the node, or the one above several. Default: /run/limesh.")
    private Path runDirectory = Path.of(ApiClient.DEFAULT_RUN_DIR);

    @Override
    public Integer call() throws IOException {
        return clean ? clean() : examine();
    }

    private int examine() {
        PrintWriter out = spec.commandLine().getOut();
        boolean fatal = false;
        for (Machine.Finding finding : Machine.examine(devices)) {
            fatal |= finding.fatal();
            out.println((finding.fault() == null ? "ok    " : finding.fatal() ? "error " : "note  ") + finding.what()
                    + (finding.fault() == null ? "" : ": " + finding.fault().replace("\n", "\n      ")));
            if (finding.fix() != null) {
                out.println("      " + finding.fix());
            }
        }
        runningNodes(out);
        return fatal ? CommandFailure.LACKING : ConfigOptions.DONE;
    }

    /** What nodes that run here have to complain about is the best diagnosis of all. */
    private void runningNodes(PrintWriter out) {
        List<Path> named = ApiClient.namedNodes(runDirectory);
        if (named.isEmpty() || Files.exists(runDirectory.resolve(ApiServer.SOCKET_NAME))) {
            boolean given = !runDirectory.equals(Path.of(ApiClient.DEFAULT_RUN_DIR));
            complaints(given ? runDirectory : null, "the node that runs here", out);
        }
        for (Path socket : named) {
            complaints(socket.getParent(), "node " + socket.getParent().getFileName(), out);
        }
    }

    /** @param runDir of a node, or null for whatever runs here */
    private static void complaints(Path runDir, String who, PrintWriter out) {
        try {
            ApiClient.Answer answer = ApiClient.find(null, runDir, List.of()).get("/api/v1/status?format=plain");
            answer.text().lines().filter(line -> line.startsWith(WARNING))
                    .forEach(line -> out.println("note  " + who + ": " + line.substring(WARNING.length())));
        } catch (CommandFailure nothingRuns) {
            // Then there is nothing to add.
        }
    }

    private int clean() throws IOException {
        List<String> missing = Machine.missingCapabilities();
        if (!missing.isEmpty()) {
            throw new CommandFailure(CommandFailure.LACKING,
                    "cannot clean up: operation not permitted\n  Either: sudo limesh doctor --clean");
        }
        PrintWriter out = spec.commandLine().getOut();
        List<Machine.Cleaned> results = Machine.clean(runDirectory.toAbsolutePath());
        if (results.isEmpty()) {
            out.println("nothing to clean: no node left anything behind (looked in " + runDirectory + ")");
        }
        for (Machine.Cleaned result : results) {
            out.println(result.directory() + ": " + result.text());
            if (result.done()) {
                Files.deleteIfExists(result.directory().resolve(ApiServer.SOCKET_NAME));
            }
        }
        return results.stream().allMatch(Machine.Cleaned::done) ? ConfigOptions.DONE : CommandFailure.NO;
    }
}
