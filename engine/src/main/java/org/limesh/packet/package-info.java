/**
 * General packet headers: Ethernet, ARP, IPv4, IPv6, UDP, ICMP, router discovery, DHCP messages of both
 * versions, and a dissector that says any frame in one line.
 *
 * <p>Two levels. <b>Offsets and accessors</b> over a {@link org.limesh.base.Frame} for forwarding and
 * filtering, without judgement. <b>Records</b> holding only sensible values for what an engine decides on;
 * {@code parse} checks everything once, {@code emit} of any record gives octets that {@code parse} accepts.
 */
package org.limesh.packet;
