package org.limesh.linux;

import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;
import org.limesh.host.HostState.Link;
import org.limesh.linux.ffi.RawSocket6;
import org.limesh.linux.ffi.TapDevice;
import org.limesh.packet.Ethernet;

/**
 * Tunnels where the kernel has no ip6tnl: TUN devices, and sockets that send and hear IPv6 packets with IPv4
 * or IPv6 in them. The octets on the wire are those of ip6tnl without encapsulation limit.
 *
 * <pre>
 *  outer header (40)  version 6, traffic class (its ECN bits as inside), flow label 0
 *                     payload length  next header 4 or 41  hop limit 64  source = local  destination = remote
 *
 *  routed into the tunnel ─→ TunnelEnd ─┬─→ raw socket ─→ kernel routes ─→ any device, or VlanTap ─┐
 *                                       └────────── the way is known ─────────────────────→ VlanWire ─→
 *  routed by what is inside ←─ TunnelEnd ←─┬── TunnelEar ←── kernel ←── any device, or VlanTap ←───┐
 *                                          └────────── an end's very packet ──────────────── VlanWire ←─
 * </pre>
 *
 * <p>The short ways save a pass through the kernel and two calls for each packet, and exist only where the
 * VLAN device is ours too.
 *
 * <p>What comes from an outer pair of addresses that is no tunnel's is dropped and counted: a node is no open
 * decapsulator. Groups of the link (router solicitations and such) are not wrapped.
 */
final class Tunnels {
    static final int HEADER_OCTETS = 40;
    static final int NEXT_IPV4 = 4;
    static final int NEXT_IPV6 = 41;
    private static final int HEADER4_OCTETS = 20;
    private static final int LENGTH_AT = 4;
    private static final int NEXT_AT = 6;
    private static final int SOURCE_AT = 8;
    private static final int DESTINATION_AT = 24;
    private static final int ECN_MASK = 3;
    private static final int ECN_CE = 3;

    /** Outer addresses as packets arrive: from the remote to the local end. */
    private record Pair(Ip6Address source, Ip6Address destination) {}

    private final Counters counters;
    private final Counter malformed;
    private final Counter congested;
    private final Counter shortcut;
    private volatile Map<Pair, TunnelEnd> ends = Map.of();
    /** Counts what may have changed the ways that packets take. */
    private volatile int change;
    private RawSocket6 out;

    Tunnels(Counters counters) {
        this.counters = counters;
        this.malformed = counters.of("drop.linux.tunnel_malformed");
        this.congested = counters.of("drop.linux.tunnel_congested");
        this.shortcut = counters.of("linux.tunnel.taken_from_wire");
    }

    /** Makes the other end of a TUN that was just made. */
    TunnelEnd end(Link.Tunnel tunnel, TapDevice tun) {
        if (out == null) {
            out = RawSocket6.sending();
        }
        return new TunnelEnd(tunnel, tun, this, out, counters);
    }

    /** From now on these are all tunnels. */
    void serve(Iterable<TunnelEnd> all) {
        Map<Pair, TunnelEnd> next = new LinkedHashMap<>();
        all.forEach(end -> next.put(new Pair(end.tunnel().remote(), end.tunnel().local()), end));
        ends = next;
    }

    TunnelEar ear(int nextHeader) {
        return new TunnelEar(nextHeader, this, counters);
    }

    /** Routes or devices are not what they were: every end asks the kernel for its way again. */
    void forgetWays() {
        change++;
    }

    int change() {
        return change;
    }

    void close() {
        if (out != null) {
            out.close();
        }
    }

    /** The end that packets of this outer pair come out of, or null. */
    TunnelEnd from(Ip6Address source, Ip6Address destination) {
        return ends.get(new Pair(source, destination));
    }

    /** The end that made the packet in this frame, or null when none did. */
    TunnelEnd senderOf(byte[] frame, int lengthOctets) {
        return isTunnelled(frame, lengthOctets)
                ? from(address(frame, DESTINATION_AT), address(frame, SOURCE_AT)) : null;
    }

    /** Unwraps the packet in this frame; false when it is of no tunnel and somebody else's to look at. */
    boolean take(byte[] frame, int lengthOctets) {
        boolean toGroup = (frame[0] & 1) != 0;
        TunnelEnd end = toGroup || !isTunnelled(frame, lengthOctets) ? null
                : from(address(frame, SOURCE_AT), address(frame, DESTINATION_AT));
        if (end == null) {
            return false;
        }
        shortcut.increment();
        int ip = Ethernet.HEADER_OCTETS;
        int octets = Octets.u16(frame, ip + LENGTH_AT);
        // What is shorter than a frame may be comes filled up.
        if (octets > lengthOctets - ip - HEADER_OCTETS) {
            malformed.increment();
        } else {
            unwrap(end, frame[ip + NEXT_AT], Octets.u16(frame, ip) >> 4 & 0xff, frame, ip + HEADER_OCTETS,
                    octets);
        }
        return true;
    }

    private static boolean isTunnelled(byte[] frame, int lengthOctets) {
        int ip = Ethernet.HEADER_OCTETS;
        return lengthOctets >= ip + HEADER_OCTETS && Octets.u16(frame, ip - 2) == Ethernet.TYPE_IPV6
                && frame[ip] >> 4 == 6 && (frame[ip + NEXT_AT] == NEXT_IPV4
                || frame[ip + NEXT_AT] == NEXT_IPV6);
    }

    private static Ip6Address address(byte[] frame, int at) {
        int from = Ethernet.HEADER_OCTETS + at;
        return new Ip6Address(Octets.i64(frame, from), Octets.i64(frame, from + 8));
    }

    /** Hands the packet at {@code at} to its end. */
    void unwrap(TunnelEnd end, int nextHeader, int outerClass, byte[] octets, int at, int lengthOctets) {
        int version = nextHeader == NEXT_IPV4 ? 4 : 6;
        if (lengthOctets < (version == 4 ? HEADER4_OCTETS : HEADER_OCTETS)
                || (octets[at] >> 4 & 15) != version) {
            malformed.increment();
            return;
        }
        int ecn = ecn(octets, at);
        boolean met = (outerClass & ECN_MASK) == ECN_CE && ecn != ECN_CE;
        // RFC 6040: congestion met on the way is told inside, or the packet dropped where it cannot be.
        if (met && ecn == 0) {
            congested.increment();
            return;
        }
        Frame frame = Frame.allocate(Ethernet.HEADER_OCTETS + lengthOctets);
        System.arraycopy(octets, at, frame.array(), frame.offset() + Ethernet.HEADER_OCTETS, lengthOctets);
        frame.put16(Ethernet.HEADER_OCTETS - 2, version == 4 ? Ethernet.TYPE_IPV4 : Ethernet.TYPE_IPV6);
        if (met) {
            markCongested(frame.array(), frame.offset() + Ethernet.HEADER_OCTETS);
        }
        end.write(frame);
    }

    /** The two bits that tell of congestion. */
    static int ecn(byte[] packet, int at) {
        return (packet[at] >> 4 == 4 ? packet[at + 1] : Octets.u16(packet, at) >> 4) & ECN_MASK;
    }

    private static void markCongested(byte[] packet, int at) {
        if (packet[at] >> 4 == 6) {
            packet[at + 1] |= (byte) (ECN_CE << 4);
            return;
        }
        int before = Octets.u16(packet, at);
        packet[at + 1] |= ECN_CE;
        // RFC 1624: the checksum follows the one word that changed.
        int sum = (~Octets.u16(packet, at + 10) & 0xffff) + (~before & 0xffff) + Octets.u16(packet, at);
        sum = (sum & 0xffff) + (sum >>> 16);
        Octets.put16(packet, at + 10, ~(sum + (sum >>> 16)) & 0xffff);
    }
}
