/**
 * The Linux host of a node: moves its frames and keeps the kernel as the node wants it.
 *
 * <pre>
 *             loop thread                                keeper thread
 *   PacketSocketPort ┐                            HostKeeper ── Reconciler ─→ kernel
 *   TapPort          ├─→ NodeLoop ─→ Node             │  ↑
 *   AnycastPort      ┘      ↑  └─ LinuxHost ─ apply ──┘  └── rtnetlink events, once a minute
 *                           └────── new ports ────────┘
 * </pre>
 *
 * <p>Two threads, so that neither a slow nft nor a dump of links delays a frame. The keeper makes ports, the
 * loop uses and closes them. Refuses: to know protocols; a frame's content matters only where the kernel's
 * offloads want it.
 */
package org.limesh.linux;
