package org.limesh.lab;

import java.util.List;
import java.util.Locale;
import org.limesh.lab.scenario.Quantity;
import org.limesh.sim.Violation;

/** Results for people. */
public final class ResultText {
    /** Failures of one scenario beyond this are only counted: the first ones tell the cause. */
    static final int DETAILS_LIMIT = 10;

    private ResultText() {}

    /** One line for a scenario that passed, some more for one that failed; ends with a line feed. */
    public static String of(ScenarioResult result) {
        StringBuilder text = new StringBuilder();
        if (result.passed()) {
            text.append(String.format(Locale.ROOT, "PASS  %-22s %3d assertion%s %7s virtual  %6.2f s%n",
                    result.name(),
                    result.assertions().size(), result.assertions().size() == 1 ? " " : "s",
                    seconds(result.virtualNs()), result.elapsedNs() / 1e9));
            return text.toString();
        }
        text.append(String.format(Locale.ROOT, "FAIL  %-22s %s%n", result.name(), count(result)));
        if (!result.failure().isEmpty()) {
            text.append("        ").append(result.failure()).append('\n');
        }
        List<ScenarioResult.Judged> failed = result.assertions().stream().filter(judged -> !judged.passed())
                .toList();
        failed.stream().limit(DETAILS_LIMIT).forEach(judged -> detail(text, judged));
        result.violations().stream().limit(DETAILS_LIMIT).forEach(violation -> violation(text, violation));
        long more = Math.max(0, failed.size() - DETAILS_LIMIT)
                + Math.max(0, result.violations().size() - DETAILS_LIMIT);
        if (more > 0) {
            text.append("        and ").append(more).append(" more\n");
        }
        return text.toString();
    }

    private static String count(ScenarioResult result) {
        String count = result.failedAssertions() + " of " + result.assertions().size();
        return result.violations().isEmpty() ? count : count + ", " + result.violations().size()
                + " broken invariant" + (result.violations().size() == 1 ? "" : "s");
    }

    private static String seconds(long ns) {
        return String.format(Locale.ROOT, "%.1f s", ns / 1e9);
    }

    private static void detail(StringBuilder text, ScenarioResult.Judged judged) {
        text.append("        timeline[").append(judged.step()).append("] t=").append(Quantity.exactText(judged.atNs()))
                .append("  assert ").append(judged.claim()).append('\n');
        line(text, "expected", judged.expected());
        line(text, "got", judged.got());
        line(text, "reason", judged.reason());
        line(text, "replay", judged.replay());
    }

    private static void violation(StringBuilder text, Violation violation) {
        text.append("        invariant ").append(violation.invariant()).append(" t=")
                .append(Quantity.exactText(violation.atNs())).append('\n');
        line(text, "got", violation.what());
        int count = violation.lastEvents().size();
        line(text, "before", String.join("\n                    ",
                violation.lastEvents().subList(Math.max(0, count - 3), count)));
        line(text, "replay", violation.replay());
    }

    private static void line(StringBuilder text, String label, String value) {
        if (!value.isEmpty()) {
            text.append(String.format("          %-9s %s%n", label, value));
        }
    }

    /** {@code 2 scenarios, 1 failed, seed 1}. */
    public static String summary(List<ScenarioResult> results) {
        long failed = results.stream().filter(result -> !result.passed()).count();
        List<Long> seeds = results.stream().map(ScenarioResult::seed).distinct().toList();
        String seed = seeds.isEmpty() ? "" : seeds.size() == 1 ? ", seed " + seeds.getFirst()
                : ", seeds " + seeds.getFirst() + " to " + seeds.getLast();
        return results.size() + " scenario" + (results.size() == 1 ? "" : "s") + ", " + failed + " failed"
                + seed;
    }
}
