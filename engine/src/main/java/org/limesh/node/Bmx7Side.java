package org.limesh.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.limesh.base.Counters;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.Rng;
import org.limesh.bmx7.Announcement;
import org.limesh.bmx7.Bmx7Config;
import org.limesh.bmx7.Bmx7Engine;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.bmx7.LinkLayer;
import org.limesh.bmx7.TrustedNodes;
import org.limesh.bmx7.wire.IpNet;
import org.limesh.lime.NodePlan;

/** BMX7 on the devices of a node, a port each, and what the node announces and searches. */
final class Bmx7Side {
    /** A radio whose channel nobody told. */
    private static final int UNKNOWN_CHANNEL = 255;
    private static final String ENDPOINT = "main";

    private final NodePlan plan;
    private final NodeHost host;
    private final Consumer<Bmx7Event> events;
    private final Bmx7Engine engine;
    private final int firstPort;
    /** Number that the engine knows the device of a port by, or -1 while the device is not there. */
    private final int[] deviceOfPort;
    /** Port of a device of the engine. */
    private final List<Integer> portOfDevice = new ArrayList<>();
    private final Map<String, Integer> portByDevice = new LinkedHashMap<>();

    /** @param ports gets a port for each device */
    Bmx7Side(NodePlan plan, NodeHost host, NodeSecrets secrets, List<Port> ports, Counters counters, Rng rng,
            Consumer<Bmx7Event> events, long nowNs) {
        this.plan = plan;
        this.host = host;
        this.events = events;
        this.firstPort = ports.size();
        this.engine = new Bmx7Engine(config(plan, secrets), secrets.keys(), secrets.cache(), counters, rng,
                new Outbox(), nowNs);
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
        announce(0, nowNs);
        engine.searchTunnels(Searches.of(plan.bmx7().preferredGateway()), nowNs);
    }

    private static Bmx7Config config(NodePlan plan, NodeSecrets secrets) {
        Bmx7Config config = Bmx7Config.of(secrets.nodeKey(), secrets.lastDescSqn(), plan.hostname());
        TrustedNodes nobody = new TrustedNodes(List.of(), List.of(), List.of());
        return !plan.bmx7().onlyTrusted() ? config
                : config.trusting(secrets.trusted() == null ? nobody : secrets.trusted());
    }

    /** Where the plan says the MAC, it says the link-local address too. */
    private Ip6Address plannedAddress(NodePlan.Bmx7Device device) {
        if (device.mac() != null) {
            return Ip6Address.linkLocalOf(device.mac());
        }
        return device.name().equals(HostPlan.BRIDGE) ? Ip6Address.linkLocalOf(plan.primaryMac()) : null;
    }

    Bmx7Engine engine() {
        return engine;
    }

    /** @param exitBps bandwidth of the own Internet; 0 while it is not offered */
    void announce(long exitBps, long nowNs) {
        List<Announcement.TunIn> offers = new ArrayList<>();
        if (plan.bmx7().publishOwnAddresses()) {
            offers.add(offer("myIP4", IpNet.of(new Ip4Prefix(plan.address4().address(), 32))));
            offers.add(offer("myIP6", IpNet.of(new Ip6Prefix(plan.address6().address(), 128))));
        }
        if (exitBps > 0) {
            offers.add(new Announcement.TunIn(Searches.EXIT4, Searches.ALL4, exitBps));
        }
        engine.announce(new Announcement(List.of(), List.of(new Announcement.TunDev(ENDPOINT, plan.address4(),
                plan.address6(), null, null)), offers), nowNs);
    }

    private static Announcement.TunIn offer(String name, IpNet network) {
        return new Announcement.TunIn(name, network, Announcement.DEFAULT_BANDWIDTH);
    }

    /** True for the port of a device of BMX7. */
    boolean owns(int port) {
        return port >= firstPort && port < firstPort + deviceOfPort.length;
    }

    void onDatagram(int port, Ip6Address source, byte[] payload, long nowNs) {
        engine.onDatagram(deviceOfPort[port - firstPort], source, payload, nowNs);
    }

    /** See {@link Node#onLinkLocal}. */
    void onLinkLocal(String deviceName, Ip6Address address, long nowNs) {
        Integer port = portByDevice.get(deviceName);
        if (port == null) {
            return;
        }
        int at = port - firstPort;
        if (deviceOfPort[at] >= 0) {
            if (address != null && engine.isDevice(deviceOfPort[at], address)) {
                return;
            }
            engine.removeDevice(deviceOfPort[at], nowNs);
            deviceOfPort[at] = -1;
        }
        if (address != null) {
            NodePlan.Bmx7Device device = plan.bmx7().devices().get(at);
            int number = engine.addDevice(device.name(), address, device.wifi() ? LinkLayer.WLAN
                    : LinkLayer.LAN, device.wifi() ? UNKNOWN_CHANNEL : 0, device.rateMaxBps(), nowNs);
            deviceOfPort[at] = number;
            while (portOfDevice.size() <= number) {
                portOfDevice.add(-1);
            }
            portOfDevice.set(number, port);
        }
    }

    private final class Outbox implements Bmx7Engine.Outbox {
        @Override
        public void send(int device, byte[] payload) {
            host.send(portOfDevice.get(device), Bmx7Engine.ALL_ROUTERS, payload);
        }

        @Override
        public void report(Bmx7Event event) {
            events.accept(event);
        }
    }
}
