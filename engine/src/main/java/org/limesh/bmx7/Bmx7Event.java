package org.limesh.bmx7;

import java.util.List;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.bmx7.wire.Hash;

/** Rare facts that BMX7 reports. Dropped packets are not among them: they are counted. */
public sealed interface Bmx7Event {
    /** The first proven packet over a link came in. */
    record LinkUp(Hash neighbour, String hostname, String device, Ip6Address address) implements Bmx7Event {}

    /** A link was silent too long, or its neighbour started anew. */
    record LinkDown(Hash neighbour, String hostname, String device,
            Ip6Address address) implements Bmx7Event {}

    /** A description was accepted; with {@code restarted} the node has started anew. */
    record DescriptionAccepted(Hash node, String hostname, int descSqn,
            boolean restarted) implements Bmx7Event {}

    /** A description was refused, and this number of it will never be accepted. */
    record DescriptionRefused(Hash node, int descSqn, String fault) implements Bmx7Event {}

    /** A node is forgotten. */
    record NodeForgotten(Hash node, String hostname) implements Bmx7Event {}

    /**
     * The next hop to a node and its networks changed.
     *
     * @param from null when there was no route
     * @param to   null when there is none now
     */
    record RouteChanged(Hash node, String hostname, List<Ip6Prefix> networks, Bmx7Route.NextHop from,
            Bmx7Route.NextHop to, long metric) implements Bmx7Event {}

    /** A new description of this node. The host keeps the number: the next start must be above it. */
    record DescriptionMade(int descSqn, Hash hash) implements Bmx7Event {}

    /** Somebody else uses this node's key with this description number: an earlier life, or a second node. */
    record IdentityElsewhere(int descSqn) implements Bmx7Event {}

    /** The list of chosen tunnels changed; see {@link Bmx7Engine#tunnels}. */
    record TunnelsChanged(List<TunnelChoice> tunnels) implements Bmx7Event {
        public TunnelsChanged {
            tunnels = List.copyOf(tunnels);
        }
    }

    /** A table was full and something was refused. */
    record LimitReached(String table, long limit) implements Bmx7Event {}
}
