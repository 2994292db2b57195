/**
 * What a client meets: addresses from the anycast gateway.
 *
 * <p>Spoken here: DHCPv4, router advertisements and stateless DHCPv6 on the anycast identity. DNS reads from the
 * {@link org.limesh.access.NameTable} here and is spoken by the application.
 * ARP and neighbour discovery for the anycast address are answered by the host's IP stack, which
 * {@link org.limesh.host.HostState} tells to answer with the anycast MAC only.
 *
 * <p>Inside: {@link org.limesh.access.DhcpServer} decides, {@code LeaseTable} remembers, {@code Offers} sets aside
 * what {@code AddressPool} chooses, {@code ConflictProbe} asks the cloud before, {@code DhcpReplies} writes. {@code Slices} says which part of the pool is this node's,
 * {@code LeaseSync} takes in what other nodes tell and what the store kept, {@code StoreQueue} lets an ACK
 * wait until its lease is durable. {@link org.limesh.access.CloudReport} is what nodes tell each other,
 * {@link org.limesh.access.LeaseLog} the store's file; docs/leases.md has the reasoning. {@link org.limesh.access.RouterAdvertiser}
 * and {@link org.limesh.access.StatelessDhcpV6} remember nothing about clients: those make their own addresses.
 *
 * <p>Refuses: to know how frames, reports and records travel.
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
