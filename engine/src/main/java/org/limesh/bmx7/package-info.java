/**
 * BMX7, compatibility version 21: one routed network over all clouds. Nodes are named by the hash of their
 * key, describe themselves in signed descriptions, and number their originator messages with hash chains that
 * no relay can forge.
 *
 * <pre>
 *  datagram --> Receiver --> Authenticator            who sent it? (MAC or signature of the link keys)
 *                   |            |
 *                   |            +--> LinkTable       how well do we hear one another?
 *                   +--> Descriptions                 keys, descriptions, contents: ask, check, keep
 *                   +--> OgmExchange --> PathChooser  which neighbour leads to whom, how good is it?
 *                                             |
 *  Transmitter <-- hello, replies, OGMs       +--> RouteTable --> host (desired state)
 * </pre>
 *
 * <pre>
 *  engine = new Bmx7Engine(config, keys, cache, counters, rng, outbox, nowNs);
 *  engine.addDevice("wlan0_18", linkLocal, LinkLayer.WLAN, 36, 0, nowNs);
 *  engine.onDatagram(0, source, payload, nowNs);
 *  engine.onTimer(nowNs);                       // when engine.nextDeadlineNs() is reached
 *  engine.routes();                             // networks with next hop, device, metric
 * </pre>
 *
 * <p>Refuses: to open a socket, to draw secrets ({@link org.limesh.bmx7.KeySource}), to encapsulate a packet:
 * tunnels are chosen here and made by the host. Specification: docs/protocols/bmx7.md.
 */
package org.limesh.bmx7;
