/**
 * A node: the plan of {@code lime} plus the engines, assembled; what any host runs.
 *
 * <pre>
 *   NodePlan ─→ Node ─→ HostState        (what the host shall look like)
 *                │ ↕ frames by port      (hard interfaces, bat0, anygw)
 *                │ ↕ datagrams by port   (A.L.F.R.E.D. on br-lan)
 *                │ ↕ records             (lease store)
 *                ├─ batadv
 *                ├─ access ←─ LeaseSharing ─→ alfred
 * </pre>
 *
 * <p>Refuses: to know which host it lives on. A node on Linux and a node in the laboratory are the same
 * objects; only {@link org.limesh.node.NodeHost} differs.
 */
package org.limesh.node;
