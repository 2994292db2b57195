package org.limesh.base;

/**
 * IPv4 address with a mask length. The address may have host bits: the same type names a network
 * ({@code 10.13.0.0/16}) and the address of an interface in it ({@code 10.13.52.86/16}).
 *
 * @param address      address or network
 * @param lengthBits   0..32
 */
public record Ip4Prefix(Ip4Address address, int lengthBits) {
    public Ip4Prefix {
        if (lengthBits < 0 || lengthBits > 32) {
            throw new IllegalArgumentException("an IPv4 mask has 0 to 32 bits, not " + lengthBits);
        }
    }

    /**
     * Reads {@code 10.13.0.0/16}.
     *
     * @throws IllegalArgumentException when the text is anything else
     */
    public static Ip4Prefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "': the mask is missing; write e.g. " + text + "/16");
        }
        try {
            return new Ip4Prefix(Ip4Address.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("'" + text + "' is not an IPv4 network; write e.g. 10.13.0.0/16", notANumber);
        }
    }

    public int mask() {
        return lengthBits == 0 ? 0 : -1 << (32 - lengthBits);
    }

    /** The lowest address: all host bits zero. */
    public Ip4Address network() {
        return new Ip4Address(address.bits() & mask());
    }

    /** The highest address: all host bits one. */
    public Ip4Address broadcast() {
        return new Ip4Address(address.bits() | ~mask());
    }

    /** The same network without host bits. */
    public Ip4Prefix masked() {
        return new Ip4Prefix(network(), lengthBits);
    }

    public boolean contains(Ip4Address other) {
        return (other.bits() & mask()) == (address.bits() & mask());
    }

    @Override
    public String toString() {
        return address + "/" + lengthBits;
    }
}
