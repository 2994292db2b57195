package org.limesh.lab;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.limesh.base.Ip4Address;
import org.limesh.lab.scenario.Assertion;
import org.limesh.sim.Journey;
import org.limesh.sim.PingSeries;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimObserver;
import org.limesh.sim.SimTime;

/** Echo requests of a client to the Internet, 200 ms apart, and through which line they left. */
final class InternetJudge implements Judge, SimObserver {
    private static final long INTERVAL_NS = 200 * SimTime.MS;
    /** An answer later than this is no answer. */
    private static final long PATIENCE_NS = SimTime.SECOND;
    private static final long LOOK_NS = 50 * SimTime.MS;
    /** Packets of so long ago are of no interest. */
    private static final long MEMORY_NS = 5 * SimTime.SECOND;

    private final Assertion.Claim.Internet claim;
    private final SimClient from;
    private final Ip4Address target;
    private final boolean patient;
    private final long deadlineNs;
    private final String expected;
    private final Deque<Departure> departures = new ArrayDeque<>();
    private PingSeries series;
    private boolean over;

    private record Departure(String node, long atNs) {}

    private InternetJudge(SimClient from, Ip4Address target, Assertion.Claim.Internet claim, long withinNs,
            long startNs) {
        this.claim = claim;
        this.from = from;
        this.target = target;
        this.patient = withinNs > 0;
        this.deadlineNs = startNs + (patient ? withinNs : claim.count() * INTERVAL_NS);
        this.expected = (claim.reachable() ? claim.count() + " answers of the Internet in a row"
                + (claim.via() == null ? "" : " via " + claim.via()) : "no answer of the Internet to " + claim.count()
                + " requests in a row") + (patient ? " before " + SimTime.text(deadlineNs) : "");
    }

    /** A judge that sees what leaves the network. */
    static InternetJudge of(Laboratory lab, Assertion.Claim.Internet claim, long withinNs, long startNs) {
        InternetJudge judge = new InternetJudge(lab.sim().client(claim.from()), Uplinks.somebodyOutside(), claim,
                withinNs, startNs);
        lab.sim().addObserver(judge);
        return judge;
    }

    @Override
    public void routed(SimNode node, String in, String out, Journey journey, long nowNs) {
        if (!over && out.equals(NodePlanner.UPLINK) && from.address4() != null
                && journey.source().equals(from.address4().toString())) {
            departures.addLast(new Departure(node.name(), nowNs));
            while (departures.getFirst().atNs() < nowNs - MEMORY_NS) {
                departures.removeFirst();
            }
        }
    }

    @Override
    public Verdict look(long nowNs) {
        if (series == null && from.address4() != null && target != null) {
            series = from.startPing(target, INTERVAL_NS);
        }
        if (series != null) {
            int sent = series.sent();
            if (!patient && sent >= claim.count()) {
                series.stop();
            }
            int last = patient ? sent : Math.min(sent, claim.count());
            if (last >= claim.count() && settled(last - claim.count(), last, nowNs) && fits(last)) {
                return conclude(Verdict.pass(expected));
            }
        }
        // Without 'within' the last request still has its time to be answered.
        return nowNs >= deadlineNs + (patient ? 0 : PATIENCE_NS) ? end(nowNs) : null;
    }

    private Verdict conclude(Verdict verdict) {
        over = true;
        if (series != null) {
            series.stop();
        }
        return verdict;
    }

    private boolean settled(int begin, int end, long nowNs) {
        for (int i = begin; i < end; i++) {
            if (series.roundTripNs(i) < 0 && nowNs - series.sentNs(i) < PATIENCE_NS) {
                return false;
            }
        }
        return true;
    }

    private boolean fits(int end) {
        int answered = answered(end - claim.count(), end);
        if (!claim.reachable()) {
            return answered == 0;
        }
        return answered == claim.count()
                && (claim.via() == null
                        || exitsSince(series.sentNs(end - claim.count())).equals(Set.of(claim.via())));
    }

    private int answered(int begin, int end) {
        int answered = 0;
        for (int i = begin; i < end; i++) {
            answered += series.roundTripNs(i) >= 0 && series.roundTripNs(i) <= PATIENCE_NS ? 1 : 0;
        }
        return answered;
    }

    private Set<String> exitsSince(long timeNs) {
        Set<String> exits = new LinkedHashSet<>();
        for (Departure departure : departures) {
            if (departure.atNs() >= timeNs) {
                exits.add(departure.node());
            }
        }
        return exits;
    }

    @Override
    public Verdict end(long nowNs) {
        if (series == null) {
            return conclude(claim.reachable() ? Verdict.fail(expected, from.name() + " has no address")
                    : Verdict.pass(expected));
        }
        int sent = series.sent();
        int first = 0;
        while (first < sent && series.roundTripNs(first) < 0) {
            first++;
        }
        Set<String> exits = exitsSince(nowNs - MEMORY_NS);
        return conclude(Verdict.fail(expected, "lost " + (sent - answered(0, sent)) + " of " + sent
                + (first == sent ? "" : "; first answer at " + SimTime.text(series.sentNs(first)
                + series.roundTripNs(first)))
                + (exits.isEmpty() ? "; nothing left through any line" : "; last seen leaving at "
                + String.join(", ", exits))));
    }

    @Override
    public long nextLookNs(long nowNs) {
        return nowNs + LOOK_NS;
    }
}
