package org.limesh.lab;

import org.limesh.sim.PingSeries;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimTime;

/** What a client of a watched laboratory has been through. */
final class ClientHistory {
    /** Silences are looked for in this time after a roaming began; later ones have other causes. */
    static final long GAP_WINDOW_NS = 10 * SimTime.SECOND;

    final GapMeter meter;
    String nodeBefore;
    long sinceNs;
    long lastRoamNs = -1;
    long rxOctets;
    long txOctets;
    long gapNs = -1;

    /** @param meter null when its gaps are not measured */
    ClientHistory(GapMeter meter) {
        this.meter = meter;
    }

    void onRoam(SimClient client, SimNode to, long nowNs) {
        if (client.access() != null && client.access() != to) {
            nodeBefore = client.access().name();
        }
        lastRoamNs = nowNs;
        sinceNs = nowNs + Hands.ROAM_GAP_NS;
        gapNs = -1;
    }

    /** Brings the longest gap up to date. */
    void measure(long nowNs) {
        PingSeries series = meter == null ? null : meter.series();
        if (series != null && lastRoamNs >= 0 && nowNs <= lastRoamNs + GAP_WINDOW_NS) {
            gapNs = series.longestGapNs(lastRoamNs - series.intervalNs(), nowNs);
        }
    }

    /** Lets the meter start anew, unless it is needed for the last roaming. */
    void renewMeter(long nowNs) {
        if (meter != null && (lastRoamNs < 0 || nowNs > lastRoamNs + GAP_WINDOW_NS)) {
            meter.renew();
        }
    }
}
