package org.limesh.access;

import org.limesh.base.Ip4Address;

/** An address that is not free: offered, leased or set aside. Changed by {@link LeaseTable} only. */
final class Binding {
    enum State { OFFERED, LEASED, QUARANTINED }

    final Ip4Address address;
    /** Why the client got this address, for people. */
    final String reason;
    Client client;
    State state;
    String hostname = "";
    long grantedNs;
    long expiresNs;

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
        return new Lease(client.mac(), client.clientId(), address, hostname, grantedNs, expiresNs, reason);
    }
}
