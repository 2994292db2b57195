package org.limesh.sim;

import org.limesh.lime.NodePlan;

/**
 * A node to be put into a simulation.
 *
 * @param name unique in the simulation
 * @param xM   position in metres, for the radio model
 * @param yM   position in metres
 * @param up   powered from the start; else {@link SimNode#restart} powers it
 */
public record NodeSpec(String name, NodePlan plan, double xM, double yM, boolean up) {
    public NodeSpec(String name, NodePlan plan, double xM, double yM) {
        this(name, plan, xM, yM, true);
    }
}
