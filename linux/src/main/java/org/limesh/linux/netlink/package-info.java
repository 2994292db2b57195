/**
 * The kernel's network configuration: links, addresses, routes and rules, asked for and changed in the
 * kernel's own messages (rtnetlink).
 *
 * <pre>
 *   Rtnetlink ── NetlinkWriter ─→ kernel ─→ NetlinkReader ── LinkInfo, AddressInfo, RouteInfo, RuleInfo
 * </pre>
 *
 * <p>Refuses: to decide anything, and to keep anything: each answer is what the kernel says now.
 */
package org.limesh.linux.netlink;
