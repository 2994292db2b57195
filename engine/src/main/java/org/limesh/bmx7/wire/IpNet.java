package org.limesh.bmx7.wire;

import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;

/**
 * Network of either family, so that the choice of tunnels is written once.
 *
 * @param family     4 or 6
 * @param address    without host bits; an IPv4 address stands in the first 32 bits
 * @param lengthBits 0..32 or 0..128
 */
public record IpNet(int family, Ip6Address address, int lengthBits) {
    public IpNet {
        if (family != 4 && family != 6 || lengthBits < 0 || lengthBits > (family == 4 ? 32 : 128)) {
            throw new IllegalArgumentException("a network is IPv4 with 0 to 32 or IPv6 with 0 to 128 bits");
        }
        address = new Ip6Prefix(address, lengthBits).network();
    }

    public static IpNet of(Ip4Prefix prefix) {
        return new IpNet(4, new Ip6Address((long) prefix.address().bits() << 32, 0), prefix.lengthBits());
    }

    public static IpNet of(Ip6Prefix prefix) {
        return new IpNet(6, prefix.address(), prefix.lengthBits());
    }

    /** Reads {@code 10.0.0.0/8} or {@code ::/0}. */
    public static IpNet parse(String text) {
        return text.indexOf(':') >= 0 ? of(Ip6Prefix.parse(text)) : of(Ip4Prefix.parse(text));
    }

    /** The IPv4 form; only when {@code family} is 4. */
    public Ip4Prefix prefix4() {
        return new Ip4Prefix(new Ip4Address((int) (address.high() >>> 32)), lengthBits);
    }

    /** The IPv6 form; only when {@code family} is 6. */
    public Ip6Prefix prefix6() {
        return new Ip6Prefix(address, lengthBits);
    }

    /** True when {@code other} lies inside. */
    public boolean contains(IpNet other) {
        return family == other.family && lengthBits <= other.lengthBits
                && new Ip6Prefix(address, lengthBits).contains(other.address);
    }

    public boolean overlaps(IpNet other) {
        return contains(other) || other.contains(this);
    }

    @Override
    public String toString() {
        return family == 4 ? prefix4().toString() : prefix6().toString();
    }
}
