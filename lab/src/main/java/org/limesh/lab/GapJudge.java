package org.limesh.lab;

import org.limesh.lab.scenario.Quantity;
import org.limesh.sim.PingSeries;
import org.limesh.sim.SimTime;

/** Looks for the longest silence of a client that has been pinging since before. */
final class GapJudge implements Judge {
    private final PingSeries series;
    private final String client;
    private final long fromNs;
    private final long untilNs;
    private final long belowNs;

    /** @param series started before; null when the client never got so far */
    GapJudge(PingSeries series, String client, long fromNs, long untilNs, long belowNs) {
        this.series = series;
        this.client = client;
        this.fromNs = fromNs;
        this.untilNs = untilNs;
        this.belowNs = belowNs;
    }

    @Override
    public Verdict look(long nowNs) {
        return nowNs >= untilNs ? end(nowNs) : null;
    }

    @Override
    public Verdict end(long nowNs) {
        String expected = "no silence of " + Quantity.durationText(belowNs) + " or more from "
                + SimTime.text(fromNs)
                + " to " + SimTime.text(Math.min(untilNs, nowNs));
        if (series == null) {
            return Verdict.fail(expected, "nothing was measured: " + client
                    + " or whom it pings has no address");
        }
        long gapNs = series.longestGapNs(fromNs, Math.min(untilNs, nowNs));
        return gapNs < belowNs ? Verdict.pass(expected) : Verdict.fail(expected, "silent for "
                + Quantity.durationText(gapNs));
    }

    @Override
    public long nextLookNs(long nowNs) {
        return untilNs > nowNs ? untilNs : nowNs + SimTime.SECOND;
    }
}
