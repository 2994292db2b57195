/**
 * Values that every other room uses: addresses, frames, time, bounded reading, seeded randomness.
 *
 * <p>Nothing here knows a protocol. Everything is immutable except {@link org.limesh.base.Frame} (until
 * it is handed to a sink), {@link org.limesh.base.Rng} and {@link org.limesh.base.Counters}.
 *
 * <p>Time is {@code long nowNs}, handed in by the host. It has no epoch; compare by difference:
 * {@code deadlineNs - nowNs <= 0}.
 */
package org.limesh.base;
