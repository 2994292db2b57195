package org.limesh.gateway;

import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;

/** Rare facts about the way to the Internet. */
public sealed interface GatewayEvent {
    /** The uplink got an address. */
    record UplinkAddress(String device, Ip4Prefix address, Ip4Address gateway) implements GatewayEvent {}

    /** The uplink lost its address or its cable. */
    record UplinkLost(String device, String reason) implements GatewayEvent {}

    /** An address was offered that is not taken, because it would lead back into a mesh or nowhere. */
    record UplinkRefused(String device, Ip4Address address, String reason) implements GatewayEvent {}

    /** The uplink leads to the Internet now, or does not any more. */
    record InternetChanged(boolean internet, String reason) implements GatewayEvent {}

    /** The own Internet is offered to others, or not any more. */
    record OfferChanged(boolean offered, long bandwidthBps, String reason) implements GatewayEvent {}

    /** @param from host name or null for none; @param to likewise; @param reason with the numbers of both */
    record ExitChanged(String from, String to, String reason) implements GatewayEvent {}

    /**
     * The exit of a client for whom a person chose one.
     *
     * @param from host name, null when it had that of the node; @param to likewise
     */
    record ClientExitChanged(Ip4Address client, String from, String to, String reason) implements GatewayEvent {}

    /** A person chose. @param client null for the whole node; @param gateway null when the choice was taken back */
    record Pinned(Ip4Address client, String gateway) implements GatewayEvent {}
}
