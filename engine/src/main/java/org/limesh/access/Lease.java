package org.limesh.access;

import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * An address that a client holds.
 *
 * @param client      hardware address
 * @param clientId    option 61 as hex digits, or empty
 * @param hostname    as the client names itself, or empty
 * @param grantedNs   when it was first acknowledged
 * @param expiresNs   when it ends
 * @param reason      why the client got this address, for people
 * @param grantedBy   node that first gave it, by its bridge's MAC; zero where that is not known
 * @param confirmedBy node that acknowledged last
 */
public record Lease(
        MacAddress client,
        String clientId,
        Ip4Address address,
        String hostname,
        long grantedNs,
        long expiresNs,
        String reason,
        MacAddress grantedBy,
        MacAddress confirmedBy) {
    /** A lease of a node that has no name. */
    public Lease(MacAddress client, String clientId, Ip4Address address, String hostname, long grantedNs,
            long expiresNs, String reason) {
        this(client, clientId, address, hostname, grantedNs, expiresNs, reason, MacAddress.ZERO, MacAddress.ZERO);
    }
}
