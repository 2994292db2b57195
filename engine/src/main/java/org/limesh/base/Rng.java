package org.limesh.base;

/**
 * Seeded stream of random numbers, one per node and purpose, so that one purpose drawing more does not
 * disturb another. SplitMix64: small, fast, and the same on every machine.
 */
public final class Rng {
    private long state;

    public Rng(long seed) {
        this.state = seed;
    }

    /** An independent stream named by a purpose; the name's text decides, not its identity. */
    public Rng fork(String purpose) {
        long hash = 0xcbf2_9ce4_8422_2325L;
        for (int i = 0; i < purpose.length(); i++) {
            hash = (hash ^ purpose.charAt(i)) * 0x100_0000_01b3L;
        }
        return new Rng(mix(state ^ hash));
    }

    public long nextLong() {
        state += 0x9e37_79b9_7f4a_7c15L;
        return mix(state);
    }

    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }

    /** Uniform in 0..bound-1; {@code bound} at least 1. */
    public int nextInt(int bound) {
        Invariant.check(bound >= 1, "a bound of random numbers is positive");
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** Uniform in [0, 1). */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    public boolean nextBoolean(double probability) {
        return nextDouble() < probability;
    }
}
