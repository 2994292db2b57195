package org.limesh.gateway;

/**
 * A way to the Internet that this node knows.
 *
 * @param gateway      host name of the node that offers it; the own one for the own uplink
 * @param id           identity of that node in the routing protocol
 * @param own          whether it is this node's own uplink
 * @param bandwidthBps as announced
 * @param pathBps      metric of the path there; 0 without one
 * @param valueBps     what both are worth together, rating and hysteresis included
 * @param used         whether this node's traffic takes it
 * @param reason       why it is used or not, with the numbers
 */
public record Exit(String gateway, String id, boolean own, long bandwidthBps, long pathBps, long valueBps,
        boolean used, String reason) {}
