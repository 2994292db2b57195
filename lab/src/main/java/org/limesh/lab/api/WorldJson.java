package org.limesh.lab.api;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.limesh.access.Lease;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.guard.GuardSnapshot;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeSnapshot;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The objects that programs see. Names end in their unit; times of day are UTC, ids are strings. */
final class WorldJson {
    private WorldJson() {}

    static ObjectNode about(World world, WorldView view) {
        boolean control = view.control().isPresent();
        ObjectNode json = Json.object().put("program", "limesh").put("version", world.version())
                .put("kind", world.kind() == World.Kind.LAB ? "lab" : "node").put("name", world.name());
        if (world.kind() == World.Kind.LAB) {
            json.put("seed", world.seed());
        }
        ArrayNode can = json.putArray("capabilities");
        can.add("look").add("capture");
        if (control) {
            can.add("actions").add("time");
        }
        if (view.exitControl().isPresent()) {
            can.add("choose");
        }
        return json;
    }

    /** Everything that the page draws. */
    static ObjectNode snapshot(World world, WorldView view) {
        ObjectNode json = about(world, view);
        json.set("time", time(world));
        json.set("clouds", clouds(world));
        json.set("nodes", nodes(world));
        json.set("links", links(world));
        json.set("clients", clients(world));
        json.set("layer3", layer3(world));
        return json;
    }

    /** Exits, who uses which, and what people chose. */
    static ObjectNode layer3(World world) {
        World.Layer3 layer3 = world.layer3();
        ObjectNode json = Json.object().put("speaking", layer3.speaking());
        if (layer3.routed() >= 0) {
            json.put("routed", layer3.routed());
        }
        json.set("exits", exits(world));
        layer3.exitOf().forEach(json.putArray("exit_of")::add);
        ArrayNode pins = json.putArray("pins");
        for (World.PinView pin : layer3.pins()) {
            pins.addObject().put("node", pin.node()).put("client", pin.client().isEmpty() ? null : pin.client())
                    .put("exit", pin.exit()).put("effective", pin.effective());
        }
        return json;
    }

    static ArrayNode exits(World world) {
        ArrayNode rows = Json.array();
        for (World.ExitView exit : world.layer3().exits()) {
            ObjectNode json = rows.addObject().put("node", exit.node()).put("plugged", exit.plugged())
                    .put("ipv4", exit.address().isEmpty() ? null : exit.address()).put("internet", exit.internet())
                    .put("offered", exit.offered()).put("reason", exit.reason());
            if (exit.offered()) {
                json.put("offered_bps", exit.offeredBps());
            }
            if (exit.downBps() > 0) {
                json.put("line_bps", exit.downBps());
            }
            json.put("nodes", world.layer3().exitOf().stream().filter(exit.node()::equals).count());
            json.put("clients", Tables.clientsOf(world, exit.node()));
        }
        return rows;
    }

    static ObjectNode time(World world) {
        ObjectNode json = Json.object().put("now_ms", ms(world.timeNs()))
                .put("date", date(world, world.timeNs()))
                .put("state", world.clock().running() ? "running" : "paused").put("speed",
                        world.clock().speed());
        if (world.convergedNs() >= 0) {
            json.put("converged_ms", ms(world.convergedNs()));
        }
        return json;
    }

    static String date(World world, long timeNs) {
        return Instant.ofEpochMilli(world.epochMs() + timeNs / 1_000_000).toString();
    }

    /** Times are counted from the start of the laboratory or node, in milliseconds. */
    static double ms(long ns) {
        return ns / 1000 / 1000.0;
    }

    static ArrayNode clouds(World world) {
        ArrayNode rows = Json.array();
        for (World.CloudView cloud : world.clouds()) {
            ObjectNode json = rows.addObject().put("letter", cloud.letter()).put("ssid", cloud.ssid())
                    .put("vlan", cloud.vlanId()).put("network4", cloud.network4().toString())
                    .put("network6", cloud.network6().toString());
            if (cloud.anycastMac() != null) {
                json.put("anycast4", cloud.anycast4().toString()).put("anycast_mac",
                        cloud.anycastMac().toString());
            }
            ArrayNode members = json.putArray("nodes");
            world.nodes().stream().filter(node -> node.cloud().equals(cloud.letter()))
                    .forEach(node -> members.add(node.name()));
        }
        return rows;
    }

    static ArrayNode nodes(World world) {
        ArrayNode rows = Json.array();
        world.nodes().forEach(node -> rows.add(node(world, node)));
        return rows;
    }

    static ObjectNode node(World world, World.NodeView node) {
        ObjectNode json = Json.object().put("name", node.name()).put("mac", node.mac().toString())
                .put("cloud", node.cloud()).put("up", node.up()).put("known", node.plan() != null);
        if (node.plan() != null) {
            json.put("hostname", node.plan().hostname()).put("ipv4", node.plan().address4().toString())
                    .put("ipv6", node.plan().address6().toString());
        }
        if (!Double.isNaN(node.x())) {
            json.putArray("at").add(node.x()).add(node.y());
        }
        return json.put("neighbours", neighbours(world, node))
                .put("clients",
                        world.clients().stream().filter(client -> node.name().equals(client.node())).count());
    }

    /** Links of a node over which something is heard; none when it is down. */
    static long neighbours(World world, World.NodeView view) {
        String node = view.name();
        return !view.up() ? 0 : world.links().stream().filter(link -> link.up()
                && Math.max(link.tqThere(), link.tqBack()) > 0
                && (link.a().node().equals(node) || link.b().node().equals(node))).count();
    }

    static ArrayNode links(World world) {
        ArrayNode rows = Json.array();
        for (World.LinkView link : world.links()) {
            ObjectNode json = rows.addObject().put("id", link.id())
                    .put("kind", link.kind() == World.LinkView.Kind.RADIO ? "radio" : "cable").put("up",
                            link.up());
            json.putObject("a").put("node", link.a().node()).put("hardif", link.a().hardif());
            json.putObject("b").put("node", link.b().node()).put("hardif", link.b().hardif());
            putUnless(json, "tq_there", link.tqThere());
            putUnless(json, "tq_back", link.tqBack());
            putLoss(json, "loss_there", link.lossThere());
            putLoss(json, "loss_back", link.lossBack());
        }
        return rows;
    }

    private static void putUnless(ObjectNode json, String key, long value) {
        if (value >= 0) {
            json.put(key, value);
        }
    }

    private static void putLoss(ObjectNode json, String key, double value) {
        if (!Double.isNaN(value)) {
            json.put(key, value);
        }
    }

    static ArrayNode clients(World world) {
        ArrayNode rows = Json.array();
        world.clients().forEach(client -> rows.add(client(client)));
        return rows;
    }

    static ObjectNode client(World.ClientView client) {
        ObjectNode json = Json.object().put("name", client.name()).put("mac", client.mac().toString())
                .put("ipv4", client.address() == null ? null : client.address().toString())
                .put("node", client.node()).put("node_before", client.nodeBefore())
                .put("since_ms", ms(client.sinceNs()));
        if (client.lastRoamNs() >= 0) {
            json.put("last_roam_ms", ms(client.lastRoamNs()));
        }
        putUnless(json, "rx_octets", client.rxOctets());
        putUnless(json, "tx_octets", client.txOctets());
        if (client.longestGapNs() >= 0) {
            json.put("longest_gap_ms", ms(client.longestGapNs()));
        }
        return json;
    }

    static ObjectNode event(World world, EventRecord event) {
        return Json.object().put("seq", event.seq()).put("time_ms", ms(event.timeNs()))
                .put("date", date(world, event.timeNs())).put("node", event.node()).put("kind", event.kind())
                .put("text", event.text());
    }

    static ArrayNode events(World world, List<EventRecord> events) {
        ArrayNode rows = Json.array();
        events.forEach(event -> rows.add(event(world, event)));
        return rows;
    }

    static ArrayNode leases(NodeSnapshot snapshot, List<Leases.Row> leases) {
        ArrayNode rows = Json.array();
        for (Leases.Row row : leases) {
            Lease lease = row.lease();
            rows.addObject().put("ipv4", lease.address().toString()).put("mac", lease.client().toString())
                    .put("hostname", lease.hostname()).put("client_id", lease.clientId())
                    .put("granted_ms", ms(lease.grantedNs() - snapshot.startNs()))
                    .put("expires_ms", ms(lease.expiresNs() - snapshot.startNs()))
                    .put("expires_in_ms", ms(lease.expiresNs() - snapshot.nowNs()))
                    .put("granted_by", lease.grantedBy().toString()).put("granted_by_name", row.grantedBy())
                    .put("confirmed_by", lease.confirmedBy().toString()).put("confirmed_by_name", row.confirmedBy())
                    .put("here", row.here()).put("reason", row.why());
        }
        return rows;
    }

    static ObjectNode counters(NodeSnapshot snapshot) {
        ObjectNode json = Json.object();
        snapshot.counters().forEach(json::put);
        return json;
    }

    static ObjectNode config(NodePlan plan) {
        ObjectNode json = Json.object().put("hostname", plan.hostname()).put("domain", plan.domain())
                .put("primary_mac", plan.primaryMac().toString()).put("ap_ssid", plan.apSsid())
                .put("ipv4", plan.address4().toString()).put("ipv6", plan.address6().toString());
        if (plan.anycast() != null) {
            NodePlan.Anycast anycast = plan.anycast();
            ObjectNode part = json.putObject("anycast").put("mac", anycast.mac().toString())
                    .put("ipv4", anycast.address4().toString()).put("ipv6", anycast.address6().toString())
                    .put("dhcp_first", anycast.dhcpFirst().toString()).put("dhcp_last",
                            anycast.dhcpLast().toString())
                    .put("client_mtu_octets", anycast.clientMtuOctets())
                    .put("lease_time_ms", anycast.leaseTimeSeconds() * 1000L);
            anycast.resolvers().forEach(part.putArray("resolvers")::add);
        }
        if (plan.batadv() != null) {
            ObjectNode part = json.putObject("batadv").put("algorithm", plan.batadv().algorithm())
                    .put("orig_interval_ms", plan.batadv().origIntervalMs());
            ArrayNode hardifs = part.putArray("hardifs");
            for (NodePlan.Hardif hardif : plan.batadv().hardifs()) {
                hardifs.addObject().put("name", hardif.name()).put("device", hardif.device())
                        .put("vlan", hardif.tag() == null ? 0 : hardif.tag().id())
                        .put("mac", hardif.mac().toString()).put("mtu_octets", hardif.mtuOctets())
                        .put("wifi", hardif.wifi());
            }
        }
        plan.lanPorts().forEach(json.putArray("lan_ports")::add);
        return json;
    }

    private static ObjectNode guard(NodeSnapshot snapshot) {
        GuardSnapshot guard = snapshot.guard();
        GuardSnapshot.Isolation isolation = guard.isolation();
        ObjectNode json = Json.object();
        ObjectNode test = json.putObject("isolation").put("tests", isolation.tests()).put("failed", isolation.failed())
                .put("tested_ms", isolation.tests() == 0 ? -1 : ms(isolation.lastNs() - snapshot.startNs()));
        isolation.faults().forEach(test.putArray("faults")::add);
        ArrayNode ports = json.putArray("ports");
        guard.ports().forEach(port -> ports.addObject().put("name", port.name())
                .put("kind", port.kind().name().toLowerCase(Locale.ROOT))
                .put("consequence", port.consequence().name().toLowerCase(Locale.ROOT)).put("detail", port.detail()));
        ArrayNode offenders = json.putArray("offenders");
        guard.offenders().forEach(offender -> offenders.addObject().put("mac", offender.client().toString())
                .put("port", offender.port()).put("deed", offender.deed()).put("frames", offender.frames())
                .put("last_ms", ms(offender.lastNs() - snapshot.startNs())));
        return json;
    }

    static ObjectNode status(World world, World.NodeView node, NodeSnapshot snapshot) {
        ObjectNode json = node(world, node).put("uptime_ms", ms(snapshot.nowNs() - snapshot.startNs()));
        json.set("config", config(snapshot.plan()));
        if (snapshot.batadv() != null) {
            BatadvSnapshot state = snapshot.batadv();
            json.putObject("batadv").put("algorithm", state.algorithm()).put("ttvn", state.ttvn())
                    .put("neighbours", state.neighbours().size()).put("originators",
                            StatusText.originators(state))
                    .put("clients", StatusText.localClients(snapshot.plan(), state).size());
        }
        json.put("leases", snapshot.leases().size());
        if (snapshot.guard() != null) {
            json.set("guard", guard(snapshot));
        }
        snapshot.warnings().forEach(json.putArray("warnings")::add);
        return json;
    }

    static ObjectNode path(PathFinder.Result path) {
        ObjectNode json = Json.object().put("from", path.from()).put("to", path.to())
                .put("reachable", path.reachable());
        legs(json.putArray("going"), path.going());
        legs(json.putArray("back"), path.back());
        path.why().forEach(json.putArray("why")::add);
        return json.put("note", path.note());
    }

    private static void legs(ArrayNode rows, List<PathFinder.Leg> legs) {
        for (PathFinder.Leg leg : legs) {
            ObjectNode json = rows.addObject().put("layer", leg.layer());
            leg.hops().forEach(json.putArray("hops")::add);
            leg.tq().forEach(json.putArray("tq")::add);
            json.put("text", leg.text());
            ArrayNode steps = json.putArray("steps");
            for (PathFinder.Step step : leg.steps()) {
                ObjectNode one = steps.addObject().put("from", step.from()).put("to", step.to());
                step.headers().forEach(one.putArray("headers")::add);
            }
        }
    }
}
