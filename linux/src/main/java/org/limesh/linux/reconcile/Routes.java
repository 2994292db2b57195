package org.limesh.linux.reconcile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.limesh.host.HostState;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.linux.netlink.RouteInfo;
import org.limesh.linux.netlink.Rtnetlink;
import org.limesh.linux.netlink.RuleInfo;

/**
 * The step of policy rules and routes. A route that changes its next hop is replaced in one step; what is no
 * longer wanted is removed, if it was ours: routes of others are neither replaced nor removed.
 */
final class Routes {
    /** The next hop or the device is not usable at the moment; the next walk tries again. */
    private static final Set<Integer> NOT_YET =
            new HashSet<>(List.of(Errno.ENETDOWN, Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.ENODEV));

    private final Walk walk;
    private final Map<RouteInfo.Key, Mine> made = new LinkedHashMap<>();
    private final Set<RuleInfo> madeRules = new LinkedHashSet<>();

    private record Mine(RouteInfo route, String device) {
        Made line() {
            return route.destination4() != null
                    ? new Made.Route4(route.destination4(), device, route.table(), route.metric())
                    : new Made.Route6(route.destination6(), device, route.table(), route.metric());
        }
    }

    Routes(Walk walk) {
        this.walk = walk;
    }

    // Rules

    void rules(HostState desired) {
        List<RuleInfo> wanted = desired.policyRules().stream()
                .map(rule -> new RuleInfo(rule.from4(), rule.from6(), rule.table(), rule.priority()))
                .toList();
        List<RuleInfo> all = walk.kernel.rules();
        for (RuleInfo rule : wanted) {
            if (all.stream().noneMatch(found -> found.satisfies(rule))) {
                walk.withIpv6(() -> {
                    walk.journal.note(line(rule));
                    boolean repair = !madeRules.add(rule);
                    walk.kernel.addRule(rule);
                    walk.changed("policy rule added: " + rule.text(), repair);
                });
            }
        }
        for (RuleInfo old : List.copyOf(madeRules)) {
            if (!wanted.contains(old)) {
                orGone(() -> {
                    walk.kernel.deleteRule(old);
                    walk.changed("policy rule removed: " + old.text(), false);
                });
                madeRules.remove(old);
                walk.journal.forget(line(old));
            }
        }
    }

    private static Made line(RuleInfo rule) {
        return rule.from4() != null ? new Made.Rule4(rule.from4(), rule.table(), rule.priority())
                : new Made.Rule6(rule.from6(), rule.table(), rule.priority());
    }

    // Routes

    void routes(HostState desired) {
        Map<RouteInfo.Key, Mine> wanted = wanted(desired);
        Set<Integer> tables = new LinkedHashSet<>();
        wanted.keySet().forEach(key -> tables.add(key.table()));
        made.keySet().forEach(key -> tables.add(key.table()));
        List<RouteInfo> all = new ArrayList<>();
        tables.forEach(table -> all.addAll(walk.kernel.routes(table)));
        Map<RouteInfo.Key, List<RouteInfo>> found = all.stream()
                .collect(Collectors.groupingBy(RouteInfo::key, LinkedHashMap::new, Collectors.toList()));
        wanted.forEach((key, mine) -> {
            List<RouteInfo> there = found.getOrDefault(key, List.of());
            if (!there.contains(mine.route())) {
                walk.withIpv6(() -> make(mine, there));
            }
        });
        // After the new ones: a packet on its way shall find one or the other.
        for (Map.Entry<RouteInfo.Key, Mine> entry : List.copyOf(made.entrySet())) {
            if (!wanted.containsKey(entry.getKey())) {
                remove(entry.getValue());
                made.remove(entry.getKey());
            }
        }
    }

    private Map<RouteInfo.Key, Mine> wanted(HostState desired) {
        Map<RouteInfo.Key, Mine> wanted = new LinkedHashMap<>();
        for (HostState.Route4 route : desired.routes4()) {
            LinkInfo device = walk.link(route.device());
            if (device != null) {
                RouteInfo info = RouteInfo.of(route.destination().masked(), route.via(), device.index(),
                        route.table(), route.metric());
                wanted.put(info.key(), new Mine(info, route.device()));
            }
        }
        for (HostState.Route6 route : desired.routes6()) {
            LinkInfo device = walk.link(route.device());
            if (device != null) {
                RouteInfo info = RouteInfo.of(route.destination().masked(), route.via(), device.index(),
                        route.table(), route.metric());
                wanted.put(info.key(), new Mine(info, route.device()));
            }
        }
        return wanted;
    }

    private void make(Mine wanted, List<RouteInfo> there) {
        RouteInfo.Key key = wanted.route().key();
        Mine before = made.get(key);
        String text = wanted.route().text(wanted.device());
        if (!there.isEmpty() && before == null) {
            walk.warnOnce("a route that is not the node's stands in the way of the route to " + text
                    + ".\n  ip route show table " + key.table()
                    + "     shows it; without it the node's is made");
            return;
        }
        LinkInfo device = walk.link(wanted.device());
        try {
            if (device != null && !walk.isOurs(device)) {
                walk.journal.note(wanted.line());
            }
            if (there.isEmpty()) {
                walk.kernel.addRoute(wanted.route(), wanted.device());
            } else {
                walk.kernel.replaceRoute(wanted.route(), wanted.device());
            }
        } catch (HostException refused) {
            if (!NOT_YET.contains(refused.errno())) {
                throw refused;
            }
            walk.warnOnce(refused.getMessage());
            return;
        }
        if (before != null && !before.device().equals(wanted.device())) {
            walk.journal.forget(before.line());
        }
        made.put(key, wanted);
        walk.unwarn("cannot add the route to " + text);
        walk.changed("route " + (there.isEmpty() ? "added: " : "changed: ") + text, wanted.equals(before));
    }

    private void remove(Mine old) {
        if (walk.link(old.device()) != null) {
            orGone(() -> {
                walk.kernel.deleteRoute(old.route(), old.device());
                walk.changed("route removed: " + old.route().text(old.device()), false);
            });
        }
        walk.journal.forget(old.line());
    }

    private static void orGone(Runnable removal) {
        try {
            removal.run();
        } catch (HostException gone) {
            if (!Undo.GONE.contains(gone.errno())) {
                throw gone;
            }
        }
    }
}
