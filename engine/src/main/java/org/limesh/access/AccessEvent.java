package org.limesh.access;

import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/** Rare facts that the client-facing side reports. */
public sealed interface AccessEvent {
    /**
     * A client holds an address.
     *
     * @param reason   why this address: {@code new}, {@code renewed}, {@code rebound}, {@code rebooted}
     * @param hostname as the client names itself, or empty
     */
    record LeaseGranted(MacAddress client, Ip4Address address, String hostname, String reason) implements AccessEvent {}

    /** A client gave its address back. */
    record LeaseReleased(MacAddress client, Ip4Address address) implements AccessEvent {}

    /** A lease ran out. */
    record LeaseExpired(MacAddress client, Ip4Address address) implements AccessEvent {}

    /** A client found its address in use; the address is set aside. */
    record AddressDeclined(MacAddress client, Ip4Address address) implements AccessEvent {}

    /** Somebody uses an address that was about to be given to a client; it is set aside. */
    record AddressInUse(Ip4Address address, MacAddress user, MacAddress client) implements AccessEvent {}

    /** A request was refused. */
    record RequestRefused(MacAddress client, Ip4Address address, String reason) implements AccessEvent {}

    /** No address is left. */
    record PoolExhausted(MacAddress client) implements AccessEvent {}

    /**
     * Two clients hold one address. The earlier lease stays.
     *
     * @param refused whose lease ends at its next renewal
     * @param other   node that holds the other lease
     */
    record LeaseConflict(Ip4Address address, MacAddress kept, MacAddress refused, MacAddress other)
            implements AccessEvent {}

    /** The part of the pool that this node gives new addresses from changed. */
    record SlicesChanged(int own, int of) implements AccessEvent {}

    /** Leases of before a restart are known again. @param torn records that were not whole */
    record LeasesRestored(int leases, int torn) implements AccessEvent {}

    /** The lease store fails: leases go on from memory. */
    record StoreFailed(String reason) implements AccessEvent {}
}
