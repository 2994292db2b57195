package org.limesh.access;

import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * An address that is not free: offered, leased here or at another node, kept or set aside. Time and state
 * are changed by {@link LeaseTable} only.
 */
final class Binding {
    enum State {
        OFFERED,
        LEASED,
        /** Leased, and confirmed by another node. */
        REMOTE,
        /** The lease has ended; until all nodes are known to agree, only its last client may have the address. */
        KEPT,
        QUARANTINED
    }

    final Ip4Address address;
    /** Why the client got this address, for people. */
    String reason;
    Client client;
    State state;
    String hostname = "";
    long grantedNs;
    /** When the lease or the state ends. */
    long expiresNs;
    /** For a kept address: when its lease ended. */
    long endedNs;
    MacAddress grantedBy = MacAddress.ZERO;
    MacAddress confirmedBy = MacAddress.ZERO;
    /** For a lease elsewhere: at whom, and how that is known, for people; empty when nobody told. */
    String heldAt = "";
    /** Lease of another client that had the address earlier; this one is refused when it is asked for next. */
    Binding earlier;
    boolean conflictTold;

    Binding(Client client, Ip4Address address, State state, String reason, long expiresNs) {
        this.client = client;
        this.address = address;
        this.state = state;
        this.reason = reason;
        this.expiresNs = expiresNs;
    }

    boolean isLeased() {
        return state == State.LEASED;
    }

    Lease lease() {
        return new Lease(client.mac(), client.clientId(), address, hostname, grantedNs, expiresNs, reason, grantedBy,
                confirmedBy);
    }
}
