/**
 * batman-adv, compatibility version 15: joins the nodes of a cloud into one layer-2 network.
 *
 * <p>Spoken here: BATMAN IV, the translation table with roaming, unicast, unicast 4-address and
 * broadcast forwarding. Not yet: fragmentation, BATMAN V, bridge loop avoidance, distributed ARP table,
 * gateways, multicast, ICMP, the throughput meter; frames of these kinds are forwarded where the
 * protocol says so, else counted and dropped.
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
 * <p>Protocol notes: docs/protocols/batman-adv.md.
 */
package org.limesh.batadv;
