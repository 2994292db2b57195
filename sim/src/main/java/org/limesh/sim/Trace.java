package org.limesh.sim;

/**
 * Hidden tag of a client frame on its way through the mesh; carried beside the frame, never in it. It
 * follows a frame as long as nodes forward it at once, so unicast; a delayed rebroadcast loses it.
 */
public final class Trace {
    private static final int[] NO_HOPS = {};

    private final int cloud;
    private final int originNode;
    private final long id;
    private final long startedNs;
    private final int[] hops;
    private final Journey journey;

    Trace(int cloud, int originNode, long id, long startedNs, int[] hops, Journey journey) {
        this.cloud = cloud;
        this.originNode = originNode;
        this.id = id;
        this.startedNs = startedNs;
        this.hops = hops;
        this.journey = journey;
    }

    /** For a packet that a node routes, before and beside any mesh. */
    static Trace routed(SimNode node, Journey journey) {
        return journey == null ? null
                : new Trace(node.cloud(), node.index(), journey.id(), journey.startedNs(), NO_HOPS, journey);
    }

    static Journey journeyOf(Trace trace) {
        return trace == null ? null : trace.journey;
    }

    /** The same trace after it went through one more node. */
    Trace through(int node) {
        int[] longer = java.util.Arrays.copyOf(hops, hops.length + 1);
        longer[hops.length] = node;
        return new Trace(cloud, originNode, id, startedNs, longer, journey);
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

    /** The diary on layer 3, or null for a frame that no node has routed. */
    public Journey journey() {
        return journey;
    }
}
