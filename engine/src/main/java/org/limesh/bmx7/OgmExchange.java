package org.limesh.bmx7;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.limesh.base.Engine;
import org.limesh.base.FMetric;
import org.limesh.bmx7.Neighbour.Doubt;
import org.limesh.bmx7.Neighbour.Iid;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Bmx7Frame.IidAdv;
import org.limesh.bmx7.wire.Bmx7Frame.OgmAdv;
import org.limesh.bmx7.wire.HopHistory;

/**
 * Originator messages on their way: own ones and passed-on ones in numbered aggregations that neighbours can
 * ask for again, and the short ids that stand for nodes in them.
 *
 * <pre>
 *  OGM with short id --known?--no--> IID_REQ --> IID_ADV (node, description number, chain value)
 *        |yes                                      |
 *        v                                         v
 *  chain value --number?--no--> IID_REQ         description new? --> ask for it; the message waits
 *        |yes
 *        v
 *  PathChooser
 * </pre>
 */
final class OgmExchange {
    /** Hops are written in six bits. */
    private static final int MAX_HOPS = 63;
    /** Messages without history fill an aggregation with so many; it is also the longest list to look through. */
    private static final int AGGREGATION_MEMBERS = Bmx7Limits.AGGREGATION_OCTETS / 18;
    /** Octets of the own message, which has no history. */
    private static final int OWN_OCTETS = 18;

    private final Core core;
    private final PathChooser chooser;
    private Descriptions descriptions;
    /**
     * Nodes by our short id; the first two are nobody and this node. Freed places wait behind the last one.
     */
    private final List<Peer> ownIids = new ArrayList<>(Arrays.asList(null, null));
    private final ArrayDeque<Integer> freeIids = new ArrayDeque<>();
    /** Peers in each aggregation that still has some, oldest first. */
    private final Map<Integer, List<Peer>> aggregations = new LinkedHashMap<>();
    private int newest;
    private int ownAggregation = -1;
    private boolean ownSent;
    private long ownSentNs;
    /** Nodes whose message is sent once more, although nothing in it is new. */
    private final Set<Peer> again = new LinkedHashSet<>();
    private long againNs = Engine.NEVER;

    OgmExchange(Core core, PathChooser chooser) {
        this.core = core;
        this.chooser = chooser;
    }

    void connect(Descriptions parts) {
        this.descriptions = parts;
    }

    // ---- sending

    Bmx7Frame.OgmAggSqnAdv window() {
        int oldest = aggregations.isEmpty() ? newest : aggregations.keySet().iterator().next();
        if (ownAggregation >= 0 && (newest - ownAggregation & 0xffff) > (newest - oldest & 0xffff)) {
            oldest = ownAggregation;
        }
        return new Bmx7Frame.OgmAggSqnAdv(newest, Math.min((newest - oldest & 0xffff) + 1,
                Bmx7Limits.AGGREGATION_WINDOW));
    }

    /** The own description is new: its numbers begin again, at once. */
    void onNewDescription() {
        ownSent = false;
    }

    /** Once per round, and at once when a next hop changed: makes aggregations of what is pending. */
    void aggregate(long nowNs) {
        long ageNs = nowNs - ownSentNs;
        boolean own = !ownSent || ageNs >= Bmx7Limits.OGM_DUE_NS;
        int octets = 0;
        boolean open = false;
        if (own && core.identity.ogmSqn() < core.config.ogmSqnRange()) {
            core.identity.nextOgm();
            ownSent = true;
            ownSentNs = nowNs;
            open = true;
            begin();
            ownAggregation = newest;
            octets = OWN_OCTETS;
        }
        boolean retracts = core.isAmongOurs();
        for (Peer node : core.pendingOgms) {
            if (node.chainOgm == null || !node.isRoutable() && (node.ownIid == 0 || !retracts)
                    || !assignIid(node, nowNs)) {
                leave(node);
                continue;
            }
            int length = entry(node).lengthOctets();
            if (!open || octets + length > Bmx7Limits.AGGREGATION_OCTETS) {
                open = true;
                begin();
                octets = 0;
            }
            octets += length;
            leave(node);
            aggregations.computeIfAbsent(newest, unused -> new ArrayList<>(AGGREGATION_MEMBERS)).add(node);
            node.aggregation = newest;
        }
        core.pendingOgms.clear();
        core.urgentOgms = false;
    }

    /**
     * A neighbour fetched the description of a node, or something of it. The genuine program makes no route
     * of the message that made it ask, and waits for the next one of that node: so it gets this one again.
     */
    void learns(Neighbour neighbour, Peer node, long nowNs) {
        if (node != null && node.isRoutable() && !neighbour.isOurs()) {
            again.add(node);
            // Who keeps asking does not put it off.
            againNs = againNs == Engine.NEVER ? nowNs + Bmx7Limits.AGAIN_NS : againNs;
        }
    }

    long nextDeadlineNs() {
        return againNs;
    }

    void onTimer(long nowNs) {
        if (Engine.isDue(againNs, nowNs)) {
            againNs = Engine.NEVER;
            core.pendingOgms.addAll(again);
            again.clear();
            core.urgentOgms = true;
        }
    }

    private void begin() {
        newest = newest + 1 & 0xffff;
        core.devices.stream().filter(device -> device != null)
                .forEach(device -> device.outgoing.aggregations.add(newest));
        // What falls out of the window could not be asked for any more.
        List<Peer> tooOld = aggregations.remove(newest - Bmx7Limits.AGGREGATION_WINDOW & 0xffff);
        if (tooOld != null) {
            tooOld.forEach(node -> node.aggregation = -1);
        }
    }

    /** Takes a node's message back: there is a newer one, or no way any more. */
    void leave(Peer node) {
        List<Peer> members = node.aggregation < 0 ? null : aggregations.get(node.aggregation);
        if (members != null) {
            members.remove(node);
            if (members.isEmpty()) {
                aggregations.remove(node.aggregation);
            }
        }
        node.aggregation = -1;
    }

    OgmAdv frame(int number) {
        List<OgmAdv.Entry> entries = new ArrayList<>();
        if (number == ownAggregation) {
            entries.add(new OgmAdv.Entry(core.identity.ogmMasked(), Bmx7Limits.OWN_IID, 0, FMetric.MAX,
                    HopHistory.NONE));
        }
        for (Peer node : aggregations.getOrDefault(number, List.of())) {
            entries.add(entry(node));
        }
        return new OgmAdv(number, entries);
    }

    /** What is passed on; "known, no way to it" once a way was lost. */
    private OgmAdv.Entry entry(Peer node) {
        if (!node.isRoutable()) {
            return new OgmAdv.Entry(node.chainOgm, node.ownIid, 0, FMetric.NOT_ROUTABLE, HopHistory.NONE);
        }
        return new OgmAdv.Entry(node.chainOgm, node.ownIid, node.hops, node.metric, node.history);
    }

    private boolean assignIid(Peer node, long nowNs) {
        if (node.hops >= MAX_HOPS) {
            return false;
        }
        if (node.ownIid == 0) {
            // A place is only used again when there is none that never was: old meanings live on for 72 s.
            if (ownIids.size() <= Bmx7Limits.MAX_IID) {
                node.ownIid = ownIids.size();
                ownIids.add(node);
            } else if (!freeIids.isEmpty()) {
                node.ownIid = freeIids.poll();
                ownIids.set(node.ownIid, node);
            } else {
                core.full("short ids", Bmx7Limits.MAX_IID, nowNs);
                return false;
            }
        }
        return true;
    }

    /** What a short id of ours means; null when it means nothing. */
    IidAdv.Entry explain(int iid) {
        if (iid == Bmx7Limits.OWN_IID) {
            return core.identity.ogmMasked() == null ? null
                    : new IidAdv.Entry(iid, core.identity.facts().descSqn(), core.identity.ogmMasked(),
                    core.ownId);
        }
        Peer node = iid < ownIids.size() ? ownIids.get(iid) : null;
        return node == null || node.facts == null || node.chain.newestMasked() == null ? null
                : new IidAdv.Entry(iid, node.facts.descSqn(), node.chain.newestMasked(), node.id);
    }

    void forget(Peer node) {
        leave(node);
        core.pendingOgms.remove(node);
        again.remove(node);
        if (node.ownIid != 0) {
            ownIids.set(node.ownIid, null);
            freeIids.add(node.ownIid);
            node.ownIid = 0;
        }
    }

    /** Asks usable neighbours for aggregations that did not come. */
    void requestMissing(long nowNs) {
        for (Neighbour neighbour : core.neighbours) {
            Link link = neighbour.bestLink(nowNs);
            if (link == null) {
                continue;
            }
            int asked = 0;
            for (int back = 0; back < neighbour.aggregationSize
                    && asked < Bmx7Limits.OGM_REQUESTS_PER_ROUND; back++) {
                int number = neighbour.aggregationMax - back & 0xffff;
                if (!neighbour.isReceived(number)) {
                    Outgoing.ask(link.device.outgoing.ogmRequests, neighbour.peer.id, number);
                    asked++;
                }
            }
        }
    }

    void onRequest(Device device, Bmx7Frame.NumberReq request) {
        Bmx7Frame.OgmAggSqnAdv window = window();
        for (int number : request.numbers()) {
            if (request.type() == Bmx7Frame.IID_REQ) {
                device.outgoing.iids.add(number);
            } else if ((window.max() - number & 0xffff) < window.size()) {
                device.outgoing.aggregations.add(number);
            }
        }
    }

    // ---- receiving

    void onOgms(Neighbour neighbour, OgmAdv adv, long nowNs) {
        neighbour.onReceived(adv.aggregationSqn());
        for (OgmAdv.Entry entry : adv.entries()) {
            Iid iid = iid(neighbour, entry.iid());
            if (iid != null) {
                iid.usedNs = nowNs;
                process(iid, entry, nowNs);
            }
        }
    }

    private Iid iid(Neighbour neighbour, int number) {
        Iid iid = neighbour.iid(number);
        if (iid != null) {
            return iid;
        }
        iid = core.iids < Bmx7Limits.MAX_IIDS ? neighbour.addIid(number) : null;
        if (iid == null) {
            core.drop("iid_limit");
        } else {
            core.iids++;
        }
        return iid;
    }

    private void process(Iid iid, OgmAdv.Entry entry, long nowNs) {
        if (iid.self) {
            return;
        }
        if (iid.node == null || iid.node.facts == null) {
            iid.doubt().waiting = entry;
            if (iid.node == null) {
                ask(iid, nowNs);
            }
            return;
        }
        int sqn = iid.node.chain.number(entry.chainOgm(), ChainTracker.DEVIATION);
        if (sqn <= 0) {
            iid.doubt().waiting = entry;
            ask(iid, nowNs);
            return;
        }
        iid.settled();
        chooser.onOgm(iid.neighbour, iid.node, sqn, entry, nowNs);
    }

    /** IID_REQ, less and less often while the answer does not help. */
    private void ask(Iid iid, long nowNs) {
        Link link = iid.neighbour.bestLink(nowNs);
        Doubt doubt = iid.doubt();
        if (link == null || doubt.requested && nowNs - doubt.requestedNs < doubt.requestGapNs) {
            return;
        }
        if (doubt.requested) {
            doubt.requestGapNs = Math.min(2 * doubt.requestGapNs, Bmx7Limits.MAINTENANCE_INTERVAL_NS);
        }
        doubt.requested = true;
        doubt.requestedNs = nowNs;
        Outgoing.ask(link.device.outgoing.iidRequests, iid.neighbour.peer.id, iid.number);
    }

    void onIids(Neighbour neighbour, IidAdv adv, long nowNs) {
        for (IidAdv.Entry entry : adv.entries()) {
            Iid iid = iid(neighbour, entry.iid());
            if (iid == null) {
                continue;
            }
            iid.usedNs = nowNs;
            iid.self = entry.nodeId().equals(core.ownId);
            if (iid.self) {
                bind(iid, null);
                iid.doubt = null;
                descriptions.onOwnMentioned(neighbour, entry.descSqn(), nowNs);
                continue;
            }
            Peer node = descriptions.mentioned(entry.nodeId(), neighbour, nowNs);
            if (node == null) {
                continue;
            }
            bind(iid, node);
            iid.doubt().descSqn = entry.descSqn();
            iid.doubt().vouched = entry.chainOgm();
            descriptions.want(node, entry.descSqn(), nowNs);
            settle(iid, nowNs);
        }
    }

    private void bind(Iid iid, Peer node) {
        if (iid.node != node) {
            if (iid.node != null) {
                iid.node.informants.remove(iid);
            }
            iid.node = node;
            if (node != null) {
                node.informants.add(iid);
            }
        }
    }

    private void settle(Iid iid, long nowNs) {
        Doubt doubt = iid.doubt;
        if (doubt == null || iid.node == null || iid.node.facts == null
                || iid.node.facts.descSqn() != doubt.descSqn) {
            return;
        }
        Peer speaker = iid.neighbour.peer;
        if (doubt.vouched != null && core.has(speaker, Bmx7Limits.EFFORT_CHAIN, nowNs)) {
            if (iid.node.chain.number(doubt.vouched, iid.node.facts.ogmSqnRange()) == ChainTracker.UNKNOWN) {
                core.spend(speaker, Bmx7Limits.EFFORT_CHAIN);
            }
        }
        doubt.vouched = null;
        OgmAdv.Entry waiting = doubt.waiting;
        doubt.waiting = null;
        if (waiting != null && iid.neighbour.bestLink(nowNs) != null) {
            process(iid, waiting, nowNs);
        }
        if (iid.doubt != null && iid.doubt.waiting == null) {
            iid.doubt = null;
        }
    }

    /** A description is complete: messages that waited for it can be used. */
    void onFacts(Peer node, long nowNs) {
        for (Iid iid : List.copyOf(node.informants)) {
            settle(iid, nowNs);
        }
    }

    /** Short ids that were not used for long, or (with {@code all}) everything a neighbour said. */
    void expire(Neighbour neighbour, boolean all, long nowNs) {
        neighbour.removeIids(iid -> all || nowNs - iid.usedNs >= Bmx7Limits.IID_TIMEOUT_NS,
                iid -> {
                    bind(iid, null);
                    core.iids--;
                });
        if (all) {
            neighbour.forgetWindow();
        }
    }
}
