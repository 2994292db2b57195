package org.limesh.bmx7.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.limesh.base.Invariant;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;

/**
 * SHA-224 value: a node id, the identity of a content, a description hash. Order is that of the octets,
 * unsigned.
 */
public final class Hash implements Comparable<Hash> {
    public static final int LENGTH_OCTETS = 28;

    private static final MessageDigest UNUSED = look();

    private final byte[] octets;

    private Hash(byte[] octets) {
        this.octets = octets;
    }

    /** Copies 28 octets. */
    public static Hash read(byte[] from, int at) {
        return new Hash(Arrays.copyOfRange(from, at, at + LENGTH_OCTETS));
    }

    /** SHA-224 over the parts, one after the other. */
    public static Hash of(byte[]... parts) {
        return new Hash(digest(parts));
    }

    /** Identity of a content: flags octet, then body. */
    public static Hash ofContent(int flags, byte[] body) {
        return of(new byte[] {(byte) flags}, body);
    }

    public static Hash parse(String hexDigits) {
        byte[] octets = HexFormat.of().parseHex(hexDigits);
        Invariant.check(octets.length == LENGTH_OCTETS, "a SHA-224 value has 28 octets");
        return new Hash(octets);
    }

    static byte[] digest(byte[]... parts) {
        MessageDigest sha = fresh();
        for (byte[] part : parts) {
            sha.update(part);
        }
        return sha.digest();
    }

    /** Looking an algorithm up costs more than hashing a short message with it; a copy of an unused one is cheap. */
    private static MessageDigest fresh() {
        try {
            return (MessageDigest) UNUSED.clone();
        } catch (CloneNotSupportedException cannot) {
            return look();
        }
    }

    private static MessageDigest look() {
        try {
            return MessageDigest.getInstance("SHA-224");
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException("every JDK has SHA-224", never);
        }
    }

    public void write(byte[] to, int at) {
        System.arraycopy(octets, 0, to, at, LENGTH_OCTETS);
    }

    public byte[] toBytes() {
        return octets.clone();
    }

    /**
     * The address that belongs to a node id: {@code fd7x:} and the first 14 octets of the id.
     *
     * @param x 0 for the primary address, 1..15 for the node's tunnel endpoints
     */
    public Ip6Address cryptoAddress(int x) {
        long high = (0xfd70L + x) << 48;
        for (int i = 0; i < 6; i++) {
            high |= (octets[i] & 0xffL) << (40 - 8 * i);
        }
        return new Ip6Address(high, Octets.i64(octets, 6));
    }

    /** The octet at {@code index} 0..27. */
    public int octet(int index) {
        return octets[index] & 0xff;
    }

    /** First four octets in upper case, as the genuine tool shows nodes. */
    public String shortId() {
        return toString().substring(0, 8);
    }

    @Override
    public int compareTo(Hash other) {
        return Arrays.compareUnsigned(octets, other.octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hash hash && Arrays.equals(octets, hash.octets);
    }

    @Override
    public int hashCode() {
        // They are as good as random already.
        return Octets.i32(octets, 0);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(octets).toUpperCase(Locale.ROOT);
    }
}
