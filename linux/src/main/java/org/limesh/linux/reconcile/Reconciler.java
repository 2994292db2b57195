package org.limesh.linux.reconcile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.limesh.host.HostState;
import org.limesh.host.HostState.Link;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.netlink.AddressInfo;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.linux.netlink.RouteInfo;
import org.limesh.linux.netlink.Rtnetlink;
import org.limesh.linux.netlink.RuleInfo;
import org.limesh.linux.nft.NftTable;
import org.limesh.linux.nft.Nftables;

/**
 * Compares a desired state with the kernel and changes what differs. One thread.
 *
 * <p>Order of a walk, each step safe without the later ones: filters, interfaces, settings, bridge ports, up,
 * addresses, rules, routes. So no client frame passes before the rules are in force, and no address answers
 * ARP before {@code arp_ignore} is set.
 */
public final class Reconciler {
    /** Alias of every interface that we make. */
    static final String ALIAS = "limesh";
    private static final Set<Integer> NO_IPV6 =
            new HashSet<>(List.of(Errno.EACCES, Errno.EOPNOTSUPP, Errno.EAFNOSUPPORT));

    /** Makes the interface that our batman-adv engine is behind. */
    public interface TapMaker {
        void make(String name);
    }

    private final Rtnetlink kernel;
    private final Nftables nftables;
    private final Journal journal;
    private final TapMaker taps;
    private final Consumer<String> warnings;
    private final Set<String> warned = new LinkedHashSet<>();
    private final Set<String> foundUp = new LinkedHashSet<>();
    private Map<String, LinkInfo> links = Map.of();
    private List<String> changes = new ArrayList<>();
    private NftTable loaded;
    private Set<String> loadedPorts = Set.of();

    /** @param warnings takes sentences about what is left undone, each once while it lasts */
    public Reconciler(
            Rtnetlink kernel, Nftables nftables, Journal journal, TapMaker taps, Consumer<String> warnings) {
        this.kernel = kernel;
        this.nftables = nftables;
        this.journal = journal;
        this.taps = taps;
        this.warnings = warnings;
    }

    /**
     * Makes the kernel look as desired.
     *
     * @return what was changed, one sentence each; empty when everything was as it should be
     * @throws HostException when something that a node cannot do without is refused
     */
    public List<String> reconcile(HostState desired) {
        changes = new ArrayList<>();
        look();
        filters(desired);
        desired.links().forEach(this::exists);
        desired.sysctls().forEach(this::sysctl);
        desired.bridgePorts().forEach(this::bridgePort);
        desired.links().forEach(this::isUp);
        addresses(desired);
        rules(desired);
        routes(desired);
        return List.copyOf(changes);
    }

    /** The interfaces as the last walk left them. */
    public Map<String, LinkInfo> links() {
        look();
        return links;
    }

    /** Frames dropped by each rule. */
    public Map<String, Long> filterCounters() {
        return nftables.read().map(NftTable::counters).orElse(Map.of());
    }

    private void look() {
        Map<String, LinkInfo> found = new LinkedHashMap<>();
        kernel.links().forEach(link -> found.put(link.name(), link));
        links = found;
    }

    private void changed(String what) {
        changes.add(what);
        look();
    }

    private void warnOnce(String what) {
        if (warned.add(what)) {
            warnings.accept(what);
        }
    }

    // Filters

    private void filters(HostState desired) {
        Set<String> ports = new LinkedHashSet<>();
        for (HostState.BridgePort port : desired.bridgePorts()) {
            ports.add(port.port());
            LinkInfo bridge = links.get(port.bridge());
            links.values().stream().filter(link -> bridge != null && link.masterIndex() == bridge.index())
                    .forEach(link -> ports.add(link.name()));
        }
        if (desired.filters().isEmpty()) {
            return;
        }
        boolean asLoaded = loaded != null && ports.equals(loadedPorts)
                && nftables.read().map(table -> table.rules().equals(loaded.rules())).orElse(false);
        if (!asLoaded) {
            journal.note(new Made.Filters());
            boolean again = loaded != null && ports.equals(loadedPorts);
            loaded = nftables.load(desired.filters(), ports);
            loadedPorts = ports;
            changes.add((again ? "filter rules had been changed; loaded again: " : "filter rules loaded: ")
                    + desired.filters().size());
        }
    }

    // Links

    private void exists(Link link) {
        LinkInfo found = links.get(link.name());
        switch (link) {
            case Link.Bridge bridge when found == null -> {
                journal.note(new Made.Link(bridge.name()));
                kernel.createBridge(bridge.name(), bridge.mac(), bridge.mtuOctets(), ALIAS);
                changed("bridge " + bridge.name() + " made");
            }
            case Link.Macvlan macvlan when found == null -> {
                LinkInfo parent = links.get(macvlan.parent());
                if (parent != null) {
                    journal.note(new Made.Link(macvlan.name()));
                    kernel.createMacvlan(macvlan.name(), parent.index(), macvlan.mac(), macvlan.mtuOctets(), ALIAS);
                    changed("macvlan " + macvlan.name() + " made");
                }
            }
            case Link.MeshTap tap when found == null -> {
                taps.make(tap.name());
                kernel.setAlias(tap.name(), ALIAS);
                changed("interface " + tap.name() + " made");
                macAndMtu(links.get(tap.name()), tap);
            }
            case Link.Existing existing when found == null -> warnOnce(existing.name()
                    + " is gone; its part of the node rests until it comes back");
            case Link.Existing existing -> {
                if (warned.removeIf(text -> text.startsWith(existing.name() + " is gone"))) {
                    changes.add(existing.name() + " came back");
                }
                frameSize(found, existing.mtuOctets());
            }
            case Link.Vlan vlan when found == null -> warnOnce(vlan.name() + ": VLAN devices are not made yet");
            case Link.Tunnel tunnel when found == null -> warnOnce(tunnel.name() + ": tunnels are not made yet");
            case Link ours -> macAndMtu(found, ours);
        }
    }

    private void macAndMtu(LinkInfo found, Link wanted) {
        if (found.mtuOctets() != wanted.mtuOctets()) {
            kernel.setMtu(found.index(), found.name(), wanted.mtuOctets());
            changed("MTU of " + found.name() + " set to " + wanted.mtuOctets());
        }
        var mac = switch (wanted) {
            case Link.Bridge bridge -> bridge.mac();
            case Link.Macvlan macvlan -> macvlan.mac();
            case Link.MeshTap tap -> tap.mac();
            case Link.Vlan vlan -> vlan.mac();
            case Link.Tunnel tunnel -> found.mac();
            case Link.Existing existing -> found.mac();
        };
        if (mac != null && !mac.equals(found.mac())) {
            kernel.setMac(found.index(), found.name(), mac);
            changed("MAC of " + found.name() + " set to " + mac);
        }
    }

    private void frameSize(LinkInfo found, int wantedOctets) {
        if (found.mtuOctets() >= wantedOctets) {
            return;
        }
        try {
            if (!journal.knowsBefore("mtu", found.name())) {
                journal.note(new Made.Mtu(found.name(), found.mtuOctets()));
            }
            kernel.setMtu(found.index(), found.name(), wantedOctets);
            changed("frame size of " + found.name() + " raised from " + found.mtuOctets() + " to " + wantedOctets);
        } catch (HostException refused) {
            warnOnce("the frame size of " + found.name() + " is " + found.mtuOctets() + "; batman-adv needs "
                    + wantedOctets + " here, its VLAN tag included, and the driver does not allow it ("
                    + refused.getMessage() + ").\n  Full-size client frames will be lost on " + found.name()
                    + "; clients that take their MTU from DHCP (1350) are not affected.");
        }
    }

    private void isUp(Link link) {
        LinkInfo found = links.get(link.name());
        if (found != null && found.up()) {
            foundUp.add(link.name());
        }
        if (found != null && !found.up()) {
            // One that was up, went away and came back down is left up, as it was at first.
            if (link instanceof Link.Existing && !foundUp.contains(link.name())) {
                journal.note(new Made.Up(link.name()));
            }
            kernel.setUp(found.index(), found.name(), true);
            changed(found.name() + " brought up");
        }
    }

    private void bridgePort(HostState.BridgePort wanted) {
        LinkInfo port = links.get(wanted.port());
        LinkInfo bridge = links.get(wanted.bridge());
        if (port == null || bridge == null || port.masterIndex() == bridge.index()) {
            return;
        }
        if (!port.alias().equals(ALIAS)) {
            journal.note(new Made.Port(wanted.port()));
        }
        kernel.addresses().stream().filter(address -> address.index() == port.index() && isForPeople(address))
                .forEach(address -> warnOnce(port.name() + " has the address "
                        + (address.address4() != null ? address.address4() : address.address6())
                        + "; as a port of " + bridge.name() + " it does not answer for it any more"));
        kernel.setMaster(port.index(), port.name(), bridge.index());
        changed(port.name() + " made a port of " + bridge.name());
    }

    private static boolean isForPeople(AddressInfo address) {
        return address.address4() != null || !address.address6().address().isLinkLocal();
    }

    // Settings

    private void sysctl(HostState.Sysctl wanted) {
        String now = Sysctls.read(wanted.path()).orElse(null);
        if (now == null) {
            if (wanted.path().startsWith("net/ipv6/")) {
                warnOnce("this kernel has no IPv6; the node goes without");
            }
            return;
        }
        if (now.equals(wanted.value())) {
            return;
        }
        for (String other : Sysctls.changedAlongWith(wanted.path())) {
            Sysctls.read(other).ifPresent(before -> noteBefore(other, before));
        }
        noteBefore(wanted.path(), now);
        Sysctls.write(wanted.path(), wanted.value());
        changes.add(wanted.path().replace('/', '.') + " set from " + now + " to " + wanted.value());
    }

    private void noteBefore(String path, String before) {
        if (!journal.knowsBefore("sysctl", path) && !isOfOurDevice(path)) {
            journal.note(new Made.Sysctl(path, before));
        }
    }

    /** Settings of an interface that we made go away with it. */
    private boolean isOfOurDevice(String path) {
        String[] parts = path.split("/");
        LinkInfo link = parts.length == 5 ? links.get(parts[3]) : null;
        return link != null && link.alias().equals(ALIAS);
    }

    // Addresses, rules, routes

    private void addresses(HostState desired) {
        List<AddressInfo> all = kernel.addresses();
        for (HostState.Address4 wanted : desired.addresses4()) {
            LinkInfo device = links.get(wanted.device());
            if (device == null) {
                continue;
            }
            AddressInfo found = all.stream().filter(address -> address.index() == device.index()
                    && wanted.address().equals(address.address4())).findFirst().orElse(null);
            if (found != null && found.metric() != wanted.prefixRouteMetric()) {
                kernel.deleteAddress4(device.index(), device.name(), wanted.address());
            } else if (found != null) {
                continue;
            }
            if (!device.alias().equals(ALIAS)) {
                journal.note(new Made.Address4(device.name(), wanted.address()));
            }
            kernel.addAddress4(device.index(), device.name(), wanted.address(), wanted.prefixRouteMetric());
            changed(device.name() + " given the address " + wanted.address());
        }
        desired.addresses6().forEach(wanted -> withIpv6(() -> address6(wanted, all)));
    }

    private void address6(HostState.Address6 wanted, List<AddressInfo> all) {
        LinkInfo device = links.get(wanted.device());
        if (device == null || all.stream().anyMatch(address -> address.index() == device.index()
                && wanted.address().equals(address.address6()))) {
            return;
        }
        if (!device.alias().equals(ALIAS)) {
            journal.note(new Made.Address6(device.name(), wanted.address()));
        }
        kernel.addAddress6(device.index(), device.name(), wanted.address(), wanted.prefixRouteMetric(),
                wanted.skipDuplicateCheck());
        changed(device.name() + " given the address " + wanted.address());
    }

    private void rules(HostState desired) {
        List<RuleInfo> all = kernel.rules();
        for (HostState.PolicyRule wanted : desired.policyRules()) {
            RuleInfo rule = new RuleInfo(wanted.from4(), wanted.from6(), wanted.table());
            if (!all.contains(rule)) {
                withIpv6(() -> {
                    journal.note(rule.from4() != null ? new Made.Rule4(rule.from4(), rule.table())
                            : new Made.Rule6(rule.from6(), rule.table()));
                    kernel.addRule(rule);
                    changed("policy rule added: from " + (rule.from4() != null ? rule.from4() : rule.from6())
                            + " lookup " + rule.table());
                });
            }
        }
    }

    private void routes(HostState desired) {
        Set<Integer> tables = new LinkedHashSet<>();
        desired.routes4().forEach(route -> tables.add(route.table()));
        desired.routes6().forEach(route -> tables.add(route.table()));
        List<RouteInfo> all = new ArrayList<>();
        tables.forEach(table -> all.addAll(kernel.routes(table)));
        desired.routes4().forEach(wanted -> route(wanted.device(), all, new Made.Route4(wanted.destination(),
                wanted.device(), wanted.table(), wanted.metric()),
                index -> new RouteInfo(wanted.destination(), null, index, wanted.table(), wanted.metric())));
        desired.routes6().forEach(wanted -> withIpv6(() -> route(wanted.device(), all,
                new Made.Route6(wanted.destination(), wanted.device(), wanted.table(), wanted.metric()),
                index -> new RouteInfo(null, wanted.destination(), index, wanted.table(), wanted.metric()))));
    }

    private void route(String name, List<RouteInfo> all, Made made, java.util.function.IntFunction<RouteInfo> of) {
        LinkInfo device = links.get(name);
        if (device == null) {
            return;
        }
        RouteInfo wanted = of.apply(device.index());
        // The kernel writes 1024 where nobody gave an IPv6 route a metric.
        boolean there = all.stream().anyMatch(found -> found.equals(wanted) || wanted.metric() == 0
                && found.destination6() != null && found.equals(new RouteInfo(null, wanted.destination6(),
                        wanted.index(), wanted.table(), 1024)));
        if (!there) {
            if (!device.alias().equals(ALIAS)) {
                journal.note(made);
            }
            kernel.addRoute(wanted, name);
            changed("route added: " + (wanted.destination4() != null ? wanted.destination4() : wanted.destination6())
                    + " through " + name + " in table " + wanted.table());
        }
    }

    /** An IPv6 that somebody switched off costs IPv6, not the node. */
    private void withIpv6(Runnable change) {
        try {
            change.run();
        } catch (HostException refused) {
            if (!NO_IPV6.contains(refused.errno())) {
                throw refused;
            }
            warnOnce("IPv6 is switched off here, so the node goes without it: " + refused.getMessage());
        }
    }
}
