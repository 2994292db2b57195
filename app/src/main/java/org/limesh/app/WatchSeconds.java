package org.limesh.app;

import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** The optional number after {@code -w}: what follows is taken only when it is one. */
final class WatchSeconds implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
        double seconds = 1;
        if (!args.isEmpty() && args.peek().matches("[0-9]+(\\.[0-9]+)?")) {
            seconds = Math.clamp(Double.parseDouble(args.pop()), 0.1, 86_400);
        }
        option.setValue(seconds);
    }
}
