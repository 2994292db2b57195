package org.limesh.sim;

import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.host.HostState;
import org.limesh.packet.Checksum;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Ipv6;
import org.limesh.packet.Tcp;

/**
 * Forwards packets of a host, and sends those of its own: route, hop count, source address where the way out
 * is masqueraded, largest segment, frame size, tunnel, next hop's MAC.
 *
 * <p>Each forwarded packet gets a new Ethernet header; nothing of layer 2 crosses.
 */
final class Router {
    private static final int NET_UNREACHABLE = 0;
    private static final int MSS_OPTION = 2;
    private static final int MSS_OPTION_OCTETS = 4;
    private static final int NO_OPERATION = 1;
    private static final int END_OF_OPTIONS = 0;
    private static final int TCP_CHECKSUM = 16;

    private final Simulation sim;
    private final SimNode node;
    private final HostInterfaces interfaces;
    private final Forwarding forwarding;
    private final Masquerades masquerades;
    private final Counters counters;
    private List<HostState.Reservation> reservations = List.of();

    Router(Simulation sim, SimNode node, HostInterfaces interfaces, Forwarding forwarding,
            Masquerades masquerades,
            Counters counters) {
        this.sim = sim;
        this.node = node;
        this.interfaces = interfaces;
        this.forwarding = forwarding;
        this.masquerades = masquerades;
        this.counters = counters;
    }

    void reserve(List<HostState.Reservation> wanted) {
        reservations = wanted;
    }

    /**
     * Whether what came in on an interface may leave on another.
     *
     * @param port of the bridge that it came in through, or null
     */
    boolean admits(String in, String port, HostInterface out) {
        for (HostState.Reservation reservation : reservations) {
            if (reservation.device().equals(out.name) && !reservation.admits(in, port)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Forwards a packet that is not for this host. The frame stays as it is.
     *
     * @param port of the bridge that it came in through, or null
     */
    void forward4(HostInterface in, String port, Frame packet, Journey before) {
        int source = Ipv4.source(packet);
        int destination = Ipv4.destination(packet);
        Frame onward = packet.copy();
        if (!Ipv4.decrementTtl(onward)) {
            counters.of("drop.host.ttl").increment();
            error4(packet, IcmpErrors.TIME_EXCEEDED4, 0, 0);
            return;
        }
        Forwarding.Hop hop = forwarding.find4(source, destination);
        if (hop == null) {
            counters.of("drop.host.no_route").increment();
            error4(packet, IcmpErrors.UNREACHABLE4, NET_UNREACHABLE, 0);
            return;
        }
        if (!admits(in.name, port, hop.out())) {
            counters.of("drop.host.reserved").increment();
            return;
        }
        Journey journey = before != null ? before : Journey.begin(sim.nextTraceId(), sim.nowNs(),
                new Ip4Address(source), new Ip4Address(destination));
        journey = routed(journey, in, hop.out());
        if (masquerades.covers(hop.out(), source) && !masquerades.leave(onward, hop.out(), sim.nowNs())) {
            counters.of("drop.host.nat").increment();
            return;
        }
        output4(hop, onward, journey);
    }

    private Journey routed(Journey before, HostInterface in, HostInterface out) {
        Journey journey = before.routedBy(node.index());
        for (SimObserver observer : sim.observers()) {
            observer.routed(node, in.name, out.name, journey, sim.nowNs());
        }
        return journey;
    }

    /** Sends a packet on; the frame is this method's own. */
    void output4(Forwarding.Hop hop, Frame packet, Journey journey) {
        HostInterface out = hop.out();
        if (out.clampsMss) {
            clampMss(packet, out.mtuOctets - Ipv4.HEADER_OCTETS - Tcp.HEADER_OCTETS);
        }
        if (Tunnels.octets(packet) > out.mtuOctets) {
            counters.of("drop.host.too_long").increment();
            error4(packet, IcmpErrors.UNREACHABLE4, IcmpErrors.CODE_TOO_LONG4, out.mtuOctets);
        } else if (out.kind == HostInterface.Kind.TUNNEL) {
            encapsulate(out, packet, journey);
        } else {
            packet.putMac(Ethernet.SOURCE, out.mac);
            Object next = hop.via() != null ? hop.via() : new Ip4Address(Ipv4.destination(packet));
            out.neighbours.send(next, packet, Trace.routed(node, journey));
        }
    }

    /** The same for IPv6. */
    void forward6(HostInterface in, String port, Frame packet, Journey before) {
        Ip6Address source = Ipv6.source(packet);
        Ip6Address destination = Ipv6.destination(packet);
        Frame onward = packet.copy();
        if (!Ipv6.decrementHopLimit(onward)) {
            counters.of("drop.host.ttl").increment();
            error6(packet, IcmpErrors.TIME_EXCEEDED6, 0, 0);
            return;
        }
        Forwarding.Hop hop = forwarding.find6(source, destination);
        if (hop == null || source.isLinkLocal()) {
            counters.of("drop.host.no_route").increment();
            error6(packet, IcmpErrors.UNREACHABLE6, NET_UNREACHABLE, 0);
            return;
        }
        if (!admits(in.name, port, hop.out())) {
            counters.of("drop.host.reserved").increment();
            return;
        }
        Journey journey = before != null ? before
                : Journey.begin(sim.nextTraceId(), sim.nowNs(), source, destination);
        output6(hop, onward, routed(journey, in, hop.out()));
    }

    /** Sends a packet on; the frame is this method's own. */
    void output6(Forwarding.Hop hop, Frame packet, Journey journey) {
        HostInterface out = hop.out();
        if (out.clampsMss) {
            clampMss(packet, out.mtuOctets - Ipv6.HEADER_OCTETS - Tcp.HEADER_OCTETS);
        }
        if (Tunnels.octets(packet) > out.mtuOctets) {
            counters.of("drop.host.too_long").increment();
            error6(packet, IcmpErrors.TOO_BIG6, 0, out.mtuOctets);
        } else if (out.kind == HostInterface.Kind.TUNNEL) {
            encapsulate(out, packet, journey);
        } else {
            packet.putMac(Ethernet.SOURCE, out.mac);
            Object next = hop.via() != null ? hop.via() : Ipv6.destination(packet);
            out.neighbours.send(next, packet, Trace.routed(node, journey));
        }
    }

    private void encapsulate(HostInterface tunnel, Frame inner, Journey journey) {
        Forwarding.Hop hop = forwarding.find6(tunnel.tunnelLocal, tunnel.tunnelRemote);
        if (hop == null || hop.out().kind == HostInterface.Kind.TUNNEL) {
            counters.of(hop == null ? "drop.tunnel.no_route" : "drop.tunnel.into_tunnel").increment();
            return;
        }
        output6(hop, Tunnels.encapsulate(tunnel, inner),
                journey == null ? null : journey.encapsulatedBy(node.index()));
    }

    /** The address this host speaks of itself with. */
    private int own4() {
        HostInterface bridge = interfaces.bridge();
        if (bridge != null && !bridge.addresses4.isEmpty()) {
            return bridge.addresses4.getFirst().address().bits();
        }
        for (HostInterface each : interfaces.all()) {
            if (!each.addresses4.isEmpty()) {
                return each.addresses4.getFirst().address().bits();
            }
        }
        return 0;
    }

    private Ip6Address own6() {
        for (HostInterface each : interfaces.all()) {
            for (var prefix : each.kind == HostInterface.Kind.MACVLAN
                    ? java.util.List.<org.limesh.base.Ip6Prefix>of()
                    : each.addresses6) {
                if (!prefix.address().isLinkLocal()) {
                    return prefix.address();
                }
            }
        }
        return null;
    }

    private void error4(Frame about, int type, int code, int mtuOctets) {
        Frame error = IcmpErrors.about4(about, own4(), type, code, mtuOctets);
        Forwarding.Hop hop = error == null ? null : forwarding.find4(Ipv4.source(error),
                Ipv4.destination(error));
        if (hop != null) {
            output4(hop, error, null);
        }
    }

    private void error6(Frame about, int type, int code, int mtuOctets) {
        Frame error = IcmpErrors.about6(about, own6(), type, code, mtuOctets);
        Forwarding.Hop hop = error == null ? null : forwarding.find6(Ipv6.source(error),
                Ipv6.destination(error));
        if (hop != null) {
            output6(hop, error, null);
        }
    }

    /** Lets a TCP connection offer no more than the way carries. */
    private static void clampMss(Frame packet, int largestOctets) {
        int at = Tcp.offset(packet);
        if (at < 0 || (Tcp.flags(packet, at) & Tcp.SYN) == 0) {
            return;
        }
        int end = at + (packet.u8(at + 12) >>> 4) * 4;
        int option = at + Tcp.HEADER_OCTETS;
        while (option < end && option < packet.length() && packet.u8(option) != END_OF_OPTIONS) {
            int octets = packet.u8(option) == NO_OPERATION ? 1 : option + 1 < end ? packet.u8(option + 1) : 0;
            if (octets == 0 || option + octets > end) {
                return;
            }
            if (packet.u8(option) == MSS_OPTION && octets == MSS_OPTION_OCTETS
                    && packet.u16(option + 2) > largestOctets) {
                int before = packet.u16(option + 2);
                packet.put16(option + 2, largestOctets);
                packet.put16(at + TCP_CHECKSUM,
                        Checksum.update(packet.u16(at + TCP_CHECKSUM), before, largestOctets));
            }
            option += octets;
        }
    }
}
