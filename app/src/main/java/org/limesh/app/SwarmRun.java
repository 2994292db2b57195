package org.limesh.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.limesh.sim.SimTime;
import org.limesh.sim.Swarm;
import org.limesh.sim.SwarmResult;
import org.limesh.sim.SwarmSettings;
import org.limesh.sim.Violation;

/**
 * Many worlds with misfortunes, each drawn from a seed, with all checkers on.
 *
 * @param progress told how far it is
 */
record SwarmRun(long from, int seeds, int nodes, int minutes, int jobs, boolean hash, boolean quiet,
        PrintWriter out, Progress progress) {
    /** Violations told per seed: the first ones show the cause. */
    private static final int VIOLATIONS_TOLD = 2;

    /** Of the events before a violation; more would hide the next one. */
    private static final int EVENTS_TOLD = 20;

    /** The exit code: 0 when all invariants held in all worlds, else 1. */
    int run() throws InterruptedException {
        long beginNs = System.nanoTime();
        SwarmSettings settings = new SwarmSettings(nodes, minutes * SimTime.MINUTE);
        List<Long> failed = new ArrayList<>();
        AtomicInteger done = new AtomicInteger();
        long events = 0;
        try (ExecutorService pool = Executors.newFixedThreadPool(Math.min(jobs, seeds))) {
            List<Future<SwarmResult>> futures = new ArrayList<>();
            for (int i = 0; i < seeds; i++) {
                long seed = from + i;
                futures.add(pool.submit(() -> {
                    SwarmResult result = Swarm.run(seed, settings);
                    tell(done.incrementAndGet(), beginNs);
                    return result;
                }));
            }
            for (int i = 0; i < seeds; i++) {
                SwarmResult result = await(futures.get(i), from + i);
                // A future holds its result, and a result its events: what was told may be forgotten.
                futures.set(i, null);
                events += result == null ? 0 : result.executedEvents();
                if (result == null || result.violationCount() > 0) {
                    failed.add(from + i);
                }
                print(result);
            }
        }
        progress.clear();
        summary(failed, events, (System.nanoTime() - beginNs) / 1e9);
        return failed.isEmpty() ? 0 : 1;
    }

    private void tell(int done, long beginNs) {
        double elapsed = (System.nanoTime() - beginNs) / 1e9;
        progress.show(String.format(Locale.ROOT, "swarm  %d of %d seeds, %.1f a second, about %.0f s left",
                done, seeds,
                done / elapsed, (seeds - done) * elapsed / done));
    }

    /** The result, or null after a fault of this program was printed. */
    private SwarmResult await(Future<SwarmResult> future, long seed) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException broken) {
            progress.clear();
            out.println("FAIL  seed " + seed + ": a fault of this program: " + broken.getCause());
            for (StackTraceElement frame : broken.getCause().getStackTrace()) {
                out.println("          at " + frame);
            }
            out.println("          replay    " + replay(seed));
            out.flush();
            return null;
        }
    }

    private String replay(long seed) {
        return "limesh test --swarm --from " + seed + " --seeds 1 --nodes " + nodes + " --minutes " + minutes;
    }

    private void print(SwarmResult result) {
        if (result == null) {
            return;
        }
        if (result.violationCount() > 0) {
            progress.clear();
            out.println("FAIL  seed " + result.seed() + ": " + result.violationCount() + " broken invariant"
                    + (result.violationCount() == 1 ? "" : "s") + " in a world of " + result.world());
            for (Violation violation : result.violations().stream().limit(VIOLATIONS_TOLD).toList()) {
                out.println("        " + violation.invariant() + " broken at "
                        + SimTime.text(violation.atNs()) + ": "
                        + violation.what());
                int events = violation.lastEvents().size();
                violation.lastEvents().subList(Math.max(0, events - EVENTS_TOLD), events)
                        .forEach(event -> out.println("            " + event));
            }
            out.println("          replay    " + replay(result.seed()));
        }
        if (hash) {
            progress.clear();
            out.println(String.format("hash %016x  seed %d", result.traceHash(), result.seed()));
        }
        out.flush();
    }

    private void summary(List<Long> failed, long events, double elapsed) {
        if (quiet && failed.isEmpty()) {
            return;
        }
        out.println(String.format(Locale.ROOT,
                "%s  swarm  %d seed%s x %d nodes x %d min virtual, %d failed   "
                + "%.1f s   %.1f million events", failed.isEmpty() ? "PASS" : "FAIL", seeds,
                seeds == 1 ? "" : "s", nodes,
                minutes, failed.size(), elapsed, events / 1e6));
        if (!failed.isEmpty()) {
            out.println("failing seeds: " + String.join(", ", failed.stream().map(String::valueOf).toList()));
        }
        out.flush();
    }
}
