package org.limesh.batadv;

import java.util.Arrays;
import org.limesh.base.Rng;
import org.limesh.batadv.wire.Tvlv;

/**
 * Prepares own originator messages. The next one is prepared when the last one leaves and waits an interval:
 * its containers show the table as it was then, which is what the genuine program does.
 */
final class OgmScheduler implements OgmQueue.OwnOgmSent {
    private static final byte[] NO_TVLVS = {};
    /**
     * "Send me all multicast, of both IP versions and the link-local kind": what a bridged node says, and what every
     * node of LibreMesh says. Leaving it out would mean the same, but peers would not see that we know the question.
     */
    private static final int WANT_ALL_MULTICAST = 0x07;
    private static final int MULTICAST_OCTETS = 4;

    private final Mesh mesh;
    private final OgmQueue queue;
    private final LocalTranslationTable local;
    private final Rng rng;

    OgmScheduler(Mesh mesh, OgmQueue queue, LocalTranslationTable local, Rng rng) {
        this.mesh = mesh;
        this.queue = queue;
        this.local = local;
        this.rng = rng;
    }

    @Override
    public void onOwnOgmSent(Hardif hardif, long nowNs) {
        prepare(hardif, nowNs);
    }

    void prepare(Hardif hardif, long nowNs) {
        long waitNs = (long) (mesh.config.origIntervalMs() - BatadvLimits.OGM_JITTER_MS) * BatadvLimits.MS;
        long sendNs = nowNs + waitNs + rng.nextInt(2 * BatadvLimits.OGM_JITTER_MS * BatadvLimits.MS);
        int seqno = hardif.ogmCounter++;
        if (hardif.isPrimary()) {
            local.commit();
            byte[] containers = withMulticast(local.announcement());
            for (int number = 0; number < mesh.hardifCount(); number++) {
                queue.addOwn(hardif, mesh.hardif(number), BatadvLimits.TTL, seqno, containers, sendNs);
            }
        } else {
            queue.addOwn(hardif, hardif, BatadvLimits.TTL_SECONDARY_OGM, seqno, NO_TVLVS, sendNs);
        }
        for (int id = 0; id < mesh.neighbours.limit(); id++) {
            Neighbour neighbour = mesh.neighbours.at(id);
            if (neighbour != null && neighbour.hardif == hardif) {
                neighbour.echoWindow <<= 1;
            }
        }
    }

    private static byte[] withMulticast(byte[] table) {
        byte[] both = Arrays.copyOf(table, table.length + Tvlv.HEADER_OCTETS + MULTICAST_OCTETS);
        Tvlv.put(both, table.length, Tvlv.MULTICAST, Tvlv.MULTICAST_VERSION, MULTICAST_OCTETS);
        both[Tvlv.value(table.length)] = WANT_ALL_MULTICAST;
        return both;
    }
}
