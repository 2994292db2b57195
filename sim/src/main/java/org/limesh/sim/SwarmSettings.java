package org.limesh.sim;

/**
 * How big a swarm run is.
 *
 * @param nodes      nodes in the world
 * @param durationNs virtual time with faults; the phase without faults that follows is on top
 */
public record SwarmSettings(int nodes, long durationNs) {
    /** 20 nodes, 10 virtual minutes. */
    public static final SwarmSettings DEFAULT = new SwarmSettings(20, 10 * SimTime.MINUTE);
}
