package org.limesh.lab;

import java.util.function.Supplier;
import org.limesh.base.Ip4Address;
import org.limesh.lab.scenario.Assertion;
import org.limesh.sim.PingSeries;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimTime;

/** Echo requests, 200 ms apart, and what share of them is answered. */
final class PingJudge implements Judge {
    private static final long INTERVAL_NS = 200 * SimTime.MS;
    /** An answer later than this is no answer. */
    private static final long PATIENCE_NS = SimTime.SECOND;
    private static final long LOOK_NS = 50 * SimTime.MS;

    private final Assertion.Claim.Ping claim;
    private final SimClient from;
    private final Supplier<Ip4Address> target;
    private final String expected;
    private final long deadlineNs;
    private final boolean patient;
    private PingSeries series;

    PingJudge(Assertion.Claim.Ping claim, SimClient from, Supplier<Ip4Address> target, long withinNs,
            long startNs) {
        this.claim = claim;
        this.from = from;
        this.target = target;
        this.patient = withinNs > 0;
        // Without 'within' the requests themselves take their time.
        this.deadlineNs = startNs + (patient ? withinNs : claim.count() * INTERVAL_NS);
        this.expected = (claim.reachable() ? claim.count() + " requests in a row, loss at most "
                + Math.round(claim.maxLoss() * 1000) / 10.0 + " %" : "no answer to " + claim.count()
                + " requests in a row")
                + (patient ? " before " + SimTime.text(deadlineNs) : "");
    }

    @Override
    public Verdict look(long nowNs) {
        if (series == null) {
            start();
        }
        if (series == null) {
            return nowNs < deadlineNs ? null : end(nowNs);
        }
        if (!patient && series.sent() >= claim.count() || nowNs >= deadlineNs) {
            series.stop();
        }
        int last = patient ? series.sent() : Math.min(series.sent(), claim.count());
        for (int end = patient ? claim.count() : Math.max(last, claim.count()); end <= last; end++) {
            if (settled(end, nowNs) && fits(end)) {
                series.stop();
                return Verdict.pass(expected);
            }
        }
        boolean over = series.isStopped() && (last < claim.count() || settled(last, nowNs))
                && nowNs >= deadlineNs + (last < claim.count() ? PATIENCE_NS : 0);
        return over ? end(nowNs) : null;
    }

    private void start() {
        Ip4Address address = target.get();
        if (from.address4() != null && address != null) {
            series = from.startPing(address, INTERVAL_NS);
        }
    }

    /** True when the requests before {@code end} are answered or too old to be. */
    private boolean settled(int end, long nowNs) {
        for (int i = end - claim.count(); i < end; i++) {
            if (series.roundTripNs(i) < 0 && nowNs - series.sentNs(i) < PATIENCE_NS) {
                return false;
            }
        }
        return true;
    }

    /** True when the last requests before {@code end} are what is wanted. */
    private boolean fits(int end) {
        int answered = answered(end - claim.count(), end);
        return claim.reachable() ? claim.count() - answered <= claim.maxLoss() * claim.count() + 1e-9
                : answered == 0;
    }

    private int answered(int begin, int end) {
        int answered = 0;
        for (int i = begin; i < end; i++) {
            answered += series.roundTripNs(i) >= 0 && series.roundTripNs(i) <= PATIENCE_NS ? 1 : 0;
        }
        return answered;
    }

    @Override
    public Verdict end(long nowNs) {
        if (series == null) {
            String why = from.address4() == null ? from.name() + " has no address"
                    : claim.to().equals("gateway") ? from.name() + " knows no gateway" : claim.to()
                    + " has no address";
            return claim.reachable() ? Verdict.fail(expected, why) : Verdict.pass(expected);
        }
        series.stop();
        int sent = series.sent();
        int answered = answered(0, sent);
        int first = 0;
        while (first < sent && series.roundTripNs(first) < 0) {
            first++;
        }
        String when = first == sent ? "" : "; first answer at " + SimTime.text(series.sentNs(first)
                + series.roundTripNs(first));
        return Verdict.fail(expected, "lost " + (sent - answered) + " of " + sent + when);
    }

    @Override
    public long nextLookNs(long nowNs) {
        return nowNs + LOOK_NS;
    }
}
