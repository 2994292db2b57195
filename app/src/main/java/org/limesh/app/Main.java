package org.limesh.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.limesh.lab.api.PortInUse;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The command {@code limesh}. Only the subcommand that is named gets loaded: a looking command shall answer
 * within the blink of an eye.
 */
@Command(name = "limesh", mixinStandardHelpOptions = true, versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "A LibreMesh node and a LibreMesh laboratory in one program.",
        footer = {"", "Start with:  limesh lab        Help on a command:  limesh help COMMAND"})
public final class Main implements Runnable {
    @Option(names = {"-n", "--node"}, paramLabel = "NODE", description = "Name of the node that is meant.")
    List<String> nodes = new ArrayList<>();

    @Mixin
    TargetOptions target = new TargetOptions();

    @CommandLine.Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int exit = run(args, out, err);
        out.flush();
        err.flush();
        // A laboratory or a node may leave threads behind on its way out.
        System.exit(exit);
    }

    /** Runs one command line; returns the exit code. */
    static int run(String[] args, PrintWriter out, PrintWriter err) {
        String name = Subcommands.named(args);
        CommandLine root = new CommandLine(new Main());
        if (name == null || name.equals("help") || name.equals("completion")) {
            Subcommands.addAll(root);
        } else if (!Subcommands.add(root, name)) {
            err.println("error: unknown command '" + name + "'" + suggestion(name)
                    + "\n  All commands: limesh help");
            return CommandFailure.WRONG_USE;
        }
        root.setOut(out);
        root.setErr(err);
        root.setCaseInsensitiveEnumValuesAllowed(true);
        Subcommands.understandVerbose(root);
        root.setParameterExceptionHandler(Main::onWrongUse);
        boolean trace = verbosity(args) >= 2;
        root.setExecutionExceptionHandler((fault, command, parsed) -> onFailure(fault, command, trace));
        return root.execute(args);
    }

    private static String suggestion(String name) {
        String near = Subcommands.nearest(name);
        return near == null ? "" : " (did you mean '" + near + "'?)";
    }

    /** Called when no command is named. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** The options before the command's name. */
    static Main of(CommandSpec command) {
        return command.root().userObject() instanceof Main main ? main : new Main();
    }

    private static int onWrongUse(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        command.getErr().println(prefixed(wrong.getMessage()));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, command.getErr())) {
            command.getErr().println("  How to use it: " + command.getCommandSpec().qualifiedName()
                    + " --help");
        }
        return CommandFailure.WRONG_USE;
    }

    /** How many times {@code v} was given, together or apart. */
    private static int verbosity(String[] args) {
        int count = 0;
        for (String arg : args) {
            count += arg.matches("-v+") ? arg.length() - 1 : arg.equals("--verbose") ? 1 : 0;
        }
        return count;
    }

    private static int onFailure(Exception fault, CommandLine command, boolean trace) {
        command.getErr().println(prefixed(sentence(fault)));
        if (trace) {
            fault.printStackTrace(command.getErr());
        }
        return switch (fault) {
            case CommandFailure failure -> failure.exitCode();
            case PortInUse taken -> CommandFailure.LACKING;
            case AccessDeniedException denied -> CommandFailure.LACKING;
            case NoSuchFileException missing -> CommandFailure.WRONG_USE;
            default -> CommandFailure.NO;
        };
    }

    private static String sentence(Exception fault) {
        return switch (fault) {
            case NoSuchFileException missing -> "there is no file " + missing.getFile();
            case AccessDeniedException denied -> "cannot open " + denied.getFile() + ": permission denied";
            case CommandFailure failure -> failure.getMessage();
            case IOException io -> io.getMessage() == null ? io.toString() : io.getMessage();
            default -> (fault.getMessage() == null ? fault.toString() : fault.getMessage())
                    + "\n  This is a fault of limesh. Please report it with the output of the same command and -vv.";
        };
    }

    private static String prefixed(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        return lower.startsWith("error:") ? message : "error: " + message;
    }

    /** {@code limesh version}. */
    @Command(name = "version", mixinStandardHelpOptions = true, description = "Print the version.")
    static final class VersionCommand implements Runnable {
        @CommandLine.Spec
        private CommandSpec spec;

        @Override
        public void run() {
            spec.commandLine().getOut().println(Version.text());
        }
    }

    /** {@code limesh completion}: a script for bash and zsh. */
    @Command(name = "completion", mixinStandardHelpOptions = true,
            description = "Print a completion script for bash and zsh.",
            footer = {"", "Use it in this shell:  source <(limesh completion)"})
    static final class CompletionCommand implements Runnable {
        @CommandLine.Spec
        private CommandSpec spec;

        @Override
        public void run() {
            CommandLine root = spec.root().commandLine();
            spec.commandLine().getOut().println(AutoComplete.bash("limesh", root));
        }
    }
}
