package org.limesh.linux.reconcile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.host.HostState;
import org.limesh.host.HostState.Link;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.linux.netlink.Rtnetlink;

/** What keeps a node from starting on this machine, as sentences for people. Changes nothing. */
public final class Precheck {
    private Precheck() {}

    /** All problems; empty when the desired state can be made. */
    public static List<String> problems(HostState desired, Rtnetlink kernel) {
        Map<String, LinkInfo> links = new LinkedHashMap<>();
        kernel.links().forEach(link -> links.put(link.name(), link));
        List<String> problems = new ArrayList<>();
        List<String> named = new ArrayList<>();
        for (Link link : desired.links()) {
            LinkInfo found = links.get(link.name());
            if (link instanceof Link.Existing) {
                if (found == null && !named.contains(link.name())) {
                    problems.add("there is no interface '" + link.name() + "' here. Present: "
                            + String.join(", ", links.keySet()));
                }
                named.add(link.name());
            } else if (found != null) {
                problems.add(taken(link, found));
            }
        }
        for (HostState.BridgePort port : desired.bridgePorts()) {
            LinkInfo found = links.get(port.port());
            // What is wrong with br-lan and bat0 themselves has been said.
            if (found != null && found.masterIndex() != 0 && named.contains(port.port())
                    && !port.bridge().equals(nameOf(found.masterIndex(), links))) {
                problems.add(port.port() + " is a port of " + nameOf(found.masterIndex(), links)
                        + " already, and an interface can be in one bridge only.\n  ip link set "
                        + port.port()
                        + " nomaster     frees it");
            }
        }
        return problems;
    }

    private static String taken(Link link, LinkInfo found) {
        return switch (link) {
            case Link.MeshTap tap -> "this machine already carries a batman-adv mesh (" + tap.name()
                    + "). Two meshes on one VLAN would fight.\n  If it is a leftover: ip link del "
                    + tap.name()
                    + "     Else run this node in a network namespace of its own.";
            case Link other -> "this machine already carries an interface '" + other.name() + "'"
                    + (found.kind().isEmpty() ? "" : " (" + found.kind() + ")")
                    + ", which the node would have to make.\n  If a node left it behind: limesh doctor "
                    + "--clean"
                    + "     Else: ip link del " + other.name();
        };
    }

    private static String nameOf(int index, Map<String, LinkInfo> links) {
        return links.values().stream().filter(link -> link.index() == index).map(LinkInfo::name).findFirst()
                .orElse("another interface");
    }
}
