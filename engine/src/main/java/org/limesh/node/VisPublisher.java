package org.limesh.node;

import java.util.ArrayList;
import java.util.List;
import org.limesh.alfred.AlfredEngine;
import org.limesh.alfred.wire.VisRecord;
import org.limesh.base.Engine;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.batadv.BatadvEngine;
import org.limesh.batadv.BatadvSnapshot;

/** Tells the cloud this node's part of the map each ten seconds, as {@code batadv-vis -s} does. */
final class VisPublisher implements Engine {
    private static final long INTERVAL_NS = 10_000_000_000L;

    private final BatadvEngine batadv;
    private final AlfredEngine alfred;
    private long nextNs;

    VisPublisher(BatadvEngine batadv, AlfredEngine alfred, Rng rng, long nowNs) {
        this.batadv = batadv;
        this.alfred = alfred;
        this.nextNs = nowNs + (long) (rng.nextDouble() * INTERVAL_NS);
    }

    @Override
    public long nextDeadlineNs() {
        return nextNs;
    }

    @Override
    public void onTimer(long nowNs) {
        if (Engine.isDue(nextNs, nowNs)) {
            nextNs = nowNs + INTERVAL_NS;
            alfred.set(VisRecord.TYPE, VisRecord.VERSION, record(batadv.vicinity(nowNs)).emit(), nowNs);
        }
    }

    /** Neighbours before clients: where not all fit, the map of the mesh is worth more. */
    static VisRecord record(BatadvSnapshot layer2) {
        List<MacAddress> interfaces = layer2.hardifs().stream().map(BatadvSnapshot.Hardif::mac)
                .limit(VisRecord.MAX_COUNT).toList();
        List<String> names = layer2.hardifs().stream().map(BatadvSnapshot.Hardif::name).toList();
        List<VisRecord.Entry> entries = new ArrayList<>();
        for (BatadvSnapshot.Originator offer : layer2.originators()) {
            int heardOn = names.indexOf(offer.hardif());
            // Whoever is his own next hop is a neighbour.
            if (offer.mac().equals(offer.nextHop()) && heardOn >= 0 && offer.tq() > 0) {
                entries.add(new VisRecord.Entry(offer.mac(), heardOn, offer.tq()));
            }
        }
        for (BatadvSnapshot.LocalClient client : layer2.localClients()) {
            entries.add(VisRecord.Entry.client(client.mac()));
        }
        return new VisRecord(layer2.meshMac(), interfaces, entries.stream().limit(VisRecord.MAX_COUNT)
                .toList());
    }
}
