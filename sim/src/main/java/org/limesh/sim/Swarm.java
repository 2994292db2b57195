package org.limesh.sim;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Rng;

/**
 * Draws a whole world and its misfortunes from a seed, and runs it with all checkers.
 *
 * <pre>
 *   0 ───────── settle ─────── faults ──────────── duration │ heal all ── liveness ── end
 *               all checkers all the time                      I12 must hold, clients must reach each other
 * </pre>
 *
 * <p>One world in five has no faults, so that what is promised for calm worlds is judged as well.
 */
public final class Swarm {
    private static final long SETTLE_NS = 60 * SimTime.SECOND;
    /**
     * A restarted node's first broadcasts, up to a window of 64, look old to others; each ping asks once a
     * second.
     */
    private static final long PING_NS = 80 * SimTime.SECOND;
    private static final long PING_INTERVAL_NS = SimTime.SECOND;
    private static final long OUTSIDE_INTERVAL_NS = 3 * SimTime.SECOND;
    private static final long WALK_NS = 15 * SimTime.SECOND;
    private static final long ATTACK_NS = 60 * SimTime.SECOND;
    private static final int LONGEST_LIE_S = 60;
    private static final long ROOM_NS = 2 * SimTime.SECOND;

    private final Simulation sim;
    private final SwarmSettings settings;
    private final Rng rng;
    private final Topology topology;

    private Swarm(long seed, SwarmSettings settings) {
        this.sim = new Simulation(seed);
        this.settings = settings;
        this.rng = sim.rng("swarm");
        this.topology = sim.topology();
        String more = settings.equals(SwarmSettings.DEFAULT) ? "" : " --nodes " + settings.nodes()
                + " --minutes "
                + settings.durationNs() / SimTime.MINUTE;
        sim.setReplay("limesh test --swarm --seeds 1 --from " + seed + more);
    }

    /** One run. Each run is independent: several may go on side by side in threads of their own. */
    public static SwarmResult run(long seed, SwarmSettings settings) {
        return new Swarm(seed, settings).run();
    }

    /**
     * Runs a seed twice and compares (I16): the first run's result, with one more violation when the second
     * one differs from it.
     */
    public static SwarmResult runTwice(long seed, SwarmSettings settings) {
        return compare(run(seed, settings), run(seed, settings));
    }

    static SwarmResult compare(SwarmResult first, SwarmResult second) {
        if (first.traceHash() == second.traceHash() && first.executedEvents() == second.executedEvents()) {
            return first;
        }
        List<Violation> violations = new ArrayList<>(first.violations());
        violations.add(new Violation("I16", first.seed(), 0, "two runs differ: trace "
                + Long.toHexString(first.traceHash()) + " after " + first.executedEvents() + " events, "
                + Long.toHexString(second.traceHash()) + " after " + second.executedEvents(), List.of(),
                "limesh test --swarm --seeds 1 --from " + first.seed() + " --hash"));
        return new SwarmResult(first.seed(), violations, first.violationCount() + 1, first.traceHash(),
                first.executedEvents(), first.world());
    }

    private SwarmResult run() {
        Checkers checkers = Checkers.watch(sim);
        ConvergenceBound bound = new ConvergenceBound(sim);
        String world = SwarmWorld.draw(sim, settings);
        FaultPlan faults = null;
        UplinkFaults lines = null;
        if (rng.nextBoolean(0.8)) {
            long gapNs = 2 * SimTime.SECOND + rng.nextInt(20) * SimTime.SECOND;
            faults = FaultPlan.schedule(sim, rng.fork("faults"), SETTLE_NS, settings.durationNs(), gapNs);
            lines = UplinkFaults.schedule(sim, sim.rng("faults of lines"), SETTLE_NS, settings.durationNs(),
                    3 * gapNs);
        }
        if (faults == null && !settings.layer2Only()) {
            Attacks.schedule(sim, sim.rng("attacks"), 2 * SETTLE_NS, settings.durationNs(), ATTACK_NS);
        }
        String liar = settings.layer2Only() ? "" : lie();
        talk();
        if (!settings.layer2Only()) {
            // The second half stays as calm as the world is.
            Walks.schedule(sim, sim.rng("walks"), SETTLE_NS + SETTLE_NS / 2, settings.durationNs() / 2, WALK_NS);
        }
        sim.runUntil(settings.durationNs());
        if (faults != null) {
            faults.stop();
            lines.stop();
        }
        liveness(bound, checkers.convergence());
        int happened = faults == null ? 0 : faults.happened();
        return new SwarmResult(sim.seed(), sim.violations(), sim.violationCount(), sim.traceHash(),
                sim.executedEvents(), world + ", " + happened + " faults" + liar);
    }

    /** In one world of five a node lies for a while; there has to be time to recover. */
    private String lie() {
        Rng liars = sim.rng("insider");
        long latestNs = settings.durationNs() - (Insider.RECOVERY_S + LONGEST_LIE_S) * SimTime.SECOND;
        long earliestNs = 2 * SETTLE_NS;
        if (!liars.nextBoolean(0.2) || latestNs <= earliestNs) {
            return "";
        }
        SimNode node = sim.nodeAt(liars.nextInt(sim.nodeCount()));
        boolean ofTables = liars.nextBoolean(0.5);
        long fromNs = earliestNs + (long) (liars.nextDouble() * (latestNs - earliestNs));
        Insider.schedule(sim, liars, node, ofTables, fromNs,
                fromNs + (10 + liars.nextInt(LONGEST_LIE_S - 10)) * SimTime.SECOND);
        return ", " + node.name() + " lies about " + (ofTables ? "clients (T4)" : "ways (T2)");
    }

    /** Some clients ping each other all the time: unicast frames on the way for the loop checker. */
    private void talk() {
        List<SimClient> clients = sim.clients();
        sim.at(SETTLE_NS, () -> {
            for (SimClient client : clients) {
                SimClient other = clients.get(rng.nextInt(clients.size()));
                if (other != client && other.address4() != null) {
                    client.startPing(other.address4(), PING_INTERVAL_NS);
                }
                if (!sim.internet().uplinks().isEmpty()) {
                    client.startPing(SimInternet.SOMEBODY, OUTSIDE_INTERVAL_NS);
                }
            }
        });
    }

    private void liveness(ConvergenceBound bound, Convergence convergence) {
        sim.healAll();
        for (SimClient client : sim.clients()) {
            if (client.access() == null) {
                client.attach(sim.nodes().get(rng.nextInt(sim.nodeCount())));
            }
        }
        // The checker for I12 counts from the last change, which is now, and looks once a second.
        sim.runUntil(sim.nowNs() + Math.max(bound.boundNs(), RoutedConvergence.boundNs(sim)) + ROOM_NS);
        List<PingSeries> pings = new ArrayList<>();
        List<String> names = new ArrayList<>();
        SimClient before = null;
        for (SimClient client : sim.clients()) {
            if (client.address4() == null) {
                sim.violate("I12", "client " + client.name() + " at " + client.access().name()
                        + " got no address after all was healed");
            } else if (before != null && canTalk(client, before, convergence)) {
                pings.add(client.startPing(before.address4(), PING_INTERVAL_NS));
                names.add(client.name() + " at " + client.access().name() + " to " + before.name() + " at "
                        + before.access().name());
            }
            before = client.address4() == null ? before : client;
        }
        sim.runUntil(sim.nowNs() + PING_NS);
        for (int i = 0; i < pings.size(); i++) {
            if (pings.get(i).received() == 0) {
                sim.violate("I12", "no ping from client " + names.get(i) + " came back after all was healed");
            }
        }
    }

    /** Clients of two clouds can when the ways between them, there and back, are promised. */
    private boolean canTalk(SimClient a, SimClient b, Convergence convergence) {
        if (a.access().cloud() != b.access().cloud()) {
            return canRoute(a, b) && canRoute(b, a);
        }
        return a.access() == b.access() || topology.promises(a.access().index(), b.access().index())
                && topology.promises(b.access().index(), a.access().index())
                && !convergence.isMisled(a.access(), b) && !convergence.isMisled(b.access(), a);
    }

    /** By the hosts' tables, and by layer 2 from where the packet comes out to where the other client is. */
    private boolean canRoute(SimClient from, SimClient to) {
        if (!sim.routedTopology().connects(from.access().index(), to.access().index())) {
            return false;
        }
        RouteWalk.Way way = sim.route(from, to.address4());
        if (!way.arrives()) {
            sim.violate("I12", "no way from client " + from.name() + " at " + from.access().name() + " to "
                    + to.name() + " at " + to.access().name() + ": " + way.at().name() + " " + way.note());
            return false;
        }
        SimNode out = way.steps().isEmpty() ? from.access() : way.steps().getLast().node();
        return out == to.access() || topology.promises(out.index(), to.access().index())
                && topology.promises(to.access().index(), out.index());
    }
}
