package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.FMetric;
import org.limesh.base.Ip6Address;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.IpNet;
import org.limesh.bmx7.wire.TunnelTlv;

/**
 * What a gateway says that its tunnel leads to.
 *
 * @param endpoint      outer source that the gateway expects, of <i>its</i> addresses: all clients use the
 *                      same
 * @param primary       outer destination
 * @param bandwidthBps  as announced, after rounding
 * @param ingress       sources accepted; empty for all
 * @param pathMetricBps metric of the route to the gateway, 0 without one
 */
public record TunnelOffer(
        Hash gateway, String hostname, Ip6Address endpoint, Ip6Address primary, int routeType, IpNet network,
        long bandwidthBps, List<IpNet> ingress, long pathMetricBps) {

    private static final int SHORT_ID_DIGITS = 8;

    public TunnelOffer {
        ingress = List.copyOf(ingress);
    }

    /** Name of the tunnel device to this gateway, as the genuine program names it. */
    public String deviceName() {
        return "X7Out_" + gateway.toString().substring(0, SHORT_ID_DIGITS);
    }

    /** The offers of one description. */
    static List<TunnelOffer> of(NodeFacts facts, long pathMetricBps) {
        List<TunnelOffer> offers = new ArrayList<>();
        for (TunnelTlv.Net net : facts.tunnels().nets()) {
            if (net.tun6Id() < facts.tunnels().endpoints().size() && net.bandwidth() != 0) {
                List<IpNet> ingress = facts.tunnels().ingress().stream()
                        .filter(each -> each.tun6Id() == net.tun6Id() && each.prefix()
                        .family() == net.network().family()).map(TunnelTlv.Ingress::prefix).toList();
                offers.add(new TunnelOffer(facts.id(), facts.hostname(), facts.tunnels().endpoints()
                        .get(net.tun6Id()), facts.id().cryptoAddress(0), net.routeType(), net.network(),
                        FMetric.decode8(net.bandwidth()), ingress, pathMetricBps));
            }
        }
        return offers;
    }
}
