package org.limesh.batadv;

import java.util.Arrays;

/** All neighbours: by interface and MAC, and by number; numbers of forgotten ones are used again. */
final class NeighbourTable {
    private final LongMap<Neighbour> byAddress = new LongMap<>();
    private Neighbour[] byId = new Neighbour[16];
    /** One above the highest number in use. */
    private int limit;

    private static long key(long mac, Hardif hardif) {
        return mac << 8 | hardif.number;
    }

    Neighbour get(long mac, Hardif hardif) {
        return byAddress.get(key(mac, hardif));
    }

    boolean isFull() {
        return byAddress.size() >= BatadvLimits.NEIGHBOURS;
    }

    /** Adds one that is not there yet; the caller has checked {@link #isFull}. */
    Neighbour add(long mac, Hardif hardif, Originator originator, int nowMs) {
        int id = 0;
        while (id < limit && byId[id] != null) {
            id++;
        }
        if (id == byId.length) {
            byId = Arrays.copyOf(byId, id * 2);
        }
        limit = Math.max(limit, id + 1);
        Neighbour neighbour = new Neighbour(id, mac, hardif, originator, nowMs);
        byId[id] = neighbour;
        byAddress.put(key(mac, hardif), neighbour);
        hardif.neighbourCount++;
        hardif.lastNeighbour = neighbour;
        return neighbour;
    }

    void remove(Neighbour neighbour) {
        byAddress.remove(key(neighbour.mac, neighbour.hardif));
        byId[neighbour.id] = null;
        Hardif hardif = neighbour.hardif;
        hardif.neighbourCount--;
        hardif.lastNeighbour = null;
        for (int id = 0; id < limit; id++) {
            if (byId[id] != null && byId[id].hardif == hardif) {
                hardif.lastNeighbour = byId[id];
            }
        }
    }

    /** Numbers are below this; {@link #at} may be null. */
    int limit() {
        return limit;
    }

    Neighbour at(int id) {
        return byId[id];
    }

    /** The router of an originator on a plane, or null. */
    Neighbour routerOf(Originator originator, int plane) {
        int slot = originator.router(plane);
        return slot < 0 ? null : byId[originator.neighbourId(slot)];
    }
}
