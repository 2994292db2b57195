package org.limesh.node;

import java.util.List;
import java.util.Locale;
import org.limesh.base.Counters;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.gateway.ExitOffer;
import org.limesh.gateway.GatewayConfig;
import org.limesh.gateway.GatewayEngine;
import org.limesh.gateway.GatewayEvent;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.gateway.HttpTarget;
import org.limesh.gateway.Probe;
import org.limesh.gateway.SharePolicy;
import org.limesh.gateway.UplinkPlan;
import org.limesh.lime.NodePlan;

/**
 * The gateway engine of a node, and the port of its uplink. The uplink's device may appear later than the
 * node, or another one in its place: then the engine begins anew, and what people chose is kept.
 */
final class GatewaySide {
    private final NodePlan plan;
    private final NodeHost host;
    private final Counters counters;
    private final Rng rng;
    private final Runnable onChange;
    /** Of the uplink, or -1. */
    private final int port;
    private GatewayEngine engine;
    private MacAddress mac;
    private int lives;
    private boolean started;

    /**
     * @param ports    gets a port for the uplink, where there is one with a DHCP client
     * @param onChange called when what can be read is different
     */
    GatewaySide(NodePlan plan, NodeHost host, List<Port> ports, Counters counters, Rng rng, Runnable onChange,
            long nowNs) {
        this.plan = plan;
        this.host = host;
        this.counters = counters;
        this.rng = rng;
        this.onChange = onChange;
        boolean client = plan.wan() != null && plan.wan().address4() == null;
        this.port = client ? ports.size() : -1;
        if (client) {
            ports.add(new Port.Uplink("uplink " + plan.wan().device(), plan.wan().device()));
        }
        this.engine = engine(null, nowNs);
    }

    private GatewayEngine engine(UplinkPlan uplink, long nowNs) {
        lives++;
        return new GatewayEngine(config(plan), plan.hostname(), uplink, List.of(plan.address4().masked()),
                counters, rng.fork("gateway " + lives), new Outbox(), nowNs);
    }

    private static GatewayConfig config(NodePlan plan) {
        GatewayConfig usual = GatewayConfig.DEFAULT;
        NodePlan.Bmx7 bmx7 = plan.bmx7();
        GatewayConfig config = bmx7 == null ? usual : usual.withPreferred(bmx7.preferredGateway())
                .withBandwidth(usual.bandwidthBps(), bmx7.enoughBps());
        if (plan.wan() == null) {
            return config;
        }
        NodePlan.Share share = plan.wan().share();
        NodePlan.Probes probes = plan.wan().probes();
        config = config.withFiles(share.files().stream().map(HttpTarget::file).toList())
                .withShare(SharePolicy.valueOf(share.policy().toUpperCase(Locale.ROOT)))
                .withBandwidth(share.bandwidthBps() == 0 ? usual.bandwidthBps() : share.bandwidthBps(),
                        config.minBandwidthBps());
        return config.withTargets(
                probes.ping() == null ? usual.pingTargets() : probes.ping().stream().map(Ip4Address::parse)
                .toList(), probes.dns() == null ? usual.dnsServers() : probes.dns().stream()
                .map(Ip4Address::parse).toList(), probes.dnsName() == null ? usual.dnsName()
                : probes.dnsName(), probes.http() == null ? usual.httpTargets() : probes.http().stream()
                .map(HttpTarget::parse).toList());
    }

    GatewayEngine engine() {
        return engine;
    }

    boolean owns(int frames) {
        return frames == port;
    }

    /** Questions can be asked from now on. */
    void start(long nowNs) {
        started = true;
        engine.start(nowNs);
    }

    /** The uplink's device is there with this MAC, or gone with null. */
    void onUplinkMac(MacAddress found, long nowNs) {
        if (plan.wan() == null) {
            return;
        }
        if (found == null || found.equals(mac)) {
            engine.onCarrier(found != null, nowNs);
            return;
        }
        GatewaySnapshot before = engine.snapshot(nowNs);
        mac = found;
        engine = engine(new UplinkPlan(plan.wan().device(), found, plan.wan().address4(), plan.wan()
                .gateway4()), nowNs);
        if (started) {
            engine.start(nowNs);
        }
        if (before.preferred() != null) {
            engine.pin(before.preferred(), null, nowNs);
        }
        for (GatewaySnapshot.ClientPin pin : before.clientPins()) {
            engine.pin(pin.gateway(), pin.client(), nowNs);
        }
        onChange.run();
    }

    /** What layer 3 knows of others. */
    void onOthers(List<ExitOffer> exits, List<Ip4Prefix> clouds, long nowNs) {
        engine.onClouds(clouds, nowNs);
        engine.onExits(exits, nowNs);
    }

    private final class Outbox implements GatewayEngine.Outbox {
        @Override
        public void probe(Probe probe) {
            host.probe(probe);
        }

        @Override
        public void transmit(Frame frame) {
            host.transmit(port, frame);
        }

        @Override
        public void report(GatewayEvent event) {
            host.report(new NodeEvent.Gateway(event));
        }

        @Override
        public void changed() {
            onChange.run();
        }
    }
}
