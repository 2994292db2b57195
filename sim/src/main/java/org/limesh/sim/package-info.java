/**
 * A laboratory in virtual time: many nodes on simulated hosts, radio and cable links, clients, providers'
 * lines, faults and the checkers that watch them.
 *
 * <p>Refuses: threads, clocks, I/O, luck that does not come from the seed. The nodes are those of
 * {@link org.limesh.node}, the very classes that run on Linux.
 *
 * <pre>
 *   SimClient ── ap0 ─┐                        Node (engines)
 *   SimClient ── ap1 ─┤  SimBridge ── bat0 ──→   │  SimHost
 *   cable ────── eth0 ┤   br-lan, anygw ────→    │
 *                     └─────│────────────        ↓ hard interfaces
 *                       HostStack            SimDevice ══ SimLink ══ SimDevice of another node
 *                 Router, Forwarding,            ↑ VLANs of BMX7
 *                 Tunnels, Masquerades ──────────┤
 *                           └─────────────── SimDevice ── SimUplink ── the Internet
 *          all of it driven by EventQueue, in the order (time, sequence)
 * </pre>
 *
 * <p>Frames carry nothing hidden; {@link org.limesh.sim.Trace} (layer 2) and {@link org.limesh.sim.Journey}
 * (layer 3) go beside them, for the checkers.
 *
 * <p>What is not modelled: collisions on the air, queues inside a client, the time a node needs to think,
 * fragments of IPv4 and redirects of a router, selective acknowledgements of TCP, IPv6 of a provider.
 */
package org.limesh.sim;
