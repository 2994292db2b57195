package org.limesh.linux;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Rng;
import org.limesh.lime.NodePlan;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.ffi.Poller;
import org.limesh.node.Node;
import org.limesh.node.NodeSecrets;

/**
 * The thread of a node: waits for frames until the next deadline, calls the engines, sends what they made in
 * batches at the end of each round.
 */
final class NodeLoop {
    private static final int CALL_LIMIT_MS = 1000;
    /**
     * Within {@link #RESTART_WINDOW_NS}; a node whose engine breaks again at once would be restarted for
     * ever.
     */
    private static final int MAX_RESTARTS = 10;
    private static final long RESTART_WINDOW_NS = 3_600_000_000_000L;

    private final LinuxHost host;
    private final NodePlan plan;
    private final HostListener listener;
    private final Rng rng;
    private final Poller poller = new Poller();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread = Thread.ofPlatform().name("limesh-node").unstarted(this::run);
    private final FrameSink sink = new Received();
    private FramePort[] watched = new FramePort[0];
    private int readable;
    private Node node;
    private int restarts;
    private long firstRestartNs;
    private volatile boolean stopping;

    NodeLoop(LinuxHost host, NodePlan plan, NodeSecrets secrets, long seed, HostListener listener) {
        this.host = host;
        this.plan = plan;
        this.listener = listener;
        this.rng = new Rng(seed);
        this.node = new Node(plan, host, secrets, rng.fork("node"), System.nanoTime());
    }

    /** Hands the node what its lease store held. Before the start. */
    void restore(List<byte[]> records, int torn) {
        long nowNs = System.nanoTime();
        node.setWallClock(System.currentTimeMillis(), nowNs);
        node.restore(records, torn, nowNs);
    }

    /** The node that runs now. Loop thread, or before the start. */
    Node node() {
        return node;
    }

    void start() {
        thread.start();
    }

    void stop() {
        stopping = true;
        poller.wakeUp();
        try {
            thread.join();
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs a task on the loop thread, soon. */
    void execute(Runnable task) {
        tasks.add(task);
        poller.wakeUp();
    }

    /** Asks the loop thread; any other thread. */
    <T> T call(LongFunction<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        execute(() -> {
            try {
                answer.complete(question.apply(System.nanoTime()));
            } catch (RuntimeException broken) {
                answer.completeExceptionally(broken);
            }
        });
        try {
            return answer.get(CALL_LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new HostException("interrupted while asking the node");
        } catch (ExecutionException | TimeoutException failed) {
            throw new HostException("the node does not answer: " + failed);
        }
    }

    /** Receives from these from now on. Loop thread, or before the start, or after the end. */
    void watch(PortTable table) {
        watched = table.all();
        watchReadable();
    }

    private void watchReadable() {
        int[] descriptors = new int[watched.length];
        readable = 0;
        for (FramePort port : watched) {
            // A descriptor whose interface is gone is always "ready"; the keeper replaces it.
            if (!port.isBroken()) {
                descriptors[readable++] = port.fd();
            }
        }
        poller.watch(java.util.Arrays.copyOf(descriptors, readable));
    }

    private void run() {
        try {
            loop();
        } catch (RuntimeException | Error broken) {
            // Memory is full, say: a node that is silent but still there would be worse than none.
            listener.onEnd("the node cannot go on: " + broken);
        }
    }

    private void loop() {
        while (!stopping) {
            boolean more = guarded();
            if (!more) {
                poller.await(timeoutMs());
            }
        }
        node.stop(System.nanoTime());
        for (FramePort port : watched) {
            port.flush();
        }
    }

    private int timeoutMs() {
        long deadlineNs = node.nextDeadlineNs();
        if (deadlineNs == Engine.NEVER) {
            return -1;
        }
        // Rounded up: waking too early would only spin.
        return Math.clamp((deadlineNs - System.nanoTime() + 999_999) / 1_000_000, 0, 60_000);
    }

    /** One round; a bug of an engine costs its tables, not the node. */
    private boolean guarded() {
        try {
            return round();
        } catch (RuntimeException broken) {
            countRestart(System.nanoTime());
            java.io.StringWriter trace = new java.io.StringWriter();
            broken.printStackTrace(new java.io.PrintWriter(trace));
            listener.onWarning("the node's engines were restarted (" + restarts
                    + "), please report this bug: " + trace);
            if (restarts > MAX_RESTARTS) {
                throw broken;
            }
            Node old = node;
            node = new Node(plan, host, host.secrets(), rng.fork("restart-" + rng.nextLong()),
                    System.nanoTime());
            host.onNewNode(old, node);
            node.start();
            return false;
        }
    }

    private void countRestart(long nowNs) {
        if (restarts == 0 || nowNs - firstRestartNs > RESTART_WINDOW_NS) {
            restarts = 0;
            firstRestartNs = nowNs;
        }
        restarts++;
        host.countRestart();
    }

    private boolean round() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        boolean more = false;
        boolean newlyBroken = false;
        for (FramePort port : watched) {
            if (!port.isBroken()) {
                more |= port.receive(sink);
                newlyBroken |= port.isBroken();
            }
        }
        long nowNs = System.nanoTime();
        if (Engine.isDue(node.nextDeadlineNs(), nowNs)) {
            node.onTimer(nowNs);
        }
        for (FramePort port : watched) {
            port.flush();
        }
        if (newlyBroken) {
            watchReadable();
        }
        return more;
    }

    private final class Received implements FrameSink {
        @Override
        public void onFrame(int port, Frame frame) {
            long nowNs = System.nanoTime();
            host.received(port, frame, nowNs);
            node.onFrame(port, frame, nowNs);
        }

        @Override
        public void onDatagram(int port, Ip6Address source, byte[] payload) {
            node.onDatagram(port, source, payload, System.nanoTime());
        }
    }
}
