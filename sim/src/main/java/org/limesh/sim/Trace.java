package org.limesh.sim;

/**
 * Hidden tag of a client frame on its way through the mesh; carried beside the frame, never in it. It
 * follows a frame as long as nodes forward it at once, so unicast; a delayed rebroadcast loses it.
 */
public final class Trace {
    private final int cloud;
    private final int originNode;
    private final long id;
    private final long startedNs;
    private final int[] hops;

    Trace(int cloud, int originNode, long id, long startedNs, int[] hops) {
        this.cloud = cloud;
        this.originNode = originNode;
        this.id = id;
        this.startedNs = startedNs;
        this.hops = hops;
    }

    /** The same trace after it went through one more node. */
    Trace through(int node) {
        int[] longer = java.util.Arrays.copyOf(hops, hops.length + 1);
        longer[hops.length] = node;
        return new Trace(cloud, originNode, id, startedNs, longer);
    }

    /** Number of the cloud where the frame entered. */
    public int cloud() {
        return cloud;
    }

    /** Index of the node where the frame entered the mesh. */
    public int originNode() {
        return originNode;
    }

    public long id() {
        return id;
    }

    public long startedNs() {
        return startedNs;
    }

    public int hopCount() {
        return hops.length;
    }

    /** Index of the node at this place of the way. */
    public int hop(int place) {
        return hops[place];
    }
}
