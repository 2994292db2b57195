package org.limesh.app;

/** A command cannot do what was asked: the sentence for people and the exit code. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The answer is no. */
    static final int NO = 1;
    /** Wrong use or wrong file. */
    static final int WRONG_USE = 2;
    /** This machine lacks something. */
    static final int LACKING = 3;
    /** No running node or lab to talk to. */
    static final int NOTHING_RUNS = 4;

    private final int exitCode;

    /** @param message without the leading "error: " */
    CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }

    static CommandFailure nothingRuns() {
        return new CommandFailure(NOTHING_RUNS, "no lab is running here. Start one: limesh lab        "
                + "(looked for: socket of the node, lab of this directory)");
    }
}
