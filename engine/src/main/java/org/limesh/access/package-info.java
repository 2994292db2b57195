/**
 * What a client meets: addresses from the anycast gateway.
 *
 * <p>Spoken here: DHCPv4, router advertisements and stateless DHCPv6 on the anycast identity. Not yet: DNS,
 * shared leases. ARP and neighbour discovery for the anycast address are answered by the host's IP stack,
 * which {@link org.limesh.host.HostState} tells to answer with the anycast MAC only.
 *
 * <p>Inside: {@link org.limesh.access.DhcpServer} decides, {@code LeaseTable} remembers, {@code AddressPool}
 * chooses, {@code DhcpReplies} writes. Leases that other nodes granted and a store that survives a restart
 * will come in at {@code LeaseTable}. {@link org.limesh.access.RouterAdvertiser} and
 * {@link org.limesh.access.StatelessDhcpV6} remember nothing about clients: those make their own addresses.
 *
 * <p>Refuses: to know how frames reach it, and whether another node exists.
 *
 * <pre>
 *   client ──DISCOVER──→ DhcpServer ──OFFER──→ client
 *          ──REQUEST───→            ──ACK────→          LeaseGranted
 *
 *   client ──router solicitation──→ RouterAdvertiser ──advertisement: prefix, router──→ client
 *          ──INFORMATION-REQUEST──→ StatelessDhcpV6  ──REPLY: DNS──→
 * </pre>
 */
package org.limesh.access;
