package org.limesh.bmx7.wire;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * RSA public key with exponent 65537, signatures RSASSA-PKCS1-v1_5 with SHA-224.
 *
 * <pre>
 *  octet  0           1..
 *         key type    modulus, exactly the key's length
 * </pre>
 *
 * @param type    4 = 1024 bits, 5 = 1536, 6 = 2048, 7 = 3072, 8 = 4096
 */
public record RsaKey(int type, BigInteger modulus) {
    public static final BigInteger EXPONENT = BigInteger.valueOf(65537);
    private static final byte[] DIGEST_INFO = HexFormat.of()
            .parseHex("302d300d06096086480165030402040500041c");

    /** Octets of modulus and signature for a key type, or 0 for a type that is none. */
    public static int lengthOctets(int type) {
        return switch (type) {
            case 4 -> 128;
            case 5 -> 192;
            case 6 -> 256;
            case 7 -> 384;
            case 8 -> 512;
            default -> 0;
        };
    }

    /** Reads type and modulus; null when the length does not fit the type or the modulus is no key. */
    public static RsaKey parse(byte[] octets) {
        if (octets.length < 2 || lengthOctets(octets[0]) == 0 || octets.length != 1 + lengthOctets(octets[0])
                || octets[1] >= 0 || (octets[octets.length - 1] & 1) == 0) {
            return null;
        }
        return new RsaKey(octets[0], new BigInteger(1, octets, 1, octets.length - 1));
    }

    public byte[] emit() {
        byte[] octets = fixed(modulus, lengthOctets(type));
        return Bytes.join(new byte[] {(byte) type}, octets);
    }

    /** The node id that belongs to this key: identity of the content that holds it. */
    public Hash nodeId() {
        return Hash.ofContent(0, emit());
    }

    /** True when {@code signature} (without type octet) is this key's over a SHA-224 value. */
    public boolean verify(Hash digest, byte[] signature) {
        int length = lengthOctets(type);
        if (signature.length != length) {
            return false;
        }
        BigInteger number = new BigInteger(1, signature);
        return number.compareTo(modulus) < 0
                && Arrays.equals(fixed(number.modPow(EXPONENT, modulus), length), padded(digest, length));
    }

    static byte[] padded(Hash digest, int lengthOctets) {
        byte[] block = new byte[lengthOctets];
        Arrays.fill(block, (byte) 0xff);
        block[0] = 0;
        block[1] = 1;
        int at = lengthOctets - DIGEST_INFO.length - Hash.LENGTH_OCTETS;
        block[at - 1] = 0;
        System.arraycopy(DIGEST_INFO, 0, block, at, DIGEST_INFO.length);
        digest.write(block, at + DIGEST_INFO.length);
        return block;
    }

    static byte[] fixed(BigInteger number, int lengthOctets) {
        byte[] minimal = number.toByteArray();
        byte[] octets = new byte[lengthOctets];
        int copied = Math.min(minimal.length, lengthOctets);
        System.arraycopy(minimal, minimal.length - copied, octets, lengthOctets - copied, copied);
        return octets;
    }
}
