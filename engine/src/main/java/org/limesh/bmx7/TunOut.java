package org.limesh.bmx7;

import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.IpNet;

/**
 * A search for tunnels: which offered networks this node wants to reach, and how it rates them.
 *
 * @param minPrefixLen    least length of an offered network, {@link #AS_NETWORK} for that of {@code network}
 * @param maxPrefixLen    greatest length, likewise
 * @param gwName          host name that the gateway must have, or null
 * @param gwId            node id that it must have, or null
 * @param routeType       kind of route that the offer must be, or {@link #ANY_TYPE}
 * @param sourceNet       own source network that the gateway must accept, or null
 * @param ratingPercent   factor for all that this search finds
 * @param hysteresisPercent bonus of the tunnel in use
 * @param minBandwidthBps offers of at least this count as good enough: then the path decides
 * @param overlapping     true: a longer network keeps its route even when a shorter one that covers it is
 *                        better
 * @param preference      order among searches, lower first; preference of the policy rule
 */
public record TunOut(
        String name, IpNet network, int minPrefixLen, int maxPrefixLen, String gwName, Hash gwId,
        int routeType, IpNet sourceNet, int ratingPercent, int hysteresisPercent, long minBandwidthBps,
        boolean overlapping, int preference, int table, int ipMetric) {
    public static final int AS_NETWORK = 129;
    public static final int ANY_TYPE = -1;
    /** Preference and table of the kernel's main table. */
    public static final int MAIN_PREFERENCE = 32767;
    public static final int MAIN_TABLE = 254;

    /** A search with the genuine program's defaults. */
    public static TunOut of(String name, IpNet network) {
        return new TunOut(name, network, AS_NETWORK, 128, null, null, ANY_TYPE, null, 100, 20, 1000, true,
                MAIN_PREFERENCE, MAIN_TABLE, 1024);
    }

    public TunOut maxPrefixLen(int length) {
        return new TunOut(name, network, minPrefixLen, length, gwName, gwId, routeType, sourceNet,
                ratingPercent, hysteresisPercent, minBandwidthBps, overlapping, preference, table, ipMetric);
    }

    public TunOut minPrefixLen(int length) {
        return new TunOut(name, network, length, maxPrefixLen, gwName, gwId, routeType, sourceNet,
                ratingPercent, hysteresisPercent, minBandwidthBps, overlapping, preference, table, ipMetric);
    }

    /** The same search for one gateway only. */
    public TunOut gateway(String hostname, int rating) {
        return new TunOut(name, network, minPrefixLen, maxPrefixLen, hostname, gwId, routeType, sourceNet,
                rating, hysteresisPercent, minBandwidthBps, overlapping, preference, table, ipMetric);
    }

    public TunOut minBandwidthBps(long bandwidthBps) {
        return new TunOut(name, network, minPrefixLen, maxPrefixLen, gwName, gwId, routeType, sourceNet,
                ratingPercent, hysteresisPercent, bandwidthBps, overlapping, preference, table, ipMetric);
    }

    int least() {
        return minPrefixLen == AS_NETWORK ? network.lengthBits() : minPrefixLen;
    }

    int greatest() {
        return maxPrefixLen == AS_NETWORK ? network.lengthBits() : maxPrefixLen;
    }
}
