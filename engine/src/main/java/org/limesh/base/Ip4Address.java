package org.limesh.base;

/**
 * IPv4 address.
 *
 * @param bits the 32 bits, first octet on the wire most significant
 */
public record Ip4Address(int bits) implements Comparable<Ip4Address> {
    public static final int LENGTH_OCTETS = 4;
    public static final Ip4Address ANY = new Ip4Address(0);
    public static final Ip4Address BROADCAST = new Ip4Address(-1);

    /**
     * Reads dotted decimal.
     *
     * @throws IllegalArgumentException when the text is anything else
     */
    public static Ip4Address parse(String text) {
        String[] parts = text.split("\\.", -1);
        int bits = 0;
        boolean good = parts.length == LENGTH_OCTETS;
        for (int i = 0; good && i < LENGTH_OCTETS; i++) {
            good = !parts[i].isEmpty() && parts[i].length() <= 3 && parts[i].chars().allMatch(c -> c >= '0' && c <= '9')
                    && Integer.parseInt(parts[i]) <= 255;
            bits = good ? bits << 8 | Integer.parseInt(parts[i]) : bits;
        }
        if (!good) {
            throw new IllegalArgumentException("'" + text + "' is not an IPv4 address; write e.g. 10.13.0.1");
        }
        return new Ip4Address(bits);
    }

    public Ip4Address plus(int offset) {
        return new Ip4Address(bits + offset);
    }

    public boolean isMulticast() {
        return bits >>> 28 == 0xe;
    }

    /** Unsigned order, as people sort addresses. */
    @Override
    public int compareTo(Ip4Address other) {
        return Integer.compareUnsigned(bits, other.bits);
    }

    @Override
    public String toString() {
        return (bits >>> 24) + "." + (bits >>> 16 & 0xff) + "." + (bits >>> 8 & 0xff) + "." + (bits & 0xff);
    }
}
