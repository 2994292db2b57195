package org.limesh.sim;

import java.util.List;

/**
 * What became of a swarm run.
 *
 * @param violations     empty when all invariants held; the first {@value Simulation#VIOLATIONS_KEPT}
 * @param violationCount all of them
 * @param traceHash      equal for equal seeds
 * @param world          the world that was drawn, in a line
 */
public record SwarmResult(
        long seed, List<Violation> violations, long violationCount, long traceHash, long executedEvents,
                String world) {
    public SwarmResult {
        violations = List.copyOf(violations);
    }
}
