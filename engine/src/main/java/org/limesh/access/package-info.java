/**
 * What a client meets: addresses from the anycast gateway.
 *
 * <p>Spoken here: DHCPv4 on the anycast identity. Not yet: router advertisements, DHCPv6, DNS, shared
 * leases. ARP and neighbour discovery for the anycast address are answered by the host's IP stack, which
 * {@link org.limesh.host.HostState} tells to answer with the anycast MAC only.
 *
 * <p>Inside: {@link org.limesh.access.DhcpServer} decides, {@code LeaseTable} remembers, {@code AddressPool}
 * chooses, {@code DhcpReplies} writes. Leases that other nodes granted and a store that survives a restart
 * will come in at {@code LeaseTable}.
 *
 * <p>Refuses: to know how frames reach it, and whether another node exists.
 *
 * <pre>
 *   client ──DISCOVER──→ DhcpServer ──OFFER──→ client
 *          ──REQUEST───→            ──ACK────→          LeaseGranted
 * </pre>
 */
package org.limesh.access;
