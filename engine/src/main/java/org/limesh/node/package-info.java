/**
 * A node: the plan of {@code lime} plus the engines, assembled; what any host runs.
 *
 * <pre>
 *   NodePlan ─→ Node ─→ HostState        (what the host shall look like: HostPlan, FilterPlan, RoutedHost)
 *                │ ↕ frames by port      (hard interfaces, bat0, anygw, uplink)
 *                │ ↕ datagrams by port   (A.L.F.R.E.D. on br-lan, BMX7 on each of its devices)
 *                │ ↕ records             (lease store)
 *                │ ↕ maps                (shared-state, over HTTP)
 *                ├─ Layer2: batadv
 *                ├─ ClientServices: access
 *                ├─ SharedData: alfred ←─ LeaseSharing, VisPublisher;  sharedstate ←─ StateSharing
 *                ├─ GuardSide: guard
 *                └─ Layer3: Bmx7Side ─→ bmx7 ←─ offers, exits ─→ gateway ←─ GatewaySide
 * </pre>
 *
 * <p>{@link org.limesh.node.Node} makes the parts, hands each what comes in on its ports, and gives them
 * their turn, in the order of the diagram. A part knows those above it; what goes the other way goes through
 * the node.
 *
 * <p>Refuses: to know which host it lives on. A node on Linux and a node in the laboratory are the same
 * objects; only {@link org.limesh.node.NodeHost} differs.
 */
package org.limesh.node;
