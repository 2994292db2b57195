package org.limesh.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.host.HostState;

/**
 * Which way a packet goes: policy rules by priority choose tables, in a table the longest prefix wins, then
 * the least metric, then who came first.
 *
 * <pre>
 *   rules with a priority 1..32765 ─→ their table      none of its routes fits: next rule
 *   rules without (the kernel's own choice: the last one added is asked first)
 *   32766 ─→ main table (254)
 * </pre>
 *
 * <p>Made anew from the desired state when the first packet asks after a change: many changes come in a row,
 * and most nodes route nothing between them.
 */
final class Forwarding {
    static final int MAIN_TABLE = 254;
    private static final int LAST_FREE_PRIORITY = 32765;
    /** What the kernel gives to an IPv6 route that has none. */
    private static final long DEFAULT_METRIC6 = 1024;
    private static final long CONNECTED_METRIC6 = 256;
    private static final int WIDEST4 = 32;
    private static final int WIDEST6 = 128;

    /**
     * Where a packet goes next.
     *
     * @param via next hop, an {@code Ip4Address} or {@code Ip6Address}; null when the destination is on link
     */
    record Hop(HostInterface out, Object via, int table, String prefix) {}

    private record Rule(Ip4Prefix from4, Ip6Prefix from6, int table, int priority) {}

    /** Routes of one table and family by length of their prefix. */
    private static final class Table {
        final List<Map<Object, Hop>> byLength = new ArrayList<>();
        final List<Map<Object, Long>> metrics = new ArrayList<>();

        Table(int widest) {
            for (int i = 0; i <= widest; i++) {
                byLength.add(null);
                metrics.add(null);
            }
        }

        void add(int length, Object network, Hop hop, long metric) {
            if (byLength.get(length) == null) {
                byLength.set(length, new LinkedHashMap<>());
                metrics.set(length, new LinkedHashMap<>());
            }
            Long before = metrics.get(length).get(network);
            if (before == null || metric < before) {
                metrics.get(length).put(network, metric);
                byLength.get(length).put(network, hop);
            }
        }
    }

    private final Map<String, HostInterface> interfaces;
    private HostState state = HostState.EMPTY;
    private List<Rule> rules4;
    private List<Rule> rules6;
    private Map<Integer, Table> tables4;
    private Map<Integer, Table> tables6;

    Forwarding(Map<String, HostInterface> interfaces) {
        this.interfaces = interfaces;
    }

    /** Another state, or other interfaces. */
    void load(HostState newState, boolean interfacesChanged) {
        boolean links = interfacesChanged || state.links() != newState.links()
                || !state.policyRules().equals(newState.policyRules());
        if (links || state.routes4() != newState.routes4()
                || !state.addresses4().equals(newState.addresses4())) {
            tables4 = null;
        }
        if (links || state.routes6() != newState.routes6()
                || !state.addresses6().equals(newState.addresses6())) {
            tables6 = null;
        }
        state = newState;
    }

    /** Where an IPv4 packet goes, or null when there is no route. */
    Hop find4(int source, int destination) {
        if (tables4 == null) {
            build4();
        }
        for (Rule rule : rules4) {
            if (rule.from4 == null || rule.from4.contains(new Ip4Address(source))) {
                Hop hop = find4(tables4.get(rule.table), destination);
                if (hop != null) {
                    return hop;
                }
            }
        }
        return null;
    }

    /** Where an IPv4 packet goes that may leave through this interface only, or null. */
    Hop find4Through(HostInterface out, int destination) {
        Hop best = null;
        int bestLength = -1;
        for (HostState.Route4 route : state.routes4()) {
            if (route.device().equals(out.name) && route.destination().contains(new Ip4Address(destination))
                    && route.destination().lengthBits() > bestLength) {
                bestLength = route.destination().lengthBits();
                best = new Hop(out, route.via(), route.table(), route.destination().toString());
            }
        }
        for (Ip4Prefix own : out.addresses4) {
            if (own.contains(new Ip4Address(destination)) && own.lengthBits() > bestLength) {
                return new Hop(out, null, MAIN_TABLE, own.masked().toString());
            }
        }
        return best;
    }

    private static Hop find4(Table table, int destination) {
        for (int length = WIDEST4; table != null && length >= 0; length--) {
            Map<Object, Hop> routes = table.byLength.get(length);
            Hop hop = routes == null ? null : routes.get(length == 0 ? 0
                    : destination & -1 << WIDEST4 - length);
            if (hop != null) {
                return hop;
            }
        }
        return null;
    }

    /** Where an IPv6 packet goes, or null when there is no route. */
    Hop find6(Ip6Address source, Ip6Address destination) {
        if (tables6 == null) {
            build6();
        }
        for (Rule rule : rules6) {
            if (rule.from6 == null || rule.from6.contains(source)) {
                Hop hop = find6(tables6.get(rule.table), destination);
                if (hop != null) {
                    return hop;
                }
            }
        }
        return null;
    }

    private static Hop find6(Table table, Ip6Address destination) {
        for (int length = WIDEST6; table != null && length >= 0; length--) {
            Map<Object, Hop> routes = table.byLength.get(length);
            Hop hop = routes == null ? null : routes.get(new Ip6Prefix(destination, length).network());
            if (hop != null) {
                return hop;
            }
        }
        return null;
    }

    private List<Rule> rules(boolean family4) {
        List<Rule> rules = new ArrayList<>();
        int unnamed = 0;
        for (HostState.PolicyRule rule : state.policyRules()) {
            int priority = rule.priority() == 0 ? LAST_FREE_PRIORITY - unnamed++ : rule.priority();
            if (family4 ? rule.from4() != null : rule.from6() != null) {
                rules.add(new Rule(rule.from4(), rule.from6(), rule.table(), priority));
            }
        }
        rules.add(new Rule(null, null, MAIN_TABLE, LAST_FREE_PRIORITY + 1));
        rules.sort((a, b) -> Integer.compare(a.priority, b.priority));
        return rules;
    }

    private void build4() {
        rules4 = rules(true);
        tables4 = new LinkedHashMap<>();
        for (HostState.Address4 address : state.addresses4()) {
            HostInterface out = interfaces.get(address.device());
            if (out != null && address.address().lengthBits() < WIDEST4) {
                add4(MAIN_TABLE, address.address().masked(), new Hop(out, null, MAIN_TABLE,
                        address.address().masked().toString()), address.prefixRouteMetric());
            }
        }
        for (HostState.Route4 route : state.routes4()) {
            HostInterface out = interfaces.get(route.device());
            if (out != null) {
                add4(route.table(), route.destination(),
                        new Hop(out, route.via(), route.table(), route.destination().toString()),
                        route.metric());
            }
        }
    }

    private void add4(int table, Ip4Prefix network, Hop hop, long metric) {
        tables4.computeIfAbsent(table, unused -> new Table(WIDEST4))
                .add(network.lengthBits(), network.network().bits(), hop, metric);
    }

    private void build6() {
        rules6 = rules(false);
        tables6 = new LinkedHashMap<>();
        for (HostState.Address6 address : state.addresses6()) {
            HostInterface out = interfaces.get(address.device());
            if (out != null && address.address().lengthBits() < WIDEST6) {
                long metric = address.prefixRouteMetric();
                add6(MAIN_TABLE, address.address().masked(), new Hop(out, null, MAIN_TABLE,
                        address.address().masked().toString()), metric == 0 ? CONNECTED_METRIC6 : metric);
            }
        }
        for (HostState.Route6 route : state.routes6()) {
            HostInterface out = interfaces.get(route.device());
            if (out != null) {
                add6(route.table(), route.destination(),
                        new Hop(out, route.via(), route.table(), route.destination().toString()),
                        route.metric() == 0 ? DEFAULT_METRIC6 : route.metric());
            }
        }
    }

    private void add6(int table, Ip6Prefix network, Hop hop, long metric) {
        tables6.computeIfAbsent(table, unused -> new Table(WIDEST6))
                .add(network.lengthBits(), network.network(), hop, metric);
    }
}
