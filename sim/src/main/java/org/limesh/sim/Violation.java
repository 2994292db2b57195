package org.limesh.sim;

import java.util.List;

/**
 * A broken invariant.
 *
 * @param invariant {@code I1} to {@code I16}
 * @param seed      of the simulation
 * @param atNs      virtual time
 * @param what      what was expected and what was seen
 * @param lastEvents what happened before, oldest first
 * @param replay    the exact command that shows it again
 */
public record Violation(
        String invariant, long seed, long atNs, String what, List<String> lastEvents, String replay) {
    public Violation {
        lastEvents = List.copyOf(lastEvents);
    }

    /** Several lines for a person. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append(invariant).append(" broken at ").append(SimTime.text(atNs)).append(", seed ").append(seed)
                .append(": ").append(what).append('\n');
        for (String event : lastEvents) {
            text.append("    ").append(event).append('\n');
        }
        return text.append("  replay: ").append(replay).append('\n').toString();
    }
}
