package org.limesh.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.limesh.access.CloudReport;
import org.limesh.access.DhcpServer;
import org.limesh.access.Lease;
import org.limesh.access.LeaseLines;
import org.limesh.alfred.AlfredEngine;
import org.limesh.alfred.wire.DataBlock;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.lime.NodePlan;

/**
 * Carries leases between the DHCP server and A.L.F.R.E.D., in two records.
 *
 * <pre>
 *   type 66  genuine LibreMesh text, one lease a line       ←→ nodes of the classic era, and all tools
 *   type 68  {@link CloudReport}: slices, ages, rest times  ←→ nodes like this one
 *
 *   a lease changes ─→ both, 0.1 s later      every minute: 68      every 5 minutes: 66
 *   on a secondary: asks for both once a minute, every 20 s while it has no part of the pool
 *   a client comes with an address nobody here knows ─→ asks the node whose part of the pool it is in
 * </pre>
 */
final class LeaseSharing implements Engine {
    static final int TYPE_LINES = 66;
    static final int TYPE_REPORT = 68;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LOOK_NS = 5 * SECOND_NS;
    /** Changes of one moment go into one record. */
    private static final long SOON_NS = SECOND_NS / 10;
    /**
     * A table of thousands is not told ten times per second: each lease makes the next look so much later.
     */
    private static final long SOON_NS_PER_LEASE = SECOND_NS / 2000;
    private static final long BEAT_NS = 60 * SECOND_NS;
    private static final long LINES_NS = 300 * SECOND_NS;
    private static final long REQUEST_NS = 60 * SECOND_NS;
    private static final long EAGER_REQUEST_NS = 20 * SECOND_NS;
    /** A report comes each minute, over a secondary each second one. */
    private static final long REPORT_COUNTS_NS = 200 * SECOND_NS;
    /** As many as there may be records. */
    private static final int MAX_NODES6 = 4096;
    private static final int UNIQUE_LOCAL_SHIFT = 57;
    private static final long UNIQUE_LOCAL = 0xfcL >> 1;

    private final NodePlan plan;
    private final DhcpServer dhcp;
    private final AlfredEngine alfred;
    private final Counters counters;
    private final Warnings warnings;
    private final Predicate<MacAddress> isKnown;
    private final long incarnation;
    private final Map<MacAddress, Ip6Address> nodes6 = new LinkedHashMap<>();
    /** When nodes that send reports did so last, by host name. */
    private final Map<String, Long> reporters = new LinkedHashMap<>();
    private byte[] publishedLines = {};
    private long changes;
    private long beat;
    private long lookNs;
    private long beatNs;
    private long linesNs;
    private long requestNs;

    /** @param isKnown whether a MAC belongs to a node or client of this cloud's layer 2 */
    LeaseSharing(NodePlan plan, DhcpServer dhcp, AlfredEngine alfred, Counters counters, Warnings warnings,
            Predicate<MacAddress> isKnown, Rng rng, long nowNs) {
        this.plan = plan;
        this.dhcp = dhcp;
        this.alfred = alfred;
        this.counters = counters;
        this.warnings = warnings;
        this.isKnown = isKnown;
        this.incarnation = rng.nextLong();
        // Spread, so that nodes that lost power together do not speak together.
        this.lookNs = nowNs + (long) (rng.nextDouble() * LOOK_NS);
        this.beatNs = lookNs;
        this.linesNs = lookNs;
        this.requestNs = nowNs + EAGER_REQUEST_NS;
    }

    @Override
    public long nextDeadlineNs() {
        return lookNs;
    }

    /** Leases may have changed: who asks this node for them shall find them soon. */
    void onChange(long nowNs) {
        if (lookNs - nowNs > SOON_NS && dhcp.hasChanged()) {
            long soonNs = Math.max(SOON_NS, dhcp.leaseCount() * SOON_NS_PER_LEASE);
            lookNs = lookNs - nowNs > soonNs ? nowNs + soonNs : lookNs;
        }
    }

    @Override
    public void onTimer(long nowNs) {
        if (!Engine.isDue(lookNs, nowNs)) {
            return;
        }
        lookNs = nowNs + LOOK_NS;
        boolean changed = dhcp.takeChanged();
        changes += changed ? 1 : 0;
        if (changed || Engine.isDue(beatNs, nowNs)) {
            beatNs = nowNs + BEAT_NS;
            beat++;
            alfred.set(TYPE_REPORT, 0, dhcp.report(incarnation, beat, plan.address4().address(),
                    plan.hostname(), nowNs)
                    .emit(), nowNs);
        }
        if (changed || Engine.isDue(linesNs, nowNs)) {
            publishLines(nowNs);
        }
        if (Engine.isDue(requestNs, nowNs)) {
            request(nowNs);
        }
    }

    private void publishLines(long nowNs) {
        List<LeaseLines.Line> lines = new ArrayList<>();
        lines.add(new LeaseLines.Line(plan.primaryMac(), "", plan.address4().address(), plan.hostname()));
        for (Lease lease : dhcp.leases()) {
            lines.add(new LeaseLines.Line(lease.client(), lease.clientId(), lease.address(),
                    lease.hostname()));
        }
        byte[] own6 = LeaseLines.emit6(plan.primaryMac(), plan.address6().address(), plan.hostname())
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] leases = LeaseLines.emit(lines, CloudReport.MAX_OCTETS - own6.length);
        byte[] text = Arrays.copyOf(leases, leases.length + own6.length);
        System.arraycopy(own6, 0, text, leases.length, own6.length);
        if (Engine.isDue(linesNs, nowNs) || !Arrays.equals(text, publishedLines)) {
            publishedLines = text;
            linesNs = nowNs + LINES_NS;
            alfred.set(TYPE_LINES, 0, text, nowNs);
        }
    }

    /** A primary was heard, or it is time: what the others told is asked for, and looked at again. */
    void request(long nowNs) {
        requestNs = nowNs + (dhcp.isWaitingForSlices() ? EAGER_REQUEST_NS : REQUEST_NS);
        alfred.request(TYPE_LINES, nowNs);
        alfred.request(TYPE_REPORT, nowNs);
        // Records of sources that layer 2 did not know yet when they came.
        for (DataBlock block : alfred.records(TYPE_REPORT)) {
            take(block, nowNs);
        }
        for (DataBlock block : alfred.records(TYPE_LINES)) {
            take(block, nowNs);
        }
    }

    /** A record is new or differs. */
    void onRecord(int type, MacAddress source, long nowNs) {
        if (type == TYPE_LINES || type == TYPE_REPORT) {
            DataBlock block = alfred.record(type, source);
            if (block != null) {
                take(block, nowNs);
            }
        }
    }

    private void take(DataBlock block, long nowNs) {
        if (block.source().equals(plan.primaryMac())) {
            return;
        }
        if (!isKnown.test(block.source())) {
            counters.of("alfred.rejected.unknown_source").increment();
        } else if (block.type() == TYPE_REPORT) {
            takeReport(block, nowNs);
        } else {
            takeLines(block, nowNs);
        }
    }

    private void takeReport(DataBlock block, long nowNs) {
        switch (CloudReport.parse(block.source(), block.data())) {
            case Decoded.Malformed<CloudReport>(String fault, int unused) ->
                    counters.of("alfred.rejected." + fault).increment();
            case Decoded.Valid<CloudReport>(CloudReport report) -> {
                if (reporters.size() < MAX_NODES6 || reporters.containsKey(report.hostname())) {
                    reporters.put(report.hostname(), nowNs);
                }
                dhcp.learn(report, nowNs);
            }
        }
    }

    /**
     * Lines have no times: a lease is good for a lease time from each look at a record that is still there.
     */
    private void takeLines(DataBlock block, long nowNs) {
        LeaseLines.Content content = LeaseLines.parse(block.data());
        for (LeaseLines.Line6 line : content.lines6()) {
            // Of itself only, and only in the cloud's network: anything else is nobody's to tell.
            if (line.client().equals(block.source()) && plan.address6().contains(line.address())) {
                putNode6(line.client(), line.address());
            } else if (line.client().equals(block.source()) && isOfCloud(line.address())) {
                warnOfOtherCloud(line, nowNs);
            }
        }
        if (alfred.record(TYPE_REPORT, block.source()) != null) {
            return;
        }
        counters.of("alfred.rejected.lease_line").add(content.refused());
        for (LeaseLines.Line line : content.lines()) {
            dhcp.learn(block.source(), line.client(), line.clientId(), line.address(), line.hostname(),
                    nowNs);
        }
    }

    /** Unique local, as the networks of all clouds are; a node may tell a public address, too. */
    private static boolean isOfCloud(Ip6Address address) {
        return address.high() >>> UNIQUE_LOCAL_SHIFT == UNIQUE_LOCAL;
    }

    /**
     * VLAN and IPv4 network follow from one octet of the hash of a cloud's name, the IPv6 network from more
     * of it: two clouds in one layer 2 differ in that.
     */
    private void warnOfOtherCloud(LeaseLines.Line6 line, long nowNs) {
        warnings.warn("cloud", "another cloud shares layer 2 with this one (node " + line.client() + " has "
                + line.address() + ", which is not of " + plan.address6().masked()
                + "): the two have the same VLAN, so "
                + "each takes the other's clients for its own. One of them needs another ap_ssid; limesh "
                + "explain "
                + "--compare shows which names go together", 1, nowNs);
    }

    /** How often leases were found changed. */
    long changes() {
        return changes;
    }

    /** Whether a node of this name tells more than any other carrier can. */
    boolean hasReportOf(String hostname, long nowNs) {
        Long toldNs = reporters.get(hostname);
        return toldNs != null && nowNs - toldNs < REPORT_COUNTS_NS;
    }

    private void putNode6(MacAddress node, Ip6Address address) {
        if (nodes6.size() < MAX_NODES6 || nodes6.containsKey(node)) {
            nodes6.put(node, address);
        }
    }

    /** IPv6 addresses that nodes told of themselves, by the MAC that their leases name. */
    Map<MacAddress, Ip6Address> nodes6() {
        return nodes6;
    }
}
