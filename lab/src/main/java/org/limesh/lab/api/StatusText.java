package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.guard.GuardSnapshot;
import org.limesh.guard.PortView;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeSnapshot;

/** One screen about a node, or about a laboratory. */
final class StatusText {
    private StatusText() {}

    static String ofNode(World world, World.NodeView node, NodeSnapshot snapshot) {
        NodePlan plan = snapshot.plan();
        StringBuilder text = new StringBuilder();
        text.append(node.name()).append(" (").append(plan.primaryMac()).append(")   up ")
                .append(Units.duration(snapshot.nowNs() - snapshot.startNs()))
                .append("   cloud ").append(plan.apSsid()).append('\n');
        text.append("  addresses   ").append(plan.address4()).append("  ").append(plan.address6());
        if (plan.anycast() != null) {
            text.append("   anycast ").append(plan.anycast().address4().address()).append("  ")
                    .append(plan.anycast().address6().address()).append("  ").append(plan.anycast().mac());
        }
        text.append('\n').append(layer2(plan, snapshot.batadv()));
        text.append(Layer3Status.of(world, snapshot));
        text.append("  leases      ").append(snapshot.leases().size()).append(" given by this node");
        if (!snapshot.remoteLeases().isEmpty()) {
            text.append(", ").append(snapshot.remoteLeases().size()).append(" known of other nodes; new ones from ")
                    .append(snapshot.ownSlices()).append(" of 256 parts of the pool");
        }
        text.append('\n').append(names(snapshot));
        text.append(guard(snapshot));
        List<String> warnings = new ArrayList<>(snapshot.warnings());
        if (world.kind() == World.Kind.NODE && snapshot.batadv() != null
                && snapshot.batadv().neighbours().isEmpty()) {
            warnings.add("nobody heard yet on " + names(snapshot.batadv()));
        }
        warnings.forEach(warning -> text.append("! ").append(warning).append('\n'));
        return text.toString();
    }

    /** Only where a DNS server of ours was asked. */
    private static String names(NodeSnapshot snapshot) {
        long queries = snapshot.counters().getOrDefault("dns.queries", 0L);
        return queries == 0 ? "" : "  names       " + queries + " DNS questions: " + count(snapshot, "dns.local")
                + " about this cloud, " + count(snapshot, "dns.cached") + " known, " + count(snapshot, "dns.forwarded")
                + " asked elsewhere, " + count(snapshot, "dns.failed") + " of these without an answer\n";
    }

    private static long count(NodeSnapshot snapshot, String counter) {
        return snapshot.counters().getOrDefault(counter, 0L);
    }

    /** The gateway's isolation and the client ports, for a node that has both. */
    private static String guard(NodeSnapshot snapshot) {
        GuardSnapshot guard = snapshot.guard();
        if (guard == null) {
            return "";
        }
        GuardSnapshot.Isolation isolation = guard.isolation();
        StringBuilder text = new StringBuilder("  gateway     ");
        text.append(isolation.tests() == 0 ? "not tested yet whether it is kept apart"
                : isolation.faults().isEmpty() ? "kept apart: tested " + Units.duration(snapshot.nowNs() - isolation.lastNs())
                        + " ago" : "NOT kept apart, see below");
        if (!guard.ports().isEmpty()) {
            text.append("\n  ports       ").append(guard.ports().stream().map(port -> port.name() + ": " + port.kind().words()
                    + (port.detail().isEmpty() ? "" : " (" + port.detail() + ")")
                    + (port.consequence() == PortView.Consequence.SERVED ? "" : ", " + port.consequence().words()))
                    .collect(Collectors.joining("\n              ")));
        }
        return text.append('\n').toString();
    }

    private static String layer2(NodePlan plan, BatadvSnapshot state) {
        if (state == null) {
            return "  layer 2     none\n";
        }
        return "  layer 2     batman-adv " + state.algorithm().replace("BATMAN_", "") + " on " + names(state)
                + "     " + count(state.neighbours().size(), "neighbour") + "  "
                + count(originators(state), "originator") + "  "
                        + count(localClients(plan, state).size(), "client") + '\n';
    }

    private static String names(BatadvSnapshot state) {
        return state.hardifs().isEmpty() ? "no interface"
                : state.hardifs().stream().map(BatadvSnapshot.Hardif::name).collect(Collectors.joining(" "));
    }

    static int originators(BatadvSnapshot state) {
        Set<MacAddress> known = new LinkedHashSet<>();
        state.originators().forEach(offer -> known.add(offer.mac()));
        return known.size();
    }

    /**
     * Addresses behind this node that are not its own: neither bat0's nor its bridge's nor the anycast one.
     */
    static Set<MacAddress> localClients(NodePlan plan, BatadvSnapshot state) {
        Set<MacAddress> clients = new LinkedHashSet<>();
        for (BatadvSnapshot.LocalClient client : state.localClients()) {
            if ((client.flags() & BatctlText.NO_PURGE) == 0 && !client.mac().isMulticast()) {
                clients.add(client.mac());
            }
        }
        clients.remove(plan.primaryMac());
        if (plan.anycast() != null) {
            clients.remove(plan.anycast().mac());
        }
        return clients;
    }

    static String ofLab(World world) {
        long down = world.nodes().stream().filter(node -> !node.up()).count();
        long leased = world.clients().stream().filter(client -> client.address() != null).count();
        String state = world.convergedNs() >= 0 ? "converged after " + Units.duration(world.convergedNs())
                : "not converged yet";
        String clock = !world.clock().running() ? "paused"
                : world.clock().speed() == 0 ? "as fast as possible" : factor(world.clock().speed()) + "x";
        return "limesh " + world.version() + "   lab \"" + world.name() + "\"   "
                + count(world.nodes().size(), "node") + "  " + count(world.clouds().size(), "cloud") + "  "
                + count(world.clients().size(), "client") + "   seed " + world.seed() + '\n'
                + "  time        " + Units.clock(world.timeNs()) + "   " + clock + '\n'
                + "  state       " + state + "   leases " + leased + "/" + world.clients().size()
                + (down == 0 ? "" : "   " + count((int) down, "node") + " down") + '\n'
                + Layer3Status.ofLab(world);
    }

    private static String factor(double speed) {
        return speed == Math.rint(speed) ? Long.toString((long) speed) : Double.toString(speed);
    }

    static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
