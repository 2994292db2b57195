package org.limesh.batadv;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.packet.Ethernet;

/** What all parts of one engine share: interfaces, who is who, the way out, counters. */
final class Mesh {
    static final long BROADCAST_MAC = 0xffff_ffff_ffffL;

    final BatadvConfig config;
    final BatadvEngine.Outbox out;
    final long meshMac;
    final OriginatorTable originators = new OriginatorTable();
    final NeighbourTable neighbours = new NeighbourTable();
    private final Counters counters;
    private final Counter originatorsRefused;
    private final Counter routesChanged;
    /** Table name to the time its limit was reported last. */
    private final Map<String, Long> limitReportedNs = new LinkedHashMap<>();
    private Hardif[] hardifs = new Hardif[0];

    Mesh(BatadvConfig config, MacAddress meshMac, Counters counters, BatadvEngine.Outbox out) {
        this.config = config;
        this.meshMac = meshMac.bits();
        this.counters = counters;
        this.out = out;
        this.originatorsRefused = counters.of("table.originator.full");
        this.routesChanged = counters.of("batadv.route.changed");
    }

    Counter counter(String name) {
        return counters.of(name);
    }

    void addHardif(Hardif hardif) {
        hardifs = Arrays.copyOf(hardifs, hardifs.length + 1);
        hardifs[hardif.number] = hardif;
    }

    int hardifCount() {
        return hardifs.length;
    }

    Hardif hardif(int number) {
        return hardifs[number];
    }

    Hardif primary() {
        return hardifs[0];
    }

    /** Identity of this node; only with at least one hard interface. */
    long primaryMac() {
        return hardifs[0].mac;
    }

    /** True for the MAC of one of our hard interfaces. */
    boolean isOwn(long mac) {
        for (Hardif hardif : hardifs) {
            if (hardif.mac == mac) {
                return true;
            }
        }
        return false;
    }

    /** True for addresses that no other node may announce as a client. */
    boolean isReserved(long mac) {
        return mac == meshMac || isOwn(mac) || config.isAnycast(mac);
    }

    /**
     * The record of an originator, made when there is room.
     *
     * @param by who speaks of it, or null when not known; pays for a new record
     * @return null when refused
     */
    Originator originator(long mac, Neighbour by, long nowNs) {
        Originator known = originators.get(mac);
        return known != null ? known : newOriginator(mac, by, nowNs);
    }

    private Originator newOriginator(long mac, Neighbour by, long nowNs) {
        if (originators.isFull() || by != null && !by.mayIntroduce()) {
            originatorsRefused.increment();
            reportLimit("originators", BatadvLimits.ORIGINATORS, nowNs);
            return null;
        }
        out.report(new BatadvEvent.OriginatorHeard(new MacAddress(mac)));
        Originator originator = originators.add(mac, nowNs);
        if (by != null) {
            by.newOriginatorsLeft--;
            by.introduced++;
            originator.introducer = by;
        }
        return originator;
    }

    /** Next hop for traffic that came in on {@code plane}, or null. */
    Neighbour router(Originator originator, int plane) {
        return neighbours.routerOf(originator, plane);
    }

    /** Fills in the Ethernet header and sends to one neighbour. */
    void transmit(Neighbour to, Frame frame) {
        Ethernet.put(frame, to.mac, to.hardif.mac, Ethernet.TYPE_BATADV);
        out.transmit(to.hardif.number, frame);
    }

    /** The default route to an originator changed; either neighbour may be null. */
    void routeChanged(Originator originator, Neighbour from, Neighbour to) {
        routesChanged.increment();
        int router = originator.router(0);
        out.report(new BatadvEvent.RouteChanged(new MacAddress(originator.mac), address(from), address(to),
                router < 0 ? 0 : originator.average(router, 0)));
    }

    private static MacAddress address(Neighbour neighbour) {
        return neighbour == null ? null : new MacAddress(neighbour.mac);
    }

    /** Tells of a full table, rarely. */
    void reportLimit(String table, long limit, long nowNs) {
        Long last = limitReportedNs.get(table);
        if (last == null || nowNs - last >= BatadvLimits.REPORT_INTERVAL_NS) {
            limitReportedNs.put(table, nowNs);
            out.report(new BatadvEvent.LimitReached(table, limit));
        }
    }
}
