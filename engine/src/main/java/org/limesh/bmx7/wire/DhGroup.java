package org.limesh.bmx7.wire;

import java.math.BigInteger;

/** Diffie-Hellman groups of RFC 3526 with generator 2, and the MAC of a link that two keys make. */
public enum DhGroup {
    /** Group 14, 2048 bits. */
    MODP_2048(17, 256,
            "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
            + "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
            + "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
            + "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
            + "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
            + "15728E5A8AACAA68FFFFFFFFFFFFFFFF"),
    /** Group 15, 3072 bits. */
    MODP_3072(18, 384,
            "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
            + "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
            + "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
            + "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
            + "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
            + "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
            + "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
            + "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF");

    private static final BigInteger GENERATOR = BigInteger.TWO;

    /** Key type on the wire. */
    public final int type;
    public final int lengthOctets;
    private final BigInteger prime;

    DhGroup(int type, int lengthOctets, String primeHex) {
        this.type = type;
        this.lengthOctets = lengthOctets;
        this.prime = new BigInteger(primeHex, 16);
    }

    /** The group of a key type, or null. */
    public static DhGroup ofType(int type) {
        for (DhGroup group : values()) {
            if (group.type == type) {
                return group;
            }
        }
        return null;
    }

    /** Public key of a secret exponent, padded to the group's length. */
    public byte[] publicKey(BigInteger secretExponent) {
        return RsaKey.fixed(GENERATOR.modPow(secretExponent, prime), lengthOctets);
    }

    /**
     * True for a number that a peer may offer: neither 0, 1 nor p-1 and above, which would fix the secret.
     */
    public boolean isSound(byte[] publicKey) {
        BigInteger number = new BigInteger(1, publicKey);
        return publicKey.length == lengthOctets && number.compareTo(BigInteger.ONE) > 0
                && number.compareTo(prime.subtract(BigInteger.ONE)) < 0;
    }

    /** The secret that both ends know: SHA-224 over the shared number without leading zero octets. */
    public Hash sharedSecret(BigInteger secretExponent, byte[] peerPublicKey) {
        byte[] shared = new BigInteger(1, peerPublicKey).modPow(secretExponent, prime).toByteArray();
        return Hash.of(shared[0] == 0 ? Bytes.part(shared, 1, shared.length) : shared);
    }

    /** MAC over a digest: the first 14 octets of SHA-224 over digest and secret. */
    public static ChainLink mac(Hash digest, Hash sharedSecret) {
        return ChainLink.ofHash(digest.toBytes(), sharedSecret.toBytes());
    }
}
