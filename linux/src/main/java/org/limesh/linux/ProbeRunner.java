package org.limesh.linux;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.limesh.gateway.Probe;
import org.limesh.gateway.ProbeResult;
import org.limesh.linux.ffi.HostException;

/**
 * Asks the Internet what a node wants to know, each question through the device it names.
 *
 * <p>A question waits in native calls, so its thread is a platform thread; there are {@value #MAX_THREADS} at
 * most, which end when nothing is asked for a while. What does not fit is answered at once: nobody was asked.
 */
final class ProbeRunner implements AutoCloseable {
    /** A node has one question of each of three kinds under way. */
    static final int MAX_THREADS = 4;
    static final int MAX_WAITING = 8;
    private static final int IDLE_S = 30;

    private final Consumer<ProbeResult> answers;
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(MAX_THREADS, MAX_THREADS, IDLE_S, TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("limesh-probe-", 0).factory());

    /** @param answers called on any thread */
    ProbeRunner(Consumer<ProbeResult> answers) {
        this.answers = answers;
        threads.allowCoreThreadTimeOut(true);
    }

    void ask(Probe probe) {
        long startNs = System.nanoTime();
        try {
            threads.execute(() -> answers.accept(result(probe, startNs)));
        } catch (RejectedExecutionException full) {
            answers.accept(new ProbeResult(probe.id(), false, 0,
                    "not asked: too many questions wait for answers"));
        }
    }

    private static ProbeResult result(Probe probe, long startNs) {
        ProbeAnswer answer;
        try {
            Patience patience = new Patience(startNs, probe.timeoutMs());
            answer = switch (probe) {
                case Probe.Ping ping -> PingQuestion.ask(ping, patience);
                case Probe.Dns dns -> DnsQuestion.ask(dns.device(), dns.server(), dns.name(), patience)
                        .answer();
                case Probe.Http http -> HttpQuestion.ask(http, patience);
            };
        } catch (HostException refused) {
            answer = ProbeAnswer.silent(refused.getMessage());
        }
        return new ProbeResult(probe.id(), answer.outcome(), (System.nanoTime() - startNs) / 1_000_000,
                answer.detail(),
                answer.bandwidthBps());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
