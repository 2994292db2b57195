package org.limesh.packet;

import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;

/**
 * Router solicitation (RFC 4861, 4.1): a client that came to a link asks who the router is.
 *
 * <pre>
 *  octet  0         1       2..3      4..7      8..
 *         type 133  code 0  checksum  reserved  options: source link-layer address (1)
 * </pre>
 *
 * @param source    IPv6 source: the client's link-local address, or {@link Ip6Address#ANY} while it has none
 * @param sourceMac MAC that the client says it has, or null; always null without a source
 */
public record RouterSolicitation(Ip6Address source, MacAddress sourceMac) {
    private static final int OPTIONS = 8;

    /** Reads and checks (RFC 4861, 6.1.1) a whole Ethernet frame. Other options are passed over. */
    public static Decoded<RouterSolicitation> parse(Frame frame) {
        String fault = Icmpv6.discoveryFault(frame, Icmpv6.ROUTER_SOLICITATION, OPTIONS);
        if (fault != null) {
            return new Decoded.Malformed<>(fault, Ipv6.BASE);
        }
        int at = Icmpv6.messageOffset(frame) + OPTIONS;
        int end = Ipv6.end(frame);
        MacAddress mac = null;
        while (at < end) {
            int octets = at + 2 <= end ? frame.u8(at + 1) * 8 : 0;
            if (octets == 0 || at + octets > end) {
                return new Decoded.Malformed<>("option_length", at);
            }
            if (frame.u8(at) == Icmpv6.OPTION_SOURCE_MAC && octets == Icmpv6.MAC_OPTION_OCTETS
                    && mac == null) {
                mac = new MacAddress(frame.mac(at + 2));
            }
            at += octets;
        }
        Ip6Address source = Ipv6.source(frame);
        if (source.isMulticast()) {
            return new Decoded.Malformed<>("source", Ipv6.BASE);
        }
        if (source.equals(Ip6Address.ANY) && mac != null) {
            return new Decoded.Malformed<>("mac_without_source", Ipv6.BASE);
        }
        return new Decoded.Valid<>(new RouterSolicitation(source, mac));
    }

    /** A whole Ethernet frame to all routers on the link. */
    public Frame frame(long etherSource) {
        byte[] message = new byte[OPTIONS + (sourceMac == null ? 0 : Icmpv6.MAC_OPTION_OCTETS)];
        message[0] = (byte) Icmpv6.ROUTER_SOLICITATION;
        if (sourceMac != null) {
            Icmpv6.putMacOption(message, OPTIONS, Icmpv6.OPTION_SOURCE_MAC, sourceMac.bits());
        }
        return Icmpv6.discoveryFrame(Ipv6.multicastMac(Icmpv6.ALL_ROUTERS), etherSource, source,
                Icmpv6.ALL_ROUTERS, message);
    }
}
