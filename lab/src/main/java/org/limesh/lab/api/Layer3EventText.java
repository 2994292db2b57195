package org.limesh.lab.api;

import java.util.List;
import java.util.function.Function;
import org.limesh.base.MacAddress;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.bmx7.TunnelChoice;
import org.limesh.gateway.GatewayEvent;

/** Events of BMX7 and of the gateway engine in words. */
final class Layer3EventText {
    /** Tunnels that are named one by one; of more only the number is told. */
    private static final int NAMED_TUNNELS = 3;

    private Layer3EventText() {}

    static EventText of(Bmx7Event event, Function<MacAddress, String> names) {
        return switch (event) {
            case Bmx7Event.LinkUp(var id, var host, var device, var unused) ->
                    new EventText("bmx7.link", "hears " + host + " on " + device + " in layer 3");
            case Bmx7Event.LinkDown(var id, var host, var device, var unused) ->
                    new EventText("bmx7.link", "no longer hears " + host + " on " + device + " in layer 3");
            case Bmx7Event.DescriptionAccepted(var id, var host, var number, var restarted) ->
                    new EventText("bmx7.description", "knows description " + number + " of " + host
                            + (restarted ? ", which started anew" : ""));
            case Bmx7Event.DescriptionRefused(var id, var number, var fault) -> new EventText("bmx7.refused",
                    "refuses description " + number + " of " + id.shortId() + ": " + fault);
            case Bmx7Event.NodeForgotten(var id, var host) ->
                    new EventText("bmx7.description", "forgets " + host + ": nothing was heard of it for long");
            case Bmx7Event.RouteChanged change -> new EventText("bmx7.route", route(change, names));
            case Bmx7Event.DescriptionMade(var number, var hash) ->
                    new EventText("bmx7.description", "describes itself anew, number " + number);
            case Bmx7Event.IdentityElsewhere(var number) -> new EventText("bmx7.identity",
                    "somebody else uses this node's key: two nodes with one key cannot both be reached. If this node "
                            + "was copied from another, delete its key file and restart it");
            case Bmx7Event.TunnelsChanged(var tunnels) -> new EventText("bmx7.tunnels", tunnels(tunnels));
            case Bmx7Event.LimitReached(var what, var limit) -> new EventText("bmx7.limit",
                    "the table of " + what + " is full at " + limit + ": something was refused");
        };
    }

    private static String route(Bmx7Event.RouteChanged change, Function<MacAddress, String> names) {
        if (change.to() == null) {
            return "has no way to " + change.hostname() + " any more in layer 3";
        }
        String via = LinkLocal.name(change.to().linkLocal(), names);
        return "reaches " + change.hostname() + (via.equals(change.hostname()) ? " directly" : " via " + via)
                + " in layer 3, " + Units.rate(change.metric())
                + (change.from() == null ? "" : "; before via " + LinkLocal.name(change.from().linkLocal(), names));
    }

    private static String tunnels(List<TunnelChoice> tunnels) {
        List<TunnelChoice> used = tunnels.stream().filter(TunnelChoice::active).toList();
        if (used.size() > NAMED_TUNNELS || used.isEmpty()) {
            return "uses " + used.size() + " of " + tunnels.size() + " tunnels on offer";
        }
        return "tunnels " + String.join(", ", used.stream()
                .map(one -> one.route() + " to " + one.offer().hostname()).toList());
    }

    static EventText of(GatewayEvent event) {
        return switch (event) {
            case GatewayEvent.UplinkAddress(var device, var address, var gateway) ->
                    new EventText("gateway.uplink", device + " has " + address + " from its provider, next hop "
                            + gateway);
            case GatewayEvent.UplinkLost(var device, var reason) ->
                    new EventText("gateway.uplink", device + " leads nowhere: " + reason);
            case GatewayEvent.UplinkRefused(var device, var address, var reason) -> new EventText("gateway.uplink",
                    "does not take " + address + " on " + device + ": " + reason);
            case GatewayEvent.ClientExitChanged(var client, var from, var to, var reason) ->
                    new EventText("gateway.exit", client + (to == null ? " goes out as the node does again"
                            : " goes out at " + to) + (from == null ? "" : " instead of " + from) + ": " + reason);
            case GatewayEvent.InternetChanged(var internet, var reason) -> new EventText("gateway.internet",
                    (internet ? "its line leads to the Internet: " : "its line does not lead to the Internet: ")
                            + reason);
            case GatewayEvent.OfferChanged(var offered, var bandwidth, var reason) -> new EventText("gateway.offer",
                    offered ? "offers its Internet to all, " + Units.rate(bandwidth) + ": " + reason
                            : "offers no Internet any more: " + reason);
            case GatewayEvent.ExitChanged(var from, var to, var reason) -> new EventText("gateway.exit",
                    (to == null ? "has no exit any more" : "goes out at " + to)
                            + (from == null || to == null ? "" : " instead of " + from) + ": " + reason);
            case GatewayEvent.Pinned(var client, var gateway) -> new EventText("gateway.pin",
                    (gateway == null ? "a person lets it choose again" : "a person chose the exit " + gateway)
                            + (client == null ? "" : " for " + client));
        };
    }
}
