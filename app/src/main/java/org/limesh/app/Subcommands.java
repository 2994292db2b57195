package org.limesh.app;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.OptionSpec;

/** The subcommands by name, in the order of the help. A class is loaded only when it is asked for. */
final class Subcommands {
    static final List<String> NAMES = List.of(
            "node", "doctor", "lab", "test",
            "status", "clients", "leases", "exits", "clouds", "nodes", "links", "routes", "path", "events", "batctl",
            "bmx7", "alfred", "vis",
            "roam", "fail", "heal", "plug", "unplug", "time",
            "capture",
            "explain", "config",
            "help", "completion", "version");

    /** Options of the program itself that take a value. */
    private static final List<String> WITH_VALUE = List.of("-n", "--node", "--api", "--run-dir");

    private Subcommands() {}

    private static Class<?> type(String name) {
        return switch (name) {
            case "lab" -> LabCommand.class;
            case "test" -> TestCommand.class;
            case "roam" -> RoamCommand.class;
            case "fail" -> FailCommand.class;
            case "heal" -> HealCommand.class;
            case "plug" -> PlugCommand.class;
            case "unplug" -> UnplugCommand.class;
            case "exits" -> ExitsCommand.class;
            case "routes" -> RoutesCommand.class;
            case "bmx7" -> Bmx7Command.class;
            case "time" -> TimeCommand.class;
            case "node" -> NodeCommand.class;
            case "doctor" -> DoctorCommand.class;
            case "status" -> StatusCommand.class;
            case "clients" -> ClientsCommand.class;
            case "leases" -> LeasesCommand.class;
            case "nodes" -> NodesCommand.class;
            case "clouds" -> CloudsCommand.class;
            case "links" -> LinksCommand.class;
            case "path" -> PathCommand.class;
            case "events" -> EventsCommand.class;
            case "batctl" -> BatctlCommand.class;
            case "alfred" -> AlfredCommand.class;
            case "vis" -> VisCommand.class;
            case "capture" -> CaptureCommand.class;
            case "explain" -> ExplainCommand.class;
            case "config" -> ConfigCommand.class;
            case "help" -> HelpCommand.class;
            case "completion" -> Main.CompletionCommand.class;
            case "version" -> Main.VersionCommand.class;
            default -> null;
        };
    }

    /**
     * The command that these arguments name: the first word that is neither an option nor its value; or
     * null.
     */
    static String named(String[] args) {
        for (int at = 0; at < args.length; at++) {
            if (!args[at].startsWith("-")) {
                return args[at];
            }
            if (WITH_VALUE.contains(args[at])) {
                at++;
            }
        }
        return null;
    }

    /** False when there is no such command. */
    static boolean add(CommandLine root, String name) {
        Class<?> type = type(name);
        if (type == null) {
            return false;
        }
        root.addSubcommand(name, type);
        return true;
    }

    static void addAll(CommandLine root) {
        NAMES.forEach(name -> add(root, name));
    }

    /** Every command takes {@code -v}: most only for {@code -vv}, which tells where an error arose. */
    static void understandVerbose(CommandLine command) {
        if (command.getCommandSpec().findOption("-v") == null) {
            command.getCommandSpec().addOption(OptionSpec.builder("-v",
                    "--verbose").type(boolean[].class).arity("0")
                    .description("Say more; -vv also where an error arose.").build());
        }
        command.getSubcommands().values().forEach(Subcommands::understandVerbose);
    }

    /** The name that begins alike or holds the same letters in another order, or null. */
    static String nearest(String word) {
        for (String name : NAMES) {
            if (name.startsWith(word) || word.length() > 3 && name.startsWith(word.substring(0, 3))
                    || sorted(name).equals(sorted(word))) {
                return name;
            }
        }
        return null;
    }

    private static String sorted(String word) {
        char[] letters = word.toCharArray();
        Arrays.sort(letters);
        return new String(letters);
    }
}
