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
 * <p>What this kernel cannot do the loop does in its place, with the same octets on the wire:
 *
 * <pre>
 *   VLAN device   VlanTap ←→ VlanWire       TAP and a packet socket on the parent, for want of 8021q
 *   ip6tnl        TunnelEnd, TunnelEar      TUN and raw IPv6 sockets, for want of ip6_tunnel
 * </pre>
 *
 * <p>Two threads, so that neither a slow nft nor a dump of links delays a frame. The keeper makes ports, the
 * loop uses and closes them. Refuses: to know protocols; a frame's content matters only where the kernel's
 * offloads want it.
 */
package org.limesh.linux;
