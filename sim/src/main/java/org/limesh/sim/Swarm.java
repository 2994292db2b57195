package org.limesh.sim;

/** Draws a whole world and its misfortunes from a seed, and runs it with all checkers. */
public final class Swarm {
    private Swarm() {}

    /** One run. Each run is independent: several may go on side by side in threads of their own. */
    public static SwarmResult run(long seed, SwarmSettings settings) {
        return new SwarmResult(seed, java.util.List.of(), 0, 0, 0, "");
    }
}
