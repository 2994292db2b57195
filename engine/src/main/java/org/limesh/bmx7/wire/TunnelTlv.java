package org.limesh.bmx7.wire;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.FMetric;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;

/** Entries of a description about its one-way tunnels. */
public final class TunnelTlv {
    private static final int INGRESS_FIXED_OCTETS = 2;
    private static final int NET_FIXED_OCTETS = 4;
    /** A node has at most this many endpoints. */
    public static final int MAX_ENDPOINTS = 15;

    private TunnelTlv() {}

    /**
     * Sources that an endpoint accepts.
     *
     * <pre>
     *  octet  0                  1               2..
     *         endpoint's index   prefix length   prefix, 4 or 16 octets
     * </pre>
     */
    public record Ingress(int tun6Id, IpNet prefix) {}

    /**
     * A network that can be reached through an endpoint.
     *
     * <pre>
     *  octet  0                  1            2                       3                4..
     *         endpoint's index   route type   bandwidth, short float   network length   network, 4 or 16 octets
     * </pre>
     *
     * @param bandwidth the octet as it travels, see {@link FMetric#decode8}
     */
    public record Net(int tun6Id, int routeType, int bandwidth, IpNet network) {}

    /** Endpoint addresses, in the order of their index; also the form of the LLIP entry. */
    public static Decoded<List<Ip6Address>> parseAddresses(byte[] octets) {
        if (octets.length % Ip6Address.LENGTH_OCTETS != 0) {
            return new Decoded.Malformed<>("address_list_length", 0);
        }
        List<Ip6Address> all = new ArrayList<>();
        for (int at = 0; at < octets.length; at += Ip6Address.LENGTH_OCTETS) {
            all.add(Bytes.address(octets, at));
        }
        return new Decoded.Valid<>(List.copyOf(all));
    }

    public static byte[] emitAddresses(List<Ip6Address> all) {
        byte[] octets = new byte[Ip6Address.LENGTH_OCTETS * all.size()];
        for (int i = 0; i < all.size(); i++) {
            Bytes.putAddress(octets, Ip6Address.LENGTH_OCTETS * i, all.get(i));
        }
        return octets;
    }

    public static Decoded<List<Ingress>> parseIngress(int family, byte[] octets) {
        int length = INGRESS_FIXED_OCTETS + addressOctets(family);
        if (octets.length % length != 0) {
            return new Decoded.Malformed<>("tunnel_ingress_length", 0);
        }
        List<Ingress> all = new ArrayList<>();
        for (int at = 0; at < octets.length; at += length) {
            IpNet prefix = net(family, octets, at + INGRESS_FIXED_OCTETS, Octets.u8(octets, at + 1));
            if (prefix == null) {
                return new Decoded.Malformed<>("tunnel_ingress_prefix", at);
            }
            all.add(new Ingress(Octets.u8(octets, at), prefix));
        }
        return new Decoded.Valid<>(List.copyOf(all));
    }

    public static byte[] emitIngress(int family, List<Ingress> all) {
        int length = INGRESS_FIXED_OCTETS + addressOctets(family);
        byte[] octets = new byte[length * all.size()];
        for (int i = 0; i < all.size(); i++) {
            octets[length * i] = (byte) all.get(i).tun6Id;
            octets[length * i + 1] = (byte) all.get(i).prefix.lengthBits();
            put(octets, length * i + INGRESS_FIXED_OCTETS, all.get(i).prefix);
        }
        return octets;
    }

    public static Decoded<List<Net>> parseNets(int family, byte[] octets) {
        int length = NET_FIXED_OCTETS + addressOctets(family);
        if (octets.length % length != 0) {
            return new Decoded.Malformed<>("tunnel_net_length", 0);
        }
        List<Net> all = new ArrayList<>();
        for (int at = 0; at < octets.length; at += length) {
            IpNet network = net(family, octets, at + NET_FIXED_OCTETS, Octets.u8(octets, at + 3));
            if (network == null) {
                return new Decoded.Malformed<>("tunnel_net_prefix", at);
            }
            all.add(new Net(Octets.u8(octets, at), Octets.u8(octets, at + 1), Octets.u8(octets, at + 2),
                    network));
        }
        return new Decoded.Valid<>(List.copyOf(all));
    }

    public static byte[] emitNets(int family, List<Net> all) {
        int length = NET_FIXED_OCTETS + addressOctets(family);
        byte[] octets = new byte[length * all.size()];
        for (int i = 0; i < all.size(); i++) {
            octets[length * i] = (byte) all.get(i).tun6Id;
            octets[length * i + 1] = (byte) all.get(i).routeType;
            octets[length * i + 2] = (byte) all.get(i).bandwidth;
            octets[length * i + 3] = (byte) all.get(i).network.lengthBits();
            put(octets, length * i + NET_FIXED_OCTETS, all.get(i).network);
        }
        return octets;
    }

    private static int addressOctets(int family) {
        return family == 4 ? 4 : Ip6Address.LENGTH_OCTETS;
    }

    /** The network at {@code at}, or null when its length or its host bits are wrong. */
    private static IpNet net(int family, byte[] octets, int at, int lengthBits) {
        if (lengthBits > 8 * addressOctets(family)) {
            return null;
        }
        Ip6Address address = family == 4 ? new Ip6Address((long) Octets.i32(octets, at) << 32, 0)
                : Bytes.address(octets, at);
        IpNet network = new IpNet(family, address, lengthBits);
        return network.address().equals(address) ? network : null;
    }

    private static void put(byte[] octets, int at, IpNet network) {
        if (network.family() == 4) {
            Octets.put32(octets, at, (int) (network.address().high() >>> 32));
        } else {
            Bytes.putAddress(octets, at, network.address());
        }
    }
}
