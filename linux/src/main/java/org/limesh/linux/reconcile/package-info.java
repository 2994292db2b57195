/**
 * Makes the kernel look as a {@link org.limesh.host.HostState} says, keeps it so, and undoes it.
 *
 * <pre>
 *   HostState ── Reconciler ── compare ─→ Rtnetlink, Nftables, Sysctls ─→ kernel
 *                    │  Links, Addresses, Routes: the steps of a walk
 *                    │
 *                    └─ Journal ("made", in the run directory; written before each change)
 *                          └─ undone at the end, or after a kill -9 by the next start or by doctor --clean
 * </pre>
 *
 * <p>First application and later repair are the same walk: look, and change what differs. Refuses: to touch
 * what it did not make, but for the few things that {@code HostState.Link.Existing} and the sysctls name; of
 * those the old value is in the journal.
 */
package org.limesh.linux.reconcile;
