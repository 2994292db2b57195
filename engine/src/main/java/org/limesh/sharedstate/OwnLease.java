package org.limesh.sharedstate;

import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/** A lease that this node tells of, its own address included. */
public record OwnLease(Ip4Address address, MacAddress mac, String hostname) {}
