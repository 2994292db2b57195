package org.limesh.access;

import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * An address that a client holds.
 *
 * @param client    hardware address
 * @param clientId  option 61 as hex digits, or empty
 * @param hostname  as the client names itself, or empty
 * @param grantedNs when it was first acknowledged
 * @param expiresNs when it ends
 * @param reason    why the client got this address, for people
 */
public record Lease(
        MacAddress client,
        String clientId,
        Ip4Address address,
        String hostname,
        long grantedNs,
        long expiresNs,
        String reason) {}
