package org.limesh.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.limesh.lab.JUnitXml;
import org.limesh.lab.Laboratory;
import org.limesh.lab.ResultText;
import org.limesh.lab.ScenarioResult;
import org.limesh.lab.ScenarioRunner;
import org.limesh.lab.scenario.Scenario;
import org.limesh.lab.scenario.ScenarioFiles;
import org.limesh.lab.scenario.ScenarioReader;
import org.limesh.sim.SimTime;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh test}: runs scenarios in virtual time and judges their assertions. */
@Command(name = "test", mixinStandardHelpOptions = true,
        description = "Run scenarios in virtual time and judge their assertions.",
        footer = {"", "Exit code 0: all passed, 1: something failed, 2: a file is wrong.", "", "Examples:",
            "  limesh test examples/*.lab.yaml", "  limesh test roaming.lab.yaml --seeds 20",
            "  limesh test --swarm --seeds 100 --nodes 20 --minutes 10"})
final class TestCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "Scenario files. Default: the only *.lab.yaml here.")
    private List<String> files = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", description = "Seed instead of the file's.")
    private Long seed;

    @Option(names = "--seeds", paramLabel = "K", description = "Run with K seeds, one after the other.")
    private Integer seeds;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Lay a value over the file, e.g. radio.range=80m. Repeatable.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--jobs", paramLabel = "N",
            description = "Runs at the same time. Default: one per processor.")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(names = "--junit", paramLabel = "FILE", description = "Write the results as JUnit XML.")
    private Path junit;

    @Option(names = "--hash",
            description = "Print the fingerprint of each run: the same seed gives the same.")
    private boolean hash;

    @Option(names = {"-q", "--quiet"}, description = "Print only failures (and fingerprints).")
    private boolean quiet;

    @Option(names = "--swarm",
            description = "Instead of files: worlds with misfortunes drawn from seeds, all checkers on.")
    private boolean swarm;

    @Option(names = "--from", paramLabel = "S", description = "Swarm: first seed. Default: ${DEFAULT-VALUE}.")
    private long from = 1;

    @Option(names = "--nodes", paramLabel = "N",
            description = "Swarm: nodes per world. Default: ${DEFAULT-VALUE}.")
    private int nodes = 20;

    @Option(names = "--minutes", paramLabel = "M",
            description = "Swarm: virtual minutes with faults. Default: ${DEFAULT-VALUE}.")
    private int minutes = 10;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (jobs < 1 || jobs > 64) {
            throw new ParameterException(spec.commandLine(), "error: --jobs is 1 to 64");
        }
        if (seeds != null && (seeds < 1 || seeds > 1_000_000)) {
            throw new ParameterException(spec.commandLine(), "error: --seeds is 1 to 1000000");
        }
        if (swarm) {
            if (!files.isEmpty()) {
                throw new ParameterException(spec.commandLine(),
                        "error: --swarm draws its worlds itself; leave the files out");
            }
            if (seed != null || junit != null) {
                throw new ParameterException(spec.commandLine(),
                        "error: --swarm takes its first seed by --from, and writes no JUnit XML yet");
            }
            if (nodes < 2 || nodes > 1000 || minutes < 1 || minutes > 1440) {
                throw new ParameterException(spec.commandLine(),
                        "error: --nodes is 2 to 1000, --minutes 1 to 1440");
            }
            return new SwarmRun(from, seeds == null ? 100 : seeds, nodes, minutes, jobs, hash, quiet,
                    spec.commandLine().getOut(), progress()).run();
        }
        return testFiles();
    }

    private Progress progress() {
        return new Progress(quiet ? null : spec.commandLine().getErr());
    }

    private int testFiles() throws IOException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        List<Scenario> scenarios = new ArrayList<>();
        boolean wrong = false;
        for (String file : filesOrOnlyOne()) {
            Scenario scenario = read(file, err);
            wrong |= scenario == null;
            for (int i = 0; scenario != null && i < (seeds == null ? 1 : seeds); i++) {
                scenarios.add(scenario.withSeed((seed == null ? scenario.seed() : seed) + i));
            }
        }
        if (wrong) {
            return 2;
        }
        List<ScenarioResult> results = runAll(scenarios, err);
        if (results == null) {
            return 2;
        }
        finish(results);
        return results.stream().allMatch(ScenarioResult::passed) ? 0 : 1;
    }

    private List<String> filesOrOnlyOne() throws IOException {
        if (!files.isEmpty()) {
            return files;
        }
        Path only = ScenarioFiles.onlyOne(Path.of("").toAbsolutePath());
        if (only == null) {
            throw new ParameterException(spec.commandLine(),
                    "error: name a scenario file; there is not exactly one *.lab.yaml in this directory");
        }
        return List.of(only.getFileName().toString());
    }

    /** The scenario, or null after its problems were printed. */
    private Scenario read(String file, PrintWriter err) throws IOException {
        try {
            ScenarioReader.Result result = ScenarioFiles.read(file, settings);
            result.problems().forEach(err::println);
            err.flush();
            return result.scenario();
        } catch (NoSuchFileException missing) {
            err.println("error: there is no file '" + file + "'");
        } catch (java.nio.charset.CharacterCodingException binary) {
            err.println("error: '" + file + "' is not UTF-8 text");
        } catch (IOException unreadable) {
            err.println("error: cannot read '" + file + "': " + unreadable.getMessage());
        }
        err.flush();
        return null;
    }

    /** Results in the order of the scenarios, printed as they become known; null when one cannot be built. */
    private List<ScenarioResult> runAll(List<Scenario> scenarios, PrintWriter err)
            throws InterruptedException {
        List<ScenarioResult> results = new ArrayList<>();
        Progress progress = progress();
        PrintWriter out = spec.commandLine().getOut();
        boolean wrong = false;
        int threads = Math.min(jobs, Math.max(1, scenarios.size()));
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<ScenarioResult>> futures = new ArrayList<>();
            for (Scenario scenario : scenarios) {
                futures.add(pool.submit(() -> ScenarioRunner.run(scenario, virtualNs ->
                        progress.show(scenario.name()
                        + "  " + SimTime.text(virtualNs) + " of " + SimTime.text(scenario.endNs())))));
            }
            for (Future<ScenarioResult> future : futures) {
                try {
                    ScenarioResult result = future.get();
                    results.add(result);
                    progress.clear();
                    print(out, result);
                } catch (ExecutionException failed) {
                    progress.clear();
                    wrong = true;
                    err.println(failed.getCause() instanceof Laboratory.Unbuildable
                            ? failed.getCause().getMessage() : "error: " + failed.getCause());
                    err.flush();
                }
            }
        }
        return wrong ? null : results;
    }

    private void print(PrintWriter out, ScenarioResult result) {
        if (!quiet || !result.passed()) {
            out.print(ResultText.of(result));
        }
        if (hash) {
            out.println(String.format("hash %016x  %s seed %d", result.traceHash(), result.name(),
                    result.seed()));
        }
        out.flush();
    }

    private void finish(List<ScenarioResult> results) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (junit != null) {
            if (junit.toAbsolutePath().getParent() != null) {
                Files.createDirectories(junit.toAbsolutePath().getParent());
            }
            Files.writeString(junit, JUnitXml.of(results));
        }
        if (!quiet) {
            out.println(ResultText.summary(results) + (junit == null ? "" : "       report: " + junit));
        }
        if (seeds != null && seeds > 1) {
            long passed = results.stream().filter(ScenarioResult::passed).count();
            List<String> failing = results.stream().filter(result -> !result.passed())
                    .map(result -> result.name() + " " + result.seed()).toList();
            out.println(String.format(java.util.Locale.ROOT, "pass rate %.1f %%%s",
                    100.0 * passed / results.size(),
                    failing.isEmpty() ? "" : ", failing seeds: " + String.join(", ", failing)));
        }
        out.flush();
    }
}
