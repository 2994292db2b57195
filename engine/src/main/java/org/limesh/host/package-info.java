/**
 * The desired state of a host, as data: which links, addresses, rules and filters a node wants.
 *
 * <p>The node says <i>what</i>; a host ({@code linux}, {@code sim}) knows <i>how</i>. The Linux host
 * reconciles it with the kernel; the simulated host interprets the same record, filter rules included,
 * so a rule that is missing is missing in both.
 *
 * <p>Refuses: to act, to know a protocol.
 *
 * <pre>
 *                      +--------- br-lan (node's own addresses) ---------+
 *   client ports ------+-- eth1   ap0 ...                       bat0 ----+--- mesh TAP of our engine
 *                      +---------------- anygw (macvlan) ----------------+
 *                                 anycast MAC, IPv4, IPv6
 * </pre>
 */
package org.limesh.host;
