package org.limesh.bmx7;

import org.limesh.base.Ip6Address;
import org.limesh.bmx7.wire.MetricParameters;

/** A neighbour's device heard on one of ours. */
final class Link {
    final Neighbour neighbour;
    final Device device;
    /** The neighbour's own index of its device. */
    final int theirIndex;
    final Ip6Address address;
    final LinkQuality quality = new LinkQuality();
    final long bornNs;
    private final Bmx7Route.NextHop nextHop;

    Link(Neighbour neighbour, Device device, int theirIndex, Ip6Address address, long nowNs) {
        this.neighbour = neighbour;
        this.device = device;
        this.theirIndex = theirIndex;
        this.address = address;
        this.bornNs = nowNs;
        this.nextHop = new Bmx7Route.NextHop(address, device.number, device.name);
    }

    /** New: hellos follow each other quickly, so that the link counts soon. */
    boolean isGreeted(long nowNs) {
        return nowNs - bornNs < Bmx7Limits.GREETING_NS;
    }

    boolean isUsable(long nowNs) {
        return quality.rq(nowNs) >= Bmx7Limits.MIN_LINK_QUALITY
                && quality.tq(nowNs) >= Bmx7Limits.MIN_LINK_QUALITY;
    }

    double throughput(MetricParameters parameters, long nowNs) {
        return PathMetric.linkThroughput(parameters, quality.tq(nowNs), quality.rq(nowNs), device.rateMaxBps,
                device.layer == LinkLayer.WLAN);
    }

    Bmx7Route.NextHop nextHop() {
        return nextHop;
    }
}
