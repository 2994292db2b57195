package org.limesh.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.base.VlanTag;
import org.limesh.batadv.TtCrc;
import org.limesh.batadv.wire.OgmIv;
import org.limesh.batadv.wire.TtTvlv;
import org.limesh.batadv.wire.Tvlv;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Ethernet;

/**
 * A node that lies on layer 2 for a while, and no more after that. batman-adv believes every node, so nobody can be
 * promised anything meanwhile; but {@value #RECOVERY_S} s after the last lie, the time after which silent originators are
 * forgotten, everything has to be as if it had never been (I14). Until then the world counts as changing.
 *
 * <pre>
 *   T2  originator messages of other nodes, with the best quality, their next sequence numbers or random ones
 *   T4  a node that does not exist, whose table has clients of others, the gateway's MAC and many more
 * </pre>
 */
final class Insider implements SimObserver {
    static final int RECOVERY_S = 200;
    private static final long PERIOD_NS = SimTime.SECOND;
    private static final int VICTIMS = 5;
    private static final int CROWD = 20;
    private static final int TTL = 50;
    private static final int BEST_TQ = 255;
    private static final int LARGEST_LEAP = 20;
    private static final double RANDOM_SEQNO_SHARE = 0.3;
    private static final long PHANTOM = 0x02ba_d000_0001L;
    private static final long NOBODY = 0x0244_0000_0000L;

    private final Simulation sim;
    private final Rng rng;
    private final SimNode node;
    private final NodePlan.Hardif hardif;
    private final boolean ofTables;
    private final Map<Long, Integer> heardSeqnos = new LinkedHashMap<>();
    private List<MacAddress> claimed = List.of();
    private int ownSeqno;
    private int lies;

    private Insider(Simulation sim, Rng rng, SimNode node, boolean ofTables) {
        this.sim = sim;
        this.rng = rng;
        this.node = node;
        this.hardif = node.plan().batadv().hardifs().getFirst();
        this.ofTables = ofTables;
    }

    /** Lets a node lie from a time until another: about tables (T4) or about originators (T2). */
    static Insider schedule(Simulation sim, Rng rng, SimNode node, boolean ofTables, long fromNs, long untilNs) {
        Insider insider = new Insider(sim, rng, node, ofTables);
        sim.addObserver(insider);
        sim.at(fromNs, () -> {
            sim.log("node " + node.name() + " begins to lie about " + (ofTables ? "clients" : "others' ways"));
            insider.claimed = insider.claims();
        });
        sim.every(fromNs, PERIOD_NS, () -> {
            insider.lie();
            return sim.nowNs() + PERIOD_NS <= untilNs;
        });
        sim.every(fromNs, PERIOD_NS, () -> {
            sim.disturbed();
            return sim.nowNs() + PERIOD_NS <= untilNs + RECOVERY_S * SimTime.SECOND;
        });
        return insider;
    }

    /** Forged messages sent. */
    int lies() {
        return lies;
    }

    @Override
    public boolean wantsFrames() {
        return true;
    }

    @Override
    public void frameReceived(SimDevice from, SimDevice to, VlanTag tag, Frame frame, long nowNs) {
        if (to.node() == node && Ethernet.type(frame) == Ethernet.TYPE_BATADV && !ofTables
                && OgmIv.parse(frame.array(), frame.offset() + Ethernet.HEADER_OCTETS, frame.offset() + frame.length())
                instanceof Decoded.Valid<OgmIv>(OgmIv ogm)) {
            heardSeqnos.put(ogm.originator().bits(), ogm.seqno());
        }
    }

    private void lie() {
        if (!node.isUp()) {
            return;
        }
        if (ofTables) {
            send(PHANTOM, ++ownSeqno, table());
            return;
        }
        List<SimNode> others = sim.nodes().stream().filter(each -> each != node && each.cloud() == node.cloud()).toList();
        for (int i = 0; i < VICTIMS && !others.isEmpty(); i++) {
            SimNode victim = others.get(rng.nextInt(others.size()));
            long mac = victim.plan().batadv().hardifs().getFirst().mac().bits();
            int seqno = rng.nextBoolean(RANDOM_SEQNO_SHARE) ? (int) rng.nextLong()
                    : heardSeqnos.getOrDefault(mac, 0) + 1 + rng.nextInt(LARGEST_LEAP);
            send(mac, seqno, null);
        }
    }

    /** Clients that the phantom says it has. */
    private List<MacAddress> claims() {
        List<MacAddress> claims = new ArrayList<>();
        for (SimClient client : sim.clients()) {
            if (claims.size() < VICTIMS && client.access() != null && client.access().cloud() == node.cloud()) {
                claims.add(client.mac());
            }
        }
        if (node.plan().anycast() != null) {
            claims.add(node.plan().anycast().mac());
        }
        for (int i = 0; i < CROWD; i++) {
            claims.add(new MacAddress(NOBODY | rng.nextLong() & 0xffff_ffffL));
        }
        return claims;
    }

    private TtTvlv table() {
        int crc = 0;
        List<TtTvlv.Change> changes = new ArrayList<>();
        for (MacAddress mac : claimed) {
            crc ^= TtCrc.ofClient(mac.bits(), 0, 0);
            changes.add(new TtTvlv.Change(0, mac, 0));
        }
        return new TtTvlv(TtTvlv.DIFF, 1, List.of(new TtTvlv.Vlan(crc, 0)), changes);
    }

    private void send(long originator, int seqno, TtTvlv table) {
        int tvlvOctets = table == null ? 0 : Tvlv.HEADER_OCTETS + table.lengthOctets();
        Frame frame = Frame.allocate(Ethernet.HEADER_OCTETS + OgmIv.HEADER_OCTETS + tvlvOctets);
        Ethernet.put(frame, MacAddress.BROADCAST.bits(), hardif.mac().bits(), Ethernet.TYPE_BATADV);
        int at = frame.offset() + Ethernet.HEADER_OCTETS;
        OgmIv.put(frame.array(), at, TTL, 0, seqno, originator, originator, BEST_TQ, tvlvOctets);
        if (table != null) {
            int tvlv = at + OgmIv.HEADER_OCTETS;
            Tvlv.put(frame.array(), tvlv, Tvlv.TRANSLATION_TABLE, 1, table.lengthOctets());
            table.emit(frame.array(), Tvlv.value(tvlv));
        }
        lies++;
        node.device(hardif.device()).transmit(SimDevice.tagCode(hardif.tag()), frame, null);
    }
}
