package org.limesh.gateway;

import java.util.List;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;

/**
 * The way to the Internet at one instant.
 *
 * @param uplink     null without one
 * @param policy     when the own Internet is offered
 * @param offered    whether it is offered now
 * @param offeredBps announced bandwidth
 * @param exits      all that are known, the used one first
 * @param preferred  host name of the gateway that a person chose, or null
 * @param clientPins choices for single clients
 */
public record GatewaySnapshot(Uplink uplink, SharePolicy policy, boolean offered, long offeredBps, List<Exit> exits,
        String preferred, List<ClientPin> clientPins) {
    public GatewaySnapshot {
        exits = List.copyOf(exits);
        clientPins = List.copyOf(clientPins);
    }

    /**
     * @param address   null while there is none
     * @param gateway   next hop, null without an address
     * @param resolvers that the provider named
     * @param internet  whether it leads to the Internet
     * @param reason    why it does or not, e.g. {@code DNS fails: no answer in 2 s}
     * @param checks    the last answer of each kind of question
     */
    public record Uplink(String device, boolean carrier, Ip4Prefix address, Ip4Address gateway,
            List<Ip4Address> resolvers, boolean internet, String reason, List<Check> checks) {
        public Uplink {
            resolvers = List.copyOf(resolvers);
            checks = List.copyOf(checks);
        }
    }

    /** @param kind {@code ping}, {@code dns} or {@code http}; @param agoMs since the answer */
    public record Check(String kind, String target, boolean ok, long afterMs, long agoMs, String detail) {}

    /**
     * @param gateway   host name
     * @param effective whether the exit is there; else the client uses the node's
     * @param reason    the sentence for people, e.g. {@code pinned: sur 706M (...) although norte 1199M}
     */
    public record ClientPin(Ip4Address client, String gateway, boolean effective, String reason) {}
}
