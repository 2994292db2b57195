package org.limesh.lime;

import java.util.OptionalInt;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;

/**
 * Addresses of a node from the option's text.
 *
 * <pre>
 *  A/p      mask p for the interface; if A is the network address of A/p, the node's own number is added
 *  A/p/q    the same, but addresses are made within A/q
 * </pre>
 * The own number is what the last three bytes of the primary MAC are, cut to the host bits. Two nodes may
 * get the same address; nothing in LibreMesh resolves that.
 */
public final class NodeAddress {
    /** RFC 2526 reserves the highest 128 interface identifiers of a subnet for anycast. */
    private static final long RESERVED_HIGH_IDENTIFIERS = 128;

    private NodeAddress() {}

    /** Why an address was not the one that the MAC asked for. */
    public enum Reserved { NO, NETWORK, ANYCAST, BROADCAST }

    /**
     * @param address4 what the interface gets
     * @param reserved which reserved address was avoided
     */
    public record Result4(Ip4Prefix address4, Reserved reserved) {}

    /**
     * @param address6 what the interface gets
     * @param reserved which reserved address was avoided
     */
    public record Result6(Ip6Prefix address6, Reserved reserved) {}

    /** The last three bytes of a MAC as a number. */
    public static int ownNumber(MacAddress mac) {
        return (int) mac.bits() & 0xff_ffff;
    }

    /**
     * IPv4 address of a node.
     *
     * @param text  A/p or A/p/q with templates filled in
     * @param anygw whether the first host is the anycast address and therefore taken
     * @throws IllegalArgumentException saying what is wrong with the text
     */
    public static Result4 of4(String text, MacAddress mac, boolean anygw) {
        Parts parts = Parts.of(text, "10.13.0.0/16", 32);
        Ip4Prefix range = new Ip4Prefix(Ip4Address.parse(parts.address), parts.rangeBits);
        Ip4Address address = range.address();
        if (range.network().equals(address)) {
            long hosts = 1L << (32 - parts.rangeBits);
            address = address.plus((int) (ownNumber(mac) % hosts));
        }
        Ip4Prefix result = new Ip4Prefix(address, parts.maskBits);
        Reserved reserved = Reserved.NO;
        // A mask of 31 or 32 bits leaves no reserved addresses to avoid (RFC 3021).
        if (parts.maskBits < 31) {
            reserved = address.equals(result.network()) ? Reserved.NETWORK
                    : anygw && address.equals(result.network().plus(1)) ? Reserved.ANYCAST
                    : address.equals(result.broadcast()) ? Reserved.BROADCAST : Reserved.NO;
        }
        return new Result4(reserved == Reserved.NO ? result
                : new Ip4Prefix(result.broadcast().plus(-1), parts.maskBits), reserved);
    }

    /**
     * IPv6 address of a node exactly as LibreMesh computes it: no check against reserved addresses, so MACs
     * ending in 00:00:00 and 00:00:01 get the subnet-router and the anycast address.
     *
     * @throws IllegalArgumentException saying what is wrong with the text
     */
    public static Ip6Prefix reference6(String text, MacAddress mac) {
        Parts parts = Parts.of(text, "fd0d:fe46:8ce8::/64", 128);
        Ip6Prefix range = new Ip6Prefix(Ip6Address.parse(parts.address), parts.rangeBits);
        Ip6Address address = range.address();
        if (range.network().equals(address)) {
            int hostBits = 128 - parts.rangeBits;
            long own = hostBits >= 24 ? ownNumber(mac) : ownNumber(mac) & (1L << hostBits) - 1;
            address = new Ip6Address(address.high(), address.low() + own);
        }
        return new Ip6Prefix(address, parts.maskBits);
    }

    /**
     * IPv6 address of a node: {@link #reference6}, but where that is the subnet-router address or the anycast
     * address, the highest host instead, as LibreMesh does for IPv4. The highest host is the one below the
     * identifiers that RFC 2526 reserves.
     *
     * @throws IllegalArgumentException saying what is wrong with the text
     */
    public static Result6 of6(String text, MacAddress mac, boolean anygw) {
        Ip6Prefix wanted = reference6(text, mac);
        Reserved reserved = wanted.lengthBits() >= 127 ? Reserved.NO
                : wanted.address().equals(wanted.network()) ? Reserved.NETWORK
                : anygw && wanted.address().equals(anycast6(wanted).address()) ? Reserved.ANYCAST
                : Reserved.NO;
        return new Result6(reserved == Reserved.NO ? wanted : highestHost(wanted), reserved);
    }

    private static Ip6Prefix highestHost(Ip6Prefix prefix) {
        int hostBits = 128 - prefix.lengthBits();
        long ones = hostBits >= 64 ? -1L : (1L << hostBits) - 1;
        long highOnes = hostBits <= 64 ? 0 : hostBits == 128 ? -1L : (1L << hostBits - 64) - 1;
        Ip6Address network = prefix.network();
        long low = network.low() | ones - (hostBits > 7 ? RESERVED_HIGH_IDENTIFIERS : 0);
        return new Ip6Prefix(new Ip6Address(network.high() | highOnes, low), prefix.lengthBits());
    }

    /** The anycast address: the lowest host of the network, with the node's mask. */
    public static Ip4Prefix anycast4(Ip4Prefix node) {
        return new Ip4Prefix(node.network().plus(1), node.lengthBits());
    }

    /** The anycast address: the lowest host of the network, always with /64. */
    public static Ip6Prefix anycast6(Ip6Prefix node) {
        Ip6Address network = node.network();
        return new Ip6Prefix(new Ip6Address(network.high(), network.low() + 1), 64);
    }

    /** A text cut at its slashes. */
    private record Parts(String address, int maskBits, int rangeBits) {
        static Parts of(String text, String example, int most) {
            String[] pieces = text.strip().split("/", -1);
            if (pieces.length > 3) {
                throw new IllegalArgumentException("at most two numbers may follow the address, as in "
                        + example);
            }
            if (pieces.length == 1) {
                throw new IllegalArgumentException("the mask is missing");
            }
            int mask = bits(pieces[1], most);
            return new Parts(pieces[0], mask, pieces.length == 3 ? bits(pieces[2], most) : mask);
        }

        private static int bits(String text, int most) {
            OptionalInt bits = Numbers.parse(text, 0, most);
            if (bits.isEmpty()) {
                throw new IllegalArgumentException("'" + text + "' is not a mask of 0 to " + most + " bits");
            }
            return bits.getAsInt();
        }
    }
}
