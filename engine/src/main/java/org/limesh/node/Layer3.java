package org.limesh.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.Rng;
import org.limesh.bmx7.Announcement;
import org.limesh.bmx7.Bmx7Config;
import org.limesh.bmx7.Bmx7Engine;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.bmx7.Bmx7Snapshot;
import org.limesh.bmx7.LinkLayer;
import org.limesh.bmx7.wire.IpNet;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;

/**
 * The routed network of a node: BMX7 on its devices, and what follows from it for the host.
 *
 * <pre>
 *   datagrams, time ─→ Bmx7Engine ─→ routes, tunnels ─→ RoutedHost ─→ HostState (at most every 100 ms)
 * </pre>
 */
final class Layer3 implements Engine {
    /** Changes of one moment are made real together. */
    static final long APPLY_INTERVAL_NS = 100_000_000L;
    /** A radio whose channel nobody told. */
    private static final int UNKNOWN_CHANNEL = 255;

    private final NodePlan plan;
    private final NodeHost host;
    private final Bmx7Engine bmx7;
    private final int firstPort;
    /** Number that the engine knows the device of a port by, or -1 while the device is not there. */
    private final int[] deviceOfPort;
    /** Port of a device of the engine. */
    private final List<Integer> portOfDevice = new ArrayList<>();
    private final Map<String, Integer> portByDevice = new LinkedHashMap<>();
    private boolean stale;
    private long appliedNs;

    /** @param ports gets a port for each device of BMX7 */
    Layer3(NodePlan plan, NodeHost host, NodeSecrets secrets, List<Port> ports, Counters counters, Rng rng,
            long nowNs) {
        this.plan = plan;
        this.host = host;
        this.firstPort = ports.size();
        this.appliedNs = nowNs - APPLY_INTERVAL_NS;
        this.bmx7 = new Bmx7Engine(Bmx7Config.of(secrets.nodeKey(), secrets.lastDescSqn(), plan.hostname()),
                secrets.keys(), secrets.cache(), counters, rng, new Outbox(), nowNs);
        List<NodePlan.Bmx7Device> devices = plan.bmx7().devices();
        this.deviceOfPort = new int[devices.size()];
        for (int i = 0; i < devices.size(); i++) {
            NodePlan.Bmx7Device device = devices.get(i);
            deviceOfPort[i] = -1;
            portByDevice.put(device.name(), firstPort + i);
            ports.add(new Port.Datagram("bmx7 " + device.name(), device.name(), Bmx7Engine.PORT,
                    Bmx7Engine.ALL_ROUTERS));
            Ip6Address address = plannedAddress(device);
            if (address != null) {
                onLinkLocal(device.name(), address, nowNs);
            }
        }
        bmx7.announce(announcement(), nowNs);
        bmx7.searchTunnels(Searches.of(plan.bmx7()), nowNs);
    }

    /** Where the plan says the MAC, it says the link-local address too. */
    private Ip6Address plannedAddress(NodePlan.Bmx7Device device) {
        if (device.mac() != null) {
            return Ip6Address.linkLocalOf(device.mac());
        }
        return device.name().equals(HostPlan.BRIDGE) ? Ip6Address.linkLocalOf(plan.primaryMac()) : null;
    }

    private Announcement announcement() {
        List<Announcement.TunIn> tunIns = new ArrayList<>();
        if (plan.bmx7().publishOwnAddresses()) {
            tunIns.add(new Announcement.TunIn("myIP4", IpNet.of(new Ip4Prefix(plan.address4().address(), 32)),
                    Announcement.DEFAULT_BANDWIDTH));
            tunIns.add(new Announcement.TunIn("myIP6", IpNet.of(new Ip6Prefix(plan.address6().address(), 128)),
                    Announcement.DEFAULT_BANDWIDTH));
        }
        return new Announcement(List.of(),
                List.of(new Announcement.TunDev("main", plan.address4(), plan.address6(), null, null)), tunIns);
    }

    /** True for the port of a device of BMX7. */
    boolean owns(int port) {
        return port >= firstPort && port < firstPort + deviceOfPort.length;
    }

    void onDatagram(int port, Ip6Address source, byte[] payload, long nowNs) {
        bmx7.onDatagram(deviceOfPort[port - firstPort], source, payload, nowNs);
    }

    /** See {@link Node#onLinkLocal}. */
    void onLinkLocal(String deviceName, Ip6Address address, long nowNs) {
        Integer port = portByDevice.get(deviceName);
        if (port == null) {
            return;
        }
        int at = port - firstPort;
        NodePlan.Bmx7Device device = plan.bmx7().devices().get(at);
        if (deviceOfPort[at] >= 0) {
            if (address != null && bmx7.isDevice(deviceOfPort[at], address)) {
                return;
            }
            bmx7.removeDevice(deviceOfPort[at], nowNs);
            deviceOfPort[at] = -1;
        }
        if (address != null) {
            deviceOfPort[at] = bmx7.addDevice(device.name(), address, device.wifi() ? LinkLayer.WLAN : LinkLayer.LAN,
                    device.wifi() ? UNKNOWN_CHANNEL : 0, device.rateMaxBps(), nowNs);
            while (portOfDevice.size() <= deviceOfPort[at]) {
                portOfDevice.add(-1);
            }
            portOfDevice.set(deviceOfPort[at], port);
        }
    }

    // ---- host ---------------------------------------------------------------------------------------

    /** True when the host shall look different from what {@link #extend} last said, and it is time. */
    boolean takeHostChange(long nowNs) {
        if (!isDue(hostDeadlineNs(), nowNs)) {
            return false;
        }
        stale = false;
        appliedNs = nowNs;
        return true;
    }

    private static boolean isDue(long deadlineNs, long nowNs) {
        return Engine.isDue(deadlineNs, nowNs);
    }

    private long hostDeadlineNs() {
        return stale ? appliedNs + APPLY_INTERVAL_NS : NEVER;
    }

    /** The desired state with layer 3 in it. */
    HostState extend(HostState base) {
        return new RoutedHost(plan, bmx7.primaryAddress(), bmx7.endpointAddress(), base)
                .with(bmx7.routes(), bmx7.tunnels());
    }

    // ---- time ---------------------------------------------------------------------------------------

    @Override
    public void onTimer(long nowNs) {
        if (isDue(bmx7.nextDeadlineNs(), nowNs)) {
            bmx7.onTimer(nowNs);
        }
    }

    @Override
    public long nextDeadlineNs() {
        return Engine.earlier(bmx7.nextDeadlineNs(), hostDeadlineNs());
    }

    // ---- reading ------------------------------------------------------------------------------------

    Bmx7Engine bmx7() {
        return bmx7;
    }

    Bmx7Snapshot snapshot(long nowNs) {
        return bmx7.snapshot(nowNs);
    }

    private final class Outbox implements Bmx7Engine.Outbox {
        @Override
        public void send(int device, byte[] payload) {
            host.send(portOfDevice.get(device), Bmx7Engine.ALL_ROUTERS, payload);
        }

        @Override
        public void report(Bmx7Event event) {
            switch (event) {
                case Bmx7Event.RouteChanged unused -> stale = true;
                case Bmx7Event.TunnelsChanged unused -> stale = true;
                case Bmx7Event.DescriptionAccepted unused -> stale = true;
                default -> { }
            }
            host.report(new NodeEvent.Bmx7(event));
        }
    }
}
