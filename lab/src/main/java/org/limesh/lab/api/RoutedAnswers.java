package org.limesh.lab.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.limesh.bmx7.Bmx7Route;
import org.limesh.bmx7.TunnelChoice;
import org.limesh.gateway.Exit;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.node.NodeSnapshot;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers about the network above the clouds, as one node knows it. */
final class RoutedAnswers {
    private RoutedAnswers() {}

    /** Refuses nodes without layer 3. */
    static NodeSnapshot checked(NodeSnapshot node) {
        if (node.bmx7() == null) {
            throw Problem.notFound(node.plan().hostname() + " has no layer 3: it runs no bmx7");
        }
        return node;
    }

    /** Refuses nodes that choose no exits. */
    static NodeSnapshot withGateway(NodeSnapshot node) {
        if (node.gateway() == null) {
            throw Problem.notFound(node.plan().hostname() + " chooses no exit: it has no layer 3");
        }
        return node;
    }

    /** Names of nodes by their host names. */
    static UnaryOperator<String> names(World world) {
        Map<String, String> byHost = new LinkedHashMap<>();
        world.nodes().stream().filter(node -> node.plan() != null)
                .forEach(node -> byHost.put(node.plan().hostname(), node.name()));
        return host -> byHost.getOrDefault(host, host);
    }

    static ObjectNode exits(NodeSnapshot node, UnaryOperator<String> names) {
        GatewaySnapshot gateway = node.gateway();
        ObjectNode json = Json.object().put("node", names.apply(node.plan().hostname()))
                .put("preferred", gateway.preferred() == null ? null : names.apply(gateway.preferred()))
                .put("policy", gateway.policy() == null ? null : gateway.policy().name().toLowerCase(java.util.Locale.ROOT))
                .put("offered", gateway.offered());
        if (gateway.offered()) {
            json.put("offered_bps", gateway.offeredBps());
        }
        ArrayNode rows = json.putArray("exits");
        for (Exit exit : gateway.exits()) {
            rows.addObject().put("exit", names.apply(exit.gateway())).put("id", exit.id()).put("own", exit.own())
                    .put("announced_bps", exit.bandwidthBps()).put("path_bps", exit.pathBps())
                    .put("worth_bps", exit.valueBps()).put("used", exit.used()).put("reason", exit.reason());
        }
        ArrayNode pins = json.putArray("client_pins");
        for (GatewaySnapshot.ClientPin pin : gateway.clientPins()) {
            pins.addObject().put("client", pin.client().toString()).put("exit", names.apply(pin.gateway()))
                    .put("effective", pin.effective());
        }
        if (gateway.uplink() != null) {
            json.set("uplink", uplink(gateway.uplink()));
        }
        return json;
    }

    private static ObjectNode uplink(GatewaySnapshot.Uplink uplink) {
        ObjectNode json = Json.object().put("device", uplink.device()).put("carrier", uplink.carrier())
                .put("ipv4", uplink.address() == null ? null : uplink.address().toString())
                .put("gateway", uplink.gateway() == null ? null : uplink.gateway().toString())
                .put("internet", uplink.internet()).put("reason", uplink.reason());
        uplink.resolvers().forEach(one -> json.withArray("resolvers").add(one.toString()));
        ArrayNode checks = json.putArray("checks");
        for (GatewaySnapshot.Check check : uplink.checks()) {
            checks.addObject().put("kind", check.kind()).put("target", check.target()).put("ok", check.ok())
                    .put("after_ms", check.afterMs()).put("ago_ms", check.agoMs()).put("detail", check.detail());
        }
        return json;
    }

    static ArrayNode routes(NodeSnapshot node, UnaryOperator<String> names) {
        ArrayNode rows = Json.array();
        for (Bmx7Route route : node.bmx7().routes()) {
            rows.addObject().put("network", route.network().toString()).put("kind", "bmx7")
                    .put("via", route.nextHop().linkLocal().toString()).put("device", route.nextHop().deviceName())
                    .put("metric_bps", route.metricBps()).put("to", names.apply(Tables.owner(node, route)));
        }
        for (TunnelChoice tunnel : node.bmx7().tunnels()) {
            if (tunnel.active()) {
                rows.addObject().put("network", tunnel.route().toString()).put("kind", "tunnel")
                        .put("device", tunnel.deviceName()).put("metric_bps", tunnel.tunMetricBps())
                        .put("to", names.apply(tunnel.offer().hostname()))
                        .put("outer_source", tunnel.offer().endpoint().toString())
                        .put("outer_destination", tunnel.offer().primary().toString()).put("reason", tunnel.reason());
            }
        }
        GatewaySnapshot.Uplink uplink = node.gateway() == null ? null : node.gateway().uplink();
        if (uplink != null && uplink.gateway() != null) {
            rows.addObject().put("network", "0.0.0.0/0").put("kind", "uplink").put("via", uplink.gateway().toString())
                    .put("device", uplink.device()).put("internet", uplink.internet());
        }
        return rows;
    }
}
