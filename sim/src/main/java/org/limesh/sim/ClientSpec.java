package org.limesh.sim;

import org.limesh.base.MacAddress;

/**
 * A phone or PC.
 *
 * @param name               unique in the simulation, also its DHCP host name
 * @param accessDelayNs      one way between client and node
 * @param accessLoss         probability 0..1 that the radio loses a frame for good, each way
 * @param announcesAfterRoam sends a gratuitous ARP when it is attached anew
 */
public record ClientSpec(
        String name, MacAddress mac, long accessDelayNs, double accessLoss, boolean announcesAfterRoam) {
    /** 1 ms, no loss, announces. */
    public ClientSpec(String name, MacAddress mac) {
        this(name, mac, 1_000_000, 0, true);
    }
}
