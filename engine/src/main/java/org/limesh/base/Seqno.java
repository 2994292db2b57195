package org.limesh.base;

/** Sequence numbers that wrap; all comparisons by signed difference in the width of the field. */
public final class Seqno {
    private Seqno() {}

    /** {@code a - b} for 32-bit numbers: negative when a is older. */
    public static int difference32(int a, int b) {
        return a - b;
    }

    /** {@code a - b} for 16-bit numbers. */
    public static int difference16(int a, int b) {
        return (short) (a - b);
    }

    /** {@code a - b} for 8-bit numbers. */
    public static int difference8(int a, int b) {
        return (byte) (a - b);
    }
}
