package org.limesh.batadv;

import org.limesh.base.MacAddress;

/** Forgets neighbours and originators that have been silent too long. */
final class Purger {
    private final Mesh mesh;
    private final GlobalTranslationTable global;

    Purger(Mesh mesh, GlobalTranslationTable global) {
        this.mesh = mesh;
        this.global = global;
    }

    void purge(long nowNs) {
        int nowMs = (int) (nowNs / BatadvLimits.MS);
        for (int i = 0; i < mesh.originators.count(); i++) {
            Originator originator = mesh.originators.at(i);
            if (nowMs - originator.lastSeenMs > BatadvLimits.ORIGINATOR_TIMEOUT_MS) {
                forget(originator);
                i--;
            } else {
                purgeSlots(originator, nowMs);
            }
        }
        purgeNeighbours(nowMs);
    }

    private void forget(Originator originator) {
        global.dropAllOf(originator);
        mesh.originators.remove(originator);
        if (originator.introducer != null) {
            originator.introducer.introduced--;
        }
        for (int id = 0; id < mesh.neighbours.limit(); id++) {
            Neighbour neighbour = mesh.neighbours.at(id);
            if (neighbour != null && neighbour.originator == originator) {
                neighbour.originator = null;
            }
        }
        mesh.out.report(new BatadvEvent.OriginatorLost(new MacAddress(originator.mac)));
    }

    private void purgeSlots(Originator originator, int nowMs) {
        Neighbour before = mesh.router(originator, 0);
        boolean removed = false;
        for (int slot = originator.slots() - 1; slot >= 0; slot--) {
            if (nowMs - originator.seenMs(slot) > BatadvLimits.NEIGHBOUR_TIMEOUT_MS) {
                originator.removeSlot(slot);
                removed = true;
            }
        }
        if (!removed) {
            return;
        }
        for (int plane = 0; plane < mesh.originators.planes(); plane++) {
            originator.setRouter(plane, originator.bestSlot(plane));
        }
        Neighbour after = mesh.router(originator, 0);
        if (before == after) {
            return;
        }
        if (after == null) {
            global.dropAllOf(originator);
            if (originator.table != null) {
                originator.table.initialised = false;
            }
        }
        mesh.routeChanged(originator, before, after);
    }

    /**
     * Every slot of a neighbour is at least as old as the neighbour itself, so its slots are gone already.
     */
    private void purgeNeighbours(int nowMs) {
        for (int id = 0; id < mesh.neighbours.limit(); id++) {
            Neighbour neighbour = mesh.neighbours.at(id);
            if (neighbour == null) {
                continue;
            }
            neighbour.newOriginatorsLeft = Math.min(BatadvLimits.NEW_ORIGINATORS_BURST,
                    neighbour.newOriginatorsLeft + BatadvLimits.NEW_ORIGINATORS_PER_SECOND);
            if (nowMs - neighbour.lastSeenMs > BatadvLimits.NEIGHBOUR_TIMEOUT_MS) {
                mesh.neighbours.remove(neighbour);
                mesh.out.report(
                        new BatadvEvent.NeighbourLost(neighbour.hardif.name, new MacAddress(neighbour.mac)));
            }
        }
    }
}
