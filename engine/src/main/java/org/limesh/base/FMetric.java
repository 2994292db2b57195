package org.limesh.base;

/**
 * Path metrics as they travel: bits per second in a short floating form, {@code 2^(exponent+6) + mantissa·2^exponent}.
 *
 * <pre>
 *  11 bits   exponent 5, mantissa 6      path metric in originator messages
 *   8 bits   exponent 5, mantissa 3      bandwidth of a tunnel offer (mantissa means m·8)
 * </pre>
 *
 * Encoding truncates. In the program a metric is a plain {@code long}, the value in bits per second.
 */
public final class FMetric {
    /** Smallest value that is a route; {@link #NOT_ROUTABLE} is sent for "known, but no route". */
    public static final long NOT_ROUTABLE = 65;
    public static final long INVALID = 64;
    public static final int MAX_EXPONENT = 31;
    /** What every originator sends for itself: exponent 31, mantissa 56. */
    public static final long MAX = decode(MAX_EXPONENT, 56);

    private static final int MANTISSA_BITS = 6;

    private FMetric() {}

    public static long decode(int exponent, int mantissa) {
        return (1L << exponent + MANTISSA_BITS) + ((long) mantissa << exponent);
    }

    /** The 11-bit form of a value, {@code exponent << 6 | mantissa}; below 65 it is 0, above the largest the largest. */
    public static int encode11(long value) {
        if (value < NOT_ROUTABLE) {
            return 0;
        }
        long capped = Math.min(value, MAX);
        int exponent = 63 - Long.numberOfLeadingZeros(capped) - MANTISSA_BITS;
        int mantissa = (int) (capped >>> exponent) & 0x3f;
        return exponent << MANTISSA_BITS | mantissa;
    }

    public static long decode11(int bits) {
        return decode(bits >>> MANTISSA_BITS & 0x1f, bits & 0x3f);
    }

    /** The value that the receiver of {@code value} sees. */
    public static long rounded11(long value) {
        return decode11(encode11(value));
    }

    /** The largest value with an 11-bit form of its own that is below {@code value}. */
    public static long nextBelow(long value) {
        int bits = encode11(value);
        return bits == 0 ? INVALID : decode11(decode11(bits) < value ? bits : bits - 1);
    }

    /** The 8-bit form, {@code exponent << 3 | mantissa/8}. */
    public static int encode8(long value) {
        return encode11(value) >>> 3;
    }

    public static long decode8(int bits) {
        return decode11(bits << 3);
    }
}
