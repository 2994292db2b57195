package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Invariant;
import org.limesh.base.Ip6Address;
import org.limesh.base.Rng;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.Hna6;

/**
 * Entry of BMX7: UDP payloads of port 6270 and time go in, payloads, routes and events come out.
 *
 * <p>One thread. Time never runs backwards. Routes and tunnels are a desired state: read {@link #routes} and
 * {@link #tunnels} when an event says that they changed, or at any time.
 */
public final class Bmx7Engine implements Engine {
    /** Effects of the engine. */
    public interface Outbox {
        /**
         * Sends a UDP payload, port 6270 to port 6270, from the device's link-local address to ff02::2, hop
         * limit 1.
         */
        void send(int device, byte[] payload);

        void report(Bmx7Event event);
    }

    /** UDP port, of both ends. */
    public static final int PORT = 6270;
    /** Destination of every packet: ff02::2. */
    public static final Ip6Address ALL_ROUTERS = new Ip6Address(0xff02L << 48, 2);
    /** Devices on the wire are numbered 1..255. */
    private static final int MAX_DEVICES = 255;

    private final Core core;
    private final PathChooser chooser;
    private final OgmExchange exchange;
    private final Neighbours neighbours;
    private final Descriptions descriptions;
    private final Authenticator authenticator;
    private final Transmitter transmitter;
    private final Snapshots snapshots;
    private final TunnelSearch tunnelSearch;
    private List<Bmx7Route> routes = List.of();
    private long routesVersion = -1;
    private long nextRoundNs;
    private int lastNumber;
    private long nextMaintenanceNs;
    private long lastFlushNs;
    private long tunnelsChosenNs;

    /**
     * @param keys  where link keys and chains come from
     * @param cache may be shared by all engines of a process
     * @param nowNs time of birth
     */
    public Bmx7Engine(Bmx7Config config, KeySource keys, VerificationCache cache, Counters counters, Rng rng,
            Outbox out, long nowNs) {
        this.core = new Core(config, keys, cache, counters, rng, out, nowNs);
        this.chooser = new PathChooser(core);
        this.exchange = new OgmExchange(core, chooser);
        this.neighbours = new Neighbours(core, chooser, exchange);
        this.descriptions = new Descriptions(core, chooser, exchange, neighbours);
        this.authenticator = new Authenticator(core);
        this.transmitter = new Transmitter(core, exchange, neighbours, authenticator);
        this.tunnelSearch = new TunnelSearch(core);
        this.snapshots = new Snapshots(core, exchange, nowNs);
        exchange.connect(descriptions);
        // Nodes that were switched on together do not speak together.
        this.nextRoundNs = nowNs + core.rng.nextInt(
                (int) (Bmx7Limits.TX_AVG_INTERVAL_NS / Bmx7Limits.MS)) * Bmx7Limits.MS;
        this.nextMaintenanceNs = nowNs + Bmx7Limits.MAINTENANCE_INTERVAL_NS;
        this.lastFlushNs = nowNs - Bmx7Limits.TX_MIN_INTERVAL_NS;
        this.tunnelsChosenNs = nowNs - Bmx7Limits.TUNNELS_INTERVAL_NS;
    }

    // ---- commands

    /**
     * Adds a device. Returns its number, counted from 0 in order of adding. A device that came back is a new one;
     * when all numbers were given, those of devices that are gone are given again, the oldest first.
     *
     * @param channel    of a radio; 0 for a device that shares the air with nobody, 255 when unknown
     * @param rateMaxBps bits per second; 0 for what is usual for the layer
     */
    public int addDevice(String name, Ip6Address linkLocal, LinkLayer layer, int channel, long rateMaxBps,
            long nowNs) {
        Invariant.check(linkLocal.isLinkLocal(), "BMX7 speaks from link-local addresses");
        int number = freeNumber();
        if (number == core.devices.size()) {
            core.devices.add(null);
        }
        core.devices.set(number, new Device(number, name, linkLocal, layer, channel,
                rateMaxBps == 0 ? layer.defaultRateBps : rateMaxBps, core.rng.nextInt(0x10000)));
        core.identity.invalidate();
        lastNumber = number;
        return number;
    }

    /** Neighbours know a link by its number for a while, so one that was just given up comes last. */
    private int freeNumber() {
        if (core.devices.size() < MAX_DEVICES) {
            return core.devices.size();
        }
        for (int i = 1; i <= MAX_DEVICES; i++) {
            int number = (lastNumber + i) % MAX_DEVICES;
            if (core.devices.get(number) == null) {
                return number;
            }
        }
        throw new IllegalStateException("a node has at most " + MAX_DEVICES + " devices at a time");
    }

    /** True while the device of this number is there and speaks from this address. */
    public boolean isDevice(int number, Ip6Address linkLocal) {
        Device device = core.device(number);
        return device != null && device.linkLocal.equals(linkLocal);
    }

    /** A device is gone: its links are cut at once, and the next description does not list it. */
    public void removeDevice(int number, long nowNs) {
        Device device = core.device(number);
        if (device != null) {
            neighbours.dropDevice(device, nowNs);
            core.devices.set(number, null);
            core.identity.invalidate();
            soon(nowNs);
        }
    }

    /** The measured rate of a radio replaces the assumed one, bits per second. */
    public void setRate(int number, long rateMaxBps) {
        Device device = core.device(number);
        if (device != null && rateMaxBps > 0) {
            device.rateMaxBps = rateMaxBps;
        }
    }

    /** Replaces what this node offers to others; a new description is made when that changes something. */
    public void announce(Announcement announcement, long nowNs) {
        core.identity.announce(announcement);
        tunnelSearch.invalidate();
        core.tunnelsStale = true;
        soon(nowNs);
    }

    /** Replaces the searches for tunnels; nothing of it goes onto the wire. */
    public void searchTunnels(List<TunOut> wanted, long nowNs) {
        tunnelSearch.search(wanted);
        core.tunnelsStale = true;
        tunnelsChosenNs = nowNs - Bmx7Limits.TUNNELS_INTERVAL_NS;
        chooseTunnels(nowNs);
    }

    private void soon(long nowNs) {
        nextRoundNs = Engine.earlier(nextRoundNs, nowNs + Bmx7Limits.TX_MIN_INTERVAL_NS);
    }

    // ---- receiving

    /** A UDP payload of port 6270 came in on a device. */
    public void onDatagram(int number, Ip6Address source, byte[] payload, long nowNs) {
        Device device = core.device(number);
        if (device == null || core.identity.facts() == null) {
            return;
        }
        core.received.increment();
        core.receivedOctets.add(payload.length);
        device.receivedPackets++;
        device.receivedOctets += payload.length;
        switch (core.cache.parse(payload)) {
            case Decoded.Malformed<Bmx7Packet>(String fault, int unused) -> core.drop(fault);
            case Decoded.Valid<Bmx7Packet>(Bmx7Packet packet) -> onPacket(device, source, packet, nowNs);
        }
        chooseTunnels(nowNs);
    }

    private void onPacket(Device device, Ip6Address source, Bmx7Packet packet, long nowNs) {
        boolean ownAddress = core.isOwn(source);
        boolean ownId = packet.sender().equals(core.ownId);
        if (ownAddress && ownId) {
            return;
        }
        if (ownAddress || ownId) {
            core.drop(ownId ? "own_id_of_somebody_else" : "own_address_of_somebody_else");
            if (ownId) {
                descriptionsOf(packet, nowNs);
            }
            return;
        }
        if (!source.isLinkLocal()) {
            core.drop("source_not_link_local");
            return;
        }
        Peer peer = descriptions.heard(packet.sender(), device, nowNs);
        if (peer == null) {
            return;
        }
        Link proven = null;
        for (Bmx7Frame frame : packet.frames()) {
            if (frame instanceof Bmx7Frame.SignatureAdv signature) {
                switch (prove(peer, source, signature, packet.signed(), nowNs)) {
                    case BAD -> {
                        return;
                    }
                    case GOOD -> proven = onProven(peer, device, source, signature, nowNs);
                    case NONE -> { }
                }
            } else {
                onFrame(device, frame, proven, nowNs);
            }
        }
    }

    /** A second node with this node's key is only believed by its signed description. */
    private void descriptionsOf(Bmx7Packet packet, long nowNs) {
        for (Bmx7Frame frame : packet.frames()) {
            if (frame instanceof Bmx7Frame.DescAdv adv) {
                descriptions.onDescription(adv.description(), nowNs);
            }
        }
    }

    private Authenticator.Proof prove(Peer peer, Ip6Address source, Bmx7Frame.SignatureAdv signature,
            byte[] behind, long nowNs) {
        if (peer.facts == null || peer.facts.descSqn() != signature.descSqn()) {
            descriptions.want(peer, signature.descSqn(), nowNs);
            descriptions.remind(peer, signature.descSqn(), nowNs);
            return Authenticator.Proof.NONE;
        }
        Peer.Contact contact = peer.contact();
        Authenticator.Proof proof = authenticator.prove(peer, source, signature, behind, nowNs);
        if (proof == Authenticator.Proof.GOOD) {
            contact.unprovenSinceNs = Engine.NEVER;
        } else if (contact.unprovenSinceNs == Engine.NEVER) {
            contact.unprovenSinceNs = nowNs;
        } else if (nowNs - contact.unprovenSinceNs >= Bmx7Limits.UNPROVEN_NS) {
            descriptions.remind(peer, nowNs);
        }
        return proof;
    }

    private Link onProven(Peer peer, Device device, Ip6Address source, Bmx7Frame.SignatureAdv signature,
            long nowNs) {
        long burst = Integer.toUnsignedLong(signature.burstSqn());
        if (burst < peer.contact().burstSqn) {
            core.drop("burst_replayed");
            return null;
        }
        peer.contact().burstSqn = burst;
        return neighbours.onProven(peer, device, signature.devIdx(), source, nowNs);
    }

    private void onFrame(Device device, Bmx7Frame frame, Link proven, long nowNs) {
        switch (frame) {
            case Bmx7Frame.DescAdv adv -> descriptions.onDescription(adv.description(), nowNs);
            case Bmx7Frame.ContentAdv adv -> descriptions.onContent(adv, nowNs);
            case Bmx7Frame.HashReq request -> {
                if (request.destination().equals(core.ownId)) {
                    descriptions.onRequest(device, request, proven, nowNs);
                }
            }
            default -> {
                if (proven != null) {
                    onProvenFrame(device, frame, proven, nowNs);
                }
            }
        }
    }

    private void onProvenFrame(Device device, Bmx7Frame frame, Link link, long nowNs) {
        boolean mayRoute = link.neighbour.bestLink(nowNs) != null;
        switch (frame) {
            case Bmx7Frame.OgmAggSqnAdv window -> link.neighbour.onWindow(window.max(), window.size());
            case Bmx7Frame.HelloAdv hello -> link.quality.onHello(hello.sqn(), nowNs);
            case Bmx7Frame.HelloReply replies -> neighbours.onReplies(link, replies, nowNs);
            case Bmx7Frame.IidAdv adv when mayRoute -> exchange.onIids(link.neighbour, adv, nowNs);
            case Bmx7Frame.OgmAdv adv when mayRoute -> exchange.onOgms(link.neighbour, adv, nowNs);
            case Bmx7Frame.NumberReq request when mayRoute && request.destination().equals(core.ownId) ->
                    exchange.onRequest(device, request);
            default -> { }
        }
    }

    // ---- time

    @Override
    public void onTimer(long nowNs) {
        chooser.onTimer(nowNs);
        if (Engine.isDue(nextMaintenanceNs, nowNs)) {
            nextMaintenanceNs = nowNs + Bmx7Limits.MAINTENANCE_INTERVAL_NS;
            neighbours.maintain(nowNs);
            descriptions.maintain(nowNs);
            core.tunnelsStale = true;
        }
        exchange.onTimer(nowNs);
        if (Engine.isDue(core.nextGreetingNs, nowNs)) {
            core.nextGreetingNs = neighbours.greet(nowNs);
        }
        boolean round = Engine.isDue(nextRoundNs, nowNs);
        if (round) {
            double jitter = 1 + Bmx7Limits.TX_JITTER * (2 * core.rng.nextDouble() - 1);
            nextRoundNs = nowNs + (long) (Bmx7Limits.TX_AVG_INTERVAL_NS * jitter);
            onRound(nowNs);
        }
        if (round || Engine.isDue(flushDeadlineNs(), nowNs)) {
            descriptions.ask(nowNs);
            if (core.urgentOgms) {
                exchange.aggregate(nowNs);
            }
            transmitter.flush(nowNs);
            lastFlushNs = nowNs;
        }
        chooseTunnels(nowNs);
    }

    private void onRound(long nowNs) {
        if (core.identity.refresh(core.linkLocals(), core.cache, nowNs)) {
            NodeFacts facts = core.identity.facts();
            core.out.report(new Bmx7Event.DescriptionMade(facts.descSqn(), facts.hash()));
            exchange.onNewDescription();
            descriptions.flood(facts, nowNs);
        }
        neighbours.onRound(nowNs);
        chooser.onRound(nowNs);
        exchange.aggregate(nowNs);
        exchange.requestMissing(nowNs);
        for (Device device : core.devices) {
            if (device != null) {
                device.outgoing.hello = true;
            }
        }
    }

    /** When the next packets between two rounds are due. */
    private long flushDeadlineNs() {
        if (core.identity.facts() == null) {
            return NEVER;
        }
        long earliestNs = lastFlushNs + Bmx7Limits.TX_MIN_INTERVAL_NS;
        if (transmitter.hasWork() || core.urgentOgms) {
            return earliestNs;
        }
        long wantedNs = descriptions.nextDeadlineNs();
        return wantedNs == NEVER || wantedNs - earliestNs > 0 ? wantedNs : earliestNs;
    }

    @Override
    public long nextDeadlineNs() {
        long next = Engine.earlier(nextRoundNs, nextMaintenanceNs);
        next = Engine.earlier(next, chooser.nextDeadlineNs());
        next = Engine.earlier(next, exchange.nextDeadlineNs());
        next = Engine.earlier(next, core.nextGreetingNs);
        next = Engine.earlier(next, tunnelsDeadlineNs());
        return Engine.earlier(next, flushDeadlineNs());
    }

    /** At once where that is the first news for a while; a flood of news is weighed together. */
    private void chooseTunnels(long nowNs) {
        if (Engine.isDue(tunnelsDeadlineNs(), nowNs)) {
            core.tunnelsStale = false;
            tunnelsChosenNs = nowNs;
            if (tunnelSearch.choose()) {
                core.out.report(new Bmx7Event.TunnelsChanged(tunnelSearch.choices()));
            }
        }
    }

    private long tunnelsDeadlineNs() {
        return core.tunnelsStale ? tunnelsChosenNs + Bmx7Limits.TUNNELS_INTERVAL_NS : NEVER;
    }

    // ---- reading

    public Hash nodeId() {
        return core.ownId;
    }

    /** The address that names this node, fd70:..., for a device of the host. */
    public Ip6Address primaryAddress() {
        return core.ownId.cryptoAddress(0);
    }

    /** Outer source of everything that others send through the tunnel to this node, fd71:... */
    public Ip6Address endpointAddress() {
        return core.ownId.cryptoAddress(1);
    }

    /** Routes that the host shall have, in the order nodes became known. */
    public List<Bmx7Route> routes() {
        if (routesVersion != core.routesVersion) {
            routesVersion = core.routesVersion;
            List<Bmx7Route> fresh = new ArrayList<>();
            for (Peer peer : core.peers.values()) {
                if (peer.isRoutable() && peer.facts != null) {
                    for (Hna6 hna : peer.facts.hnas()) {
                        if (hna.routed()) {
                            fresh.add(new Bmx7Route(hna.network(), peer.route.nextHop(), peer.id,
                                    peer.metric));
                        }
                    }
                }
            }
            routes = List.copyOf(fresh);
        }
        return routes;
    }

    /** Grows whenever {@link #routes} may have changed, metrics included. */
    public long routesVersion() {
        return core.routesVersion;
    }

    /** Offers of default routes; another list whenever they differ in anything, paths included. */
    public List<TunnelOffer> exits() {
        return tunnelSearch.exits();
    }

    /**
     * Offers that a search found and that may be chosen, the used ones marked. Those that others outdo in
     * every respect are left out; {@link #snapshot} has them too.
     */
    public List<TunnelChoice> tunnels() {
        return tunnelSearch.choices();
    }

    /** Everything that others offer, computed anew at each call. */
    public List<TunnelOffer> offers() {
        return tunnelSearch.all().stream().map(TunnelChoice::offer).distinct().toList();
    }

    public Bmx7Snapshot snapshot(long nowNs) {
        return snapshots.take(tunnelSearch.all(), routes(), nowNs);
    }
}
