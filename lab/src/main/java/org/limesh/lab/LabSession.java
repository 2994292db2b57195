package org.limesh.lab;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.limesh.base.Frame;
import org.limesh.lab.api.CaptureFilter;
import org.limesh.lab.api.EventLog;
import org.limesh.lab.api.EventText;
import org.limesh.lab.api.ExitControl;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.api.World;
import org.limesh.lab.api.WorldView;
import org.limesh.lab.scenario.Scenario;
import org.limesh.node.NodeEvent;
import org.limesh.node.NodeSnapshot;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimObserver;
import org.limesh.sim.SimTime;
import org.limesh.sim.Simulation;
import org.limesh.sim.Trace;
import org.limesh.sim.Violation;

/**
 * A laboratory that runs in real time and is watched. One thread owns the simulation; everybody else reads
 * immutable pictures and leaves commands.
 *
 * <pre>
 *   viewers ── world() ──→ published picture ←── WorldBuilder ┐ at most 10 a second, and only when asked
 *   viewers ── control() → queue of commands ──→ the thread ──┤
 *                                                             └→ Timeline.advanceTo ← RealTimePacer
 * </pre>
 */
public final class LabSession implements WorldView, AutoCloseable {
    private static final long PUBLISH_INTERVAL_NS = 100_000_000L;
    /** A picture may take at most this share of the thread's time: 1 in 5. */
    private static final int PUBLISH_REST = 5;
    private static final long NAP_NS = 5_000_000L;
    /** Looking whether everybody knows everybody costs with the square of the nodes, so it is done less often. */
    private static final long CONVERGENCE_INTERVAL_PER_NODE_NS = 5 * SimTime.MS;
    private static final long CONVERGENCE_INTERVAL_LEAST_NS = 100 * SimTime.MS;
    private static final long STATE_INTERVAL_NS = SimTime.SECOND;
    private static final long METER_INTERVAL_NS = 100 * SimTime.MS;
    private static final long METER_RENEWAL_NS = 5 * SimTime.MINUTE;
    /** Beyond this number of clients their pings would be most of the traffic. */
    private static final int METERED_CLIENTS_LIMIT = 50;
    /** Aim for the wall time of one slice of simulation: commands wait no longer. */
    private static final long SLICE_WALL_NS = 5_000_000L;
    private static final long SLICE_LEAST_NS = SimTime.MS;
    private static final long SLICE_MOST_NS = SimTime.SECOND;

    private final Simulation sim;
    private final Timeline timeline;
    private final WorldBuilder worlds;
    private final EventLog events = new EventLog();
    private final FrameTap tap = new FrameTap();
    private final RealTimePacer pacer = new RealTimePacer();
    private final Map<SimClient, ClientHistory> histories = new LinkedHashMap<>();
    private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final SessionControl control;
    private final Thread thread;
    private final boolean fastOnlyToConvergence;
    private boolean paused;
    private boolean tapped;
    private boolean dirty = true;
    private int violationsTold;
    private long runUntilNs = -1;
    private long sliceNs = 5 * SimTime.MS;
    private long lastPublishNs;
    private long publishCostNs;
    private volatile long convergedNs = -1;
    private volatile int convergedClouds;
    private volatile int routedNodes = -1;
    private volatile World published;
    private volatile boolean wanted = true;
    private volatile boolean closed;
    private volatile String failure = "";

    private LabSession(Scenario scenario, String version, Start start)
            throws Laboratory.Unbuildable {
        Laboratory lab = Laboratory.build(scenario);
        this.sim = lab.sim();
        this.timeline = new Timeline(lab, this::onJudged, text -> events.append(sim.nowNs(), "", "lab.say",
                text));
        for (SimClient client : sim.clients()) {
            GapMeter meter = null;
            if (sim.clients().size() <= METERED_CLIENTS_LIMIT) {
                meter = new GapMeter(client, lab.peerOf(client), METER_INTERVAL_NS);
                meter.start(lab, 0);
            }
            histories.put(client, new ClientHistory(meter));
        }
        this.worlds = new WorldBuilder(lab, version, histories);
        this.control = new SessionControl(sim, timeline.hands(), pacer, new Clockwork(), this::post);
        this.paused = start.paused();
        this.runUntilNs = start.fastUntilNs();
        this.fastOnlyToConvergence = start.orConverged();
        timeline.hands().setOnRoam((client, to) -> {
            events.append(sim.nowNs(), to.name(), "lab.roam", client.name() + " comes to " + to.name());
            histories.get(client).onRoam(client, to, sim.nowNs());
        });
        sim.addObserver(new Recorder(lab));
        long lookNs = Math.max(CONVERGENCE_INTERVAL_LEAST_NS,
                sim.nodes().size() * CONVERGENCE_INTERVAL_PER_NODE_NS);
        sim.every(lookNs, lookNs, this::notConverged);
        long countNs = Math.max(STATE_INTERVAL_NS, 2 * lookNs);
        sim.every(countNs, countNs, this::countConvergedClouds);
        sim.every(METER_INTERVAL_NS, METER_INTERVAL_NS, this::measure);
        sim.every(METER_RENEWAL_NS, METER_RENEWAL_NS, this::renewMeters);
        this.published = worlds.build(clock(), -1, -1);
        this.thread = Thread.ofPlatform().name("lab").daemon().unstarted(this::run);
    }

    /**
     * How a session begins.
     *
     * @param fastUntilNs virtual time that is reached as fast as possible first
     * @param orConverged ends the fast part earlier, when everybody knows everybody
     * @param paused      stands still then
     */
    public record Start(long fastUntilNs, boolean orConverged, boolean paused) {
        /** In real time from the beginning. */
        public static final Start REAL_TIME = new Start(0, false, false);
        /** A network that is alive at once: it converges before anybody has read the first line. */
        public static final Start CONVERGED = new Start(60 * SimTime.SECOND, true, false);
        /**
         * The same, and its links have found their quality: that takes 64 originator intervals of two seconds, and a
         * first look at a network should not show a town of bad links.
         */
        public static final Start SETTLED = new Start(150 * SimTime.SECOND, false, false);
    }

    /** Builds the laboratory and lets it run. */
    public static LabSession start(Scenario scenario, String version,
            Start start) throws Laboratory.Unbuildable {
        LabSession session = new LabSession(scenario, version, start);
        session.thread.start();
        return session;
    }

    // ---- what viewers see --------------------------------------------------------------------------

    @Override
    public World world() {
        wanted = true;
        return published;
    }

    @Override
    public Optional<NodeSnapshot> node(String name) {
        CompletableFuture<NodeSnapshot> answer = new CompletableFuture<>();
        post(() -> {
            SimNode node = sim.node(name);
            answer.complete(node == null ? null : node.snapshot());
        });
        try {
            return Optional.ofNullable(answer.get(1, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException late) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public EventLog events() {
        return events;
    }

    @Override
    public CaptureSubscription capture(CaptureFilter filter, CaptureListener listener) {
        post(() -> {
            if (!tapped) {
                tapped = true;
                sim.addObserver(tap);
            }
        });
        return tap.add(filter, listener);
    }

    @Override
    public Optional<LabControl> control() {
        return Optional.of(control);
    }

    @Override
    public Optional<ExitControl> exitControl() {
        return Optional.of(control);
    }

    /** Nodes that had a way to every other one in layer 3, as of a virtual second ago. */
    public int routedNodes() {
        return routedNodes;
    }

    /** When everybody knew everybody for the first time, virtual; -1 as long as not. */
    public long convergedNs() {
        return convergedNs;
    }

    /** Clouds whose nodes all know each other, as of a virtual second ago. */
    public int convergedClouds() {
        return convergedClouds;
    }

    /** Why the laboratory stopped by itself, or empty. */
    public String failure() {
        return failure;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(2_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the thread --------------------------------------------------------------------------------

    private void run() {
        try {
            pacer.anchor(System.nanoTime(), sim.nowNs());
            while (!closed) {
                runCommands();
                boolean busy = advance();
                publish();
                if (!busy) {
                    LockSupport.parkNanos(NAP_NS);
                }
            }
        } catch (RuntimeException broken) {
            failure = "stopped at " + SimTime.text(sim.nowNs()) + " by a fault of this program: " + broken;
            events.append(sim.nowNs(), "", "lab.fault", failure);
            serveWithoutRunning();
        }
    }

    /** After a fault people still want to look at what is there. */
    private void serveWithoutRunning() {
        paused = true;
        while (!closed) {
            runCommands();
            LockSupport.parkNanos(10 * NAP_NS);
        }
    }

    private void runCommands() {
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
            dirty = true;
        }
    }

    /** Runs a slice. False when there is nothing to do now. */
    private boolean advance() {
        long nowNs = sim.nowNs();
        long wallNs = System.nanoTime();
        long targetNs = runUntilNs > nowNs ? runUntilNs : paused ? nowNs : pacer.targetNs(wallNs, nowNs);
        if (targetNs <= nowNs) {
            return false;
        }
        long sliceEndNs = Math.min(targetNs, nowNs + sliceNs);
        try {
            timeline.advanceTo(sliceEndNs);
        } catch (LabControl.Refused refused) {
            events.append(sim.nowNs(), "", "lab.refused", refused.getMessage());
        }
        long costNs = System.nanoTime() - wallNs;
        if (costNs > SLICE_WALL_NS) {
            sliceNs = Math.max(SLICE_LEAST_NS, sliceNs / 2);
        } else if (costNs < SLICE_WALL_NS / 4 && sliceEndNs - nowNs == sliceNs) {
            sliceNs = Math.min(SLICE_MOST_NS, sliceNs * 2);
        }
        if (runUntilNs >= 0 && sim.nowNs() >= runUntilNs) {
            runUntilNs = -1;
            pacer.anchor(System.nanoTime(), sim.nowNs());
        }
        dirty = true;
        return sliceEndNs < targetNs;
    }

    private void publish() {
        long wallNs = System.nanoTime();
        long restNs = Math.max(PUBLISH_INTERVAL_NS, PUBLISH_REST * publishCostNs);
        if (wanted && dirty && wallNs - lastPublishNs >= restNs) {
            wanted = false;
            dirty = false;
            published = worlds.build(clock(), convergedNs, routedNodes);
            lastPublishNs = System.nanoTime();
            publishCostNs = lastPublishNs - wallNs;
        }
    }

    private World.Clock clock() {
        return new World.Clock(!paused, pacer.speed());
    }

    private boolean notConverged() {
        if (timeline.missing().isEmpty()) {
            convergedNs = sim.nowNs();
            countConvergedClouds();
            if (fastOnlyToConvergence) {
                runUntilNs = Math.min(runUntilNs, convergedNs);
            }
            events.append(convergedNs, "", "lab.converged", "everybody knows everybody after "
                    + SimTime.text(convergedNs));
            return false;
        }
        return true;
    }

    private boolean countConvergedClouds() {
        convergedClouds = timeline.convergedClouds();
        routedNodes = timeline.routedNodes();
        return true;
    }

    private boolean measure() {
        histories.values().forEach(history -> history.measure(sim.nowNs()));
        List<Violation> violations = sim.violations();
        for (Violation violation : violations.subList(Math.min(violationsTold, violations.size()), violations.size())) {
            events.append(violation.atNs(), "", "lab.violation",
                    "invariant " + violation.invariant() + " broken: " + violation.what());
        }
        violationsTold = violations.size();
        return true;
    }

    private boolean renewMeters() {
        histories.values().forEach(history -> history.renewMeter(sim.nowNs()));
        return true;
    }

    private void onJudged(ScenarioResult.Judged judged) {
        events.append(sim.nowNs(), "", "lab.assert", (judged.passed() ? "PASS " : "FAIL ") + judged.claim()
                + (judged.passed() ? "" : ": expected " + judged.expected() + ", got " + judged.got()));
    }

    private void post(Runnable command) {
        commands.add(command);
        LockSupport.unpark(thread);
    }

    /** Writes events and counts what clients send and hear. */
    private final class Recorder implements SimObserver {
        private final Laboratory lab;

        Recorder(Laboratory lab) {
            this.lab = lab;
        }

        @Override
        public void nodeReported(SimNode node, NodeEvent event, long nowNs) {
            EventText text = EventText.of(event, lab::nameOf);
            events.append(nowNs, node.name(), text.kind(), text.text());
        }

        @Override
        public void changed(String what, long nowNs) {
            events.append(nowNs, "", "lab.change", what);
        }

        @Override
        public void clientSent(SimClient client, Frame frame, long nowNs) {
            histories.get(client).txOctets += frame.length();
        }

        @Override
        public void clientReceived(SimClient client, Frame frame, Trace trace, long nowNs) {
            histories.get(client).rxOctets += frame.length();
        }
    }

    // ---- hands -------------------------------------------------------------------------------------

    /** What people do with time. On the thread of the laboratory. */
    final class Clockwork {
        void pause() {
            paused = true;
            runUntilNs = -1;
        }

        void resume() {
            paused = false;
            pacer.anchor(System.nanoTime(), sim.nowNs());
        }

        /** Runs exactly this much virtual time, then stands still. 0 for one event. */
        void step(long durationNs) {
            paused = true;
            if (durationNs == 0) {
                sim.step();
            } else {
                runUntilNs = sim.nowNs() + durationNs;
            }
        }
    }
}
