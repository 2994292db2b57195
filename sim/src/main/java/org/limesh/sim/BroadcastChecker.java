package org.limesh.sim;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.packet.Ethernet;

/**
 * I3: a client's broadcast reaches each other client at most once, and on lossless stable links exactly
 * once. (A node drops broadcasts of an originator it does not know, so stable means: converged.)
 *
 * <p>"At most once" is watched for every multicast that a client sends: nobody gets the same octets more
 * often than they were sent, and the sender never. A client that changes its place meanwhile is left out:
 * it may rightly hear a frame in both places. "Exactly once" needs a frame that no rule drops: each
 * {@value #PROBE_INTERVAL_S} s one client sends one of the experimental Ethernet type with a number in it.
 */
final class BroadcastChecker implements SimObserver {
    /** Type for local experiments, IEEE 802. */
    static final int TYPE_EXPERIMENT = 0x88b5;
    private static final int PROBE_INTERVAL_S = 5;
    private static final long ANSWER_NS = 2 * SimTime.SECOND;
    private static final long REMEMBERED_NS = 60 * SimTime.SECOND;

    private static final class Sent {
        int times;
        long lastNs;
        SimClient by;
        int senderAttachment;
        final Map<SimClient, int[]> heard = new LinkedHashMap<>();
    }

    private final Simulation sim;
    private final Topology topology;
    private final ConvergenceBound bound;
    private final Rng rng;
    private final Map<Long, Sent> sentByHash = new LinkedHashMap<>();
    private int probes;

    BroadcastChecker(Simulation sim) {
        this.sim = sim;
        this.topology = sim.topology();
        this.bound = new ConvergenceBound(sim);
        this.rng = sim.rng("broadcast checker");
        sim.addObserver(this);
        sim.every(PROBE_INTERVAL_S * SimTime.SECOND, PROBE_INTERVAL_S * SimTime.SECOND, this::probe);
    }

    @Override
    public void clientSent(SimClient client, Frame frame, long nowNs) {
        if (!MacAddress.isMulticast(Ethernet.destination(frame))) {
            return;
        }
        Sent sent = sentByHash.computeIfAbsent(Simulation.contentHash(frame), unused -> new Sent());
        sent.times++;
        sent.lastNs = nowNs;
        sent.by = client;
        sent.senderAttachment = client.attachment();
    }

    @Override
    public void clientReceived(SimClient client, Frame frame, Trace trace, long nowNs) {
        if (!MacAddress.isMulticast(Ethernet.destination(frame))) {
            return;
        }
        Sent sent = sentByHash.get(Simulation.contentHash(frame));
        if (sent == null) {
            return;
        }
        // heard: number, attachment at the first
        int[] heard = sent.heard.computeIfAbsent(client, unused -> new int[] {0, client.attachment()});
        heard[0]++;
        boolean stayed = client == sent.by ? client.attachment() == sent.senderAttachment
                : heard[1] == client.attachment();
        int allowed = client == sent.by ? 0 : sent.times;
        if (stayed && heard[0] > allowed && sent.by.attachment() == sent.senderAttachment) {
            sim.violate("I3", "client " + client.name() + " heard a broadcast of " + sent.by.name() + " "
                    + heard[0] + " times, it was sent " + sent.times + " times: " + frame);
        }
    }

    private boolean probe() {
        long nowNs = sim.nowNs();
        Iterator<Sent> old = sentByHash.values().iterator();
        while (old.hasNext()) {
            if (nowNs - old.next().lastNs > REMEMBERED_NS) {
                old.remove();
            }
        }
        var attached = sim.clients().stream().filter(SimClient::hasLink).toList();
        if (attached.size() >= 2) {
            SimClient sender = attached.get(rng.nextInt(attached.size()));
            Frame frame = Frame.allocate(60);
            Ethernet.put(frame, MacAddress.BROADCAST.bits(), sender.mac().bits(), TYPE_EXPERIMENT);
            frame.put32(Ethernet.HEADER_OCTETS, ++probes);
            long key = Simulation.contentHash(frame);
            sender.send(frame);
            sim.at(nowNs + ANSWER_NS, () -> judge(sender, sentByHash.get(key), nowNs));
        }
        return true;
    }

    private void judge(SimClient sender, Sent sent, long sentNs) {
        // A restarted node numbers its broadcasts from 1 again; whoever remembers it takes the first ones for
        // repetitions, in the genuine program too.
        boolean remembered = sender.access() == null || sender.access().boots() > 1;
        boolean calm = !remembered && !sender.attackedLately() && sim.lastChangeNs() - (sentNs - bound.boundNs()) < 0
                && topology.isLossless() && sender.spec().accessLoss() == 0;
        if (sent == null || !calm) {
            return;
        }
        for (SimClient client : sim.clients()) {
            boolean reachable = client != sender && client.hasLink() && client.spec().accessLoss() == 0
                    && topology.promises(client.access().index(), sender.access().index())
                    || client != sender && client.hasLink() && client.access() == sender.access();
            if (reachable && !sent.heard.containsKey(client)) {
                sim.violate("I3", "client " + client.name() + " at " + client.access().name()
                        + " missed a broadcast of " + sender.name() + " at " + sender.access().name()
                        + " although no link loses anything");
            }
        }
    }
}
