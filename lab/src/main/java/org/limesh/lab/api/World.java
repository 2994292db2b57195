package org.limesh.lab.api;

import java.util.List;
import java.util.Optional;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.lime.NodePlan;

/**
 * The whole picture at one instant, without the nodes' tables (see {@link WorldView#node}).
 *
 * @param kind     laboratory or real node
 * @param name     name of the laboratory, or host name of the node
 * @param version  of this program
 * @param seed     of the laboratory; 0 on a node
 * @param timeNs   virtual time since the start in a laboratory, time since the start on a node
 * @param epochMs  Unix time that belongs to {@code timeNs} 0
 * @param clock    how time goes
 * @param convergedNs when everybody knew everybody for the first time; -1 when not yet or not known
 * @param nodes    in the order of the scenario; a link names them by {@link NodeView#name}
 * @param layer3   what joins the clouds
 */
public record World(
        Kind kind,
        String name,
        String version,
        long seed,
        long timeNs,
        long epochMs,
        Clock clock,
        long convergedNs,
        List<CloudView> clouds,
        List<NodeView> nodes,
        List<LinkView> links,
        List<ClientView> clients,
        Layer3 layer3) {

    /** A world of one cloud. */
    public World(Kind kind, String name, String version, long seed, long timeNs, long epochMs, Clock clock,
            long convergedNs, List<CloudView> clouds, List<NodeView> nodes, List<LinkView> links,
            List<ClientView> clients) {
        this(kind, name, version, seed, timeNs, epochMs, clock, convergedNs, clouds, nodes, links, clients,
                Layer3.NONE);
    }

    public World {
        clouds = List.copyOf(clouds);
        nodes = List.copyOf(nodes);
        links = List.copyOf(links);
        clients = List.copyOf(clients);
    }

    /** Where we look. */
    public enum Kind {
        LAB,
        NODE
    }

    /**
     * @param running false when paused
     * @param speed   virtual seconds per second; 0 for as fast as possible; 1 on a node
     */
    public record Clock(boolean running, double speed) {
        public static final Clock REAL_TIME = new Clock(true, 1);
    }

    /**
     * Nodes that share one layer 2.
     *
     * @param letter    A, B, C ... as drawn on the page
     * @param ssid      the name everything is derived from
     * @param vlanId    of batman-adv, e.g. 29; 0 when untagged
     * @param network4  e.g. 10.13.0.0/16
     * @param anycast4  gateway address of every client; null without anycast gateway
     * @param anycastMac null without anycast gateway
     */
    public record CloudView(
            String letter,
            String ssid,
            int vlanId,
            Ip4Prefix network4,
            Ip6Prefix network6,
            Ip4Address anycast4,
            MacAddress anycastMac) {}

    /**
     * @param name   unique, as the scenario or the configuration calls it; the MAC when nobody said
     * @param mac    primary MAC, also its originator address in batman-adv
     * @param plan   null for a node that is known only by what the mesh says of it
     * @param cloud  letter of its cloud
     * @param up     false when it is switched off or crashed
     * @param x      metres, or NaN when nobody said where it stands
     * @param y      metres, or NaN
     * @param pinned true when the scenario or a person said where it stands
     */
    public record NodeView(
            String name,
            MacAddress mac,
            NodePlan plan,
            String cloud,
            boolean up,
            double x,
            double y,
            boolean pinned) {}

    /** A node's end of a link; {@code hardif} as in {@code batctl n}. */
    public record End(String node, String hardif) {}

    /**
     * A possible way between two hard interfaces.
     *
     * @param id      unique, for {@code fail} and {@code heal}: {@code cuesta-aula}, with {@code :hardif} when two
     *                links join the same nodes
     * @param tqThere what {@code a} knows of the quality towards {@code b}, 0..255; -1 when unknown
     * @param tqBack  what {@code b} knows of the quality towards {@code a}, 0..255; -1 when unknown
     * @param lossThere share of frames lost from a to b, 0..1; NaN when unknown (a real link)
     * @param lossBack  share of frames lost from b to a, 0..1; NaN when unknown
     * @param up      false when it was made to fail
     */
    public record LinkView(
            String id,
            End a,
            End b,
            Kind kind,
            int tqThere,
            int tqBack,
            double lossThere,
            double lossBack,
            boolean up) {
        /** What the link is made of. */
        public enum Kind {
            RADIO,
            CABLE
        }
    }

    /**
     * @param name         of the scenario, or the host name it told the DHCP server, or its MAC
     * @param address      null without a lease
     * @param node         where it is attached now, null when nowhere
     * @param nodeBefore   where it was before its last roaming; null when it never roamed
     * @param sinceNs      when it came to {@code node}
     * @param lastRoamNs   when it roamed last; -1 for never
     * @param rxOctets     received by the client; -1 when unknown
     * @param txOctets     sent by the client; -1 when unknown
     * @param longestGapNs longest time without an answer since its last roaming began; -1 when not measured
     */
    public record ClientView(
            String name,
            MacAddress mac,
            Ip4Address address,
            String node,
            String nodeBefore,
            long sinceNs,
            long lastRoamNs,
            long rxOctets,
            long txOctets,
            long longestGapNs) {}

    /**
     * The network above the clouds.
     *
     * @param exits    nodes with a line of their own, and those that offer one
     * @param exitOf   for each of {@link World#nodes} the node that its Internet traffic leaves at, empty for none;
     *                 empty as a whole when nothing is known
     * @param pins     choices of people
     * @param speaking nodes that speak BMX7 and work
     * @param routed   those among them that have a route to every other one they can reach; -1 when not known
     */
    public record Layer3(List<ExitView> exits, List<String> exitOf, List<PinView> pins, int speaking, int routed) {
        public static final Layer3 NONE = new Layer3(List.of(), List.of(), List.of(), 0, -1);

        public Layer3 {
            exits = List.copyOf(exits);
            exitOf = List.copyOf(exitOf);
            pins = List.copyOf(pins);
        }
    }

    /**
     * A way to the Internet.
     *
     * @param node       that has the line
     * @param plugged    whether its cable is in
     * @param address    of the line, empty without one
     * @param internet   whether it leads to the Internet
     * @param offered    whether others may use it
     * @param offeredBps as announced; 0 when not
     * @param downBps    of the line; 0 when not known
     * @param reason     why it leads to the Internet or not, for people
     */
    public record ExitView(String node, boolean plugged, String address, boolean internet, boolean offered,
            long offeredBps, long downBps, String reason) {}

    /** @param client empty when the choice is for the whole node; @param effective whether the exit can be used */
    public record PinView(String node, String client, String exit, boolean effective) {}

    /** Name of the exit that this node uses, empty for none. */
    public String exitOf(String node) {
        for (int at = 0; at < layer3.exitOf().size(); at++) {
            if (nodes.get(at).name().equals(node)) {
                return layer3.exitOf().get(at);
            }
        }
        return "";
    }

    /** The node of this name. */
    public Optional<NodeView> findNode(String node) {
        return nodes.stream().filter(view -> view.name().equals(node)).findFirst();
    }

    /** The client with this name, MAC or IPv4 address. */
    public Optional<ClientView> findClient(String client) {
        return clients.stream().filter(view -> view.name().equals(client)
                || view.mac().toString().equalsIgnoreCase(client)
                || view.address() != null && view.address().toString().equals(client)).findFirst();
    }
}
