package org.limesh.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

/**
 * The way to the Internet of one node: its own uplink, what it offers to others, and the exit that the node
 * and its clients use.
 *
 * <pre>
 *   onUplinkFrame ─→ UplinkDhcp ─ address ─→ UplinkWatch ─ Internet ─→ Offer ─→ offered(), offeredBps()
 *   onCarrier ─────────↑                      ↑ onProbe          └──┐
 *   onExits, pin ──────────────────────────────────────────────→ ExitChoice ─→ exit(), clientExits()
 * </pre>
 *
 * After {@link Outbox#changed} everything that can be read may be different.
 */
public final class GatewayEngine implements Engine {
    /** Identity of the own uplink among the exits. */
    public static final String OWN = "own";
    /** Pins of single clients; the oldest goes when a new one comes. */
    static final int MAX_CLIENT_PINS = 256;
    /** Exits that are looked at; layer 3 gives the best first or none that matters is lost. */
    static final int MAX_EXITS = 1024;
    /** First three octets of the MAC that anycast gateways have, whatever their cloud. */
    private static final long ANYCAST_MARK = 0xaa_aa_aaL;

    /** Effects. */
    public interface Outbox {
        /** Asks the Internet; the answer comes as {@link GatewayEngine#onProbe}, from another call. */
        void probe(Probe probe);

        /** Sends a frame out of the uplink. */
        void transmit(Frame frame);

        void report(GatewayEvent event);

        /** What the host shall look like, or what layer 3 shall announce, is different now. */
        void changed();
    }

    private final GatewayConfig config;
    private final String hostname;
    /** Null without one. */
    private final UplinkPlan uplink;
    private final List<Ip4Prefix> ownNetworks;
    private final Counters counters;
    private final Outbox out;
    /** Null without an uplink or with a fixed address. */
    private final UplinkDhcp dhcp;
    /** Null without an uplink. */
    private final UplinkWatch watch;
    /** Null without an uplink. */
    private final LineMeter meter;
    private final Offer offer = new Offer();
    private final Map<Ip4Address, ClientExit> clients = new LinkedHashMap<>();
    private boolean carrier = true;
    private UplinkDhcp.Lease lease;
    private List<Ip4Prefix> clouds = List.of();
    private List<ExitOffer> exits = List.of();
    private String pin;
    private ExitChoice.Result choice = new ExitChoice.Result(null, null, false, "nothing is known yet", List.of());
    /** As told last. */
    private boolean toldInternet;
    private long toldBps;
    /** Number of the question that was asked last. */
    private int probes;
    /** Something that the choice depends on is different. */
    private boolean undecided = true;
    private boolean ownUsable;
    /** Of the call that is under way. */
    private long nowNs;

    /** @param result null until the first choice */
    private record ClientExit(String gateway, ExitChoice.Result result) {}

    /**
     * @param hostname    of this node
     * @param uplink      null without one
     * @param ownNetworks of the own cloud: an uplink with an address in there leads back into it
     */
    public GatewayEngine(GatewayConfig config, String hostname, UplinkPlan uplink, List<Ip4Prefix> ownNetworks,
            Counters counters, Rng rng, Outbox out, long nowNs) {
        this.config = config;
        this.hostname = hostname;
        this.uplink = uplink;
        this.ownNetworks = List.copyOf(ownNetworks);
        this.counters = counters;
        this.out = out;
        this.nowNs = nowNs;
        // Answers to the questions of an engine that ran before this one must not be taken for answers to this one's.
        this.probes = rng.fork("numbers").nextInt(1 << 24);
        boolean client = uplink != null && uplink.address4() == null;
        this.dhcp = client ? new UplinkDhcp(uplink.mac(), hostname, counters, rng.fork("dhcp"), this::refusal,
                new DhcpOutbox(), nowNs) : null;
        this.watch = uplink == null ? null
                : new UplinkWatch(config, uplink.device(), counters, rng.fork("probes"), this::nextProbe, out::probe);
        this.meter = uplink == null ? null : new LineMeter(config.files(), uplink.device(), counters,
                rng.fork("measure"), this::nextProbe, out::probe);
    }

    private int nextProbe() {
        return ++probes;
    }

    /** To be called once, when probes can be asked: takes a fixed address into use. */
    public void start(long nowNs) {
        this.nowNs = nowNs;
        if (uplink != null && dhcp == null && carrier) {
            useFixedAddress();
        }
        settle();
    }

    private void useFixedAddress() {
        lease = new UplinkDhcp.Lease(uplink.address4(), uplink.gateway4(), List.of(), Ip4Address.ANY, uplink.mac(),
                NEVER, NEVER, NEVER);
        addressChanged("fixed address");
    }

    // ---- inputs -------------------------------------------------------------------------------------

    /** A frame came in on the uplink's port. */
    public void onUplinkFrame(Frame frame, long nowNs) {
        this.nowNs = nowNs;
        if (dhcp != null) {
            dhcp.onFrame(frame, nowNs);
            settle();
        }
    }

    /** What came of a question. */
    public void onProbe(ProbeResult result, long nowNs) {
        this.nowNs = nowNs;
        if (watch != null) {
            if (!meter.onProbe(result, nowNs)) {
                watch.onProbe(result, nowNs);
            }
            settle();
        }
    }

    /** The uplink's cable was plugged or pulled. A node begins with the cable plugged. */
    public void onCarrier(boolean present, long nowNs) {
        this.nowNs = nowNs;
        if (uplink == null || present == carrier) {
            return;
        }
        carrier = present;
        if (dhcp != null) {
            if (!present && lease == null) {
                watch.end("no carrier");
            }
            dhcp.onCarrier(present, nowNs);
            if (present && lease == null) {
                watch.end("no address yet");
            }
        } else if (present) {
            useFixedAddress();
        } else {
            lease = null;
            addressChanged("no carrier");
        }
        out.changed();
        settle();
    }

    /** The exits that layer 3 knows now, whatever was known before; this node's own is not among them. */
    public void onExits(List<ExitOffer> offers, long nowNs) {
        this.nowNs = nowNs;
        List<ExitOffer> next = List.copyOf(offers.subList(0, Math.min(MAX_EXITS, offers.size())));
        if (!next.equals(exits)) {
            exits = next;
            undecided = true;
            settle();
        }
    }

    /** Networks of the clouds that layer 3 knows now. An uplink with an address in there leads back into the mesh. */
    public void onClouds(List<Ip4Prefix> networks, long nowNs) {
        this.nowNs = nowNs;
        if (!clouds.equals(networks)) {
            clouds = List.copyOf(networks);
            settle();
        }
    }

    /**
     * A person chooses the exit.
     *
     * @param gateway host name, or null to take the choice back
     * @param client  null for the whole node
     */
    public void pin(String gateway, Ip4Address client, long nowNs) {
        this.nowNs = nowNs;
        if (client == null) {
            if (Objects.equals(pin, gateway)) {
                return;
            }
            pin = gateway;
        } else if (gateway == null) {
            if (clients.remove(client) == null) {
                return;
            }
            out.changed();
        } else {
            ClientExit before = clients.get(client);
            if (before != null && before.gateway.equals(gateway)) {
                return;
            }
            if (before == null && clients.size() >= MAX_CLIENT_PINS) {
                clients.remove(clients.keySet().iterator().next());
            }
            clients.put(client, new ClientExit(gateway, before == null ? null : before.result));
        }
        out.report(new GatewayEvent.Pinned(client, gateway));
        undecided = true;
        settle();
    }

    @Override
    public void onTimer(long nowNs) {
        this.nowNs = nowNs;
        if (dhcp != null) {
            dhcp.onTimer(nowNs);
        }
        if (watch != null) {
            watch.onTimer(nowNs);
            meter.onTimer(nowNs);
        }
        settle();
    }

    @Override
    public long nextDeadlineNs() {
        if (uplink == null) {
            return NEVER;
        }
        long nextNs = Engine.earlier(meter.nextDeadlineNs(),
                Engine.earlier(watch.nextDeadlineNs(), offer.nextDeadlineNs()));
        return dhcp == null ? nextNs : Engine.earlier(nextNs, dhcp.nextDeadlineNs());
    }

    // ---- what can be read ---------------------------------------------------------------------------

    /** Address of the uplink, or null while there is none. */
    public Ip4Prefix uplinkAddress() {
        return lease == null ? null : lease.address();
    }

    /** Next hop of the uplink, or null while there is none. */
    public Ip4Address uplinkGateway() {
        return lease == null ? null : lease.gateway();
    }

    /** DNS servers that the provider named. */
    public List<Ip4Address> uplinkResolvers() {
        return lease == null ? List.of() : lease.resolvers();
    }

    /** Whether the uplink leads to the Internet. */
    public boolean internet() {
        return watch != null && watch.internet() && meshFault() == null;
    }

    /** Whether the own Internet is offered to others now. */
    public boolean offered() {
        return offer.offered();
    }

    /** Bandwidth of the offer, bits per second: what was measured, else what a person said. */
    public long offeredBps() {
        return meter != null && meter.measuredBps() > 0 ? meter.measuredBps() : config.bandwidthBps();
    }

    /** The exit of the node: identity of an {@link ExitOffer}, {@link #OWN}, or null when there is none. */
    public String exit() {
        return choice.id();
    }

    /**
     * Exits of the clients for whom a person chose one, where that choice can be followed: identity of an
     * {@link ExitOffer} or {@link #OWN}. All others use {@link #exit}.
     */
    public Map<Ip4Address, String> clientExits() {
        Map<Ip4Address, String> effective = new LinkedHashMap<>();
        clients.forEach((client, exit) -> {
            if (exit.result != null && exit.result.pinned()) {
                effective.put(client, exit.result.id());
            }
        });
        return effective;
    }

    public GatewaySnapshot snapshot(long nowNs) {
        List<GatewaySnapshot.ClientPin> pins = new ArrayList<>();
        clients.forEach((client, exit) -> pins.add(new GatewaySnapshot.ClientPin(client, exit.gateway,
                exit.result != null && exit.result.pinned(), exit.result == null ? "" : exit.result.reason())));
        return new GatewaySnapshot(uplink == null ? null : new GatewaySnapshot.Uplink(uplink.device(), carrier,
                uplinkAddress(), uplinkGateway(), uplinkResolvers(), internet(), internetReason(), watch.checks(nowNs)),
                config.share(), offer.offered(), offeredBps(),
                ExitChoice.choose(exits, situation(pin, choice)).exits(), pin, pins);
    }

    // ---- the uplink ---------------------------------------------------------------------------------

    private final class DhcpOutbox implements UplinkDhcp.Outbox {
        @Override
        public void transmit(Frame frame) {
            out.transmit(frame);
        }

        @Override
        public void changed(UplinkDhcp.Lease given, String reason) {
            lease = given;
            addressChanged(reason);
        }

        @Override
        public void refused(Ip4Address address, String reason) {
            watch.end("refused the address " + address + ": " + reason);
            out.report(new GatewayEvent.UplinkRefused(uplink.device(), address, reason));
        }
    }

    private void addressChanged(String reason) {
        if (lease == null) {
            watch.end(reason);
            out.report(new GatewayEvent.UplinkLost(uplink.device(), reason));
        } else {
            out.report(new GatewayEvent.UplinkAddress(uplink.device(), lease.address(), lease.gateway()));
            if (lease.gateway() == null) {
                watch.end("the provider names no router that can be reached");
            } else {
                watch.begin(lease.address().masked(), lease.resolvers(), nowNs);
            }
        }
        out.changed();
    }

    /** Why an address is not taken, or null. */
    private String refusal(Ip4Prefix address, MacAddress server) {
        if (server.bits() >>> 24 == ANYCAST_MARK) {
            return "it comes from the anycast gateway " + server + " of a mesh, not from a provider";
        }
        return meshFault(address);
    }

    private String meshFault(Ip4Prefix address) {
        for (Ip4Prefix own : ownNetworks) {
            if (own.contains(address.address()) || address.contains(own.network())) {
                return "it is in " + own.masked() + ", the network of this cloud";
            }
        }
        for (Ip4Prefix cloud : clouds) {
            if (cloud.contains(address.address()) || address.contains(cloud.network())) {
                return "it is in " + cloud.masked() + ", a cloud of this mesh";
            }
        }
        return null;
    }

    /** Why the uplink leads back into the mesh, or null. A cloud may become known after the address was taken. */
    private String meshFault() {
        return lease == null ? null : meshFault(lease.address());
    }

    private String internetReason() {
        String fault = meshFault();
        return fault == null ? watch.reason() : "the uplink leads back into the mesh: " + fault;
    }

    // ---- consequences -------------------------------------------------------------------------------

    /** Draws the consequences of what came in. */
    private void settle() {
        boolean internet = internet();
        if (meter != null) {
            meter.onInternet(internet, watch.resolver(), nowNs);
        }
        if (internet != toldInternet) {
            toldInternet = internet;
            out.report(new GatewayEvent.InternetChanged(internet, internetReason()));
            out.changed();
        }
        boolean usableAddress = uplinkGateway() != null && meshFault() == null;
        String why = uplink == null ? "no uplink" : internetReason();
        boolean changed = offer.update(config.share(), usableAddress, internet, why, nowNs);
        // On the wire only the rounded value is seen.
        long roundedBps = ExitChoice.rounded(offeredBps());
        if (changed || offer.offered() && roundedBps != toldBps) {
            toldBps = roundedBps;
            out.report(new GatewayEvent.OfferChanged(offer.offered(), offeredBps(), (meter != null
                    && meter.measuredBps() > 0 ? ExitChoice.rate(meter.measuredBps()) + " measured, " : "") + offer.reason()));
            out.changed();
        }
        boolean usable = internet || config.share() == SharePolicy.ALWAYS && usableAddress;
        if (undecided || usable != ownUsable) {
            undecided = false;
            ownUsable = usable;
            choose();
        }
    }

    private ExitChoice.Situation situation(String pinned, ExitChoice.Result before) {
        return new ExitChoice.Situation(config, hostname, ownUsable, uplink == null ? null : internetReason(), pinned,
                before == null ? null : before.id());
    }

    private void choose() {
        ExitChoice.Result before = choice;
        choice = ExitChoice.choose(exits, situation(pin, before));
        if (!Objects.equals(before.id(), choice.id())) {
            out.report(new GatewayEvent.ExitChanged(before.name(), choice.name(), farewell(before) + choice.reason()));
            out.changed();
        }
        for (Map.Entry<Ip4Address, ClientExit> entry : clients.entrySet()) {
            entry.setValue(chooseFor(entry.getKey(), entry.getValue()));
        }
    }

    private ClientExit chooseFor(Ip4Address client, ClientExit now) {
        ExitChoice.Result before = now.result;
        ExitChoice.Result next = ExitChoice.choose(exits, situation(now.gateway, before));
        String from = before != null && before.pinned() ? before.id() : null;
        String to = next.pinned() ? next.id() : null;
        if (before == null || !Objects.equals(from, to)) {
            out.report(new GatewayEvent.ClientExitChanged(client, from == null ? null : before.name(),
                    to == null ? null : next.name(), next.reason()));
            out.changed();
        }
        return new ClientExit(now.gateway, next);
    }

    /** What became of the exit that was used so far, where it is not simply outdone. */
    private String farewell(ExitChoice.Result before) {
        if (before.id() == null) {
            return "";
        }
        if (before.id().equals(OWN)) {
            // Without any exit the choice itself says what is wrong with the uplink.
            return ownUsable || choice.id() == null ? "" : "own uplink: " + internetReason() + "; ";
        }
        for (ExitOffer each : exits) {
            if (each.id().equals(before.id())) {
                return each.pathBps() > 0 ? "" : before.name() + " cannot be reached any more; ";
            }
        }
        return before.name() + " offers no Internet any more; ";
    }
}
