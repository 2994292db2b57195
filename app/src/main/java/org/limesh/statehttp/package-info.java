/**
 * How {@code shared-state} travels: a map as JSON, POSTed to a peer, whose answer is its own map.
 *
 * <pre>
 *   POST /cgi-bin/shared-state/dnsmasq-leases[?gzip]   map ─→     StateServer ─→ whoever has the map
 *                                                      ←─ map
 *   StateClient ─→ peers, all at once, 3 s each
 *                      StateJson: octets ←─→ StateDocument
 * </pre>
 *
 * <p>Refuses: to merge, and to say who is a peer; other types of data than leases.
 *
 * <pre>
 *   StateServer server = StateServer.open(address, 80, (peer, document) -> mine);
 * </pre>
 */
package org.limesh.statehttp;
