package org.limesh.batadv;

import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.batadv.GlobalClient.Claim;
import org.limesh.batadv.wire.BatadvHeader;
import org.limesh.batadv.wire.BroadcastPacket;
import org.limesh.batadv.wire.TtTvlv;
import org.limesh.packet.Ethernet;

/**
 * Entry of batman-adv: frames, timer, outbox. Sorts frames by kind after the checks that hold for all of
 * them.
 *
 * <p>One thread. Time never runs backwards. Nothing is drawn at random but through the {@link Rng} given.
 */
public final class BatadvEngine implements Engine {
    /** Effects of the engine. A frame handed over is never written again by the engine. */
    public interface Outbox {
        /** Sends a whole Ethernet frame (type 0x4305) out of a hard interface. */
        void transmit(int hardif, Frame frame);

        /** Hands a client frame to the mesh interface. */
        void deliver(Frame frame);

        void report(BatadvEvent event);
    }

    /** Sees originators one by one without allocation, see {@link #forEachOriginator}. */
    public interface OriginatorVisitor {
        /**
         * @param nextHop MAC of the router, or -1 without one
         * @param tq      0..255
         */
        void visit(long originator, long nextHop, int tq);
    }

    private final Mesh mesh;
    private final Rng rng;
    private final LocalTranslationTable local;
    private final GlobalTranslationTable global;
    private final ClientTracker tracker;
    private final OgmQueue ogmQueue;
    private final OgmScheduler scheduler;
    private final BatmanIv batman;
    private final UnicastForwarder unicast;
    private final BroadcastFlood flood;
    private final ClientDelivery delivery;
    private final MeshInterface meshInterface;
    private final Purger purger;
    private final Reassembler reassembler;
    private final Snapshots snapshots;
    private final Counter truncated;
    private final Counter wrongVersion;
    private final Counter badAddress;
    private final Counter notForUs;
    private final Counter notSupported;
    private final Counter unknownKind;
    private final Counter received;
    private long nextPurgeNs;
    private long nextTtWorkNs;

    /**
     * @param meshMac MAC of the mesh interface; announced as a client that never expires
     * @param nowNs   time of birth
     */
    public BatadvEngine(BatadvConfig config, MacAddress meshMac, Counters counters, Rng rng, Outbox out,
            long nowNs) {
        this.mesh = new Mesh(config, meshMac, counters, out);
        this.rng = rng.fork("ogm counters");
        this.local = new LocalTranslationTable(mesh);
        this.global = new GlobalTranslationTable(mesh, local);
        UnicastSender sender = new UnicastSender(mesh,
                new Fragmenter(mesh, rng.fork("fragment sequence").nextInt(0x10000)));
        this.reassembler = new Reassembler(mesh);
        this.tracker = new ClientTracker(mesh, local, global, sender);
        TtSync tt = new TtSync(mesh, local, global, sender);
        this.ogmQueue = new OgmQueue(mesh, rng.fork("forward jitter"));
        this.scheduler = new OgmScheduler(mesh, ogmQueue, local, rng.fork("ogm jitter"));
        this.batman = new BatmanIv(mesh, ogmQueue, tt);
        this.delivery = new ClientDelivery(mesh, global);
        this.unicast = new UnicastForwarder(mesh, local, global, sender, tt, tracker, delivery, reassembler);
        this.flood = new BroadcastFlood(mesh);
        this.meshInterface = new MeshInterface(mesh, tracker, global, sender, flood);
        this.purger = new Purger(mesh, global);
        this.snapshots = new Snapshots(mesh, local, global);
        this.truncated = counters.of("drop.batadv.truncated");
        this.wrongVersion = counters.of("drop.batadv.version");
        this.badAddress = counters.of("drop.batadv.ethernet_address");
        this.notForUs = counters.of("drop.batadv.not_for_us");
        this.notSupported = counters.of("drop.batadv.kind_not_supported");
        this.unknownKind = counters.of("drop.batadv.kind_unknown");
        this.received = counters.of("batadv.received");
        this.nextPurgeNs = nowNs + BatadvLimits.PURGE_INTERVAL_NS;
        this.nextTtWorkNs = nowNs + BatadvLimits.TT_WORK_INTERVAL_NS;
        tracker.addOwn(meshMac.bits(), 0, nowNs);
    }

    /**
     * Adds a hard interface; the first one is the primary. Returns its number, counted from 0 in order of
     * adding.
     *
     * @param wifi true for a radio: broadcasts are repeated, and leaving where one came in costs a penalty
     */
    public int addHardif(String name, MacAddress mac, int mtuOctets, boolean wifi, long nowNs) {
        int number = mesh.hardifCount();
        Invariant.check(number < BatadvLimits.HARDIFS, "a node has at most 32 hard interfaces");
        int plane = 0;
        if (wifi) {
            plane = mesh.originators.planes();
            mesh.originators.addPlane();
        }
        Hardif hardif = new Hardif(number, name, mac, mtuOctets, wifi, plane, (int) rng.nextLong());
        mesh.addHardif(hardif);
        scheduler.prepare(hardif, nowNs);
        return number;
    }

    /**
     * Makes a VLAN known on the mesh interface: its clients are announced from now on, and the mesh MAC in
     * it.
     *
     * @param vid 0x8000 or-ed with the VLAN number
     */
    public void addMeshVlan(int vid, long nowNs) {
        Invariant.check(TtTvlv.legalVid(vid), "a VLAN id of the translation table is 0 or has the tag bit");
        local.addVlan(vid);
        tracker.addOwn(mesh.meshMac, vid, nowNs);
    }

    /** A frame of type 0x4305 came in on a hard interface, outer Ethernet header included, VLAN tag not. */
    public void onFrame(int hardif, Frame frame, long nowNs) {
        received.increment();
        int payloadOctets = frame.length() - Ethernet.HEADER_OCTETS;
        if (payloadOctets < BatadvHeader.MIN_OCTETS) {
            truncated.increment();
            return;
        }
        if (frame.u8(Ethernet.HEADER_OCTETS + BatadvHeader.VERSION) != BatadvHeader.VERSION_15) {
            wrongVersion.increment();
            return;
        }
        int type = frame.u8(Ethernet.HEADER_OCTETS);
        if (payloadOctets < BatadvHeader.headerOctets(type)) {
            truncated.increment();
            return;
        }
        long source = Ethernet.source(frame);
        if (source == 0 || MacAddress.isMulticast(source)) {
            badAddress.increment();
            return;
        }
        Hardif in = mesh.hardif(hardif);
        if (BatadvHeader.isUnicastKind(type)) {
            if (mesh.isOwn(Ethernet.destination(frame))) {
                unicast.onFrame(in, type, frame, nowNs);
            } else {
                notForUs.increment();
            }
            return;
        }
        switch (type) {
            case BatadvHeader.IV_OGM -> {
                if (isBroadcast(frame)) {
                    batman.onFrame(in, frame, nowNs);
                }
            }
            case BatadvHeader.BROADCAST -> {
                if (isBroadcast(frame)) {
                    onBroadcast(in, frame, nowNs);
                }
            }
            // BATMAN V, network coding and multicast packets: nobody sends them to a node that announces
            // none.
            case BatadvHeader.ELP, BatadvHeader.OGM2, BatadvHeader.CODED, BatadvHeader.MULTICAST ->
                    notSupported.increment();
            default -> unknownKind.increment();
        }
    }

    private boolean isBroadcast(Frame frame) {
        boolean broadcast = Ethernet.destination(frame) == Mesh.BROADCAST_MAC;
        if (!broadcast) {
            badAddress.increment();
        }
        return broadcast;
    }

    private void onBroadcast(Hardif in, Frame frame, long nowNs) {
        int header = Ethernet.HEADER_OCTETS + BroadcastPacket.HEADER_OCTETS;
        if (frame.length() < header + Ethernet.HEADER_OCTETS) {
            truncated.increment();
            return;
        }
        if (mesh.isOwn(Ethernet.source(frame))) {
            badAddress.increment();
            return;
        }
        Originator from = flood.receive(in, frame, nowNs);
        if (from != null) {
            delivery.deliver(from, frame.array(), frame.offset() + header, frame.offset() + frame.length(),
                    nowNs);
        }
    }

    /** A client frame (whole Ethernet frame) was sent into the mesh interface. */
    public void onMeshFrame(Frame frame, long nowNs) {
        onMeshFrame(frame, false, nowNs);
    }

    /** @param fromWifi true when the client is attached by radio; others learn it with its address */
    public void onMeshFrame(Frame frame, boolean fromWifi, long nowNs) {
        meshInterface.onFrame(frame, fromWifi, nowNs);
    }

    /**
     * A client was heard at this node by a frame that does not enter the mesh, such as its question for an address.
     * The cloud learns of it with the next OGM, so that others reach it before it speaks to them.
     */
    public void onClientHeard(MacAddress client, long nowNs) {
        meshInterface.learn(client.bits(), 0, 0, nowNs);
    }

    @Override
    public void onTimer(long nowNs) {
        ogmQueue.sendDue(nowNs, scheduler);
        flood.sendDue(nowNs);
        if (Engine.isDue(nextPurgeNs, nowNs)) {
            purger.purge(nowNs);
            reassembler.purge(nowNs);
            nextPurgeNs = nowNs + BatadvLimits.PURGE_INTERVAL_NS;
        }
        if (Engine.isDue(nextTtWorkNs, nowNs)) {
            tracker.expire(nowNs);
            nextTtWorkNs = nowNs + BatadvLimits.TT_WORK_INTERVAL_NS;
        }
    }

    @Override
    public long nextDeadlineNs() {
        long timers = nextPurgeNs - nextTtWorkNs <= 0 ? nextPurgeNs : nextTtWorkNs;
        return Engine.earlier(Engine.earlier(ogmQueue.nextDeadlineNs(), flood.nextDeadlineNs()), timers);
    }

    public BatadvSnapshot snapshot(long nowNs) {
        return snapshots.take(nowNs);
    }

    /** The cheap part of it: what this node sees itself, without other nodes' tables. */
    public BatadvSnapshot vicinity(long nowNs) {
        return snapshots.vicinity(nowNs);
    }

    /** Identity of this node in the mesh, or -1 without a hard interface. */
    public long primaryMac() {
        return mesh.hardifCount() == 0 ? -1 : mesh.primaryMac();
    }

    public int originatorCount() {
        return mesh.originators.count();
    }

    /** MAC of the neighbour that frames to an originator go to, or -1. */
    public long nextHopOf(long originatorMac) {
        Originator originator = mesh.originators.get(originatorMac);
        Neighbour router = originator == null ? null : mesh.router(originator, 0);
        return router == null ? -1 : router.mac;
    }

    /** Number of the hard interface that frames to an originator leave by, or -1. */
    public int nextHopHardif(long originatorMac) {
        Originator originator = mesh.originators.get(originatorMac);
        Neighbour router = originator == null ? null : mesh.router(originator, 0);
        return router == null ? -1 : router.hardif.number;
    }

    /** TQ of the way to an originator, 0 without one. */
    public int bestTq(long originatorMac) {
        Originator originator = mesh.originators.get(originatorMac);
        int router = originator == null ? -1 : originator.router(0);
        return router < 0 ? 0 : originator.average(router, 0);
    }

    /**
     * The originator that frames to a client go to, or -1; asks the tables of other nodes only.
     *
     * @param vid 0, or 0x8000 or-ed with the VLAN number
     */
    public long bestOriginatorOf(long clientMac, int vid) {
        Claim claim = global.lookup(TtKey.of(clientMac, vid));
        return claim == null ? -1 : claim.originator.mac;
    }

    /** True while a client is behind this node and not on its way out. */
    public boolean hasLocalClient(long clientMac, int vid) {
        LocalClient client = local.get(TtKey.of(clientMac, vid));
        return client != null && !client.has(TtFlags.PENDING);
    }

    /** Version of the own translation table. */
    public int ttvn() {
        return local.ttvn();
    }

    public int globalClientCount() {
        return global.size();
    }

    /** Whether anybody is heard on any hard interface. */
    public boolean hasNeighbours() {
        for (int id = 0; id < mesh.neighbours.limit(); id++) {
            if (mesh.neighbours.at(id) != null) {
                return true;
            }
        }
        return false;
    }

    /** Number that the next prepared OGM of a hard interface gets; for tests that play our neighbours. */
    int hardifOgmCounter(int hardif) {
        return mesh.hardif(hardif).ogmCounter;
    }

    /** Shows every known originator, in an order that depends on nothing but what happened so far. */
    public void forEachOriginator(OriginatorVisitor visitor) {
        for (int i = 0; i < mesh.originators.count(); i++) {
            Originator originator = mesh.originators.at(i);
            int slot = originator.router(0);
            Neighbour router = mesh.router(originator, 0);
            visitor.visit(originator.mac, router == null ? -1 : router.mac,
                    slot < 0 ? 0 : originator.average(slot, 0));
        }
    }
}
