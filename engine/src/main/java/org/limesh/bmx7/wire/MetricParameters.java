package org.limesh.bmx7.wire;

import java.util.HexFormat;
import org.limesh.base.Decoded;
import org.limesh.base.FMetric;
import org.limesh.base.Octets;

/**
 * METRIC entry of a description: how the originator wants paths to it to be rated by everybody.
 *
 * <pre>
 *  octet  0..1      2..3  4..5        6..7    8                                9..11       12
 *         minimum   0     algorithm   flags   rxNum 2, rxDiv 2, txNum 2, txDiv 2  X, Y, 1    link rate efficiency %
 *         13        14       15       16        17        18..19    20..21    22..23       24             25   26..27
 *         history   max hops penalty  sqnBest   late/100  new path  old path  interval s   sqnDiffMax 2   TP%  0
 *         28..35    four rules: channel distance 1 | hop distance 3, independence 5
 * </pre>
 *
 * @param octets the 36 octets, kept so that a relay of ours passes on what it does not know
 */
public record MetricParameters(byte[] octets) {
    public static final int OCTETS = 36;
    /** Capacity: links of the same channel share the air. */
    public static final int ALGORITHM_CAPACITY = 0x1;
    /** Vector bandwidth: reciprocal squares add up. */
    public static final int ALGORITHM_VECTOR_BANDWIDTH = 0x1000;

    private static final int RULES = 4;

    /** What the genuine program sends unless told otherwise, and what an absent entry means. */
    public static final MetricParameters DEFAULT = new MetricParameters(HexFormat.of().parseHex(
            "000100001001000065aa55e528053f0003190014000a000680000000067f643f00000000"));

    public static Decoded<MetricParameters> parse(byte[] octets) {
        if (octets.length != OCTETS) {
            return new Decoded.Malformed<>("metric_length", 0);
        }
        MetricParameters parsed = new MetricParameters(octets);
        if (Octets.u8(octets, 0) > FMetric.MAX_EXPONENT || Octets.u8(octets, 1) > 63
                || parsed.historyHops() > 10 || parsed.maxHops() > 63 || parsed.efficiencyPercent() > 100
                || parsed.thresholdX() > parsed.thresholdOne() || parsed.thresholdY() > parsed.thresholdOne()
                || parsed.ogmIntervalS() < 1) {
            return new Decoded.Malformed<>("metric_range", 0);
        }
        return new Decoded.Valid<>(parsed);
    }

    /** Least metric that is a route. */
    public long minimum() {
        return FMetric.decode(Octets.u8(octets, 0), Octets.u8(octets, 1));
    }

    public int algorithm() {
        return Octets.u16(octets, 4);
    }

    public int rxNumerator() {
        return octets[8] >>> 6 & 3;
    }

    public int rxDivisor() {
        return octets[8] >>> 4 & 3;
    }

    public int txNumerator() {
        return octets[8] >>> 2 & 3;
    }

    public int txDivisor() {
        return octets[8] & 3;
    }

    /** Quality where the steep part of the curve begins. */
    public int thresholdX() {
        return Octets.u8(octets, 9);
    }

    /** Value of the curve there. */
    public int thresholdY() {
        return Octets.u8(octets, 10);
    }

    /** Quality from which a link counts as perfect. */
    public int thresholdOne() {
        return Octets.u8(octets, 11);
    }

    public int efficiencyPercent() {
        return Octets.u8(octets, 12);
    }

    public int historyHops() {
        return Octets.u8(octets, 13);
    }

    public int maxHops() {
        return Octets.u8(octets, 14);
    }

    public int hopPenalty() {
        return Octets.u8(octets, 15);
    }

    public int sqnBestHysteresis() {
        return Octets.u8(octets, 16);
    }

    public int lateHysteresisMs() {
        return 100 * Octets.u8(octets, 17);
    }

    public int newPathHysteresisPercent() {
        return Octets.u16(octets, 18);
    }

    public int oldPathHysteresisPercent() {
        return Octets.u16(octets, 20);
    }

    public int ogmIntervalS() {
        return Octets.u16(octets, 22);
    }

    public int sqnDiffMax() {
        return octets[24] >>> 6 & 3;
    }

    /**
     * How little two links of a path disturb each other, 0..31: what the best rule says that holds for them.
     *
     * @param channelsApart difference of their channels
     * @param hopsApart     how many hops lie between them
     */
    public int independence(int channelsApart, int hopsApart) {
        int best = 0;
        for (int at = OCTETS - 2 * RULES; at < OCTETS; at += 2) {
            if (channelsApart >= Octets.u8(octets, at) && hopsApart >= (octets[at + 1] >>> 5 & 7)) {
                best = Math.max(best, octets[at + 1] & 0x1f);
            }
        }
        return best;
    }
}
