package org.limesh.gateway;

import java.util.List;
import org.limesh.base.Ip4Address;

/**
 * What a person decides about the way to the Internet. {@link #DEFAULT} is a node that nobody configured. Without any
 * question an uplink counts as Internet as long as it has an address.
 *
 * @param share             when the own Internet is offered to others
 * @param bandwidthBps      announced with the offer; {@link #UNKNOWN_BANDWIDTH_BPS} when nobody said
 * @param minBandwidthBps   an exit that announces at least this counts as fast enough: then the path decides
 * @param hysteresisPercent bonus of the exit in use
 * @param preferredGateway  host name of the exit that counts ten times, or null ({@code bmx7_pref_gw})
 * @param pingTargets       asked in turn; empty for no such question
 * @param dnsServers        asked in turn, after those that the provider names; empty for only those
 * @param dnsName           whose address is asked for; empty for no question for names
 * @param httpTargets       asked in turn; empty for no such question
 * @param files             fetched in turn to measure the line, see {@link HttpTarget#file}; empty: not measured
 * @param intervalMs        between two rounds of questions
 * @param silenceMs         so long without any sign of life from outside, and there is no Internet
 */
public record GatewayConfig(
        SharePolicy share, long bandwidthBps, long minBandwidthBps, int hysteresisPercent, String preferredGateway,
        List<Ip4Address> pingTargets, List<Ip4Address> dnsServers, String dnsName, List<HttpTarget> httpTargets,
        List<HttpTarget> files, int intervalMs, int silenceMs) {
    /** What LibreMesh announces when nothing was measured; on the wire it becomes 960 bit/s. */
    public static final long UNKNOWN_BANDWIDTH_BPS = 1000;
    /** Targets of one kind. */
    public static final int MAX_TARGETS = 16;
    private static final int MIN_INTERVAL_MS = 1000;
    private static final int MAX_INTERVAL_MS = 600_000;

    /**
     * Defaults. 8.8.8.8 is LibreMesh's target; the others are there because one target's silence proves
     * nothing. The pages are those that browsers and systems of three different makers look at. Silence is
     * noticed after 12 s (LibreMesh: 120 s), which leaves 18 s of the 30 for the news to cross the mesh.
     */
    public static final GatewayConfig DEFAULT = new GatewayConfig(SharePolicy.AUTO, UNKNOWN_BANDWIDTH_BPS, 1000, 20,
            null, List.of(Ip4Address.parse("8.8.8.8"), Ip4Address.parse("1.1.1.1"), Ip4Address.parse("9.9.9.9")),
            List.of(Ip4Address.parse("8.8.8.8"), Ip4Address.parse("1.1.1.1"), Ip4Address.parse("9.9.9.9")),
            "detectportal.firefox.com", List.of(
                    new HttpTarget("detectportal.firefox.com", 80, "/success.txt", "success"),
                    new HttpTarget("www.msftconnecttest.com", 80, "/connecttest.txt", "Microsoft Connect Test"),
                    new HttpTarget("nmcheck.gnome.org", 80, "/check_network_status.txt", "NetworkManager is online")),
            List.of(), 4000, 12_000);

    public GatewayConfig {
        pingTargets = List.copyOf(pingTargets);
        dnsServers = List.copyOf(dnsServers);
        httpTargets = List.copyOf(httpTargets);
        files = List.copyOf(files);
        require(bandwidthBps >= 1 && minBandwidthBps >= 1, "a bandwidth is at least 1 bit/s");
        require(hysteresisPercent >= 0 && hysteresisPercent <= 1000, "the bonus of the exit in use is 0 to 1000 %");
        require(intervalMs >= MIN_INTERVAL_MS && intervalMs <= MAX_INTERVAL_MS,
                "questions are asked every 1 s to 10 min, not every " + intervalMs + " ms");
        require(silenceMs >= intervalMs && silenceMs <= MAX_INTERVAL_MS,
                "silence is at least as long as the time between two questions, and 10 min at most");
        require(pingTargets.size() <= MAX_TARGETS && dnsServers.size() <= MAX_TARGETS
                && httpTargets.size() <= MAX_TARGETS && files.size() <= MAX_TARGETS, "at most " + MAX_TARGETS + " targets of one kind");
    }

    private static void require(boolean good, String otherwise) {
        if (!good) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    public GatewayConfig withShare(SharePolicy other) {
        return new GatewayConfig(other, bandwidthBps, minBandwidthBps, hysteresisPercent, preferredGateway, pingTargets,
                dnsServers, dnsName, httpTargets, files, intervalMs, silenceMs);
    }

    /** @param announcedBps of the own offer; @param wantedBps what is fast enough at others */
    public GatewayConfig withBandwidth(long announcedBps, long wantedBps) {
        return new GatewayConfig(share, announcedBps, wantedBps, hysteresisPercent, preferredGateway, pingTargets,
                dnsServers, dnsName, httpTargets, files, intervalMs, silenceMs);
    }

    /** @param hostname or null */
    public GatewayConfig withPreferred(String hostname) {
        return new GatewayConfig(share, bandwidthBps, minBandwidthBps, hysteresisPercent, hostname, pingTargets,
                dnsServers, dnsName, httpTargets, files, intervalMs, silenceMs);
    }

    /** @param nameToAskFor empty for no question for names */
    public GatewayConfig withTargets(List<Ip4Address> ping, List<Ip4Address> dns, String nameToAskFor,
            List<HttpTarget> http) {
        return new GatewayConfig(share, bandwidthBps, minBandwidthBps, hysteresisPercent, preferredGateway, ping, dns,
                nameToAskFor, http, files, intervalMs, silenceMs);
    }

    /** Measures the line; the configured bandwidth counts until that is done. */
    public GatewayConfig withFiles(List<HttpTarget> filesToFetch) {
        return new GatewayConfig(share, bandwidthBps, minBandwidthBps, hysteresisPercent, preferredGateway, pingTargets,
                dnsServers, dnsName, httpTargets, filesToFetch, intervalMs, silenceMs);
    }

    public GatewayConfig withTimes(int everyMs, int silentAfterMs) {
        return new GatewayConfig(share, bandwidthBps, minBandwidthBps, hysteresisPercent, preferredGateway, pingTargets,
                dnsServers, dnsName, httpTargets, files, everyMs, silentAfterMs);
    }
}
