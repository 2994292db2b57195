package org.limesh.linux;

import java.util.ArrayList;
import java.util.List;
import org.limesh.host.FilterRule;
import org.limesh.host.HostState;
import org.limesh.host.HostState.Link;
import org.limesh.linux.nft.NatTable;
import org.limesh.linux.nft.NftCompiler;

/** A desired state in words, one thing per line, for {@code limesh node --dry-run}. */
public final class HostStateText {
    private HostStateText() {}

    public static String of(HostState state) {
        List<String> lines = new ArrayList<>();
        section(lines, "interfaces", state.links().stream().map(HostStateText::link).distinct().toList());
        section(lines, "bridge ports", state.bridgePorts().stream()
                .map(port -> port.port() + " in " + port.bridge()).toList());
        List<String> addresses = new ArrayList<>();
        state.addresses4().forEach(address -> addresses.add(address.device() + " " + address.address()
                + metric(address.prefixRouteMetric())));
        state.addresses6().forEach(address -> addresses.add(address.device() + " " + address.address()
                + metric(address.prefixRouteMetric())
                + (address.skipDuplicateCheck() ? ", no duplicate check: other nodes have it too" : "")));
        section(lines, "addresses", addresses);
        section(lines, "policy rules", state.policyRules().stream().map(rule -> "from "
                + (rule.from4() != null ? rule.from4() : rule.from6()) + " lookup table " + rule.table()
                + (rule.priority() == 0 ? "" : ", priority " + rule.priority())).toList());
        List<String> routes = new ArrayList<>();
        state.routes4().forEach(route -> routes.add(route(route.destination(), route.via(), route.device(),
                route.table(), route.metric())));
        state.routes6().forEach(route -> routes.add(route(route.destination(), route.via(), route.device(),
                route.table(), route.metric())));
        section(lines, "routes", routes);
        section(lines, "settings", state.sysctls().stream()
                .map(sysctl -> sysctl.path().replace('/', '.') + " = " + sysctl.value()).toList());
        if (!state.filters().isEmpty()) {
            List<FilterRule> rules = state.filters();
            String table = NftCompiler.compile(rules, NftCompiler.ports(state));
            section(lines, "filter (nft), " + rules.size() + " rules", table.strip().lines()
                    .filter(line -> !line.startsWith("add ") && !line.startsWith("delete ")).toList());
        }
        if (NatTable.isWanted(state)) {
            section(lines, "forwarded packets (nft)", NatTable.compile(state).strip().lines()
                    .filter(line -> !line.startsWith("add ") && !line.startsWith("delete ")).toList());
        }
        return String.join("\n", lines);
    }

    private static void section(List<String> lines, String title, List<String> entries) {
        if (!entries.isEmpty()) {
            lines.add(title);
            entries.forEach(entry -> lines.add("  " + entry));
        }
    }

    private static String route(Object destination, Object via, String device, int table, long metric) {
        return destination + (via == null ? "" : " via " + via) + " through " + device + " in table " + table
                + (metric == 0 ? "" : ", metric " + metric);
    }

    private static String metric(long metric) {
        return metric == 0 ? "" : ", its route with metric " + metric;
    }

    private static String link(Link link) {
        return switch (link) {
            case Link.Bridge bridge -> bridge.name() + ": new bridge, MAC " + bridge.mac() + ", MTU "
                    + bridge.mtuOctets();
            case Link.Macvlan macvlan -> macvlan.name() + ": new macvlan on " + macvlan.parent() + ", MAC "
                    + macvlan.mac() + ", MTU " + macvlan.mtuOctets();
            case Link.MeshTap tap -> tap.name() + ": new TAP of the mesh, MAC " + tap.mac() + ", MTU "
                    + tap.mtuOctets();
            case Link.Vlan vlan -> vlan.name() + ": new VLAN " + vlan.tag() + " on " + vlan.parent()
                    + ", MAC " + vlan.mac()
                    + ", MTU " + vlan.mtuOctets();
            case Link.Tunnel tunnel -> tunnel.name() + ": new tunnel, outer " + tunnel.local() + " to "
                    + tunnel.remote()
                    + ", MTU " + tunnel.mtuOctets();
            case Link.Existing existing -> existing.name() + ": yours, brought up"
                    + (existing.mtuOctets() == 0 ? "" : ", MTU at least " + existing.mtuOctets());
        };
    }
}
