/**
 * batman-adv, compatibility version 15: joins the nodes of a cloud into one layer-2 network.
 *
 * <p>Spoken here: BATMAN IV, the translation table with roaming, unicast, unicast 4-address and
 * broadcast forwarding, fragments, echo between originators.
 *
 * <p>Not yet, and where it will go: BATMAN V (beside {@code BatmanIv}); bridge loop avoidance, distributed ARP table and gateways (steps of {@code MeshInterface} and {@code ClientDelivery});
 * the multicast optimisation ({@code MeshInterface}: all is flooded; a node that announces nothing about
 * multicast is sent everything); isolation of clients; the throughput meter. Frames of these kinds are
 * forwarded where the protocol says so, else counted and dropped.
 *
 * <p>Refuses: to open a socket, to read a clock, to know IP.
 *
 * <pre>
 *            bat0 (client frames)
 *      onMeshFrame ↓      ↑ deliver
 *               BatadvEngine  ── report → BatadvEvent
 *        onFrame ↑      ↓ transmit
 *            hard interfaces (ethertype 0x4305)
 * </pre>
 *
 * <pre>{@code
 *   var engine = new BatadvEngine(BatadvConfig.withInterval(1000), meshMac, counters, rng, outbox, nowNs);
 *   int cable = engine.addHardif("eth1", mac, 1532, false, nowNs);
 *   engine.onFrame(cable, frame, nowNs);                  // 0x4305 came in
 *   engine.onMeshFrame(clientFrame, nowNs);               // a client sends
 *   if (Engine.isDue(engine.nextDeadlineNs(), nowNs)) engine.onTimer(nowNs);
 * }</pre>
 *
 * <p>Protocol notes: docs/protocols/batman-adv.md.
 */
package org.limesh.batadv;
