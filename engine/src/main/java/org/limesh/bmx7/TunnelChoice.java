package org.limesh.bmx7;

import org.limesh.bmx7.wire.IpNet;

/**
 * An offer that a search found, and whether it is used.
 *
 * @param route        network to route into the tunnel: the longer one of what is searched and what is
 *                     offered
 * @param tunMetricBps what it is worth: the lesser of path and (unless good enough) bandwidth, times rating
 *                     and bonus
 * @param active       true for the one that is used for its route
 * @param reason       why it is used or not, for people
 */
public record TunnelChoice(TunOut search, TunnelOffer offer, IpNet route, long tunMetricBps, boolean active,
        String reason) {
    public String deviceName() {
        return offer.deviceName();
    }
}
