package org.limesh.sim;

/**
 * How big a swarm run is.
 *
 * @param nodes      nodes in the world
 * @param durationNs virtual time with faults; the phase without faults that follows is on top
 * @param layer2Only no world has layer 3; else one in eight has none
 */
public record SwarmSettings(int nodes, long durationNs, boolean layer2Only) {
    /** 20 nodes, 10 virtual minutes. */
    public static final SwarmSettings DEFAULT = new SwarmSettings(20, 10 * SimTime.MINUTE);

    public SwarmSettings(int nodes, long durationNs) {
        this(nodes, durationNs, false);
    }
}
