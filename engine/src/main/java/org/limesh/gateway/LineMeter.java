package org.limesh.gateway;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Ip4Address;
import org.limesh.base.Rng;

/**
 * How fast is the uplink? Fetches a file and lets the host measure; only where a person named files.
 *
 * <pre>
 *   Internet is there ── 2 to 12 s ──→ fetch ── good ──→ again after 6 h, a little spread
 *                                        └─ failed ──→ the next file after 60 s, 3 times, then after 6 h
 * </pre>
 *
 * LibreMesh's package does the same (10 MB at most, three tries, every six hours), from a list of mirrors of its own.
 * Here the list is empty: 40 MB a day is much on a line that is paid by volume.
 */
final class LineMeter implements Engine {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long AGAIN_NS = 6 * 3600 * SECOND_NS;
    private static final long RETRY_NS = 60 * SECOND_NS;
    private static final long GRACE_NS = 2 * SECOND_NS;
    private static final int TRIES = 3;
    private static final int TIMEOUT_MS = 15_000;
    static final long MAX_OCTETS = 10_000_000;
    /** Slower than this is no measurement but a fault; LibreMesh's limit. */
    private static final long LEAST_BPS = 1000;

    private final List<HttpTarget> files;
    private final String device;
    private final Counters counters;
    private final Rng rng;
    private final IntSupplier nextId;
    private final Consumer<Probe> out;
    private long deadlineNs = NEVER;
    private int askedId = -1;
    private int turn;
    private int fails;
    private boolean active;
    private Ip4Address resolver;
    private long measuredBps;

    LineMeter(List<HttpTarget> files, String device, Counters counters, Rng rng, IntSupplier nextId,
            Consumer<Probe> out) {
        this.files = files;
        this.device = device;
        this.counters = counters;
        this.rng = rng;
        this.nextId = nextId;
        this.out = out;
    }

    /** What was measured last; 0 before. Kept when Internet is lost and comes again. */
    long measuredBps() {
        return measuredBps;
    }

    /** @param dns server that knows names, or null */
    void onInternet(boolean internet, Ip4Address dns, long nowNs) {
        if (files.isEmpty() || internet == active) {
            return;
        }
        active = internet;
        resolver = dns;
        askedId = -1;
        fails = 0;
        deadlineNs = internet ? nowNs + 2 * SECOND_NS + rng.nextInt(10) * SECOND_NS : NEVER;
    }

    /** True when the result was one of this class. */
    boolean onProbe(ProbeResult result, long nowNs) {
        if (askedId < 0 || result.id() != askedId) {
            return false;
        }
        askedId = -1;
        if (result.ok() && result.bandwidthBps() >= LEAST_BPS) {
            measuredBps = result.bandwidthBps();
            fails = 0;
            deadlineNs = nowNs + AGAIN_NS - rng.nextInt(600) * SECOND_NS;
        } else {
            counters.of("gateway.measure_failed").increment();
            failed(nowNs);
        }
        return true;
    }

    private void failed(long nowNs) {
        fails = (fails + 1) % TRIES;
        deadlineNs = nowNs + (fails == 0 ? AGAIN_NS : RETRY_NS);
    }

    @Override
    public void onTimer(long nowNs) {
        if (!Engine.isDue(deadlineNs, nowNs)) {
            return;
        }
        if (askedId >= 0) {
            // The host forgot the question.
            askedId = -1;
            failed(nowNs);
            return;
        }
        HttpTarget file = files.get(turn++ % files.size());
        Ip4Address address = file.address();
        askedId = nextId.getAsInt();
        deadlineNs = nowNs + TIMEOUT_MS * 1_000_000L + GRACE_NS;
        counters.of("gateway.measure").increment();
        out.accept(new Probe.Http(askedId, device, address, address == null ? resolver : null, file.host(), file.port(),
                file.path(), "", MAX_OCTETS, TIMEOUT_MS));
    }

    @Override
    public long nextDeadlineNs() {
        return deadlineNs;
    }
}
