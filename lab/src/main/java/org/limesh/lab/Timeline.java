package org.limesh.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.limesh.lab.api.EventText;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.scenario.Action;
import org.limesh.lab.scenario.Assertion;
import org.limesh.lab.scenario.Quantity;
import org.limesh.lab.scenario.Scenario;
import org.limesh.node.NodeEvent;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimObserver;
import org.limesh.sim.SimTime;
import org.limesh.sim.Simulation;

/**
 * Moves a laboratory through its timeline: does what is to be done, asks what must be true, judges. The same
 * for a test and for a laboratory that is watched. One thread.
 */
final class Timeline {
    private static final long REPLAY_LEAD_NS = 500 * SimTime.MS;

    private final Laboratory lab;
    private final Simulation sim;
    private final Scenario scenario;
    private final Connectivity network;
    private final Judges judges;
    private final Hands hands;
    private final Consumer<ScenarioResult.Judged> onJudged;
    private final Consumer<String> onCaption;
    private final List<Pending> pending = new ArrayList<>();
    private final long[] nextNs;
    private String lastChange = "";
    /** What a node said last about exits. */
    private String lastExit = "";

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
        this.network = new Connectivity(lab);
        this.judges = new Judges(lab, network);
        this.hands = new Hands(lab);
        this.onJudged = onJudged;
        this.onCaption = onCaption;
        this.nextNs = scenario.timeline().stream().mapToLong(Scenario.Step::firstNs).toArray();
        sim.addObserver(new SimObserver() {
            @Override
            public void changed(String what, long nowNs) {
                lastChange = what + " at " + SimTime.text(nowNs);
            }

            @Override
            public void nodeReported(SimNode node, NodeEvent event, long nowNs) {
                if (event instanceof NodeEvent.Gateway) {
                    lastExit = node.name() + " " + EventText.of(event, lab::nameOf).text() + ", at "
                            + SimTime.text(nowNs);
                }
            }
        });
    }

    Hands hands() {
        return hands;
    }

    /** What is missing for everybody to know everybody; empty when the network is converged. */
    List<String> missing() {
        return network.missing();
    }

    /** How many of the clouds that have nodes are converged. */
    int convergedClouds() {
        return network.convergedClouds();
    }

    /** How many working nodes have a way to every other one in layer 3. */
    int routedNodes() {
        return network.routedNodes();
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
                verdict.expected(), verdict.got(), verdict.passed() ? "" : reason(each.assertion), replay));
    }

    /** What happened last that may have to do with it. */
    private String reason(Assertion assertion) {
        boolean outside = assertion.claim() instanceof Assertion.Claim.Exit
                || assertion.claim() instanceof Assertion.Claim.Internet
                || assertion.claim() instanceof Assertion.Claim.Path;
        String change = lastChange.isEmpty() ? "" : "last change before: " + lastChange;
        return !outside || lastExit.isEmpty() ? change
                : change + (change.isEmpty() ? "" : "; ") + "last about exits: " + lastExit;
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
            asked.add(new Pending(step, assertion, judges.of(assertion, nowNs), nowNs));
        }
        for (Action action : step.actions()) {
            if (action instanceof Action.Say(var text)) {
                onCaption.accept(text);
            }
            hands.perform(action);
        }
        pending.addAll(asked);
    }
}
