/**
 * Message formats of batman-adv, compatibility version 15. All fields are big endian.
 *
 * <p>Two levels. Named <b>offsets</b> for the hot path, which forwards what it does not need to understand.
 * <b>Records</b> for messages that something is decided on: {@code parse} checks everything once and gives
 * a {@link org.limesh.base.Decoded}; {@code emit} of any record gives octets that {@code parse} accepts.
 *
 * <pre>
 *   Ethernet (14) | OgmIv, one or several | containers of Tvlv: TtTvlv
 *                 | BroadcastPacket       | inner Ethernet frame
 *                 | UnicastPacket         | inner Ethernet frame
 *                 | UnicastTvlvPacket     | containers of Tvlv: TtTvlv, RoamTvlv
 * </pre>
 *
 * <p>Refuses: odd container lengths, containers longer than the packet, VLAN ids that no frame can have.
 * Kinds that are only passed on or dropped (fragments, ICMP, OGM2, ELP, multicast, coded) have no record;
 * {@link org.limesh.batadv.wire.BatadvHeader#headerOctets} knows their header.
 */
package org.limesh.batadv.wire;
