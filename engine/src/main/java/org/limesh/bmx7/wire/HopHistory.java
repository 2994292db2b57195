package org.limesh.bmx7.wire;

import java.util.Arrays;
import org.limesh.base.FMetric;
import org.limesh.base.Octets;

/**
 * Links of a path towards its originator, the nearest first; in one array, since there are very many of them:
 * one for every offer of every neighbour for every node.
 *
 * <pre>
 *  link    bits 8..63 metric in bits per second, bits 0..7 channel, 255 when unknown
 * </pre>
 */
public final class HopHistory {
    public static final HopHistory NONE = new HopHistory(new long[0]);
    private static final int CHANNEL_BITS = 8;

    private final long[] links;

    private HopHistory(long[] links) {
        this.links = links;
    }

    /** A longer history: another link in front, and of all of them the nearest {@code most}. */
    public HopHistory behind(long metric, int channel, int most) {
        long[] longer = new long[Math.min(links.length + 1, most)];
        if (longer.length > 0) {
            longer[0] = link(metric, channel);
            System.arraycopy(links, 0, longer, 1, longer.length - 1);
        }
        return new HopHistory(longer);
    }

    /** The nearest {@code most} links. */
    public HopHistory cut(int most) {
        return links.length <= most ? this : new HopHistory(Arrays.copyOf(links, most));
    }

    private static long link(long metric, int channel) {
        return metric << CHANNEL_BITS | channel;
    }

    public int size() {
        return links.length;
    }

    /** Bits per second. */
    public long metric(int index) {
        return links[index] >>> CHANNEL_BITS;
    }

    /** 255 when unknown. */
    public int channel(int index) {
        return (int) links[index] & 0xff;
    }

    /** Octets on the wire. */
    int lengthOctets() {
        return Bmx7Frame.OgmAdv.HOP_OCTETS * links.length;
    }

    /** Writes the links, each but the last with the bit "more". */
    void write(byte[] to, int at) {
        for (int i = 0; i < links.length; i++) {
            int more = i + 1 < links.length ? 1 : 0;
            Octets.put16(to, at + i * Bmx7Frame.OgmAdv.HOP_OCTETS, more << 15 | FMetric.encode11(metric(i)));
            to[at + i * Bmx7Frame.OgmAdv.HOP_OCTETS + 2] = (byte) channel(i);
        }
    }

    /** Reads {@code count} links that have been checked. */
    static HopHistory read(byte[] from, int at, int count) {
        if (count == 0) {
            return NONE;
        }
        long[] links = new long[count];
        for (int i = 0; i < count; i++) {
            int hop = at + i * Bmx7Frame.OgmAdv.HOP_OCTETS;
            links[i] = link(FMetric.decode11(Octets.u16(from, hop) & 0x7ff), Octets.u8(from, hop + 2));
        }
        return new HopHistory(links);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HopHistory history && Arrays.equals(links, history.links);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(links);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < links.length; i++) {
            text.append(i == 0 ? "" : ", ").append(metric(i)).append(" on channel ").append(channel(i));
        }
        return text.append(']').toString();
    }
}
