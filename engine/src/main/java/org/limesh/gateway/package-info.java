/**
 * The way to the Internet: whether the own uplink leads there, what is offered to others, and which of the
 * exits on offer a node and its clients use.
 *
 * <pre>
 *   host ── probe answered ──→  uplink watch ── Internet or not, and why ──→  share policy ──→ announcement
 *   layer 3 ── exits on offer ──→  exit choice ── per node, per client, with the reason ──→ routes
 * </pre>
 *
 * <p>Refuses: to know the routing protocol that carries the offers, to send anything but the uplink's own
 * DHCP, to touch a host: questions to the Internet are asked by the host ({@link org.limesh.gateway.Probe}).
 */
package org.limesh.gateway;
