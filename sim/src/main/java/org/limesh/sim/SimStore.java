package org.limesh.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.limesh.access.LeaseLog;
import org.limesh.base.Rng;
import org.limesh.node.Node;

/**
 * Flash of a node: the file of its lease store, which survives a power cut as far as flash does.
 *
 * <pre>
 *   store ─→ written ──some ms──→ durable        power cut: what is written but not durable is kept up to a
 *                                                random octet, and may have a hole of zeros
 * </pre>
 */
final class SimStore implements EventTarget {
    private static final long SHORTEST_SYNC_NS = SimTime.MS;
    private static final int SPREAD_SYNC_US = 9_000;
    /** Beyond this the file is replaced by what still matters. */
    private static final int COMPACT_OCTETS = 256 * 1024;

    private record Write(int endOctets, long count) {}

    private final Simulation sim;
    private final SimNode node;
    private final Rng rng;
    private final ArrayDeque<Write> syncing = new ArrayDeque<>();
    private byte[] file = new byte[4096];
    private int lengthOctets;
    private int durableOctets;
    private long records;
    private int life;
    private int cuts;
    private int tornCuts;

    SimStore(Simulation sim, SimNode node) {
        this.sim = sim;
        this.node = node;
        this.rng = sim.rng("store of " + node.name());
        append(LeaseLog.header());
        durableOctets = lengthOctets;
    }

    private void append(byte[] octets) {
        if (lengthOctets + octets.length > file.length) {
            file = Arrays.copyOf(file, Math.max(2 * file.length, lengthOctets + octets.length));
        }
        System.arraycopy(octets, 0, file, lengthOctets, octets.length);
        lengthOctets += octets.length;
    }

    /** Appends a record; the node hears when it is durable. */
    void store(byte[] payload) {
        append(LeaseLog.record(payload));
        records++;
        syncing.add(new Write(lengthOctets, records));
        // Syncs end in the order of their writes.
        sim.schedule(sim.nowNs() + SHORTEST_SYNC_NS + rng.nextInt(SPREAD_SYNC_US) * 1000L, this, life, null, null);
    }

    @Override
    public void fire(int lifeOfEvent, Object first, Object second, long nowNs) {
        if (lifeOfEvent != life || syncing.isEmpty()) {
            return;
        }
        Write done = syncing.poll();
        durableOctets = done.endOctets();
        node.host().onStored(done.count(), nowNs);
        if (lengthOctets > COMPACT_OCTETS && syncing.isEmpty()) {
            replace(node.node().storeSnapshot(nowNs));
        }
    }

    /** A new file takes the place of the old one, as a whole. */
    private void replace(List<byte[]> payloads) {
        lengthOctets = 0;
        append(LeaseLog.header());
        payloads.forEach(payload -> append(LeaseLog.record(payload)));
        durableOctets = lengthOctets;
    }

    /** Power is cut. */
    void cut() {
        life++;
        cuts++;
        int written = lengthOctets - durableOctets;
        if (written > 0) {
            tornCuts++;
            int kept = durableOctets + rng.nextInt(written + 1);
            if (rng.nextBoolean(0.3) && kept > durableOctets) {
                int from = durableOctets + rng.nextInt(kept - durableOctets);
                Arrays.fill(file, from, from + rng.nextInt(kept - from + 1), (byte) 0);
            }
            lengthOctets = kept;
        }
        syncing.clear();
    }

    /** Hands the node what is left, before it starts. */
    void restore(Node fresh, long nowNs) {
        LeaseLog.Content content = LeaseLog.read(Arrays.copyOf(file, lengthOctets));
        records = 0;
        fresh.restore(content.payloads(), content.tornOctets() > 0 ? 1 : 0, nowNs);
        // What was torn is cut off before anything new is appended.
        syncing.clear();
        replace(fresh.storeSnapshot(nowNs));
        fresh.onStored(records, nowNs);
    }

    int tornCuts() {
        return tornCuts;
    }
}
