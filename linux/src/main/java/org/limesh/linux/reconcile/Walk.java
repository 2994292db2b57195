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
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.linux.netlink.Rtnetlink;

/** What the steps of a walk have in common: the kernel, its interfaces now, and what is told to people. */
final class Walk {
    private static final Set<Integer> NO_IPV6 =
            new HashSet<>(List.of(Errno.EACCES, Errno.EOPNOTSUPP, Errno.EAFNOSUPPORT));

    final Rtnetlink kernel;
    final Journal journal;
    private final Consumer<String> warnings;
    private final Set<String> warned = new LinkedHashSet<>();
    private Map<String, LinkInfo> links = Map.of();
    private List<Change> changes = new ArrayList<>();
    /** What the last whole walk made sure of. */
    private Set<Object> wantedBefore = Set.of();

    Walk(Rtnetlink kernel, Journal journal, Consumer<String> warnings) {
        this.kernel = kernel;
        this.journal = journal;
        this.warnings = warnings;
    }

    void begin() {
        changes = new ArrayList<>();
        look();
    }

    /** The walk went through to its end. */
    List<Change> end(HostState desired) {
        Set<Object> wanted = new HashSet<>(desired.links());
        wanted.addAll(desired.bridgePorts());
        wanted.addAll(desired.addresses4());
        wanted.addAll(desired.addresses6());
        wanted.addAll(desired.sysctls());
        wanted.addAll(desired.policyRules());
        wantedBefore = wanted;
        return List.copyOf(changes);
    }

    /** Whether the last walk left this part of a desired state in order, so that changing it is a repair. */
    boolean wasWanted(Object part) {
        return wantedBefore.contains(part);
    }

    /** Asks the kernel for its interfaces. */
    void look() {
        Map<String, LinkInfo> found = new LinkedHashMap<>();
        kernel.links().forEach(link -> found.put(link.name(), link));
        links = found;
    }

    Map<String, LinkInfo> links() {
        return links;
    }

    /** Null when it is not there. */
    LinkInfo link(String name) {
        return links.get(name);
    }

    /** Whether we made the interface: what belongs to it goes away with it. */
    boolean isOurs(LinkInfo link) {
        return link.alias().equals(Reconciler.ALIAS);
    }

    /** Something was changed that is no interface. */
    void changed(String what, boolean repair) {
        changes.add(new Change(what, repair));
    }

    /** An interface was changed. */
    void linkChanged(String what, boolean repair) {
        changes.add(new Change(what, repair));
        look();
    }

    /** Tells something that is left undone, once while it lasts. */
    void warnOnce(String what) {
        if (warned.add(what)) {
            warnings.accept(what);
        }
    }

    /** What was told and still holds. */
    List<String> standingWarnings() {
        return List.copyOf(warned);
    }

    /** True when a warning with this beginning was told: it may be told again from now on. */
    boolean unwarn(String beginning) {
        return warned.removeIf(text -> text.startsWith(beginning));
    }

    /** An IPv6 that somebody switched off costs IPv6, not the node. */
    void withIpv6(Runnable change) {
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
