/**
 * Who is at a node's client ports, and whether its gateway is kept apart.
 *
 * <pre>
 *   frames heard on client ports ─→ PortClassifier ─→ PortPolicy ─→ (node: filter rules)
 *   what the rules dropped       ─→ DropAlarms     ─→ "client 02:.. on lan1 pretends to be the gateway: ARP"
 *   each minute                  ─→ SelfTest       ─→ frames that the rules must drop ─→ verdict
 *   whoever knows                ─→ Warnings       ─→ sentences a person can act upon
 * </pre>
 *
 * <p>Refuses: to drop a frame itself, to know how rules are put into force, to trust that they are.
 * {@code docs/anycast.md} says what each rule is for.
 */
package org.limesh.guard;
