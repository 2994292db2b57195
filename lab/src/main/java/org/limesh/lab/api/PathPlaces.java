package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/** Who is meant by a name or an address, and what the world says of clouds and host names. */
final class PathPlaces {
    static final String INTERNET = "internet";

    private final World world;
    private final Names names;
    private final Map<String, String> nodeByHost = new LinkedHashMap<>();

    /**
     * @param client  null for a node
     * @param node    null when the client is attached nowhere, and outside of the network
     * @param anycast true for the gateway address that each node answers itself
     * @param address null when it is not known, and for the Internet as such
     */
    record Place(String name, World.ClientView client, World.NodeView node, boolean anycast, Ip4Address address) {
        /** True for somebody who is neither a node nor a client here. */
        boolean outside() {
            return !anycast && client == null && node == null;
        }

        String addressText() {
            return address == null ? name : address.toString();
        }

        String macText() {
            return client != null ? client.mac().toString() : node == null ? "?" : node.mac().toString();
        }
    }

    PathPlaces(World world) {
        this.world = world;
        this.names = Names.of(world);
        for (World.NodeView node : world.nodes()) {
            if (node.plan() != null) {
                nodeByHost.put(node.plan().hostname(), node.name());
            }
        }
    }

    Names names() {
        return names;
    }

    /**
     * True when frames get from one node's clients to the other's without a router. Nodes of one cloud that do
     * not speak batman-adv each have a network of their own.
     */
    static boolean isOneLink(World.NodeView one, World.NodeView other) {
        return one.name().equals(other.name())
                || one.cloud().equals(other.cloud()) && isInLayer2(one) && isInLayer2(other);
    }

    private static boolean isInLayer2(World.NodeView node) {
        return node.plan() == null || node.plan().batadv() != null;
    }

    boolean isOneNodesView() {
        return world.kind() == World.Kind.NODE;
    }

    Optional<World.NodeView> node(String name) {
        return world.findNode(name);
    }

    /** Where a way may begin. */
    Place start(String name) {
        Place start = place(name).orElseThrow(() -> unknown(name));
        if (start.anycast()) {
            throw Problem.badRequest("every node of the cloud is " + name + ": start at a client or a node");
        }
        return start;
    }

    /** Where a way may end: anybody, and everything outside that has an IPv4 address. */
    Place end(String name) {
        Optional<Place> known = place(name);
        if (known.isPresent()) {
            return known.get();
        }
        if (name.equals(INTERNET)) {
            return new Place(INTERNET, null, null, false, null);
        }
        try {
            return new Place(name, null, null, false, Ip4Address.parse(name));
        } catch (IllegalArgumentException noAddress) {
            throw unknown(name);
        }
    }

    private Optional<Place> place(String name) {
        Optional<World.ClientView> client = world.findClient(name);
        if (client.isPresent()) {
            World.ClientView found = client.get();
            return Optional.of(new Place(found.name(), found,
                    found.node() == null ? null : world.findNode(found.node()).orElse(null), false, found.address()));
        }
        for (World.NodeView node : world.nodes()) {
            Ip4Address address = node.plan() == null ? null : node.plan().address4().address();
            if (node.name().equals(name) || node.mac().toString().equals(name)
                    || address != null && address.toString().equals(name)) {
                return Optional.of(new Place(node.name(), null, node, false, address));
            }
        }
        boolean gateway = world.clouds().stream().anyMatch(cloud -> name.equals("anycast")
                || cloud.anycast4() != null && cloud.anycast4().toString().equals(name)
                || cloud.anycastMac() != null && cloud.anycastMac().toString().equals(name));
        return gateway ? Optional.of(new Place(name, null, null, true, null)) : Optional.empty();
    }

    private Problem unknown(String name) {
        List<String> known = new ArrayList<>();
        world.nodes().forEach(node -> known.add(node.name()));
        world.clients().forEach(client -> known.add(client.name()));
        return Problem.unknown("node or client", name, known);
    }

    /** The node with this host name, or the host name itself. */
    String nodeOfHost(String hostname) {
        return nodeByHost.getOrDefault(hostname, hostname);
    }

    /** Why nothing is known of what this node does. */
    String unseen(String node) {
        return isOneNodesView() ? "? beyond this node's view" : node + " is down";
    }

    String takenHere(World.NodeView node) {
        return "to anycast " + anycastMac(node) + ", taken here (never forwarded into the cloud)";
    }

    String anycastMac(World.NodeView node) {
        return cloud(node).map(World.CloudView::anycastMac).map(MacAddress::toString).orElse("the gateway");
    }

    String ssid(World.NodeView node) {
        return cloud(node).map(World.CloudView::ssid).orElse("?");
    }

    String network(World.NodeView node) {
        return cloud(node).map(World.CloudView::network4).map(String::valueOf).orElse("?");
    }

    /** VLAN of batman-adv there; 0 when untagged. */
    int vlan(World.NodeView node) {
        return cloud(node).map(World.CloudView::vlanId).orElse(0);
    }

    private Optional<World.CloudView> cloud(World.NodeView node) {
        return world.clouds().stream().filter(cloud -> cloud.letter().equals(node.cloud())).findFirst();
    }
}
