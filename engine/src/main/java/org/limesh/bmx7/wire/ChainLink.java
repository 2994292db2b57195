package org.limesh.bmx7.wire;

import java.util.HexFormat;
import org.limesh.base.Octets;

/**
 * 14 octets: a link of the hash chain that numbers originator messages, its seed, a masked link, or a MAC.
 */
public final class ChainLink {
    public static final int LENGTH_OCTETS = 14;

    private final long high;
    /** The last six octets. */
    private final long low;

    private ChainLink(long high, long low) {
        this.high = high;
        this.low = low;
    }

    /** Copies 14 octets. */
    public static ChainLink read(byte[] from, int at) {
        return new ChainLink(Octets.i64(from, at),
                Octets.i64(from, at + LENGTH_OCTETS - Long.BYTES) << 16 >>> 16);
    }

    public static ChainLink parse(String hexDigits) {
        return read(HexFormat.of().parseHex(hexDigits), 0);
    }

    /** The first 14 octets of SHA-224 over the parts. */
    public static ChainLink ofHash(byte[]... parts) {
        return read(Hash.digest(parts), 0);
    }

    /**
     * The link before this one: the first 14 octets of SHA-224 over this link and what never changes in a
     * chain.
     */
    public ChainLink step(byte[] suffix) {
        return ofHash(toBytes(), suffix);
    }

    public ChainLink xor(ChainLink other) {
        return new ChainLink(high ^ other.high, low ^ other.low);
    }

    public void write(byte[] to, int at) {
        Octets.put64(to, at, high);
        Octets.put16(to, at + Long.BYTES, (int) (low >>> 32));
        Octets.put32(to, at + Long.BYTES + 2, (int) low);
    }

    public byte[] toBytes() {
        byte[] octets = new byte[LENGTH_OCTETS];
        write(octets, 0);
        return octets;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChainLink link && high == link.high && low == link.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }
}
