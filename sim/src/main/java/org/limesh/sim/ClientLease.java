package org.limesh.sim;

import org.limesh.base.Ip4Address;

/**
 * What a client got by DHCP.
 *
 * @param maskBits  length of the network mask
 * @param router    default gateway
 * @param server    server identifier
 * @param mtuOctets option 26, or 1500 without
 * @param grantedNs when the last acknowledgement came
 * @param expiresNs when the address must be given up
 */
public record ClientLease(
        Ip4Address address, int maskBits, Ip4Address router, Ip4Address server, int mtuOctets, long grantedNs,
        long expiresNs) {}
