package org.limesh.lab.api;

import org.limesh.base.Ip4Address;
import org.limesh.bmx7.TunnelChoice;
import org.limesh.bmx7.wire.IpNet;
import org.limesh.gateway.Exit;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.node.NodeSnapshot;

/** Where a node sends a packet that it routes: what its tables say, in the order the host asks them. */
public sealed interface RouteChoice {
    /** To the own cloud, by layer 2. */
    record OwnCloud() implements RouteChoice {}

    /** Out through the own line. */
    record OwnUplink(GatewaySnapshot.Uplink uplink, Exit exit) implements RouteChoice {}

    /**
     * Into a one-way tunnel.
     *
     * @param exit what the gateway engine knows of it; null when the tunnel leads to a cloud
     */
    record Tunnel(TunnelChoice choice, Exit exit) implements RouteChoice {}

    /** Nowhere. */
    record Nowhere(String reason) implements RouteChoice {}

    /**
     * @param client source, for the clients that somebody chose an exit for; may be null
     */
    static RouteChoice of(NodeSnapshot node, Ip4Address destination, Ip4Address client) {
        if (node.plan().address4().contains(destination)) {
            return new OwnCloud();
        }
        TunnelChoice cloud = longest(node, destination);
        return cloud != null ? new Tunnel(cloud, null) : toInternet(node, client);
    }

    /** The way of what no network in the tables matches. */
    static RouteChoice toInternet(NodeSnapshot node, Ip4Address client) {
        if (node.gateway() == null) {
            return new Nowhere("has no layer 3: this node reaches its own cloud only");
        }
        Exit exit = exit(node.gateway(), client);
        if (exit != null && exit.own()) {
            return new OwnUplink(node.gateway().uplink(), exit);
        }
        for (TunnelChoice choice : node.bmx7() == null ? java.util.List.<TunnelChoice>of() : node.bmx7().tunnels()) {
            boolean meant = exit == null ? choice.active() : choice.offer().hostname().equals(exit.gateway());
            if (isDefault(choice.route()) && meant) {
                return new Tunnel(choice, exit);
            }
        }
        return new Nowhere(node.gateway().exits().isEmpty() ? "knows no exit to the Internet"
                : "has no exit in use; " + node.gateway().exits().getFirst().reason());
    }

    /** The exit that is used, for this client or in general; null for none. */
    static Exit exit(GatewaySnapshot gateway, Ip4Address client) {
        GatewaySnapshot.ClientPin pin = pin(gateway, client);
        if (pin != null && pin.effective()) {
            return gateway.exits().stream().filter(exit -> exit.gateway().equals(pin.gateway())).findFirst()
                    .orElse(null);
        }
        return gateway.exits().stream().filter(Exit::used).findFirst().orElse(null);
    }

    /** What somebody chose for this client; null for nothing. */
    static GatewaySnapshot.ClientPin pin(GatewaySnapshot gateway, Ip4Address client) {
        return gateway.clientPins().stream().filter(pin -> pin.client().equals(client)).findFirst().orElse(null);
    }

    /** Host name of the exit that is used; null for none. */
    static String exitName(NodeSnapshot node, Ip4Address client) {
        Exit exit = node == null || node.gateway() == null ? null : exit(node.gateway(), client);
        return exit == null ? null : exit.gateway();
    }

    private static boolean isDefault(IpNet route) {
        return route.family() == 4 && route.lengthBits() == 0;
    }

    /** The active tunnel with the longest network of clouds that holds the address; null without one. */
    private static TunnelChoice longest(NodeSnapshot node, Ip4Address destination) {
        TunnelChoice best = null;
        for (TunnelChoice choice : node.bmx7() == null ? java.util.List.<TunnelChoice>of() : node.bmx7().tunnels()) {
            IpNet route = choice.route();
            if (choice.active() && route.family() == 4 && route.lengthBits() > 0
                    && route.prefix4().contains(destination)
                    && (best == null || route.lengthBits() > best.route().lengthBits())) {
                best = choice;
            }
        }
        return best;
    }
}
