package org.limesh.linux.reconcile;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.host.HostState;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.netlink.AddressInfo;
import org.limesh.linux.netlink.LinkInfo;

/**
 * The step that gives interfaces their addresses, and takes back those that are no longer wanted. An address
 * that was there before the node is not taken away.
 *
 * <p>The outer source of a tunnel is an address that many nodes use and none answers to; the kernel sends
 * from
 * it only when it has it, and shall not choose it for anything else: it is given as a deprecated one.
 */
final class Addresses {
    private final Walk walk;
    private final Set<Made> made = new LinkedHashSet<>();

    Addresses(Walk walk) {
        this.walk = walk;
    }

    void run(HostState desired) {
        List<AddressInfo> all = walk.kernel.addresses();
        removeUnwanted(desired);
        desired.addresses4().forEach(wanted -> address4(wanted, all));
        Map<String, Ip6Address> outerSources = new LinkedHashMap<>();
        for (HostState.Link link : desired.links()) {
            if (link instanceof HostState.Link.Tunnel tunnel) {
                outerSources.put(tunnel.name(), tunnel.local());
            }
        }
        desired.addresses6().forEach(wanted -> walk.withIpv6(() -> address6(wanted, all,
                wanted.address().address().equals(outerSources.get(wanted.device())))));
    }

    private void removeUnwanted(HostState desired) {
        Set<Made> wanted = new LinkedHashSet<>();
        desired.addresses4().forEach(address -> wanted.add(new Made.Address4(address.device(),
                address.address())));
        desired.addresses6().forEach(address -> wanted.add(new Made.Address6(address.device(),
                address.address())));
        for (Made old : List.copyOf(made)) {
            if (!wanted.contains(old)) {
                remove(old);
                made.remove(old);
                walk.journal.forget(old);
            }
        }
    }

    private void remove(Made old) {
        try {
            switch (old) {
                case Made.Address4(var device, var address) when walk.link(device) != null -> {
                    walk.kernel.deleteAddress4(walk.link(device).index(), device, address);
                    walk.changed(device + " no longer has the address " + address, false);
                }
                case Made.Address6(var device, var address) when walk.link(device) != null -> {
                    walk.kernel.deleteAddress6(walk.link(device).index(), device, address);
                    walk.changed(device + " no longer has the address " + address, false);
                }
                default -> { }
            }
        } catch (HostException gone) {
            if (!Undo.GONE.contains(gone.errno())) {
                throw gone;
            }
        }
    }

    private void address4(HostState.Address4 wanted, List<AddressInfo> all) {
        LinkInfo device = walk.link(wanted.device());
        if (device == null) {
            return;
        }
        AddressInfo found = all.stream().filter(address -> address.index() == device.index()
                && wanted.address().equals(address.address4())).findFirst().orElse(null);
        if (found != null && found.metric() != wanted.prefixRouteMetric()) {
            walk.kernel.deleteAddress4(device.index(), device.name(), wanted.address());
        } else if (found != null) {
            return;
        }
        note(device, new Made.Address4(device.name(), wanted.address()));
        walk.kernel.addAddress4(device.index(), device.name(), wanted.address(), wanted.prefixRouteMetric());
        walk.changed(device.name() + " given the address " + wanted.address(), walk.wasWanted(wanted));
    }

    private void address6(HostState.Address6 wanted, List<AddressInfo> all, boolean outerSource) {
        LinkInfo device = walk.link(wanted.device());
        if (device == null || has(all, device, wanted.address())) {
            return;
        }
        note(device, new Made.Address6(device.name(), wanted.address()));
        walk.kernel.addAddress6(device.index(), device.name(), wanted.address(), wanted.prefixRouteMetric(),
                wanted.skipDuplicateCheck() || outerSource, outerSource);
        walk.changed(device.name() + " given the address " + wanted.address(), walk.wasWanted(wanted));
    }

    private static boolean has(List<AddressInfo> all, LinkInfo device, Ip6Prefix wanted) {
        return all.stream().anyMatch(address -> address.index() == device.index()
                && wanted.equals(address.address6()));
    }

    private void note(LinkInfo device, Made address) {
        made.add(address);
        if (!walk.isOurs(device)) {
            walk.journal.note(address);
        }
    }
}
