/**
 * A laboratory in virtual time: many nodes on simulated hosts, radio and cable links, clients, faults and
 * the checkers that watch them.
 *
 * <p>Refuses: threads, clocks, I/O, luck that does not come from the seed. The nodes are those of
 * {@link org.limesh.node}, the very classes that run on Linux.
 *
 * <pre>
 *   SimClient ── ap0 ─┐                        Node (engines)
 *   SimClient ── ap1 ─┤  SimBridge ── bat0 ──→   │  SimHost
 *   cable ────── eth1 ┤   br-lan, anygw ────→    │
 *                     └──────────────────        ↓ hard interfaces
 *                                            SimDevice ══ SimLink ══ SimDevice of another node
 *          all of it driven by EventQueue, in the order (time, sequence)
 * </pre>
 *
 * <p>What is not modelled: collisions on the air, queues inside a client, the time a node needs to think.
 */
package org.limesh.sim;
