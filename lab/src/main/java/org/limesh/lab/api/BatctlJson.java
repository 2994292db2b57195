package org.limesh.lab.api;

import org.limesh.batadv.BatadvSnapshot;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows of the tables with the keys of {@code batctl oj|nj|tlj|tgj}. As there, a flag that is not set is
 * absent, and addresses are never replaced by names.
 */
final class BatctlJson {
    private BatctlJson() {}

    static ArrayNode neighbours(BatadvSnapshot state) {
        ArrayNode rows = Json.array();
        for (BatadvSnapshot.Neighbour row : state.neighbours()) {
            hardif(rows.addObject(), state, row.hardif())
                    .put("last_seen_msecs", row.lastSeenAgoMs())
                    .put("neigh_address", row.mac().toString());
        }
        return rows;
    }

    static ArrayNode originators(BatadvSnapshot state) {
        ArrayNode rows = Json.array();
        for (BatadvSnapshot.Originator row : state.originators()) {
            ObjectNode json = hardif(rows.addObject(), state, row.hardif())
                    .put("orig_address", row.mac().toString());
            if (row.best()) {
                json.put("best", true);
            }
            json.put("last_seen_msecs", row.lastSeenAgoMs())
                    .put("neigh_address", row.nextHop().toString())
                    .put("tq", row.tq());
        }
        return rows;
    }

    static ArrayNode translationLocal(BatadvSnapshot state) {
        ArrayNode rows = Json.array();
        for (BatadvSnapshot.LocalClient row : state.localClients()) {
            ObjectNode json = rows.addObject().put("tt_address", row.mac().toString())
                    .put("tt_crc32", Integer.toUnsignedLong(row.crc()))
                    .put("tt_vid", BatctlText.vid(row.vid()));
            json.set("tt_flags", flags(row.flags()));
            json.put("last_seen_msecs", row.lastSeenAgoMs());
        }
        return rows;
    }

    static ArrayNode translationGlobal(BatadvSnapshot state) {
        ArrayNode rows = Json.array();
        for (BatadvSnapshot.GlobalClient row : state.globalClients()) {
            ObjectNode json = rows.addObject().put("orig_address", row.originator().toString())
                    .put("tt_address", row.mac().toString())
                    .put("tt_ttvn", row.ttvn())
                    .put("tt_last_ttvn", row.lastTtvn())
                    .put("tt_crc32", Integer.toUnsignedLong(row.crc()))
                    .put("tt_vid", BatctlText.vid(row.vid()));
            json.set("tt_flags", flags(row.flags()));
            if (row.best()) {
                json.put("best", true);
            }
        }
        return rows;
    }

    /** The index is the engine's own number plus one: other programs take 0 for "none". */
    private static ObjectNode hardif(ObjectNode json, BatadvSnapshot state, String name) {
        for (BatadvSnapshot.Hardif hardif : state.hardifs()) {
            if (hardif.name().equals(name)) {
                json.put("hard_ifindex", hardif.index() + 1);
            }
        }
        return json.put("hard_ifname", name);
    }

    private static ObjectNode flags(int flags) {
        return Json.object()
                .put("del", (flags & 1) != 0)
                .put("roam", (flags & BatctlText.ROAM) != 0)
                .put("wifi", (flags & BatctlText.WIFI) != 0)
                .put("isolated", (flags & BatctlText.ISOLATED) != 0)
                .put("nopurge", (flags & BatctlText.NO_PURGE) != 0)
                .put("new", (flags & BatctlText.NEW) != 0)
                .put("pending", (flags & BatctlText.PENDING) != 0)
                .put("temp", (flags & BatctlText.TEMPORARY) != 0)
                .put("raw", flags);
    }
}
