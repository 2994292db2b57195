package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.FMetric;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;
import org.limesh.bmx7.wire.IpNet;

/**
 * What a node offers to the others beside itself.
 *
 * @param networks IPv6 networks routed to this node (unicastHna)
 * @param tunDevs  tunnel endpoints, at most 15; the offers of {@code tunIns} lead to the first one of their
 *                 family
 * @param tunIns   networks that can be reached through this node's tunnels
 */
public record Announcement(List<Ip6Prefix> networks, List<TunDev> tunDevs, List<TunIn> tunIns) {
    public static final Announcement NOTHING = new Announcement(List.of(), List.of(), List.of());
    /** Bandwidth of a TunIn of which nothing else was said. */
    public static final long DEFAULT_BANDWIDTH = 1000;

    public Announcement {
        networks = networks.stream().map(Ip6Prefix::masked).toList();
        tunDevs = List.copyOf(tunDevs);
        tunIns = List.copyOf(tunIns);
        if (tunDevs.size() > 15) {
            throw new IllegalArgumentException("a node has at most 15 tunDevs, not " + tunDevs.size());
        }
    }

    /**
     * A tunnel endpoint.
     *
     * @param name     for example {@code main}
     * @param address4 own IPv4 address with the length of its network, or null
     * @param address6 own IPv6 address with the length of its network, or null
     * @param ingress4 sources accepted, or null for all
     * @param ingress6 sources accepted, or null for all
     */
    public record TunDev(String name, Ip4Prefix address4, Ip6Prefix address6, Ip4Prefix ingress4,
            Ip6Prefix ingress6) {
        /** The own networks of this endpoint, one per family that it has. */
        List<IpNet> networks() {
            List<IpNet> networks = new ArrayList<>();
            if (address4 != null) {
                networks.add(IpNet.of(address4));
            }
            if (address6 != null) {
                networks.add(IpNet.of(address6));
            }
            return networks;
        }

        /** The own addresses of this endpoint as host networks. */
        List<IpNet> addresses() {
            return networks().stream().map(network -> network.family() == 4
                    ? IpNet.of(new Ip4Prefix(address4.address(), 32))
                    : IpNet.of(new Ip6Prefix(address6.address(), 128)))
                    .toList();
        }
    }

    /** @param bandwidthBps bits per second; travels in a short form, see {@link FMetric#encode8} */
    public record TunIn(String name, IpNet network, long bandwidthBps) {}
}
