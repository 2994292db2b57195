package org.limesh.lab;

import org.limesh.lab.scenario.Assertion;
import org.limesh.lab.scenario.Quantity;
import org.limesh.lab.scenario.Scenario;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimStream;
import org.limesh.sim.SimTime;

/** A stream of its own that takes as much as it gets, and what comes through. */
final class ThroughputJudge implements Judge {
    /** More than any link of a laboratory carries. */
    private static final long GREED_BPS = 1_000_000_000L;
    /** A stream needs about this long to find out what the way carries; that time does not count. */
    private static final long WARM_UP_NS = SimTime.SECOND;

    private final Laboratory lab;
    private final Assertion.Claim.Throughput claim;
    private final long fromNs;
    private final long untilNs;
    private final String expected;
    private SimStream stream;

    ThroughputJudge(Laboratory lab, Assertion.Claim.Throughput claim, long startNs, long untilNs) {
        this.lab = lab;
        this.claim = claim;
        this.fromNs = startNs + Math.min(WARM_UP_NS, (untilNs - startNs) / 2);
        this.untilNs = untilNs;
        this.expected = (claim.aboveBps() > 0 ? "at least " + Quantity.rateText(claim.aboveBps()) : "")
                + (claim.aboveBps() > 0 && claim.belowBps() < Long.MAX_VALUE ? " and " : "")
                + (claim.belowBps() < Long.MAX_VALUE ? "at most " + Quantity.rateText(claim.belowBps()) : "")
                + " from " + SimTime.text(fromNs) + " to " + SimTime.text(untilNs);
    }

    @Override
    public Verdict look(long nowNs) {
        if (stream == null && nowNs < untilNs) {
            stream = start();
        }
        return nowNs >= untilNs ? end(nowNs) : null;
    }

    private SimStream start() {
        if (!claim.from().equals(Scenario.INTERNET)) {
            return lab.startStream(lab.sim().client(claim.from()), claim.to(), GREED_BPS);
        }
        SimClient client = lab.sim().client(claim.to());
        return client.address4() == null ? null : Uplinks.download(client, GREED_BPS);
    }

    @Override
    public Verdict end(long nowNs) {
        if (stream == null) {
            SimClient from = lab.sim().client(claim.from());
            return Verdict.fail(expected, (from != null && from.address4() == null ? claim.from() : claim.to())
                    + " has no address");
        }
        long bps = stream.goodputBps(fromNs, Math.min(untilNs, nowNs));
        stream.stop();
        String got = Quantity.rateText(bps) + (stream.isConnected() ? "" : "; never connected");
        return bps >= claim.aboveBps() && bps <= claim.belowBps() ? Verdict.pass(expected)
                : Verdict.fail(expected, got);
    }

    @Override
    public long nextLookNs(long nowNs) {
        return Math.max(nowNs + 50 * SimTime.MS, stream == null ? nowNs : untilNs);
    }
}
