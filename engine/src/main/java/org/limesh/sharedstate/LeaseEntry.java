package org.limesh.sharedstate;

import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * One entry of the map {@code dnsmasq-leases}; the address is its key.
 *
 * <pre>
 *   "10.13.7.21": { "bleachTTL": 30, "author": "LiMe-123456", "data": { "mac": "52:54:00:aa:bb:01", "hostname": "phone1" } }
 *   "10.13.7.22": { "bleachTTL": 30, "author": "LiMe-123456" }                                           removed
 * </pre>
 *
 * @param bleachTtl how many times it may still be bleached; {@link LeaseState#BLEACH_TTL} when it is new
 * @param author    host name of the node that said it
 * @param mac       of the client; null when the lease was removed
 * @param hostname  as the client names itself, {@code *} or empty for none; not checked beyond its length
 */
public record LeaseEntry(Ip4Address address, int bleachTtl, String author, MacAddress mac, String hostname) {
    /** Of a label of DNS, which host names are. */
    public static final int MAX_NAME_CHARS = 63;

    public boolean isRemoved() {
        return mac == null;
    }

    LeaseEntry withTtl(int ttl) {
        return new LeaseEntry(address, ttl, author, mac, hostname);
    }
}
