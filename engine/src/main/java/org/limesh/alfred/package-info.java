/**
 * A.L.F.R.E.D.: every node tells facts about itself, every node can read all facts.
 *
 * <p>Primaries keep everything and exchange it; secondaries push their own facts to the best primary and
 * ask it when somebody wants to read. Spoken with the genuine daemon in both roles, over the network and,
 * through the host, over its local socket.
 *
 * <pre>
 *   secondary ── PUSH own, TXEND ──→ primary ←── PUSH first-hand, TXEND ──→ primary
 *   secondary ── REQUEST type ────→ primary
 *             ←─ PUSH..., TXEND ──
 * </pre>
 *
 * <p>Different from the genuine program, and invisible to it: a record is never sent back to its own source,
 * nor relayed when its source is a live primary itself; and unless told otherwise a cloud elects a few
 * primaries. The genuine habit (every node a primary) makes N·N·(N-1) records travel each period.
 *
 * <p>Refuses: to know what a record means, to open a socket.
 */
package org.limesh.alfred;
