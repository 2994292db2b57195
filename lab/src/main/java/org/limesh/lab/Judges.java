package org.limesh.lab;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.limesh.base.Ip4Address;
import org.limesh.lab.scenario.Assertion;
import org.limesh.lab.scenario.Assertion.Claim;
import org.limesh.lab.scenario.Scenario;
import org.limesh.lime.NodePlan;
import org.limesh.sim.ClientLease;
import org.limesh.sim.PingSeries;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimTime;
import org.limesh.sim.Simulation;

/** Makes the judge of each assertion. */
final class Judges {
    /** Tables of all nodes are compared at this pace: it costs about 1 ms for 50 nodes. */
    private static final long TABLES_INTERVAL_NS = 100 * SimTime.MS;
    private static final long CLIENT_INTERVAL_NS = 50 * SimTime.MS;
    private static final long GAP_PING_NS = 20 * SimTime.MS;
    private static final long GAP_LEAD_NS = 2 * SimTime.SECOND;

    private final Laboratory lab;
    private final Simulation sim;
    private final Connectivity network;
    private final Tables tables;
    private final RoutedConditions routed;
    private final Map<String, GapMeter> gapMeters = new LinkedHashMap<>();

    Judges(Laboratory lab, Connectivity network) {
        this.lab = lab;
        this.sim = lab.sim();
        this.network = network;
        this.tables = new Tables(lab);
        this.routed = new RoutedConditions(lab);
        startGapMeters();
    }

    private void startGapMeters() {
        for (Scenario.Step step : lab.scenario().timeline()) {
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

    /** Made before the events of its step: 'same' remembers how things were. */
    Judge of(Assertion assertion, long nowNs) {
        return switch (assertion.claim()) {
            case Claim.Converged(var cloud) -> new ConditionJudge(() -> network.notConverged(cloud),
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
            case Claim.Same(var client, var what) -> SameJudge.of(sim, sim.client(client), what, assertion, nowNs);
            case Claim.Ping ping -> new PingJudge(ping, sim.client(ping.from()), target(ping),
                    assertion.withinNs(), nowNs);
            case Claim.Gap(var client, var belowNs) -> {
                PingSeries series = gapMeters.get(client).series();
                yield new GapJudge(series, client, nowNs - GAP_PING_NS, nowNs + assertion.forNs(), belowNs);
            }
            case Claim.Exit claim -> new ConditionJudge(routed.exit(claim), claim.of() + " uses "
                    + (claim.is() == null ? "no exit" : claim.is()), assertion, nowNs, CLIENT_INTERVAL_NS);
            case Claim.Path claim -> new ConditionJudge(routed.path(claim), assertion.text(), assertion, nowNs,
                    TABLES_INTERVAL_NS);
            case Claim.Internet claim -> InternetJudge.of(lab, claim, assertion.withinNs(), nowNs);
            case Claim.Throughput claim -> new ThroughputJudge(lab, claim, nowNs, nowNs + assertion.forNs());
            case Claim.Never(var filter) -> {
                NeverJudge never = new NeverJudge(new FrameMatcher(filter, this::anycastOf), filter.text(),
                        assertion.forNs() == 0 ? Long.MAX_VALUE : nowNs + assertion.forNs());
                sim.addObserver(never);
                yield never;
            }
        };
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
        return switch (ping.to()) {
            case "gateway" -> () -> from.lease() == null ? null : from.lease().router();
            case Scenario.INTERNET -> () -> Uplinks.somebodyOutside();
            default -> () -> sim.client(ping.to()).address4();
        };
    }

    private NodePlan.Anycast anycastOf(String cloud) {
        for (SimNode node : sim.nodes()) {
            if (lab.cloudOf(node).equals(cloud)) {
                return node.plan().anycast();
            }
        }
        return null;
    }
}
