package org.limesh.access;

import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * A lease as one node tells it to another. Times are relative, so that no clocks have to agree.
 *
 * @param clientId    option 61 as hex digits, or empty
 * @param hostname    or empty
 * @param grantedBy   node that first gave the address
 * @param confirmedBy node that acknowledged last
 * @param ageSeconds  since it was first given
 * @param leftSeconds until it ends; 0 for an address that is only kept for its last client
 */
public record SharedLease(
        Ip4Address address,
        MacAddress client,
        String clientId,
        String hostname,
        MacAddress grantedBy,
        MacAddress confirmedBy,
        long ageSeconds,
        long leftSeconds) {}
