package org.limesh.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.limesh.base.MacAddress;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.ConfigSource;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.Diagnostic;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.UciFile;
import org.limesh.lime.UciOption;
import org.limesh.lime.UciReader;
import org.limesh.lime.UciSection;
import org.limesh.lime.UciValue;
import org.limesh.lime.UciWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh config}: shows, checks and imports a node's configuration files. */
@Command(name = "config", mixinStandardHelpOptions = true,
        description = "Show, check or import a node's configuration.",
        subcommands = {ConfigCommand.Show.class, ConfigCommand.Check.class, ConfigCommand.Import.class})
final class ConfigCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ConfigOptions.WRONG_USE;
    }

    /** {@code limesh config show}. */
    @Command(name = "show", mixinStandardHelpOptions = true,
            description = "Print the effective values, in the form of 'uci show'.")
    static final class Show implements Callable<Integer> {
        private static final int MAX_PADDING = 56;

        @Spec
        private CommandSpec spec;

        @Option(names = "--origin", description = "Add the file and line each value came from.")
        private boolean origin;

        @Option(names = "--autogen",
                description = "Print a whole file in UCI form instead, like lime-autogen.")
        private boolean autogen;

        @Mixin
        private ConfigOptions options;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            PrintWriter err = spec.commandLine().getErr();
            try {
                List<ConfigSource> sources = options.sources();
                LimeConfig config = options.load(sources, options.primaryMac(sources).orElse(null));
                boolean broken = ConfigOptions.print(config.diagnostics(), false, err);
                if (autogen) {
                    out.print("# Made by limesh config show --autogen; changes here have no effect.\n"
                            + UciWriter.write(config.sections().values()));
                    out.flush();
                } else {
                    config.sections().forEach((name, section) -> print(name, section, out));
                }
                return broken ? ConfigOptions.WRONG_USE : ConfigOptions.DONE;
            } catch (IOException | IllegalArgumentException fault) {
                err.println("error: " + fault.getMessage());
                return ConfigOptions.WRONG_USE;
            }
        }

        private void print(String name, UciSection section, PrintWriter out) {
            out.println("lime." + name + "=" + section.type());
            for (UciOption option : section.options().values()) {
                String values = String.join(" ", option.values().stream()
                        .map(value -> UciWriter.quote(value.text())).toList());
                String line = "lime." + name + "." + option.name() + "=" + values;
                String padding = " ".repeat(Math.max(1, MAX_PADDING - line.length()));
                out.println(origin ? line + padding + "# " + origins(option) : line);
            }
        }

        private static String origins(UciOption option) {
            UciValue first = option.values().getFirst();
            UciValue last = option.values().getLast();
            String text = first.origin().toString();
            return first.origin().line() == last.origin().line() ? text : text + "-" + last.origin().line();
        }
    }

    /** {@code limesh config check}. */
    @Command(name = "check", mixinStandardHelpOptions = true,
            description = "Report every problem of the files: errors, differences, unknown options.")
    static final class Check implements Callable<Integer> {
        /** Stands in where no MAC is known; only its being a MAC matters. */
        private static final MacAddress ANY_MAC = MacAddress.parse("02:ca:fe:12:34:56");

        @Spec
        private CommandSpec spec;

        @Option(names = {"-v", "--verbose"},
                description = "Also list what is understood and left to other programs.")
        private boolean verbose;

        @Mixin
        private ConfigOptions options;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            PrintWriter err = spec.commandLine().getErr();
            try {
                List<ConfigSource> sources = options.sources();
                MacAddress mac = options.primaryMac(sources).orElse(ANY_MAC);
                LimeConfig config = options.load(sources, mac);
                AutoConfig.Result result = AutoConfig.plan(config,
                        new DeviceSet(mac, List.of(), List.of(), null));
                boolean broken = ConfigOptions.print(result.diagnostics(), verbose, out);
                summary(config, result.diagnostics(), out);
                return broken ? ConfigOptions.WRONG_USE : ConfigOptions.DONE;
            } catch (IOException | IllegalArgumentException fault) {
                err.println("error: " + fault.getMessage());
                return ConfigOptions.WRONG_USE;
            }
        }

        private void summary(LimeConfig config, List<Diagnostic> diagnostics, PrintWriter out) {
            List<String> names = config.files().stream().map(UciFile::name).toList();
            out.println("read: " + (names.isEmpty() ? "no files; LibreMesh's defaults count"
                    : String.join(" ", names)));
            out.println(count(diagnostics, Diagnostic.Severity.ERROR) + " errors, "
                    + count(diagnostics, Diagnostic.Severity.WARNING) + " warnings, "
                    + count(diagnostics, Diagnostic.Severity.NOTE) + " notes"
                    + (verbose ? "" : " (-v shows them)"));
        }

        private static long count(List<Diagnostic> diagnostics, Diagnostic.Severity severity) {
            return diagnostics.stream().filter(diagnostic -> diagnostic.severity() == severity).count();
        }
    }

    /** {@code limesh config import}. */
    @Command(name = "import", mixinStandardHelpOptions = true,
            description = "Take the lime files out of a directory, tar, tar.gz, zip or OpenWrt backup.")
    static final class Import implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "PATH|-", description = "What to read; - is standard input (an archive).")
        private String from;

        @Option(names = "--to", paramLabel = "DIR", description = "Where to write. Default: /etc/limesh.")
        private Path to = ConfigFiles.OWN_DIRECTORY;

        @Option(names = "--force", description = "Replace files that are there and differ.")
        private boolean force;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            PrintWriter err = spec.commandLine().getErr();
            try {
                Map<String, byte[]> found = ConfigImport.read(from, System.in);
                return write(found, out, err);
            } catch (IOException fault) {
                err.println("error: " + fault.getMessage());
                return ConfigOptions.WRONG_USE;
            }
        }

        /** All or nothing: a half imported configuration is a third one that nobody wrote. */
        private int write(Map<String, byte[]> found, PrintWriter out, PrintWriter err) throws IOException {
            List<Diagnostic> problems = new ArrayList<>();
            for (Map.Entry<String, byte[]> file : found.entrySet()) {
                String text = ConfigFiles.decode(file.getValue());
                problems.addAll(UciReader.read(new ConfigSource(file.getKey(), text)).diagnostics());
                Path target = to.resolve(file.getKey());
                if (!force && Files.exists(target)
                        && !Arrays.equals(Files.readAllBytes(target), file.getValue())) {
                    err.println("error: " + target
                            + " is there and differs; nothing was written. Replace it: --force");
                    return ConfigOptions.WRONG_USE;
                }
            }
            if (ConfigOptions.print(problems, false, err)) {
                err.println("error: nothing was written");
                return ConfigOptions.WRONG_USE;
            }
            Files.createDirectories(to);
            for (Map.Entry<String, byte[]> file : found.entrySet()) {
                Path target = to.resolve(file.getKey());
                Files.write(target, file.getValue());
                out.println("wrote " + target);
            }
            out.println("Next: limesh config check --config " + to);
            return ConfigOptions.DONE;
        }
    }
}
