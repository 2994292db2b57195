package org.limesh.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.bmx7.Bmx7Engine;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.bmx7.Bmx7Snapshot;
import org.limesh.bmx7.TunnelChoice;
import org.limesh.bmx7.TunnelOffer;
import org.limesh.gateway.Exit;
import org.limesh.gateway.ExitOffer;
import org.limesh.gateway.GatewayEngine;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.gateway.ProbeResult;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;

/**
 * The routed network of a node and its way to the Internet, and what follows from both for the host.
 *
 * <pre>
 *   datagrams ─→ Bmx7Side ── offers of others ─→ GatewaySide ←─ uplink frames, probes, carrier, pins
 *                   ↑  │                            │  │
 *                   │  └─ routes, tunnels ──→ RoutedHost ←── exit, uplink's address
 *                   └────── own offer ──────────────┘  ↓
 *                                                 HostState, at most every 100 ms
 * </pre>
 */
final class Layer3 implements Engine {
    /** Changes of one moment are made real together. */
    static final long APPLY_INTERVAL_NS = 100_000_000L;

    private final NodePlan plan;
    private final NodeHost host;
    /** Null without BMX7. */
    private final Bmx7Side bmx7;
    private final GatewaySide gateway;
    private final Warnings warnings;
    /** Ways to the Internet of others, by node id; and the list they were taken from. */
    private Map<String, TunnelOffer> exits = new LinkedHashMap<>();
    private List<TunnelOffer> seenExits = List.of();
    private boolean stale;
    private boolean gatewayChanged;
    private long appliedNs;
    /** Of the call that is under way. */
    private long nowNs;
    private long clashesNs;

    /**
     * @param secrets null without BMX7
     * @param ports   gets a port for each device of BMX7 and for the uplink
     */
    Layer3(NodePlan plan, NodeHost host, NodeSecrets secrets, List<Port> ports, Counters counters,
            Warnings warnings, Rng rng, long nowNs) {
        this.warnings = warnings;
        this.nowNs = nowNs;
        this.plan = plan;
        this.host = host;
        this.appliedNs = nowNs - APPLY_INTERVAL_NS;
        this.clashesNs = nowNs + Layer3Warnings.CLASH_INTERVAL_NS;
        this.bmx7 = plan.bmx7() == null || secrets == null ? null
                : new Bmx7Side(plan, host, secrets, ports, counters, rng, this::onEvent, nowNs);
        this.gateway = new GatewaySide(plan, host, ports, counters, rng.fork("gateway"), () ->
                gatewayChanged = true, nowNs);
        if (bmx7 != null) {
            Layer3Warnings.ofTrust(plan, secrets, warnings, nowNs);
        }
    }

    /** After the host has been told for the first time. */
    void start(long nowNs) {
        gateway.start(nowNs);
        settle(nowNs);
    }

    // ---- inputs -------------------------------------------------------------------------------------

    /** True for the port of a device of BMX7. */
    boolean ownsDatagrams(int port) {
        return bmx7 != null && bmx7.owns(port);
    }

    /** True for the uplink's port. */
    boolean ownsFrames(int port) {
        return gateway.owns(port);
    }

    void onDatagram(int port, Ip6Address source, byte[] payload, long nowNs) {
        this.nowNs = nowNs;
        bmx7.onDatagram(port, source, payload, nowNs);
        settle(nowNs);
    }

    void onUplinkFrame(Frame frame, long nowNs) {
        gateway.engine().onUplinkFrame(frame, nowNs);
        settle(nowNs);
    }

    /** See {@link Node#onLinkLocal}. */
    void onLinkLocal(String device, Ip6Address address, long nowNs) {
        if (bmx7 != null) {
            bmx7.onLinkLocal(device, address, nowNs);
        }
        if (plan.wan() != null && plan.wan().device().equals(device) && address != null
                && address.isEui64()) {
            onUplinkMac(address.eui64Mac(), nowNs);
        }
    }

    void onUplinkMac(MacAddress mac, long nowNs) {
        gateway.onUplinkMac(mac, nowNs);
        if (mac != null) {
            onOffers(nowNs);
        }
        settle(nowNs);
    }

    void onProbe(ProbeResult result, long nowNs) {
        gateway.engine().onProbe(result, nowNs);
        settle(nowNs);
    }

    void onUplinkCarrier(boolean carrier, long nowNs) {
        gateway.engine().onCarrier(carrier, nowNs);
        settle(nowNs);
    }

    void pinExit(String exit, Ip4Address client, long nowNs) {
        gateway.engine().pin(exit, client, nowNs);
        settle(nowNs);
    }

    private void onEvent(Bmx7Event event) {
        switch (event) {
            case Bmx7Event.RouteChanged unused -> stale = true;
            case Bmx7Event.TunnelsChanged unused -> stale = true;
            case Bmx7Event.DescriptionAccepted unused -> stale = true;
            default -> { }
        }
        Layer3Warnings.of(event, warnings, nowNs);
        host.report(new NodeEvent.Bmx7(event));
    }

    // ---- between the two sides ----------------------------------------------------------------------

    /** Carries news from one side to the other until there are none. */
    private void settle(long nowNs) {
        if (bmx7 != null && bmx7.engine().exits() != seenExits) {
            onOffers(nowNs);
        }
        if (gatewayChanged) {
            gatewayChanged = false;
            stale = true;
            if (bmx7 != null) {
                bmx7.announce(gateway.engine().offered() ? gateway.engine().offeredBps() : 0, nowNs);
            }
        }
    }

    private void onOffers(long nowNs) {
        if (bmx7 == null) {
            return;
        }
        seenExits = bmx7.engine().exits();
        Map<String, TunnelOffer> found = new LinkedHashMap<>();
        for (TunnelOffer offer : seenExits) {
            if (offer.network().equals(Searches.ALL4) && accepts(offer)) {
                found.merge(offer.gateway().toString(), offer,
                        (one, two) -> one.bandwidthBps() >= two.bandwidthBps() ? one : two);
            }
        }
        exits = found;
        Set<Ip4Prefix> clouds = new LinkedHashSet<>();
        for (TunnelChoice choice : bmx7.engine().tunnels()) {
            if (Searches.isForClouds4(choice.search()) && !choice.offer().network().prefix4().equals(
                    plan.address4().masked())) {
                clouds.add(choice.offer().network().prefix4());
            }
        }
        List<ExitOffer> offers = new ArrayList<>();
        found.forEach((id, offer) -> offers.add(new ExitOffer(offer.hostname(), id, offer.bandwidthBps(),
                offer.pathMetricBps())));
        gateway.onOthers(offers, List.copyOf(clouds), nowNs);
    }

    /** Whether the gateway takes packets with this node's address as source. */
    private boolean accepts(TunnelOffer offer) {
        return offer.ingress().isEmpty() || offer.ingress().stream().anyMatch(network -> network.family() == 4
                && network.prefix4().contains(plan.address4().address()));
    }

    // ---- host ---------------------------------------------------------------------------------------

    /** True when the host shall look different from what {@link #extend} last said, and it is time. */
    boolean takeHostChange(long nowNs) {
        if (!Engine.isDue(hostDeadlineNs(), nowNs)) {
            return false;
        }
        stale = false;
        appliedNs = nowNs;
        return true;
    }

    private long hostDeadlineNs() {
        return stale ? appliedNs + APPLY_INTERVAL_NS : NEVER;
    }

    /** The desired state with layer 3 in it. */
    HostState extend(HostState base) {
        RoutedHost state = new RoutedHost(plan, base);
        if (bmx7 != null) {
            Bmx7Engine engine = bmx7.engine();
            state.addNetwork(engine.primaryAddress(), engine.endpointAddress());
            state.addRoutes(engine.routes());
            state.addTunnels(engine.tunnels());
        }
        GatewayEngine ways = gateway.engine();
        state.addUplink(ways.uplinkAddress(), ways.uplinkGateway(), GatewayEngine.OWN.equals(ways.exit()));
        if (!ways.offered()) {
            state.reserveUplink();
        }
        state.addExits(exits, ways.exit(), ways.clientExits());
        return state.build();
    }

    // ---- time ---------------------------------------------------------------------------------------

    @Override
    public void onTimer(long nowNs) {
        this.nowNs = nowNs;
        if (bmx7 != null && Engine.isDue(bmx7.engine().nextDeadlineNs(), nowNs)) {
            bmx7.engine().onTimer(nowNs);
            if (Engine.isDue(clashesNs, nowNs)) {
                clashesNs = nowNs + Layer3Warnings.CLASH_INTERVAL_NS;
                Layer3Warnings.ofClashes(plan, bmx7.engine().offers(), warnings, nowNs);
            }
        }
        if (Engine.isDue(gateway.engine().nextDeadlineNs(), nowNs)) {
            gateway.engine().onTimer(nowNs);
        }
        settle(nowNs);
    }

    @Override
    public long nextDeadlineNs() {
        long network = Engine.earlier(gateway.engine().nextDeadlineNs(), hostDeadlineNs());
        return bmx7 == null ? network : Engine.earlier(bmx7.engine().nextDeadlineNs(), network);
    }

    // ---- reading ------------------------------------------------------------------------------------

    /** Null without BMX7. */
    Bmx7Engine bmx7() {
        return bmx7 == null ? null : bmx7.engine();
    }

    /** DNS servers that the provider named. */
    List<Ip4Address> uplinkResolvers() {
        return gateway.engine().uplinkResolvers();
    }

    GatewaySnapshot gateway(long nowNs) {
        return gateway.engine().snapshot(nowNs);
    }

    /** Null without BMX7. The tunnels have the exits among them, as the genuine program's table has. */
    Bmx7Snapshot snapshot(long nowNs) {
        if (bmx7 == null) {
            return null;
        }
        Bmx7Snapshot bare = bmx7.engine().snapshot(nowNs);
        List<TunnelChoice> tunnels = new ArrayList<>();
        for (Exit exit : gateway(nowNs).exits()) {
            TunnelOffer offer = exits.get(exit.id());
            if (offer != null) {
                tunnels.add(new TunnelChoice(Searches.exit(), offer, Searches.ALL4, exit.valueBps(),
                        exit.used(), exit.reason()));
            }
        }
        tunnels.addAll(bare.tunnels());
        return bare.withTunnels(tunnels);
    }
}
