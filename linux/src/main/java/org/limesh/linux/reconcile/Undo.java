package org.limesh.linux.reconcile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.linux.netlink.RouteInfo;
import org.limesh.linux.netlink.Rtnetlink;
import org.limesh.linux.netlink.RuleInfo;
import org.limesh.linux.nft.Nftables;

/** Takes back what a journal says, latest first. What is gone already is fine; one failure stops nothing. */
public final class Undo {
    /** What was to be undone is gone already. */
    static final Set<Integer> GONE = new HashSet<>(List.of(Errno.ENOENT, Errno.ESRCH, Errno.ENODEV,
            Errno.EADDRNOTAVAIL, Errno.EOPNOTSUPP, Errno.EAFNOSUPPORT));

    private final Rtnetlink kernel;
    private final Nftables nftables;
    private final List<String> failures = new ArrayList<>();

    public Undo(Rtnetlink kernel, Nftables nftables) {
        this.kernel = kernel;
        this.nftables = nftables;
    }

    /** Undoes the journal and removes it when nothing failed; returns what failed, as sentences. */
    public List<String> run(Journal journal) {
        for (Made made : journal.latestFirst()) {
            try {
                undo(made);
            } catch (HostException refused) {
                if (!GONE.contains(refused.errno())) {
                    failures.add(refused.getMessage());
                }
            }
        }
        if (failures.isEmpty()) {
            journal.end();
        }
        return List.copyOf(failures);
    }

    private Optional<LinkInfo> find(String name) {
        return kernel.links().stream().filter(link -> link.name().equals(name)).findFirst();
    }

    private void undo(Made made) {
        switch (made) {
            // Whoever made an interface of that name in the meantime did not give it our alias.
            case Made.Link(var name) -> find(name).filter(link -> link.alias().equals(Reconciler.ALIAS))
                    .ifPresent(link -> kernel.deleteLink(link.index(), name));
            case Made.Up(var name) -> find(name).ifPresent(link -> kernel.setUp(link.index(), name, false));
            case Made.Mtu(var name, var before) ->
                    find(name).ifPresent(link -> kernel.setMtu(link.index(), name, before));
            case Made.Port(var name) -> find(name).filter(link -> isOurs(link.masterIndex()))
                    .ifPresent(link -> kernel.setMaster(link.index(), name, 0));
            case Made.Sysctl(var path, var before) -> restore(path, before);
            case Made.Address4(var device, var address) ->
                    find(device).ifPresent(link -> kernel.deleteAddress4(link.index(), device, address));
            case Made.Address6(var device, var address) ->
                    find(device).ifPresent(link -> kernel.deleteAddress6(link.index(), device, address));
            case Made.Rule4(var from, var table, var priority) ->
                    kernel.deleteRule(new RuleInfo(from, null, table, priority));
            case Made.Rule6(var from, var table, var priority) ->
                    kernel.deleteRule(new RuleInfo(null, from, table, priority));
            case Made.Route4(var to, var device, var table, var metric) -> find(device).ifPresent(
                    link -> kernel.deleteRoute(RouteInfo.of(to, null, link.index(), table, metric), device));
            case Made.Route6(var to, var device, var table, var metric) -> find(device).ifPresent(
                    link -> kernel.deleteRoute(RouteInfo.of(to, null, link.index(), table, metric), device));
            case Made.Nat() -> nftables.removeNat();
            case Made.Filters() -> nftables.remove();
        }
    }

    private boolean isOurs(int index) {
        return kernel.links().stream()
                .anyMatch(link -> link.index() == index && link.alias().equals(Reconciler.ALIAS));
    }

    private static void restore(String path, String before) {
        if (Sysctls.read(path).filter(now -> !now.equals(before)).isPresent()) {
            Sysctls.write(path, before);
        }
    }
}
