package org.limesh.dns;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.Octets;

/** Addresses as the platform has them, and as ours. */
final class Addresses {
    private static final List<Ip4Prefix> PRIVATE4 = List.of(Ip4Prefix.parse("10.0.0.0/8"),
            Ip4Prefix.parse("172.16.0.0/12"), Ip4Prefix.parse("192.168.0.0/16"));
    private static final List<Ip4Prefix> NO_HOST4 = List.of(Ip4Prefix.parse("169.254.0.0/16"),
            Ip4Prefix.parse("127.0.0.0/8"), Ip4Prefix.parse("0.0.0.0/8"));
    private static final Ip6Prefix UNIQUE_LOCAL = Ip6Prefix.parse("fc00::/7");
    private static final List<Ip6Prefix> NO_HOST6 = List.of(Ip6Prefix.parse("fe80::/10"), Ip6Prefix.parse("::/127"));
    private static final Ip6Prefix MAPPED = new Ip6Prefix(new Ip6Address(0, 0xffff_0000_0000L), 96);

    private Addresses() {}

    static InetAddress of(Ip4Address address) {
        byte[] octets = new byte[Ip4Address.LENGTH_OCTETS];
        Octets.put32(octets, 0, address.bits());
        return of(octets);
    }

    static InetAddress of(Ip6Address address) {
        byte[] octets = new byte[Ip6Address.LENGTH_OCTETS];
        Octets.put64(octets, 0, address.high());
        Octets.put64(octets, Long.BYTES, address.low());
        return of(octets);
    }

    private static InetAddress of(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("4 or 16 octets are an address", impossible);
        }
    }

    /** @param text a literal address; never looked up */
    static InetAddress parse(String text) {
        return text.indexOf(':') >= 0 ? of(Ip6Address.parse(text)) : of(Ip4Address.parse(text));
    }

    static Ip4Address ip4(InetAddress address) {
        return new Ip4Address(Octets.i32(address.getAddress(), 0));
    }

    static Ip6Address ip6(InetAddress address) {
        byte[] octets = address.getAddress();
        return new Ip6Address(Octets.i64(octets, 0), Octets.i64(octets, Long.BYTES));
    }

    /** Of a network that is not the Internet, as communities use them between clouds. */
    static boolean isOfMesh(InetAddress address) {
        return address instanceof Inet4Address ? PRIVATE4.stream().anyMatch(range -> range.contains(ip4(address)))
                : UNIQUE_LOCAL.contains(ip6(address));
    }

    /** No name of the Internet should lead here. */
    static boolean isPrivate(InetAddress address) {
        if (address instanceof Inet4Address) {
            Ip4Address ip4 = ip4(address);
            return PRIVATE4.stream().anyMatch(range -> range.contains(ip4))
                    || NO_HOST4.stream().anyMatch(range -> range.contains(ip4));
        }
        Ip6Address ip6 = ip6(address);
        return MAPPED.contains(ip6) ? isPrivate(of(new Ip4Address((int) ip6.low())))
                : UNIQUE_LOCAL.contains(ip6) || NO_HOST6.stream().anyMatch(range -> range.contains(ip6));
    }
}
