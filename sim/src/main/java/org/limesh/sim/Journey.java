package org.limesh.sim;

import java.util.Arrays;

/**
 * Hidden diary of a packet on layer 3: which nodes routed it, and where it went into a tunnel. It goes beside
 * the packet, through tunnels and over layer 2, for as long as nodes hand it on at once; a packet whose diary
 * was lost starts a new one at the next router.
 */
public final class Journey {
    private static final int[] NOBODY = {};

    private final long id;
    private final long startedNs;
    private final String source;
    private final String destination;
    private final int[] routers;
    private final int[] encapsulators;
    private final int depth;

    private Journey(long id, long startedNs, String source, String destination, int[] routers,
            int[] encapsulators, int depth) {
        this.id = id;
        this.startedNs = startedNs;
        this.source = source;
        this.destination = destination;
        this.routers = routers;
        this.encapsulators = encapsulators;
        this.depth = depth;
    }

    /** Starts where a packet is routed for the first time. */
    static Journey begin(long id, long nowNs, Object source, Object destination) {
        return new Journey(id, nowNs, source.toString(), destination.toString(), NOBODY, NOBODY, 0);
    }

    Journey routedBy(int node) {
        return new Journey(id, startedNs, source, destination, longer(routers, node), encapsulators, depth);
    }

    Journey encapsulatedBy(int node) {
        return new Journey(id, startedNs, source, destination, routers, longer(encapsulators, node), depth
                + 1);
    }

    Journey decapsulated() {
        return new Journey(id, startedNs, source, destination, routers, encapsulators, Math.max(0,
                depth - 1));
    }

    private static int[] longer(int[] list, int last) {
        int[] longer = Arrays.copyOf(list, list.length + 1);
        longer[list.length] = last;
        return longer;
    }

    public long id() {
        return id;
    }

    public long startedNs() {
        return startedNs;
    }

    /** Source address of the innermost packet where the diary began. */
    public String source() {
        return source;
    }

    /** Destination address of the innermost packet where the diary began. */
    public String destination() {
        return destination;
    }

    /** How many outer headers it wears now. */
    public int depth() {
        return depth;
    }

    /** Indexes of the nodes that routed it, in order; inside a tunnel those that routed the outer packet. */
    public int[] routers() {
        return routers.clone();
    }

    /** Indexes of the nodes that put it into a tunnel, in order. */
    public int[] encapsulators() {
        return encapsulators.clone();
    }

    int timesRoutedBy(int node) {
        return count(routers, node);
    }

    int timesEncapsulatedBy(int node) {
        return count(encapsulators, node);
    }

    private static int count(int[] list, int node) {
        int count = 0;
        for (int each : list) {
            count += each == node ? 1 : 0;
        }
        return count;
    }
}
