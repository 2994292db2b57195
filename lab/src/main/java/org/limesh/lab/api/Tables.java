package org.limesh.lab.api;

import java.util.List;
import java.util.Locale;
import org.limesh.access.Lease;
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

    static Table leases() {
        return new Table("IPV4", "MAC", "HOSTNAME", "NODE", "ENDS IN", "WHY");
    }

    static void addLeases(Table table, String node, NodeSnapshot snapshot) {
        for (Lease lease : snapshot.leases()) {
            table.row(lease.address().toString(), lease.client().toString(),
                    lease.hostname().isEmpty() ? "-" : lease.hostname(), node,
                    Units.duration(lease.expiresNs() - snapshot.nowNs()), lease.reason());
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
