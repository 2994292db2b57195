package org.limesh.bmx7;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.limesh.base.Octets;
import org.limesh.base.Rng;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.DhGroup;
import org.limesh.bmx7.wire.RsaKey;
import org.limesh.bmx7.wire.RsaPrivateKey;

/**
 * Keys for emulated nodes: the same seed gives the same keys, and they are cheap, because every pair of a few
 * primes makes a key (46 primes are enough for 1,000 nodes). Whoever knows two such keys that share a prime
 * can break both, so this is <b>never</b> for a real node.
 *
 * <p>One object for a whole laboratory; every node takes its own {@link #forNode view}.
 */
public final class LaboratoryKeys {
    private static final int DH_EXPONENT_OCTETS = 40;

    private final Rng rng;
    private final TreeMap<Integer, Pool> pools = new TreeMap<>();

    /** Primes of one length, and the pair that was handed out last. */
    private static final class Pool {
        final List<BigInteger> primes = new ArrayList<>();
        int first = 1;
        int second = -1;
    }

    public LaboratoryKeys(long seed) {
        this.rng = new Rng(seed).fork("laboratory keys");
    }

    /**
     * Key source of one node: RSA keys out of the common pool, everything else out of the node's own stream.
     */
    public KeySource forNode(Rng nodeRng) {
        Rng own = nodeRng.fork("secrets");
        return new KeySource() {
            @Override
            public RsaPrivateKey newRsaKey(int type) {
                return nextKey(type);
            }

            @Override
            public BigInteger newDhExponent(DhGroup group) {
                return new BigInteger(1, octets(own, DH_EXPONENT_OCTETS));
            }

            @Override
            public ChainLink newChainLink() {
                return ChainLink.read(octets(own, 16), 0);
            }
        };
    }

    private RsaPrivateKey nextKey(int type) {
        Pool pool = pools.computeIfAbsent(type, unused -> new Pool());
        pool.second++;
        if (pool.second == pool.first) {
            pool.first++;
            pool.second = 0;
        }
        while (pool.primes.size() <= pool.first) {
            pool.primes.add(prime(RsaKey.lengthOctets(type) / 2));
        }
        return RsaPrivateKey.of(type, pool.primes.get(pool.first), pool.primes.get(pool.second));
    }

    /** A prime whose two uppermost bits are set, so that a product of two has its full length. */
    private BigInteger prime(int lengthOctets) {
        while (true) {
            byte[] octets = octets(rng, lengthOctets);
            octets[0] |= (byte) 0xc0;
            BigInteger prime = new BigInteger(1, octets).nextProbablePrime();
            if (prime.bitLength() == 8 * lengthOctets
                    && prime.subtract(BigInteger.ONE).mod(RsaKey.EXPONENT).signum() != 0) {
                return prime;
            }
        }
    }

    /** @param count multiple of 8 */
    private static byte[] octets(Rng rng, int count) {
        byte[] octets = new byte[count];
        for (int at = 0; at < count; at += Long.BYTES) {
            Octets.put64(octets, at, rng.nextLong());
        }
        return octets;
    }
}
