/**
 * The way to the Internet: whether the own uplink leads there, what is offered to others, and which of the
 * exits on offer a node and its clients use. For people: docs/gateways.md.
 *
 * <pre>
 *   cable, DHCP ──→ UplinkDhcp ── address ──→ UplinkWatch ── Internet or not, and why ──→ Offer ──→ announcement
 *                                                │  ↑                      LineMeter ── bandwidth ──↑
 *                                                ↓  │
 *                                   host: Probe ──→ ProbeResult
 *
 *   layer 3: ExitOffer ──→ ExitChoice ── per node, per client, with the reason ──→ routes
 *   people: pin ──────────────↑
 * </pre>
 *
 * <p>{@link org.limesh.gateway.GatewayEngine} holds the parts together. In five lines:
 *
 * <pre>{@code
 *   var engine = new GatewayEngine(config, "plaza", uplink, List.of(cloud), counters, rng, outbox, nowNs);
 *   engine.start(nowNs);
 *   engine.onUplinkFrame(frame, nowNs);      // DHCP answers; questions leave through the outbox
 *   engine.onExits(offers, nowNs);           // what layer 3 knows
 *   engine.exit();                           // identity of the chosen one, OWN, or null
 * }</pre>
 *
 * <p>Refuses: to know the routing protocol that carries the offers, to send anything but the uplink's own
 * DHCP, to touch a host: questions to the Internet are asked by the host ({@link org.limesh.gateway.Probe}).
 * Tables are bounded: 1024 exits, 256 pins of clients, three questions and one measurement under way.
 */
package org.limesh.gateway;
