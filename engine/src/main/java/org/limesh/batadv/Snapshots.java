package org.limesh.batadv;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.MacAddress;
import org.limesh.batadv.GlobalClient.Claim;

/** Copies the live tables for people. */
final class Snapshots {
    private final Mesh mesh;
    private final LocalTranslationTable local;
    private final GlobalTranslationTable global;

    Snapshots(Mesh mesh, LocalTranslationTable local, GlobalTranslationTable global) {
        this.mesh = mesh;
        this.local = local;
        this.global = global;
    }

    BatadvSnapshot take(long nowNs) {
        int nowMs = (int) (nowNs / BatadvLimits.MS);
        return new BatadvSnapshot(new MacAddress(mesh.meshMac), "BATMAN_IV", mesh.config.origIntervalMs(),
                local.ttvn(), hardifs(), neighbours(nowMs), originators(nowMs), localClients(nowMs),
                globalClients());
    }

    /** Only what this node sees itself: hard interfaces, offers of neighbours about themselves, local clients. */
    BatadvSnapshot vicinity(long nowNs) {
        int nowMs = (int) (nowNs / BatadvLimits.MS);
        return new BatadvSnapshot(new MacAddress(mesh.meshMac), "BATMAN_IV", mesh.config.origIntervalMs(),
                local.ttvn(), hardifs(), neighbours(nowMs), ofNeighbours(nowMs), localClients(nowMs), List.of());
    }

    private List<BatadvSnapshot.Originator> ofNeighbours(int nowMs) {
        List<BatadvSnapshot.Originator> rows = new ArrayList<>();
        for (int id = 0; id < mesh.neighbours.limit(); id++) {
            Neighbour neighbour = mesh.neighbours.at(id);
            Originator originator = neighbour == null ? null : mesh.originators.get(neighbour.mac);
            for (int slot = 0; originator != null && slot < originator.slots(); slot++) {
                if (originator.neighbourId(slot) == id && originator.average(slot, 0) != 0) {
                    rows.add(row(originator, slot, slot == originator.router(0), nowMs));
                }
            }
        }
        return rows;
    }

    private List<BatadvSnapshot.Hardif> hardifs() {
        List<BatadvSnapshot.Hardif> rows = new ArrayList<>();
        for (int i = 0; i < mesh.hardifCount(); i++) {
            Hardif hardif = mesh.hardif(i);
            rows.add(new BatadvSnapshot.Hardif(i, hardif.name, hardif.address, true, hardif.isPrimary()));
        }
        return rows;
    }

    private List<BatadvSnapshot.Neighbour> neighbours(int nowMs) {
        List<BatadvSnapshot.Neighbour> rows = new ArrayList<>();
        for (int id = 0; id < mesh.neighbours.limit(); id++) {
            Neighbour neighbour = mesh.neighbours.at(id);
            if (neighbour != null) {
                rows.add(new BatadvSnapshot.Neighbour(neighbour.hardif.name, new MacAddress(neighbour.mac),
                        nowMs - neighbour.lastSeenMs));
            }
        }
        return rows;
    }

    /** Like the genuine tool: only originators with a usable router; the chosen next hop last. */
    private List<BatadvSnapshot.Originator> originators(int nowMs) {
        List<BatadvSnapshot.Originator> rows = new ArrayList<>();
        for (int i = 0; i < mesh.originators.count(); i++) {
            Originator originator = mesh.originators.at(i);
            int router = originator.router(0);
            if (router < 0 || originator.average(router, 0) == 0) {
                continue;
            }
            for (int slot = 0; slot < originator.slots(); slot++) {
                if (slot != router && originator.average(slot, 0) != 0) {
                    rows.add(row(originator, slot, false, nowMs));
                }
            }
            rows.add(row(originator, router, true, nowMs));
        }
        return rows;
    }

    private BatadvSnapshot.Originator row(Originator originator, int slot, boolean best, int nowMs) {
        Neighbour neighbour = mesh.neighbours.at(originator.neighbourId(slot));
        return new BatadvSnapshot.Originator(new MacAddress(originator.mac), new MacAddress(neighbour.mac),
                neighbour.hardif.name, originator.average(slot, 0), nowMs - originator.lastSeenMs, best);
    }

    private List<BatadvSnapshot.LocalClient> localClients(int nowMs) {
        List<BatadvSnapshot.LocalClient> rows = new ArrayList<>();
        for (int place = 0; place < local.places(); place++) {
            LocalClient client = local.at(place);
            if (client != null) {
                int vid = TtKey.vid(client.key);
                long ago = client.has(TtFlags.NO_PURGE) ? 0 : nowMs - client.lastSeenMs;
                rows.add(new BatadvSnapshot.LocalClient(new MacAddress(TtKey.mac(client.key)), vid,
                        client.flags,
                        ago, local.crc(vid)));
            }
        }
        return rows;
    }

    private List<BatadvSnapshot.GlobalClient> globalClients() {
        List<BatadvSnapshot.GlobalClient> rows = new ArrayList<>();
        for (int place = 0; place < global.places(); place++) {
            GlobalClient client = global.at(place);
            if (client == null) {
                continue;
            }
            Claim best = global.best(client);
            for (Claim claim = client.claims; claim != null; claim = claim.next) {
                int vid = TtKey.vid(client.key);
                PeerTable table = claim.originator.table;
                int crc = table.vlan(vid).comparedCrc;
                rows.add(new BatadvSnapshot.GlobalClient(new MacAddress(TtKey.mac(client.key)), vid,
                        client.flags,
                        new MacAddress(claim.originator.mac), table.ttvn, claim.ttvn, crc,
                        claim == best && !client.has(TtFlags.REFUSED)));
            }
        }
        return rows;
    }
}
