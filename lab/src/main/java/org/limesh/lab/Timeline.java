package org.limesh.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.scenario.Action;
import org.limesh.lab.scenario.Assertion;
import org.limesh.lab.scenario.Assertion.Claim;
import org.limesh.lab.scenario.Quantity;
import org.limesh.lab.scenario.Scenario;
import org.limesh.lime.NodePlan;
import org.limesh.sim.Checkers;
import org.limesh.sim.ClientLease;
import org.limesh.sim.PingSeries;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimObserver;
import org.limesh.sim.SimTime;
import org.limesh.sim.Simulation;

/**
 * Moves a laboratory through its timeline: does what is to be done, asks what must be true, judges. The same
 * for a test and for a laboratory that is watched. One thread.
 */
final class Timeline {
    /** Tables of all nodes are compared at this pace: it costs about 1 ms for 50 nodes. */
    private static final long TABLES_INTERVAL_NS = 100 * SimTime.MS;
    private static final long CLIENT_INTERVAL_NS = 50 * SimTime.MS;
    private static final long GAP_PING_NS = 20 * SimTime.MS;
    private static final long GAP_LEAD_NS = 2 * SimTime.SECOND;
    private static final long REPLAY_LEAD_NS = 500 * SimTime.MS;

    private final Laboratory lab;
    private final Simulation sim;
    private final Scenario scenario;
    private final Checkers checkers;
    private final Tables tables;
    private final Hands hands;
    private final Consumer<ScenarioResult.Judged> onJudged;
    private final Consumer<String> onCaption;
    private final Map<String, GapMeter> gapMeters = new LinkedHashMap<>();
    private final List<Pending> pending = new ArrayList<>();
    private final long[] nextNs;
    private String lastChange = "";

    /** An assertion that is being watched. */
    private static final class Pending {
        final Scenario.Step step;
        final Assertion assertion;
        final Judge judge;
        final long atNs;
        long lookNs;

        Pending(Scenario.Step step, Assertion assertion, Judge judge, long atNs) {
            this.step = step;
            this.assertion = assertion;
            this.judge = judge;
            this.atNs = atNs;
            this.lookNs = atNs;
        }
    }

    /**
     * @param onJudged  told each verdict
     * @param onCaption told each {@code say}
     */
    Timeline(Laboratory lab, Consumer<ScenarioResult.Judged> onJudged, Consumer<String> onCaption) {
        this.lab = lab;
        this.sim = lab.sim();
        this.scenario = lab.scenario();
        this.checkers = Checkers.watch(sim);
        this.tables = new Tables(lab);
        this.hands = new Hands(sim);
        this.onJudged = onJudged;
        this.onCaption = onCaption;
        this.nextNs = scenario.timeline().stream().mapToLong(Scenario.Step::firstNs).toArray();
        sim.addObserver(new SimObserver() {
            @Override
            public void changed(String what, long nowNs) {
                lastChange = what + " at " + SimTime.text(nowNs);
            }
        });
        startGapMeters();
    }

    private void startGapMeters() {
        for (Scenario.Step step : scenario.timeline()) {
            for (Assertion assertion : step.assertions()) {
                if (assertion.claim() instanceof Claim.Gap(var name, var below) && !gapMeters
                        .containsKey(name)) {
                    SimClient client = sim.client(name);
                    GapMeter meter = new GapMeter(client, lab.peerOf(client), GAP_PING_NS);
                    meter.start(lab, Math.max(0, step.firstNs() - GAP_LEAD_NS));
                    gapMeters.put(name, meter);
                }
            }
        }
    }

    Hands hands() {
        return hands;
    }

    /** What is missing for everybody to know everybody; empty when the clouds are converged. */
    List<String> missing() {
        return checkers.convergence().missing();
    }

    /** How many of the clouds that have nodes are converged. */
    int convergedClouds() {
        List<String> missing = missing();
        return (int) scenario.nodes().stream().map(Scenario.NodeSpec::cloud).distinct()
                .filter(cloud -> missing.stream().noneMatch(text -> isAbout(cloud, text))).count();
    }

    /** Runs to this time, with everything of the timeline that falls into it. */
    void advanceTo(long timeNs) throws LabControl.Refused {
        while (true) {
            long dueNs = Math.min(nextStepNs(), nextLookNs());
            if (dueNs > timeNs) {
                sim.runUntil(timeNs);
                return;
            }
            sim.runUntil(dueNs);
            // Verdicts first: an assertion that lasts until now is not about what happens now.
            look(dueNs);
            doSteps(dueNs);
            look(dueNs);
        }
    }

    private long nextStepNs() {
        long soonest = Long.MAX_VALUE;
        for (long at : nextNs) {
            soonest = Math.min(soonest, at);
        }
        return soonest;
    }

    private long nextLookNs() {
        long soonest = Long.MAX_VALUE;
        for (Pending each : pending) {
            soonest = Math.min(soonest, each.lookNs);
        }
        return soonest;
    }

    private void look(long nowNs) {
        for (Pending each : List.copyOf(pending)) {
            if (each.lookNs <= nowNs) {
                Judge.Verdict verdict = each.judge.look(nowNs);
                each.lookNs = each.judge.nextLookNs(nowNs);
                if (verdict != null) {
                    conclude(each, verdict);
                }
            }
        }
    }

    private void conclude(Pending each, Judge.Verdict verdict) {
        pending.remove(each);
        String replay = verdict.passed() ? "" : "limesh lab " + scenario.file() + " --seed " + sim.seed()
                + " --at "
                + Quantity.exactText(Math.max(0, each.atNs - REPLAY_LEAD_NS)) + " --pause";
        onJudged.accept(new ScenarioResult.Judged(each.step.index(), each.atNs, each.assertion.text(),
                verdict.passed(),
                verdict.expected(), verdict.got(), verdict.passed() || lastChange.isEmpty() ? ""
                        : "last change before: " + lastChange, replay));
    }

    /** The run ends: every assertion still open gets its verdict. */
    void end() {
        for (Pending each : List.copyOf(pending)) {
            conclude(each, each.judge.end(sim.nowNs()));
        }
    }

    private void doSteps(long nowNs) throws LabControl.Refused {
        for (Scenario.Step step : scenario.timeline()) {
            if (nextNs[step.index()] == nowNs) {
                long againNs = nowNs + step.everyNs();
                nextNs[step.index()] = step.everyNs() == 0 || againNs > step.untilNs() ? Long.MAX_VALUE
                        : againNs;
                doStep(step, nowNs);
            }
        }
    }

    private void doStep(Scenario.Step step, long nowNs) throws LabControl.Refused {
        List<Pending> asked = new ArrayList<>();
        // Judges are made before the events: 'same' remembers how things were.
        for (Assertion assertion : step.assertions()) {
            asked.add(new Pending(step, assertion, judge(assertion, nowNs), nowNs));
        }
        for (Action action : step.actions()) {
            if (action instanceof Action.Say(var text)) {
                onCaption.accept(text);
            }
            hands.perform(action);
        }
        pending.addAll(asked);
    }

    // ---- judges ------------------------------------------------------------------------------------

    private Judge judge(Assertion assertion, long nowNs) {
        return switch (assertion.claim()) {
            case Claim.Converged(var cloud) -> new ConditionJudge(() -> notConverged(cloud),
                    "everybody knows everybody", assertion, nowNs, TABLES_INTERVAL_NS);
            case Claim.LeasesUnique() -> new ConditionJudge(tables::duplicateLease, "one client per address",
                    assertion,
                    nowNs, TABLES_INTERVAL_NS);
            case Claim.LoopsNone() -> new ConditionJudge(tables::loop, "every way ends", assertion, nowNs,
                    TABLES_INTERVAL_NS);
            case Claim.Lease(var client, var network) -> new ConditionJudge(leaseOf(sim.client(client),
                    network),
                    client + " has an address" + (network == null ? "" : " of " + network), assertion, nowNs,
                    CLIENT_INTERVAL_NS);
            case Claim.Same(var client, var what) -> same(sim.client(client), what, assertion, nowNs);
            case Claim.Ping ping -> new PingJudge(ping, sim.client(ping.from()), target(ping),
                    assertion.withinNs(), nowNs);
            case Claim.Gap(var client, var belowNs) -> {
                PingSeries series = gapMeters.get(client).series();
                yield new GapJudge(series, client, nowNs - GAP_PING_NS, nowNs + assertion.forNs(), belowNs);
            }
            case Claim.Never(var filter) -> {
                NeverJudge never = new NeverJudge(new FrameMatcher(filter, this::anycastOf), filter.text(),
                        assertion.forNs() == 0 ? Long.MAX_VALUE : nowNs + assertion.forNs());
                sim.addObserver(never);
                yield never;
            }
        };
    }

    private String notConverged(String cloud) {
        List<String> missing = cloud == null ? missing() : missing().stream()
                .filter(text -> isAbout(cloud, text)).toList();
        return missing.isEmpty() ? null
                : missing.getFirst() + (missing.size() > 1 ? " and " + (missing.size() - 1) + " more" : "");
    }

    /** True when a sentence names a node of this cloud. */
    private boolean isAbout(String cloud, String sentence) {
        List<String> words = List.of(sentence.split("[\\s,;:()']+"));
        return scenario.nodes().stream().anyMatch(node -> node.cloud().equals(cloud) && words
                .contains(node.name()));
    }

    private Supplier<String> leaseOf(SimClient client, org.limesh.base.Ip4Prefix network) {
        return () -> {
            ClientLease lease = client.lease();
            if (lease == null) {
                return client.name() + " has no lease";
            }
            return network == null || network.contains(lease.address()) ? null
                    : client.name() + " has " + lease.address();
        };
    }

    private Supplier<Ip4Address> target(Claim.Ping ping) {
        SimClient from = sim.client(ping.from());
        return ping.to().equals("gateway") ? () -> from.lease() == null ? null : from.lease().router()
                : () -> sim.client(ping.to()).address4();
    }

    private NodePlan.Anycast anycastOf(String cloud) {
        for (SimNode node : sim.nodes()) {
            if (lab.cloudOf(node).equals(cloud)) {
                return node.plan().anycast();
            }
        }
        return null;
    }

    // ---- same --------------------------------------------------------------------------------------

    private Judge same(SimClient client, Set<Assertion.Property> what, Assertion assertion, long nowNs) {
        Map<Assertion.Property, String> before = new LinkedHashMap<>();
        what.forEach(property -> before.put(property, value(client, property)));
        if (client.lease() != null && what.contains(Assertion.Property.GATEWAY_MAC)) {
            if (before.get(Assertion.Property.GATEWAY_MAC).isEmpty()) {
                before.put(Assertion.Property.GATEWAY_MAC, client.access().plan().anycast().mac().toString());
            }
            // A client asks for its gateway's MAC when it has something to send there.
            PingSeries asking = client.startPing(client.lease().router(), SimTime.SECOND);
            sim.at(nowNs + assertion.forNs(), asking::stop);
        }
        return new ConditionJudge(() -> changed(client, before), before.toString().replaceAll("[{}]", "")
                .toLowerCase(java.util.Locale.ROOT).replace('_', '-'), assertion, nowNs, CLIENT_INTERVAL_NS);
    }

    private static String changed(SimClient client, Map<Assertion.Property, String> before) {
        Set<String> changes = new TreeSet<>();
        before.forEach((property, was) -> {
            String is = value(client, property);
            // A gateway MAC that ARP has not asked for again yet has not changed.
            boolean unknown = property == Assertion.Property.GATEWAY_MAC && is.isEmpty();
            if (was.isEmpty() || !is.equals(was) && !unknown) {
                changes.add(property.word() + " was " + (was.isEmpty() ? "missing" : was) + ", is "
                        + (is.isEmpty() ? "missing" : is));
            }
        });
        return changes.isEmpty() ? null : String.join("; ", changes);
    }

    private static String value(SimClient client, Assertion.Property property) {
        ClientLease lease = client.lease();
        MacAddress gatewayMac = client.gatewayMac();
        return switch (property) {
            case IPV4 -> client.address4() == null ? "" : client.address4().toString();
            case GATEWAY -> lease == null ? "" : lease.router().toString();
            case GATEWAY_MAC -> gatewayMac == null ? "" : gatewayMac.toString();
            case LEASE -> lease == null ? "" : lease.address() + " from " + lease.server();
        };
    }
}
