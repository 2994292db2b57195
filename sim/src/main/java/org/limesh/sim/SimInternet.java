package org.limesh.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Tcp;

/** The lines of all nodes that have one, and the hosts behind them that streams go to. */
public final class SimInternet {
    /** Somebody who answers pings and takes part in streams; any other public address would do as well. */
    public static final Ip4Address SOMEBODY = Ip4Address.parse("198.51.100.1");
    private static final int MTU_OCTETS = 1500;

    private final Simulation sim;
    private final Map<SimNode, SimUplink> uplinks = new LinkedHashMap<>();
    private final List<Host> hosts = new ArrayList<>();

    SimInternet(Simulation sim) {
        this.sim = sim;
    }

    /** All lines, plugged or not. */
    public List<SimUplink> uplinks() {
        return List.copyOf(uplinks.values());
    }

    /** The line of a node, or null. */
    public SimUplink of(SimNode node) {
        return uplinks.get(node);
    }

    void healAll() {
        uplinks.values().forEach(SimUplink::heal);
    }

    SimUplink add(SimNode node, UplinkSpec spec) {
        if (node.plan().wan() == null) {
            throw new IllegalArgumentException("node '" + node.name() + "' has no device for an uplink");
        }
        if (uplinks.containsKey(node)) {
            throw new IllegalArgumentException("node '" + node.name() + "' has an uplink already");
        }
        SimUplink uplink = new SimUplink(sim, node, uplinks.size(), spec);
        uplinks.put(node, uplink);
        node.device(node.plan().wan().device()).setUplink(uplink);
        return uplink;
    }

    /** One end of a stream; its answers go out over the line that it was last heard on. */
    private static final class Host implements StreamEnd {
        final Ip4Address address;
        SimUplink via;
        SimStream stream;

        Host(Ip4Address address) {
            this.address = address;
        }

        @Override
        public String name() {
            return address.toString();
        }

        @Override
        public Ip4Address address4() {
            return address;
        }

        @Override
        public long macBits() {
            return 0;
        }

        @Override
        public int mtuOctets() {
            return MTU_OCTETS;
        }

        @Override
        public void joined(SimStream joined) {
            stream = joined;
        }

        @Override
        public void send4(Ip4Address to, Frame frame) {
            if (via != null) {
                via.deliver(frame);
            }
        }
    }

    StreamEnd host(Ip4Address address) {
        Host host = new Host(address);
        hosts.add(host);
        return host;
    }

    /** A segment came out of a line; true when a stream knows it. */
    boolean takes(SimUplink via, Frame packet, int at) {
        for (Host host : hosts) {
            if (host.stream != null && host.address.bits() == Ipv4.destination(packet)
                    && host.stream.listensOn(host, Tcp.destinationPort(packet, at))) {
                SimUplink before = host.via;
                host.via = via;
                if (host.stream.takes(host, packet, at)) {
                    return true;
                }
                host.via = before;
            }
        }
        return false;
    }
}
