package org.limesh.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh exits}, {@code limesh exits pin NAME}, {@code limesh exits unpin}. */
@Command(name = "exits", mixinStandardHelpOptions = true,
        description = "Ways to the Internet: which there are, which is used, and why.",
        subcommands = {ExitsCommand.Pin.class, ExitsCommand.Unpin.class},
        footer = {"", "Without -n a lab shows all exits, with -n how that node rates them.", "", "Examples:",
            "  limesh exits", "  limesh -n plaza exits", "  limesh -n plaza exits pin sur",
            "  limesh exits pin sur --client ana", "  limesh -n plaza exits unpin"})
final class ExitsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LookOptions look;

    @Override
    public Integer call() {
        boolean one = !look.node(spec).equals("-");
        return look.look(spec, one ? "/nodes/" + look.node(spec) + "/exits" : "/exits",
                look.query(spec, false));
    }

    /** For whom a choice is made. */
    static final class For {
        @Option(names = {"-n", "--node"}, paramLabel = "NODE", description = "Name of the node that is meant.")
        List<String> nodes = new ArrayList<>();

        @Option(names = "--client", paramLabel = "CLIENT",
                description = "Name or IPv4 address of a client: only for it, at the node it is attached to.")
        String client;

        @Mixin
        TargetOptions target;

        /** The members of the order that say for whom. */
        private String members(CommandSpec spec) {
            String node = target.node(named(spec), spec);
            return (client == null ? "" : ", \"client\": " + LabOrder.quote(client))
                    + (node.equals("-") ? ""
                            : ", \"node\": " + LabOrder.quote(target.nodes(named(spec), spec).getFirst()));
        }

        /** The node may also stand before 'pin': {@code limesh exits -n plaza pin sur}. */
        private List<String> named(CommandSpec spec) {
            Object parent = spec.parent() == null ? null : spec.parent().userObject();
            return nodes.isEmpty() && parent instanceof ExitsCommand exits ? exits.look.nodes : nodes;
        }

        int send(CommandSpec spec, String word, String exit, String done) {
            String members = (exit == null ? "" : ", \"exit\": " + LabOrder.quote(exit)) + members(spec);
            String order = "{\"" + word + "\": {" + members.replaceFirst("^, ", "") + "}}";
            ApiClient client = target.client(spec, named(spec));
            ApiClient.Answer answer = client.post(LabOrder.ACTIONS, order);
            return LabOrder.report(spec, answer, done);
        }

        String whom() {
            return client == null ? "" : " for " + client;
        }
    }

    /** Chooses. */
    @Command(name = "pin", mixinStandardHelpOptions = true,
            description = "Use this exit as long as it is there, whatever the numbers say.")
    static final class Pin implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private For whom;

        @Parameters(index = "0", paramLabel = "EXIT", description = "Name of the gateway.")
        private String exit;

        @Override
        public Integer call() {
            return whom.send(spec, "pin", exit, "exit " + exit + " is chosen" + whom.whom());
        }
    }

    /** Takes the choice back. */
    @Command(name = "unpin", mixinStandardHelpOptions = true, description = "Let the numbers decide again.")
    static final class Unpin implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private For whom;

        @Override
        public Integer call() {
            return whom.send(spec, "unpin", null, "the exit is free again" + whom.whom());
        }
    }
}
