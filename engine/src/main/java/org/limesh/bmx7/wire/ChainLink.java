package org.limesh.bmx7.wire;

import java.util.Arrays;
import java.util.HexFormat;

/** 14 octets: a link of the hash chain that numbers originator messages, its seed, a masked link, or a MAC. */
public final class ChainLink {
    public static final int LENGTH_OCTETS = 14;

    private final byte[] octets;

    private ChainLink(byte[] octets) {
        this.octets = octets;
    }

    /** Copies 14 octets. */
    public static ChainLink read(byte[] from, int at) {
        return new ChainLink(Arrays.copyOfRange(from, at, at + LENGTH_OCTETS));
    }

    public static ChainLink parse(String hexDigits) {
        return read(HexFormat.of().parseHex(hexDigits), 0);
    }

    /** The first 14 octets of SHA-224 over the parts. */
    public static ChainLink ofHash(byte[]... parts) {
        return read(Hash.digest(parts), 0);
    }

    /** The link before this one: the first 14 octets of SHA-224 over this link and what never changes in a chain. */
    public ChainLink step(byte[] suffix) {
        return ofHash(octets, suffix);
    }

    public ChainLink xor(ChainLink other) {
        byte[] mixed = octets.clone();
        for (int i = 0; i < LENGTH_OCTETS; i++) {
            mixed[i] ^= other.octets[i];
        }
        return new ChainLink(mixed);
    }

    public void write(byte[] to, int at) {
        System.arraycopy(octets, 0, to, at, LENGTH_OCTETS);
    }

    public byte[] toBytes() {
        return octets.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChainLink link && Arrays.equals(octets, link.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(octets);
    }
}
