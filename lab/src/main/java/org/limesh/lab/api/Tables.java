package org.limesh.lab.api;

import java.util.List;
import java.util.Locale;
import org.limesh.access.Lease;
import org.limesh.base.MetricText;
import org.limesh.bmx7.Bmx7Route;
import org.limesh.bmx7.Bmx7Snapshot;
import org.limesh.bmx7.TunnelChoice;
import org.limesh.gateway.Exit;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.node.NodeSnapshot;

/** The tables that have no model among the known tools. */
final class Tables {
    private Tables() {}

    static Table nodes(World world) {
        Table table = new Table("NODE", "MAC", "CLOUD", "STATE", "IPV4", "IPV6", "NEIGHBOURS", "CLIENTS");
        for (World.NodeView node : world.nodes()) {
            long clients = world.clients().stream().filter(client ->
                    node.name().equals(client.node())).count();
            table.row(node.name(), node.mac().toString(), node.cloud(), node.up() ? "up" : "down",
                    node.plan() == null ? "-" : node.plan().address4().toString(),
                    node.plan() == null ? "-" : node.plan().address6().toString(),
                    Long.toString(WorldJson.neighbours(world, node)), Long.toString(clients));
        }
        return table;
    }

    static Table links(World world, List<String> nodes) {
        Table table = new Table("LINK", "FROM", "TO", "KIND", "STATE", "TQ", "LOSS");
        for (World.LinkView link : world.links()) {
            if (nodes.isEmpty() || nodes.contains(link.a().node()) || nodes.contains(link.b().node())) {
                table.row(link.id(), end(link.a()), end(link.b()),
                        link.kind() == World.LinkView.Kind.RADIO ? "radio" : "cable",
                        link.up() ? "up" : "down",
                        known(link.tqThere()) + "/" + known(link.tqBack()),
                        percent(link.lossThere()) + "/" + percent(link.lossBack()));
            }
        }
        return table;
    }

    private static String end(World.End end) {
        return end.hardif().isEmpty() ? end.node() : end.node() + ":" + end.hardif();
    }

    private static String known(int tq) {
        return tq < 0 ? "-" : Integer.toString(tq);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f%%", share * 100);
    }

    static Table clouds(World world) {
        Table table = new Table("CLOUD", "SSID", "VLAN", "NETWORK4", "NETWORK6", "ANYCAST", "ANYCAST MAC",
                "NODES");
        for (World.CloudView cloud : world.clouds()) {
            long nodes = world.nodes().stream().filter(node -> node.cloud().equals(cloud.letter())).count();
            table.row(cloud.letter(), cloud.ssid(),
                    cloud.vlanId() == 0 ? "-" : Integer.toString(cloud.vlanId()),
                    cloud.network4().toString(), cloud.network6().toString(),
                    cloud.anycast4() == null ? "-" : cloud.anycast4().toString(),
                    cloud.anycastMac() == null ? "-" : cloud.anycastMac().toString(), Long.toString(nodes));
        }
        return table;
    }

    static Table clients(World world, List<String> nodes) {
        Table table = new Table("CLIENT", "MAC", "IPV4", "NODE", "SINCE", "LAST ROAM", "GAP", "RX/TX");
        for (World.ClientView client : world.clients()) {
            if (!nodes.isEmpty() && !nodes.contains(client.node())) {
                continue;
            }
            String roam = client.lastRoamNs() < 0 ? "-" : client.nodeBefore() + ">" + client.node() + " "
                    + Units.duration(world.timeNs() - client.lastRoamNs());
            table.row(client.name(), client.mac().toString(),
                    client.address() == null ? "-" : client.address().toString(),
                    client.node() == null ? "-" : client.node(),
                            Units.duration(world.timeNs() - client.sinceNs()),
                    roam, Units.duration(client.longestGapNs()),
                    Units.octets(client.rxOctets()) + "/" + Units.octets(client.txOctets()));
        }
        return table;
    }

    /** Exits of the whole network, as a laboratory sees them. */
    static Table exits(World world) {
        Table table = new Table("EXIT", "CABLE", "ADDRESS", "INTERNET", "OFFERS", "NODES", "CLIENTS", "WHY");
        for (World.ExitView exit : world.layer3().exits()) {
            long nodes = world.layer3().exitOf().stream().filter(exit.node()::equals).count();
            table.row(exit.node(), exit.plugged() ? "in" : "out", exit.address().isEmpty() ? "-" : exit.address(),
                    exit.internet() ? "yes" : "no", exit.offered() ? Units.rate(exit.offeredBps()) : "-",
                    Long.toString(nodes), Long.toString(clientsOf(world, exit.node())), exit.reason());
        }
        return table;
    }

    /** Clients whose traffic leaves there. */
    static long clientsOf(World world, String exit) {
        return world.clients().stream().filter(client -> exit.equals(exitOf(world, client))).count();
    }

    /** The exit of a client: what somebody chose for it, else that of its node; empty for none. */
    static String exitOf(World world, World.ClientView client) {
        for (World.PinView pin : world.layer3().pins()) {
            if (pin.effective() && pin.client().equals(client.name()) && pin.node().equals(client.node())) {
                return pin.exit();
            }
        }
        return client.node() == null ? "" : world.exitOf(client.node());
    }

    /** Exits as one node knows them, the used one first. */
    static Table exits(NodeSnapshot node, java.util.function.UnaryOperator<String> names) {
        Table table = new Table("", "EXIT", "ANNOUNCED", "PATH", "WORTH", "WHY");
        for (Exit exit : node.gateway().exits()) {
            table.row(exit.used() ? "*" : "", names.apply(exit.gateway()) + (exit.own() ? " (own line)" : ""),
                    rate(exit.bandwidthBps()), exit.own() ? "-" : rate(exit.pathBps()), rate(exit.valueBps()),
                    exit.reason());
        }
        return table;
    }

    private static String rate(long bps) {
        return bps == 0 ? "-" : bps == Long.MAX_VALUE ? "unlimited" : Units.rate(bps);
    }

    /** Routes of layer 3: hosts by BMX7, networks through one-way tunnels, the own line. */
    static Table routes(NodeSnapshot node, java.util.function.UnaryOperator<String> names) {
        Table table = new Table("NETWORK", "VIA", "DEVICE", "METRIC", "KIND", "TO");
        for (Bmx7Route route : node.bmx7().routes()) {
            table.row(route.network().toString(), route.nextHop().linkLocal().toString(), route.nextHop().deviceName(),
                    MetricText.of(route.metricBps()), "bmx7", names.apply(owner(node, route)));
        }
        for (TunnelChoice tunnel : node.bmx7().tunnels()) {
            if (tunnel.active()) {
                table.row(tunnel.route().toString(), "-", tunnel.deviceName(), MetricText.of(tunnel.tunMetricBps()),
                        "tunnel", names.apply(tunnel.offer().hostname()));
            }
        }
        GatewaySnapshot.Uplink uplink = node.gateway() == null ? null : node.gateway().uplink();
        if (uplink != null && uplink.gateway() != null) {
            table.row("0.0.0.0/0", uplink.gateway().toString(), uplink.device(), "-", "uplink",
                    uplink.internet() ? "the Internet" : "no Internet: " + uplink.reason());
        }
        return table;
    }

    /** Host name of the node that a route leads to. */
    static String owner(NodeSnapshot node, Bmx7Route route) {
        return node.bmx7().originators().stream().filter(row -> row.nodeId().equals(route.owner()))
                .map(Bmx7Snapshot.Originator::hostname).findFirst().orElse(route.owner().shortId());
    }

    static Table leases() {
        return new Table("IPV4", "MAC", "HOSTNAME", "GRANTED BY", "CONFIRMED BY", "ENDS IN", "WHY");
    }

    static void addLeases(Table table, List<Leases.Row> rows) {
        for (Leases.Row row : rows) {
            Lease lease = row.lease();
            table.row(lease.address().toString(), lease.client().toString(),
                    lease.hostname().isEmpty() ? "-" : lease.hostname(), row.grantedBy(), row.confirmedBy(),
                    row.endsInNs() == Leases.FOR_GOOD ? "-" : Units.duration(row.endsInNs()), row.why());
        }
    }

    static Table events(List<EventRecord> events) {
        Table table = new Table("TIME", "NODE", "KIND", "WHAT");
        for (EventRecord event : events) {
            table.row(Units.clock(event.timeNs()), event.node().isEmpty() ? "-" : event.node(), event.kind(),
                    event.text());
        }
        return table;
    }

    static Table counters(NodeSnapshot snapshot) {
        Table table = new Table("COUNTER", "VALUE");
        snapshot.counters().forEach((name, value) -> table.row(name, Long.toString(value)));
        return table;
    }
}
