package org.limesh.sim;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Ipv6;

/**
 * IPv4 and IPv6 packets in IPv6 packets, as the kernel's ip6tnl carries them: next header 4 or 41, hop limit
 * 64, no option. What comes in must have the addresses of a tunnel, both of them.
 */
final class Tunnels {
    private static final int NEXT_IPV6 = 41;

    private final List<HostInterface> tunnels = new ArrayList<>();

    void clear() {
        tunnels.clear();
    }

    void add(HostInterface tunnel) {
        tunnels.add(tunnel);
    }

    static boolean isTunnelled(Frame frame) {
        int next = Ipv6.nextHeader(frame);
        return next == Ipv6.NEXT_IPV4 || next == NEXT_IPV6;
    }

    /** The tunnel that an outer packet belongs to, or null for a stranger's. */
    HostInterface of(Frame outer) {
        for (HostInterface tunnel : tunnels) {
            if (Ipv6.isTo(outer, tunnel.tunnelLocal) && tunnel.tunnelRemote.equals(Ipv6.source(outer))) {
                return tunnel;
            }
        }
        return null;
    }

    /** Some tunnel that ends at this node and expects this outer pair; for looking only. */
    HostInterface of(Ip6Address source, Ip6Address destination) {
        for (HostInterface tunnel : tunnels) {
            if (destination.equals(tunnel.tunnelLocal) && source.equals(tunnel.tunnelRemote)) {
                return tunnel;
            }
        }
        return null;
    }

    /** The outer packet; its Ethernet addresses are zero. */
    static Frame encapsulate(HostInterface tunnel, Frame inner) {
        boolean ip4 = Ipv4.is(inner);
        int octets = octets(inner);
        Frame outer = Ipv6.allocate(0, 0, tunnel.tunnelLocal, tunnel.tunnelRemote,
                ip4 ? Ipv6.NEXT_IPV4 : NEXT_IPV6, Ipv6.DEFAULT_HOP_LIMIT, octets);
        System.arraycopy(inner.array(), inner.offset() + Ethernet.HEADER_OCTETS, outer.array(),
                outer.offset() + Ipv6.BASE + Ipv6.HEADER_OCTETS, octets);
        return outer;
    }

    /** The inner packet with empty Ethernet addresses; null when it is neither IPv4 nor IPv6. */
    static Frame decapsulate(Frame outer) {
        int octets = Ipv6.payloadOctets(outer);
        boolean ip4 = Ipv6.nextHeader(outer) == Ipv6.NEXT_IPV4;
        Frame inner = Frame.allocate(Ethernet.HEADER_OCTETS + octets);
        Ethernet.put(inner, 0, 0, ip4 ? Ethernet.TYPE_IPV4 : Ethernet.TYPE_IPV6);
        System.arraycopy(outer.array(), outer.offset() + Ipv6.BASE + Ipv6.HEADER_OCTETS, inner.array(),
                inner.offset() + Ethernet.HEADER_OCTETS, octets);
        return (ip4 ? Ipv4.is(inner) : Ipv6.is(inner)) ? inner : null;
    }

    /** Octets of an IP packet, without Ethernet's header and padding. */
    static int octets(Frame packet) {
        return Ipv4.is(packet)
                ? Ipv4.payloadOffset(packet) + Ipv4.payloadOctets(packet) - Ethernet.HEADER_OCTETS
                : Ipv6.HEADER_OCTETS + Ipv6.payloadOctets(packet);
    }
}
