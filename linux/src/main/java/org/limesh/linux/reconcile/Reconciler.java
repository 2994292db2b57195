package org.limesh.linux.reconcile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.limesh.host.FilterReport;
import org.limesh.host.FilterRule;
import org.limesh.host.HostState;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.linux.netlink.Rtnetlink;
import org.limesh.linux.nft.NatTable;
import org.limesh.linux.nft.NftTable;
import org.limesh.linux.nft.Nftables;

/**
 * Compares a desired state with the kernel and changes what differs. One thread.
 *
 * <p>Order of a walk, each step safe without the later ones: filters and rules for forwarded packets,
 * interfaces, settings, bridge ports, up, addresses, rules, routes; interfaces that are no longer wanted go
 * last. So no client frame passes before the rules are in force, and no address answers ARP before {@code
 * arp_ignore} is set.
 */
public final class Reconciler {
    /** Alias of every interface that we make. */
    static final String ALIAS = "limesh";

    private final Nftables nftables;
    private final Journal journal;
    private final Walk walk;
    private final Links links;
    private final Addresses addresses;
    private final Routes routes;
    private NftTable loaded;
    private Set<String> loadedPorts = Set.of();
    private List<FilterRule> loadedFilters = List.of();
    private NatTable loadedNat;
    private boolean reconciledBefore;
    private final List<String> faults = new ArrayList<>();
    /** Frames counted by tables that were replaced since. */
    private final Map<String, Long> countedBefore = new LinkedHashMap<>();
    /** Whom replaced tables blamed, until that is told. */
    private final List<FilterReport.Offender> blamedBefore = new ArrayList<>();

    /** @param warnings takes sentences about what is left undone, each once while it lasts */
    public Reconciler(
            Rtnetlink kernel, Nftables nftables, Journal journal, DeviceMaker devices,
            Consumer<String> warnings) {
        this.nftables = nftables;
        this.journal = journal;
        this.walk = new Walk(kernel, journal, warnings);
        this.links = new Links(walk, devices);
        this.addresses = new Addresses(walk);
        this.routes = new Routes(walk);
    }

    /**
     * Makes the kernel look as desired.
     *
     * @return what was changed; empty when everything was as it should be
     * @throws org.limesh.linux.ffi.HostException when something that a node cannot do without is refused
     */
    public List<Change> reconcile(HostState desired) {
        faults.clear();
        walk.begin();
        filters(desired);
        nat(desired);
        desired.links().forEach(links::exists);
        desired.sysctls().forEach(this::sysctl);
        desired.bridgePorts().forEach(links::bridgePort);
        desired.links().forEach(links::isUp);
        addresses.run(desired);
        routes.rules(desired);
        routes.routes(desired);
        links.removeUnwanted(desired);
        reconciledBefore = true;
        return walk.end(desired);
    }

    /** The interfaces as the last walk left them. */
    public Map<String, LinkInfo> links() {
        walk.look();
        return walk.links();
    }

    /**
     * What the filter rules have done. A fault in it is what the last walk found wrong with them, or with a
     * setting that the gateway depends on, and repaired.
     */
    public FilterReport filterReport(HostState desired) {
        NftTable table = desired.filters().isEmpty() ? null : nftables.read().orElse(null);
        List<String> all = new ArrayList<>(faults);
        if (table == null && !desired.filters().isEmpty()) {
            all.add("no filter rules are in force");
        } else if (table != null && loaded != null && !table.rules().equals(loaded.rules())) {
            all.add("the filter rules in force are not those that were loaded");
        }
        Map<String, Long> counted = new LinkedHashMap<>(countedBefore);
        List<FilterReport.Offender> blamed = new ArrayList<>(blamedBefore);
        blamedBefore.clear();
        if (table != null) {
            table.counters().forEach((rule, frames) -> counted.merge(rule, frames, Long::sum));
            blamed.addAll(table.offendersOf(desired.filters()));
        }
        return new FilterReport(all.isEmpty() ? null : String.join("; ", all), counted, blamed);
    }

    /** A new table begins to count anew. */
    private void keepCounts() {
        nftables.read().ifPresent(table -> {
            table.counters().forEach((rule, frames) -> countedBefore.merge(rule, frames, Long::sum));
            blamedBefore.addAll(table.offendersOf(loadedFilters));
        });
    }

    /** What is left undone, one sentence each, as long as it lasts. */
    public List<String> standingWarnings() {
        return walk.standingWarnings();
    }

    // Filters and rules for forwarded packets

    private void filters(HostState desired) {
        Set<String> ports = new LinkedHashSet<>();
        for (HostState.BridgePort port : desired.bridgePorts()) {
            ports.add(port.port());
            LinkInfo bridge = walk.link(port.bridge());
            walk.links().values().stream().filter(link -> bridge != null
                    && link.masterIndex() == bridge.index())
                    .forEach(link -> ports.add(link.name()));
        }
        if (desired.filters().isEmpty()) {
            return;
        }
        boolean same = loaded != null && ports.equals(loadedPorts) && desired.filters().equals(loadedFilters);
        boolean asLoaded = same && nftables.read().map(table -> table.rules().equals(loaded.rules()))
                .orElse(false);
        if (!asLoaded) {
            journal.note(new Made.Filters());
            keepCounts();
            loaded = nftables.load(desired.filters(), ports);
            loadedPorts = ports;
            loadedFilters = desired.filters();
            if (same) {
                faults.add("the filter rules had been changed or were gone");
            }
            walk.changed((same ? "filter rules had been changed; loaded again: " : "filter rules loaded: ")
                    + desired.filters().size(), same);
        }
    }

    private void nat(HostState desired) {
        if (!NatTable.isWanted(desired)) {
            if (loadedNat != null) {
                nftables.removeNat();
                loadedNat = null;
                journal.forget(new Made.Nat());
                walk.changed("rules for forwarded packets removed", false);
            }
            return;
        }
        boolean same = loadedNat != null && loadedNat.isFor(desired);
        if (same && nftables.readNat(loadedNat.text()).filter(loadedNat.lines()::equals).isPresent()) {
            return;
        }
        journal.note(new Made.Nat());
        loadedNat = nftables.loadNat(desired);
        walk.changed((same ? "rules for forwarded packets had been changed; loaded again: "
                : "rules for forwarded packets loaded: ") + loadedNat.names().size() + " rules", same);
    }

    // Settings

    private void sysctl(HostState.Sysctl wanted) {
        String now = Sysctls.read(wanted.path()).orElse(null);
        if (now == null) {
            if (wanted.path().startsWith("net/ipv6/") && Sysctls.read("net/ipv6/conf/all/forwarding")
                    .isEmpty()) {
                walk.warnOnce("this kernel has no IPv6; the node goes without");
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
        if (reconciledBefore && isOfGateway(wanted.path())) {
            faults.add(wanted.path().replace('/', '.') + " had been set to " + now);
        }
        Sysctls.write(wanted.path(), wanted.value());
        walk.changed(wanted.path().replace('/', '.') + " set from " + now + " to " + wanted.value(),
                walk.wasWanted(wanted));
    }

    /** Without it the kernel answers for the gateway's address with the MAC of the bridge. */
    private static boolean isOfGateway(String path) {
        return path.endsWith("/arp_ignore") || path.endsWith("/arp_announce");
    }

    private void noteBefore(String path, String before) {
        if (!journal.knowsBefore("sysctl", path) && !isOfOurDevice(path)) {
            journal.note(new Made.Sysctl(path, before));
        }
    }

    /** Settings of an interface that we made go away with it. */
    private boolean isOfOurDevice(String path) {
        String[] parts = path.split("/");
        LinkInfo link = parts.length == 5 ? walk.link(parts[3]) : null;
        return link != null && walk.isOurs(link);
    }
}
