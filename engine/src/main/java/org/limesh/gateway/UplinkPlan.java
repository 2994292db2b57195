package org.limesh.gateway;

import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;

/**
 * The uplink of a node.
 *
 * @param device   e.g. {@code eth0}
 * @param mac      of the device
 * @param address4 fixed address, or null for the DHCP client
 * @param gateway4 fixed next hop; null with the DHCP client
 */
public record UplinkPlan(String device, MacAddress mac, Ip4Prefix address4, Ip4Address gateway4) {}
