package org.limesh.base;

/**
 * IPv6 address with a prefix length; like {@link Ip4Prefix} it may keep host bits.
 *
 * @param address    address or network
 * @param lengthBits 0..128
 */
public record Ip6Prefix(Ip6Address address, int lengthBits) {
    public Ip6Prefix {
        if (lengthBits < 0 || lengthBits > 128) {
            throw new IllegalArgumentException("an IPv6 prefix has 0 to 128 bits, not " + lengthBits);
        }
    }

    /**
     * Reads {@code fd0d:fe46:8ce8::/64}.
     *
     * @throws IllegalArgumentException when the text is anything else
     */
    public static Ip6Prefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "': the prefix length is missing; write e.g. " + text + "/64");
        }
        try {
            return new Ip6Prefix(Ip6Address.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an IPv6 network; write e.g. fd0d:fe46:8ce8::/64", notANumber);
        }
    }

    public Ip6Address network() {
        long highMask = lengthBits >= 64 ? -1 : lengthBits == 0 ? 0 : -1L << (64 - lengthBits);
        long lowMask = lengthBits <= 64 ? 0 : -1L << (128 - lengthBits);
        return new Ip6Address(address.high() & highMask, address.low() & lowMask);
    }

    public Ip6Prefix masked() {
        return new Ip6Prefix(network(), lengthBits);
    }

    public boolean contains(Ip6Address other) {
        return new Ip6Prefix(other, lengthBits).network().equals(network());
    }

    @Override
    public String toString() {
        return address + "/" + lengthBits;
    }
}
