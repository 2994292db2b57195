package org.limesh.lab;

import org.limesh.base.Ip4Address;
import org.limesh.sim.PingSeries;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimTime;

/** A client that pings somebody steadily, so that its silences can be measured. */
final class GapMeter {
    private final SimClient client;
    private final SimClient peer;
    private final long intervalNs;
    private PingSeries series;

    /** @param peer whom to ping; null for the client's gateway */
    GapMeter(SimClient client, SimClient peer, long intervalNs) {
        this.client = client;
        this.peer = peer;
        this.intervalNs = intervalNs;
    }

    /** Starts as soon as both have an address. */
    void start(Laboratory lab, long firstNs) {
        lab.sim().every(firstNs, 100 * SimTime.MS, () -> {
            Ip4Address target = peer != null ? peer.address4() : client.lease() == null ? null
                    : client.lease().router();
            if (client.address4() != null && target != null) {
                series = client.startPing(target, intervalNs);
            }
            return series == null;
        });
    }

    /** Forgets what was measured: a run of hours must not remember every request. */
    void renew() {
        if (series != null) {
            series.stop();
            Ip4Address target = peer != null ? peer.address4() : client.lease() == null ? null
                    : client.lease().router();
            series = target == null ? series : client.startPing(target, intervalNs);
        }
    }

    /** Null as long as nothing is measured. */
    PingSeries series() {
        return series;
    }
}
