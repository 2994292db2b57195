package org.limesh.lab.api;

import java.util.List;
import java.util.stream.Collectors;
import org.limesh.bmx7.Bmx7Snapshot;
import org.limesh.gateway.Exit;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.node.NodeSnapshot;

/** The lines of a status screen about layer 3 and the Internet. */
final class Layer3Status {
    private Layer3Status() {}

    static String of(World world, NodeSnapshot node) {
        Bmx7Snapshot bmx7 = node.bmx7();
        if (bmx7 == null) {
            return "  layer 3     none: this node reaches its own cloud only\n";
        }
        String devices = bmx7.interfaces().stream().map(Bmx7Snapshot.Interface::name)
                .collect(Collectors.joining(" "));
        return "  layer 3     bmx7 on " + (devices.isEmpty() ? "no interface" : devices) + "     "
                + StatusText.count(bmx7.links().size(), "link") + "  " + StatusText.count(bmx7.status().nodes(), "node")
                + '\n' + (node.gateway() == null ? "" : internet(world, node.gateway(), bmx7));
    }

    private static String internet(World world, GatewaySnapshot gateway, Bmx7Snapshot bmx7) {
        var names = RoutedAnswers.names(world);
        StringBuilder text = new StringBuilder("  internet    ");
        Exit used = gateway.exits().stream().filter(Exit::used).findFirst().orElse(null);
        if (used == null) {
            text.append("none: ").append(gateway.exits().isEmpty() ? "no exit is known"
                    : gateway.exits().getFirst().reason());
        } else if (used.own()) {
            text.append("own line on ").append(gateway.uplink().device()).append(", ")
                    .append(gateway.uplink().address());
        } else {
            text.append("via ").append(names.apply(used.gateway())).append(", ")
                    .append(Units.rate(used.bandwidthBps())).append(" announced, ").append(hops(bmx7, used))
                    .append("metric ").append(Units.rate(used.pathBps()));
        }
        List<Exit> others = gateway.exits().stream().filter(exit -> exit != used).toList();
        if (used != null && !others.isEmpty()) {
            Exit next = others.getFirst();
            text.append("; next best ").append(names.apply(next.gateway())).append(" (")
                    .append(Units.rate(next.bandwidthBps())).append(')');
        }
        text.append('\n');
        if (gateway.preferred() != null) {
            text.append("              chosen by hand: ").append(names.apply(gateway.preferred())).append('\n');
        }
        GatewaySnapshot.Uplink uplink = gateway.uplink();
        if (uplink != null) {
            text.append("  uplink      ").append(uplink.device()).append(": ")
                    .append(!uplink.carrier() ? "no cable" : uplink.internet() ? "Internet" : "no Internet")
                    .append(uplink.reason() == null || uplink.reason().isEmpty() ? "" : ", " + uplink.reason())
                    .append(gateway.offered() ? "; offered to others with " + Units.rate(gateway.offeredBps())
                            : "; not offered to others").append('\n');
        }
        return text.toString();
    }

    private static String hops(Bmx7Snapshot bmx7, Exit exit) {
        return bmx7.originators().stream().filter(row -> row.hostname().equals(exit.gateway()))
                .map(row -> StatusText.count(row.hops(), "hop") + ", ").findFirst().orElse("");
    }

    /** Nothing for a laboratory of one layer. */
    static String ofLab(World world) {
        World.Layer3 layer3 = world.layer3();
        if (layer3.speaking() == 0) {
            return "";
        }
        String exits = layer3.exits().stream().map(exit -> exit.node() + (exit.internet() ? " ("
                + Units.rate(exit.offeredBps()) + ")" : " (no Internet)")).collect(Collectors.joining(", "));
        return "  layer 3     bmx7 " + (layer3.routed() < 0 ? "on " + layer3.speaking() : layer3.routed() + "/"
                + layer3.speaking()) + " nodes   " + (exits.isEmpty() ? "no exits" : "exits " + exits) + '\n';
    }
}
