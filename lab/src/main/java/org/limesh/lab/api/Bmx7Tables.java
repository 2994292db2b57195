package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.limesh.base.FMetric;
import org.limesh.base.MetricText;
import org.limesh.bmx7.Bmx7Snapshot;
import org.limesh.bmx7.LinkLayer;
import org.limesh.bmx7.TunnelChoice;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.Hash;
import org.limesh.node.NodeSnapshot;

/** The tables of {@code bmx7} as the genuine program has them. What is not known here stands as {@code ---}. */
final class Bmx7Tables {
    /** The five that {@code bmx7 -cd8} shows one after the other. */
    static final List<String> FAVOURITES = List.of("status", "interfaces", "links", "originators", "tunnels");
    static final List<String> ALL =
            List.of("status", "interfaces", "links", "originators", "tunnels", "descriptions", "parameters");

    private static final String STATUS = """
            shortId +nodeId name nodeKey +linkKeys +shortDhash +dhash +version cv revision primaryIp tun6Address
            tun4Address +descSqn +ogmSqn +aggSize +aggMax uptime cpu txQ +rxBpP +txBpP nbs rts nodes""";
    private static final String INTERFACES = """
            dev state linkKey linkKeys type channel rateMax idx localIp rts helloSqn rxBpP txBpP""";
    private static final String LINKS = """
            shortId +nodeId name linkKey linkKeys nbLocalIp +nbIdx +localIp dev rts +lastHelloSqn +lastHelloAdv rq tq
            +rxRate txRate""";
    private static final String ORIGINATORS = """
            shortId +nodeId name +assessedState as S s T t +shortDHash descSqn lastDesc descSize +descRefs cv revision
            primaryIp dev +nbLocalIp nbShortId +nbNodeId nbName metric hops ogmSqn lastRef""";
    private static final String TUNNELS = """
            tunOut gwName +src net min max +aOLP hyst rating minBw +pref +table +ipMtc tunName tunRoute remoteId
            +remoteLongId remoteName advNet +srcIngress +advBwVal advBw pathMtc +tunMtcVal tunMtc +localTunIp
            +remoteTunIp +up +reason""";
    private static final String DESCRIPTIONS = """
            shortId +nodeId name descSqn descSize descRefs cv revision +dHash primaryIp hops lastRef +entries
            +networks""";

    private final NodeSnapshot node;
    private final Bmx7Snapshot bmx7;

    /** @param node with layer 3 */
    Bmx7Tables(NodeSnapshot node) {
        this.node = node;
        this.bmx7 = node.bmx7();
    }

    /** @param name one of {@link #ALL} but {@code parameters}, which is no table of rows */
    Bmx7Table of(String name) {
        return switch (name) {
            case "status" -> status();
            case "interfaces" -> interfaces();
            case "links" -> links();
            case "originators" -> originators();
            case "tunnels" -> tunnels();
            case "descriptions" -> descriptions();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Bmx7Table table(String name, String columns, List<List<Object>> rows) {
        return new Bmx7Table(name.toUpperCase(Locale.ROOT), Bmx7Table.columns(columns), rows);
    }

    private static List<Object> row(Object... cells) {
        return Arrays.asList(cells);
    }

    private Bmx7Table status() {
        Bmx7Snapshot.Status own = bmx7.status();
        long resolved = 1 + bmx7.originators().stream().filter(Bmx7Tables::isResolved).count();
        double seconds = Math.max(1, own.uptimeMs() / 1000.0);
        return table("status", STATUS, List.of(row(own.nodeId().shortId(), own.nodeId().toString(), own.hostname(),
                own.nodeKey(), own.linkKeys(), shortId(own.descHash()), text(own.descHash()), "limesh",
                Bmx7Packet.VERSION, revision(own.revision()), own.primary().toString(), node.plan().address6().toString(),
                node.plan().address4().toString(), own.descSqn(), own.ogmSqn(), own.aggregationSize(),
                own.aggregationMax(), uptime(own.uptimeMs()), null, null,
                perPacket(own.receivedOctets(), own.receivedPackets(), seconds),
                perPacket(own.sentOctets(), own.sentPackets(), seconds), own.neighbours(), own.routes(),
                resolved + "/" + own.nodes())));
    }

    private static boolean isResolved(Bmx7Snapshot.Originator row) {
        return row.state().equals("promoted") || row.state().equals("neighbour");
    }

    /** Mean octets of a packet, and packets per second. */
    private static String perPacket(long octets, long packets, double seconds) {
        return String.format(Locale.ROOT, "%d/%.1f", packets == 0 ? 0 : octets / packets, packets / seconds);
    }

    /** {@code 0:00:11:43}: days, hours, minutes, seconds. */
    private static String uptime(long ms) {
        long seconds = ms / 1000;
        return String.format(Locale.ROOT, "%d:%02d:%02d:%02d", seconds / 86_400, seconds / 3600 % 24,
                seconds / 60 % 60, seconds % 60);
    }

    private Bmx7Table interfaces() {
        List<List<Object>> rows = new ArrayList<>();
        double seconds = Math.max(1, bmx7.status().uptimeMs() / 1000.0);
        for (Bmx7Snapshot.Interface row : bmx7.interfaces()) {
            long routes = bmx7.originators().stream().filter(one -> one.device().equals(row.name())).count();
            rows.add(row(row.name(), "UP", dhKey(), bmx7.status().linkKeys(), type(row.layer()), row.channel(),
                    MetricText.of(row.rateMaxBps()), row.index(), row.linkLocal() + "/64", routes, row.helloSqn(),
                    perPacket(row.receivedOctets(), row.receivedPackets(), seconds),
                    perPacket(row.sentOctets(), row.sentPackets(), seconds)));
        }
        return table("interfaces", INTERFACES, rows);
    }

    /** The proof that is used when both sides can: the last of the link keys. */
    private String dhKey() {
        String keys = bmx7.status().linkKeys();
        return keys.substring(keys.lastIndexOf(',') + 1);
    }

    private static String type(LinkLayer layer) {
        return layer == LinkLayer.WLAN ? "wireless" : "ethernet";
    }

    private Bmx7Table links() {
        List<List<Object>> rows = new ArrayList<>();
        for (Bmx7Snapshot.LinkRow row : bmx7.links()) {
            rows.add(row(row.nodeId().shortId(), row.nodeId().toString(), row.hostname(), dhKey(),
                    bmx7.status().linkKeys(), row.address().toString(), row.theirIndex(), localIp(row.device()),
                    row.device(), row.routes(), row.lastHelloSqn(), seconds(row.lastHelloAgoMs()), row.rqPercent(),
                    row.tqPercent(), null, MetricText.of(row.rateBps())));
        }
        return table("links", LINKS, rows);
    }

    private String localIp(String device) {
        return bmx7.interfaces().stream().filter(row -> row.name().equals(device))
                .map(row -> row.linkLocal() + "/64").findFirst().orElse(null);
    }

    private Bmx7Table originators() {
        List<List<Object>> rows = new ArrayList<>();
        Bmx7Snapshot.Status own = bmx7.status();
        rows.add(row(own.nodeId().shortId(), own.nodeId().toString(), own.hostname(), "neighQualifying", "nQ", "A",
                "A", "A", "A", shortId(own.descHash()), own.descSqn(), null, size(own.nodeId()), refs(own.nodeId()),
                Bmx7Packet.VERSION, revision(own.revision()), own.primary().toString(), null, null, null, null, null,
                MetricText.of(FMetric.MAX), 0, own.ogmSqn(), 0));
        for (Bmx7Snapshot.Originator row : bmx7.originators()) {
            boolean routed = row.nextHop() != null;
            Hash via = routed ? neighbour(row) : null;
            rows.add(row(row.nodeId().shortId(), row.nodeId().toString(), row.hostname(), row.state() + "Alien",
                    row.state().charAt(0) + "A", "A", "A", "A", "A", shortId(row.descHash()), row.descSqn(),
                    seconds(row.describedAgoMs()), size(row.nodeId()), refs(row.nodeId()), Bmx7Packet.VERSION,
                    revision(row.revision()), row.primary().toString(),
                    routed ? row.device() : null, routed ? row.nextHop().toString() : null, shortId(via), text(via),
                    routed ? row.via() : null, MetricText.of(row.metricBps()), row.hops(), row.ogmSqn(),
                    seconds(row.lastOgmAgoMs())));
        }
        return table("originators", ORIGINATORS, rows);
    }

    private Hash neighbour(Bmx7Snapshot.Originator row) {
        return bmx7.links().stream().filter(link -> link.device().equals(row.device())
                && link.address().equals(row.nextHop())).map(Bmx7Snapshot.LinkRow::nodeId).findFirst().orElse(null);
    }

    private Integer size(Hash node) {
        return bmx7.descriptions().stream().filter(row -> row.nodeId().equals(node))
                .map(Bmx7Snapshot.DescriptionRow::octets).findFirst().orElse(null);
    }

    private Integer refs(Hash node) {
        return bmx7.descriptions().stream().filter(row -> row.nodeId().equals(node))
                .map(Bmx7Snapshot.DescriptionRow::contents).findFirst().orElse(null);
    }

    private Bmx7Table tunnels() {
        List<List<Object>> rows = new ArrayList<>();
        for (TunnelChoice row : bmx7.tunnels()) {
            var search = row.search();
            var offer = row.offer();
            rows.add(row(search.name(), search.gwName(), text(search.sourceNet()), search.network().toString(),
                    search.minPrefixLen(), search.maxPrefixLen(), search.overlapping() ? 1 : 0,
                    search.hysteresisPercent(), search.ratingPercent(), MetricText.of(search.minBandwidthBps()),
                    search.preference(), search.table(), search.ipMetric(), row.active() ? row.deviceName() : null,
                    row.route().toString(), offer.gateway().shortId(), offer.gateway().toString(), offer.hostname(),
                    offer.network().toString(), offer.ingress().isEmpty() ? null : offer.ingress().getFirst().toString(),
                    offer.bandwidthBps(), MetricText.of(offer.bandwidthBps()), MetricText.of(offer.pathMetricBps()),
                    row.tunMetricBps(), MetricText.of(row.tunMetricBps()), offer.endpoint().toString(),
                    offer.primary().toString(), row.active() ? 1 : 0, row.reason()));
        }
        return table("tunnels", TUNNELS, rows);
    }

    private Bmx7Table descriptions() {
        List<List<Object>> rows = new ArrayList<>();
        for (Bmx7Snapshot.DescriptionRow row : bmx7.descriptions()) {
            Bmx7Snapshot.Originator origin = bmx7.originators().stream()
                    .filter(one -> one.nodeId().equals(row.nodeId())).findFirst().orElse(null);
            rows.add(row(row.nodeId().shortId(), row.nodeId().toString(), row.hostname(), row.descSqn(), row.octets(),
                    row.contents(), Bmx7Packet.VERSION, revision(row.revision()), text(row.hash()),
                    row.nodeId().cryptoAddress(0).toString(), origin == null ? 0 : origin.hops(),
                    origin == null ? "0" : seconds(origin.lastOgmAgoMs()), row.entries().toString(),
                    String.join(" ", row.networks())));
        }
        return table("descriptions", DESCRIPTIONS, rows);
    }

    private static String shortId(Hash hash) {
        return hash == null ? null : hash.shortId();
    }

    /** As the genuine program writes the first digits of a commit. */
    private static String revision(Integer announced) {
        return announced == null ? null : String.format("%08x", announced);
    }

    private static String text(Object value) {
        return value == null ? null : value.toString();
    }

    private static String seconds(long ms) {
        return ms < 0 ? null : Long.toString(ms / 1000);
    }
}
