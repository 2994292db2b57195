/**
 * LibreMesh's {@code shared-state} for one type of data, the leases: a map that neighbours lay over one another, until
 * all nodes have the same.
 *
 * <p>Inside: {@link org.limesh.sharedstate.LeaseState} is the map, {@link org.limesh.sharedstate.LeaseEntry} one entry of
 * it, {@link org.limesh.sharedstate.SharedStateEngine} says when what is done and who is asked.
 *
 * <p>Refuses: to know HTTP, JSON, and how neighbours are pinged; to judge leases.
 *
 * <pre>
 *   own leases ──insert, remove──→ LeaseState ──learned──→ whoever judges them
 *                                   ↑      │
 *                                 merge  entries
 *                                   │      ↓
 *   neighbours: ping, 1 s ─→ exchange of the whole map with each, every 5 minutes and after a change
 *
 *   an entry: 30 ──every 2 min──→ 29 ... 1 ──→ gone;  its author says it anew every half an hour
 * </pre>
 *
 * docs/protocols/shared-state.md has the protocol.
 */
package org.limesh.sharedstate;
