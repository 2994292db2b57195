package org.limesh.lab;

import java.util.List;
import org.limesh.sim.Violation;

/**
 * What came of one run of a scenario.
 *
 * @param file       as the user named it
 * @param virtualNs  how far the run came
 * @param elapsedNs  how long it took here
 * @param traceHash  fingerprint of every delivery: the same seed gives the same
 * @param assertions in the order in which they were judged
 * @param violations invariants that did not hold
 * @param failure    why the run stopped early, or empty
 */
public record ScenarioResult(
        String file,
        String name,
        long seed,
        long virtualNs,
        long elapsedNs,
        long traceHash,
        List<Judged> assertions,
        List<Violation> violations,
        String failure) {
    public ScenarioResult {
        assertions = List.copyOf(assertions);
        violations = List.copyOf(violations);
    }

    /**
     * One assertion, judged.
     *
     * @param step     place in the timeline, from 0
     * @param atNs     when it was asked
     * @param claim    as the file has it
     * @param expected what should have been; for a person
     * @param got      what was instead; empty when it passed
     * @param reason   what probably led to it; may be empty
     * @param replay   command that shows it
     */
    public record Judged(
            int step, long atNs, String claim, boolean passed, String expected, String got, String reason,
            String replay) {}

    public boolean passed() {
        return failure.isEmpty() && violations.isEmpty() && assertions.stream().allMatch(Judged::passed);
    }

    public long failedAssertions() {
        return assertions.stream().filter(judged -> !judged.passed()).count();
    }
}
