package org.limesh.lab.scenario;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.limesh.base.MacAddress;

/**
 * A laboratory as its file describes it: every name resolved, every default put in, nothing running.
 *
 * @param file      as the user named it
 * @param name      for people; the file's name when the file does not say
 * @param seed      1 when the file does not say
 * @param epoch     wall-clock time that belongs to virtual time 0
 * @param community UCI file or directory valid for all nodes; null when there is none
 * @param clouds    by name, in the order of the file
 * @param radio     how links appear from positions
 * @param nodes     {@code grove*12} already taken apart
 * @param links     written by hand
 * @param clients   {@code cam*20} already taken apart
 * @param timeline  in the order of the file
 * @param endNs     when a test ends
 */
public record Scenario(
        String file,
        String name,
        long seed,
        Instant epoch,
        Path community,
        Map<String, Cloud> clouds,
        Radio radio,
        List<NodeSpec> nodes,
        List<LinkSpec> links,
        List<ClientSpec> clients,
        List<Step> timeline,
        long endNs) {

    /** In the place of a client's name: the Internet behind the exits. */
    public static final String INTERNET = "internet";

    public Scenario {
        clouds = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(clouds));
        nodes = List.copyOf(nodes);
        links = List.copyOf(links);
        clients = List.copyOf(clients);
        timeline = List.copyOf(timeline);
    }

    public Optional<NodeSpec> node(String name) {
        return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
    }

    public Optional<ClientSpec> client(String name) {
        return clients.stream().filter(client -> client.name().equals(name)).findFirst();
    }

    /** The same with another seed. */
    public Scenario withSeed(long other) {
        return new Scenario(file, name, other, epoch, community, clouds, radio, nodes, links, clients,
                timeline, endNs);
    }

    /** The same, but nothing happens and nothing is asked. */
    public Scenario withoutTimeline() {
        return new Scenario(file, name, seed, epoch, community, clouds, radio, nodes, links, clients,
                List.of(), endNs);
    }

    /**
     * Nodes with one SSID.
     *
     * @param uci settings over those of the community, keys {@code section.option}, lists joined by one space
     */
    public record Cloud(String name, String ssid, Map<String, List<String>> uci) {
        public Cloud {
            uci = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(uci));
        }
    }

    /**
     * @param model        how radio links appear
     * @param rangeMetres  farther apart nothing is heard
     * @param lossAtMetres distance of {@code lossAt}; loss grows with the fourth power of the distance
     * @param lossAt       share of frames lost there, 0..1
     */
    public record Radio(Model model, double rangeMetres, double lossAtMetres, double lossAt, long rateBps,
            long delayNs) {
        /** How radio links appear. */
        public enum Model {
            /** Two radios within range hear each other. */
            RANGE,
            /** Only links written by hand. */
            NONE
        }
    }

    /**
     * @param mac       of the primary interface, from the file or made from the place in the list
     * @param placement where it stands
     * @param radios    number of radios, 0 for a node with cables only
     * @param internet  the line at its uplink; null without one
     * @param uci       settings over those of the cloud, as {@link Cloud#uci}
     */
    public record NodeSpec(String name, String cloud, MacAddress mac, Placement placement, int radios,
            Uplink internet, Map<String, List<String>> uci, Position position) {
        public NodeSpec {
            uci = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(uci));
        }
    }

    /**
     * The line of a provider.
     *
     * @param downBps towards the node
     * @param upBps   from the node
     * @param delayNs one way
     * @param loss    share of packets lost, each way, 0..1
     * @param portal  true when a login page answers instead of the Internet
     * @param silent  true when the line carries nothing although the cable is plugged in
     * @param plugged false when the cable is pulled
     */
    public record Uplink(long downBps, long upBps, long delayNs, double loss, boolean portal, boolean silent,
            boolean plugged) {}

    /** Where a node stands. */
    public sealed interface Placement {
        /** In metres. */
        record At(double x, double y) implements Placement {}

        /** Somewhere near another node, drawn from the seed. */
        record Around(String node, double spreadMetres) implements Placement {}

        /** Nobody said; the layout puts it on a circle with the others of its kind. */
        record Anywhere() implements Placement {}
    }

    /** What a link is made of. */
    public enum LinkKind {
        ETHERNET,
        RADIO
    }

    /** @param device e.g. {@code wlan1} or {@code eth0}; empty for the first that fits */
    public record EndpointSpec(String node, String device) {
        @Override
        public String toString() {
            return device.isEmpty() ? node : node + ":" + device;
        }
    }

    /**
     * @param lossThere share of frames lost from {@code a} to {@code b}, 0..1
     * @param rateBps   0 for no limit
     */
    public record LinkSpec(
            EndpointSpec a,
            EndpointSpec b,
            LinkKind kind,
            double lossThere,
            double lossBack,
            long rateBps,
            long delayNs,
            Position position) {
        /** As {@code fail: "link a-b"} names it. */
        public String id() {
            return a.node() + "-" + b.node();
        }
    }

    /**
     * @param at    node it is attached to at the start
     * @param talks null for a silent client
     */
    public record ClientSpec(String name, String at, MacAddress mac, Talks talks, Position position) {}

    /**
     * Traffic of a client.
     *
     * @param to      name of the other client or {@link #INTERNET}; null for a random one of the same cloud
     * @param rateBps mean rate
     */
    public record Talks(String to, long rateBps) {}

    /**
     * One entry of the timeline.
     *
     * @param index   place in the file, from 0
     * @param firstNs when it happens first
     * @param everyNs distance of repetitions; 0 for once
     * @param untilNs last instant of a repetition
     */
    public record Step(
            int index,
            long firstNs,
            long everyNs,
            long untilNs,
            List<Action> actions,
            List<Assertion> assertions,
            Position position) {
        public Step {
            actions = List.copyOf(actions);
            assertions = List.copyOf(assertions);
        }
    }
}
