package org.limesh.lab.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Frames as they pass, as pcapng, until the reader has enough. */
final class CaptureStream implements ApiResponse.Stream {
    /** Frames that wait for a slow reader, 12 MB at most; further ones are dropped and counted. */
    private static final int QUEUE_LIMIT = 8192;

    private final WorldView view;
    private final CaptureFilter filter;
    private final long count;
    private final long durationMs;
    private final BooleanSupplier closed;
    private final BlockingQueue<CapturedFrame> queue = new ArrayBlockingQueue<>(QUEUE_LIMIT);
    private final AtomicLong dropped = new AtomicLong();

    CaptureStream(WorldView view, CaptureFilter filter, long count, long durationMs, BooleanSupplier closed) {
        this.view = view;
        this.filter = filter;
        this.count = count;
        this.durationMs = durationMs;
        this.closed = closed;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        PcapngFrames writer = new PcapngFrames(out, view.world());
        out.flush();
        long endMs = durationMs == Long.MAX_VALUE ? Long.MAX_VALUE : nowMs() + durationMs;
        WorldView.CaptureSubscription subscription = view.capture(filter, this::offer);
        try {
            copy(writer, out, endMs);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            subscription.close();
        }
        writer.end(dropped.get());
        out.flush();
    }

    private void copy(PcapngFrames writer, OutputStream out, long endMs) throws IOException,
            InterruptedException {
        long written = 0;
        while (written < count && !closed.getAsBoolean() && nowMs() < endMs) {
            CapturedFrame frame = queue.poll(Math.min(250, Math.max(1, endMs - nowMs())),
                    TimeUnit.MILLISECONDS);
            if (frame != null) {
                writer.write(frame);
                written++;
            }
            if (queue.isEmpty()) {
                out.flush();
            }
        }
    }

    private void offer(CapturedFrame frame) {
        if (!queue.offer(frame)) {
            dropped.incrementAndGet();
        }
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
