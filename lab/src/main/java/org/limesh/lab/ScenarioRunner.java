package org.limesh.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.scenario.Scenario;
import org.limesh.sim.SimTime;
import org.limesh.sim.Simulation;

/** Runs a scenario in virtual time and judges it. Runs are independent: each may have a thread of its own. */
public final class ScenarioRunner {
    /** Virtual time between two reports of progress. */
    private static final long PROGRESS_NS = SimTime.SECOND;

    private ScenarioRunner() {}

    /** Runs without telling how far it is. */
    public static ScenarioResult run(Scenario scenario) throws Laboratory.Unbuildable {
        return run(scenario, unused -> { });
    }

    /** @param progress told the virtual time now and then, on the caller's thread */
    public static ScenarioResult run(Scenario scenario, LongConsumer progress) throws Laboratory.Unbuildable {
        long beginNs = System.nanoTime();
        List<ScenarioResult.Judged> judged = new ArrayList<>();
        Laboratory lab = Laboratory.build(scenario);
        Simulation sim = lab.sim();
        String failure = "";
        try {
            Timeline timeline = new Timeline(lab, judged::add, unused -> { });
            for (long at = 0; at < scenario.endNs(); at += PROGRESS_NS) {
                timeline.advanceTo(Math.min(at + PROGRESS_NS, scenario.endNs()));
                progress.accept(sim.nowNs());
            }
            timeline.end();
        } catch (LabControl.Refused refused) {
            failure = "stopped at t=" + SimTime.text(sim.nowNs()) + ": " + refused.getMessage();
        } catch (RuntimeException broken) {
            // A broken invariant of the program itself: say where, keep the trace for whoever repairs it.
            failure = "stopped at t=" + SimTime.text(sim.nowNs()) + " by a fault of this program: " + broken
                    + "\n          replay    limesh test " + scenario.file() + " --seed " + scenario.seed()
                    + trace(broken);
        }
        return new ScenarioResult(scenario.file(), scenario.name(), scenario.seed(), sim.nowNs(),
                System.nanoTime() - beginNs, sim.traceHash(), judged, sim.violations(), failure);
    }

    private static String trace(RuntimeException broken) {
        StringBuilder text = new StringBuilder();
        StackTraceElement[] frames = broken.getStackTrace();
        for (int i = 0; i < Math.min(6, frames.length); i++) {
            text.append("\n          at ").append(frames[i]);
        }
        return text.toString();
    }
}
