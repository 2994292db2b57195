package org.limesh.bmx7;

import java.util.List;
import org.limesh.base.Ip6Address;
import org.limesh.bmx7.wire.Hash;

/** State at one instant, for people and programs; the tables of the genuine tool. */
public record Bmx7Snapshot(
        Status status, List<Interface> interfaces, List<LinkRow> links, List<Originator> originators,
        List<DescriptionRow> descriptions, List<TunnelChoice> tunnels, List<Bmx7Route> routes) {

    public Bmx7Snapshot {
        interfaces = List.copyOf(interfaces);
        links = List.copyOf(links);
        originators = List.copyOf(originators);
        descriptions = List.copyOf(descriptions);
        tunnels = List.copyOf(tunnels);
        routes = List.copyOf(routes);
    }

    /** The same with another list of tunnels. */
    public Bmx7Snapshot withTunnels(List<TunnelChoice> others) {
        return new Bmx7Snapshot(status, interfaces, links, originators, descriptions, others, routes);
    }

    /**
     * @param revision of the code, as announced
     * @param nodeKey  e.g. {@code RSA2048}
     * @param linkKeys e.g. {@code RSA1024,DH2048M112}
     * @param nodes    nodes known, this one included; @param routes nodes with a route
     */
    public record Status(
            Hash nodeId, String hostname, int revision, String nodeKey, String linkKeys, Hash descHash, Ip6Address primary,
            int descSqn, int ogmSqn, int aggregationMax, int aggregationSize, long uptimeMs, int neighbours,
            int nodes, int routes, long sentPackets, long sentOctets, long receivedPackets,
            long receivedOctets) {}

    public record Interface(
            int index, String name, LinkLayer layer, int channel, long rateMaxBps, Ip6Address linkLocal,
            int helloSqn, int links, long sentPackets, long sentOctets, long receivedPackets,
            long receivedOctets) {}

    /**
     * @param rqPercent receive quality; @param tqPercent transmit quality; @param usable good enough to route
     * over
     */
    public record LinkRow(
            Hash nodeId, String hostname, String device, Ip6Address address, int theirIndex, int rqPercent,
            int tqPercent, boolean usable, int routes, int lastHelloSqn, long lastHelloAgoMs, long rateBps) {}

    /**
     * @param state   {@code listed}, {@code tracked}, {@code certified}, {@code promoted} or
     *                {@code neighbour}
     * @param via     host name of the next hop, empty without a route
     * @param device  device of the route, empty without one
     * @param nextHop null without a route
     * @param revision of its code, as announced; null without a description
     * @param describedAgoMs since its description was accepted; -1 without one
     */
    public record Originator(
            Hash nodeId, String hostname, String state, Ip6Address primary, String via, String device,
            Ip6Address nextHop, long metricBps, int hops, int descSqn, int bootSqn, int ogmSqn,
            long lastOgmAgoMs, Hash descHash, Integer revision, long describedAgoMs) {}

    /**
     * @param entries  kinds of data in it, as numbers on the wire
     * @param octets   of the description itself
     * @param revision of the node's code, as announced
     */
    public record DescriptionRow(
            Hash nodeId, String hostname, int descSqn, Hash hash, int octets, int contents,
            List<Integer> entries, List<String> networks, int revision) {
        public DescriptionRow {
            entries = List.copyOf(entries);
            networks = List.copyOf(networks);
        }
    }
}
