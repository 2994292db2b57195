package org.limesh.linux.reconcile;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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
 * <p>Order of a walk, each step safe without the later ones: filters and address translation, interfaces,
 * settings, bridge ports, up, addresses, rules, routes; interfaces that are no longer wanted go last. So no
 * client frame passes before the rules are in force, and no address answers ARP before {@code arp_ignore} is
 * set.
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

    /** @param warnings takes sentences about what is left undone, each once while it lasts */
    public Reconciler(
            Rtnetlink kernel, Nftables nftables, Journal journal, DeviceMaker devices, Consumer<String> warnings) {
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
     * @return what was changed, one sentence each; empty when everything was as it should be
     * @throws org.limesh.linux.ffi.HostException when something that a node cannot do without is refused
     */
    public List<String> reconcile(HostState desired) {
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
        return walk.changes();
    }

    /** The interfaces as the last walk left them. */
    public Map<String, LinkInfo> links() {
        walk.look();
        return walk.links();
    }

    /** Frames dropped by each rule. */
    public Map<String, Long> filterCounters() {
        return nftables.read().map(NftTable::counters).orElse(Map.of());
    }

    // Filters and address translation

    private void filters(HostState desired) {
        Set<String> ports = new LinkedHashSet<>();
        for (HostState.BridgePort port : desired.bridgePorts()) {
            ports.add(port.port());
            LinkInfo bridge = walk.link(port.bridge());
            walk.links().values().stream().filter(link -> bridge != null && link.masterIndex() == bridge.index())
                    .forEach(link -> ports.add(link.name()));
        }
        if (desired.filters().isEmpty()) {
            return;
        }
        boolean same = loaded != null && ports.equals(loadedPorts) && desired.filters().equals(loadedFilters);
        boolean asLoaded = same && nftables.read().map(table -> table.rules().equals(loaded.rules())).orElse(false);
        if (!asLoaded) {
            journal.note(new Made.Filters());
            loaded = nftables.load(desired.filters(), ports);
            loadedPorts = ports;
            loadedFilters = desired.filters();
            walk.changed((same ? "filter rules had been changed; loaded again: " : "filter rules loaded: ")
                    + desired.filters().size());
        }
    }

    private void nat(HostState desired) {
        if (desired.masquerades().isEmpty() && desired.mssClamps().isEmpty()) {
            if (loadedNat != null) {
                nftables.removeNat();
                loadedNat = null;
                journal.forget(new Made.Nat());
                walk.changed("address translation removed");
            }
            return;
        }
        boolean same = loadedNat != null && loadedNat.isFor(desired);
        if (same && nftables.readNat().filter(loadedNat.lines()::equals).isPresent()) {
            return;
        }
        journal.note(new Made.Nat());
        loadedNat = nftables.loadNat(desired);
        walk.changed((same ? "address translation had been changed; loaded again: "
                : "address translation loaded: ") + loadedNat.names().size() + " rules");
    }

    // Settings

    private void sysctl(HostState.Sysctl wanted) {
        String now = Sysctls.read(wanted.path()).orElse(null);
        if (now == null) {
            if (wanted.path().startsWith("net/ipv6/") && Sysctls.read("net/ipv6/conf/all/forwarding").isEmpty()) {
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
        Sysctls.write(wanted.path(), wanted.value());
        walk.changed(wanted.path().replace('/', '.') + " set from " + now + " to " + wanted.value());
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
