package org.limesh.gateway;

/**
 * A way to the Internet that another node offers, as layer 3 knows it.
 *
 * @param gateway      host name of that node
 * @param id           its identity in the routing protocol, unique
 * @param bandwidthBps as announced, after the rounding of the wire
 * @param pathBps      metric of the path there; 0 without one
 */
public record ExitOffer(String gateway, String id, long bandwidthBps, long pathBps) {}
