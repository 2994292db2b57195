package org.limesh.app;

import java.util.concurrent.Callable;
import org.limesh.lab.scenario.Quantity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh time}. */
@Command(name = "time", mixinStandardHelpOptions = true,
        description = "Lab: pause, go on, go faster or slower.",
        footer = {"", "Examples:", "  limesh time pause", "  limesh time run", "  limesh time 2x",
        "  limesh time max",
            "  limesh time step 100ms"})
final class TimeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TargetOptions target;

    @Parameters(index = "0", paramLabel = "WHAT",
            description = "pause, run, a speed like 0.5x or 10x, max, or step.")
    private String what;

    @Parameters(index = "1", arity = "0..1", paramLabel = "TIME",
            description = "How far to step. Default: one event.")
    private String step;

    @Override
    public Integer call() {
        if (step != null && !what.equals("step")) {
            throw new ParameterException(spec.commandLine(), "error: only 'step' takes a time");
        }
        return switch (what) {
            case "pause" -> order("{\"state\": \"paused\"}", "paused");
            case "run" -> order("{\"state\": \"running\"}", "running");
            case "max" -> order("{\"speed\": 0}", "as fast as possible");
            case "step" -> order(step == null ? "{\"step\": true}" : "{\"step_ms\": " + stepMs() + "}",
                    "one step" + (step == null ? "" : " of " + step));
            default -> speed();
        };
    }

    private int order(String json, String done) {
        return LabOrder.send(spec, target, LabOrder.TIME, json, done);
    }

    private double stepMs() {
        try {
            return Quantity.durationNs(step) / 1e6;
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "error: " + wrong.getMessage(), wrong);
        }
    }

    private int speed() {
        if (!what.matches("\\d{1,4}(\\.\\d{1,3})?x?") || Double.parseDouble(what.replace("x", "")) == 0) {
            throw new ParameterException(spec.commandLine(),
                    "error: '" + what + "' is none of pause, run, max, step, or a speed like 2x");
        }
        String number = what.replace("x", "");
        return order("{\"speed\": " + new java.math.BigDecimal(number).toPlainString() + "}", number + "x");
    }
}
