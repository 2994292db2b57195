package org.limesh.app;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Orders to a running laboratory from another terminal. */
final class LabOrder {
    static final String ACTIONS = "/api/v1/actions";
    static final String TIME = "/api/v1/time";

    private LabOrder() {}

    /** Sends one order; prints what came of it and answers the exit code. */
    static int send(CommandSpec command, TargetOptions target, String path, String json, String done) {
        return report(command, target.client(command).post(path, json), done);
    }

    /** Prints what came of an order and answers the exit code. */
    static int report(CommandSpec command, ApiClient.Answer answer, String done) {
        if (answer.isOk()) {
            command.commandLine().getOut().println(done);
            command.commandLine().getOut().flush();
            return 0;
        }
        command.commandLine().getErr().println(answer.text().stripTrailing());
        command.commandLine().getErr().flush();
        return answer.exitCode();
    }

    /** A JSON string. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** {@code fail link a-b} may be typed as two words. */
    static List<String> targets(List<String> words) {
        List<String> targets = new java.util.ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            boolean two = words.get(i).equals("link") && i + 1 < words.size();
            targets.add(two ? "link " + words.get(++i) : words.get(i));
        }
        return targets;
    }

    static String list(List<String> words) {
        return "[" + String.join(", ", words.stream().map(LabOrder::quote).toList()) + "]";
    }
}
