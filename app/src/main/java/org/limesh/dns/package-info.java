/**
 * The DNS server of a node, on the anycast addresses of its cloud.
 *
 * <pre>
 *   client ─→ DnsServer ─→ QueryHandler ── own name ──→ answer at once, from the NameTable
 *               (thread)       │ ├─ known ─────────────→ answer at once, from the AnswerCache
 *                              │ └─ foreign, other cloud ─→ Forwarder ─→ upstream server
 *                              └─ malformed, too many, not a client: counted and dropped
 * </pre>
 *
 * One thread does everything and waits for nothing but its selector, so an own name is answered while a
 * hundred questions wait for servers far away. It decides nothing about names: what a name means says
 * {@link org.limesh.access.NameTable}. Messages are read and written by dnsjava; no other part of that library is
 * used.
 *
 * <p>It refuses: recursion for whoever is not in the cloud's own networks, zone transfers, updates, classes
 * other than IN, private addresses in answers from outside (rebinding). It does not validate DNSSEC.
 */
package org.limesh.dns;
