package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.List;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Description;
import org.limesh.bmx7.wire.Hna6;
import org.limesh.bmx7.wire.RsaKey;

/** Builds {@link Bmx7Snapshot}. */
final class Snapshots {
    private final Core core;
    private final OgmExchange exchange;
    private final long bornNs;

    Snapshots(Core core, OgmExchange exchange, long bornNs) {
        this.core = core;
        this.exchange = exchange;
        this.bornNs = bornNs;
    }

    Bmx7Snapshot take(List<TunnelChoice> tunnels, List<Bmx7Route> routes, long nowNs) {
        List<Bmx7Snapshot.Interface> interfaces = new ArrayList<>();
        for (Device device : core.devices) {
            if (device != null) {
                int links = (int) links().stream().filter(link -> link.device == device).count();
                interfaces.add(new Bmx7Snapshot.Interface(device.wireIndex(), device.name, device.layer,
                        device.channel, device.rateMaxBps, device.linkLocal, device.helloSqn, links,
                        device.sentPackets, device.sentOctets, device.receivedPackets, device.receivedOctets));
            }
        }
        List<Bmx7Snapshot.Originator> originators = new ArrayList<>();
        List<Bmx7Snapshot.DescriptionRow> descriptions = new ArrayList<>();
        if (core.identity.facts() != null) {
            descriptions.add(description(core.identity.facts()));
        }
        for (Peer peer : core.peers.values()) {
            originators.add(originator(peer, nowNs));
            if (peer.facts != null) {
                descriptions.add(description(peer.facts));
            }
        }
        return new Bmx7Snapshot(status(nowNs), interfaces, links().stream().map(link -> row(link, nowNs))
                .toList(), originators, descriptions, tunnels, routes);
    }

    private List<Link> links() {
        return core.neighbours.stream().flatMap(neighbour -> neighbour.links.stream()).toList();
    }

    private Bmx7Snapshot.Status status(long nowNs) {
        NodeFacts facts = core.identity.facts();
        Bmx7Frame.OgmAggSqnAdv window = exchange.window();
        int routable = (int) core.peers.values().stream().filter(Peer::isRoutable).count();
        String keys = (core.config.rsaLinkType() == 0 ? "" : rsaName(core.config.rsaLinkType()))
                + (core.identity.dhGroup() == null ? ""
                        : (core.config.rsaLinkType() == 0 ? "" : ",") + "DH"
                        + 8 * core.identity.dhGroup().lengthOctets + "M112");
        return new Bmx7Snapshot.Status(core.ownId, core.config.hostname(), OwnDescription.CODE_REVISION,
                rsaName(core.config.nodeKey().publicKey().type()), keys, facts == null ? null : facts.hash(),
                core.ownId.cryptoAddress(0), facts == null ? 0 : facts.descSqn(), core.identity.ogmSqn(),
                window.max(), window.size(), (nowNs - bornNs) / Bmx7Limits.MS, core.neighbours.size(), 1
                + core.peers.size(), routable, core.counters.value("bmx7.sent"),
                core.counters.value("bmx7.sent_octets"), core.counters.value("bmx7.received"),
                core.counters.value("bmx7.received_octets"));
    }

    private static String rsaName(int type) {
        return "RSA" + 8 * RsaKey.lengthOctets(type);
    }

    private Bmx7Snapshot.LinkRow row(Link link, long nowNs) {
        int routes = (int) core.peers.values().stream().filter(peer -> peer.route == link).count();
        return new Bmx7Snapshot.LinkRow(link.neighbour.peer.id, link.neighbour.peer.hostname(),
                link.device.name, link.address, link.theirIndex,
                link.quality.rq(nowNs) * 100 / LinkQuality.FULL,
                link.quality.tq(nowNs) * 100 / LinkQuality.FULL, link.isUsable(nowNs), routes,
                link.quality.lastHello(), (nowNs - (link.quality.hasHello() ? link.quality.heardNs()
                : link.bornNs)) / Bmx7Limits.MS, (long) link.throughput(core.config.metric(), nowNs));
    }

    private Bmx7Snapshot.Originator originator(Peer peer, long nowNs) {
        String state = peer.neighbour != null ? "neighbour" : peer.facts != null ? "promoted"
                : peer.pending != null ? "certified" : peer.key() != null ? "tracked" : "listed";
        Link route = peer.route;
        return new Bmx7Snapshot.Originator(peer.id, peer.hostname(), state, peer.id.cryptoAddress(0),
                route == null ? "" : route.neighbour.peer.hostname(), route == null ? "" : route.device.name,
                route == null ? null : route.address, peer.metric, peer.hops, peer.facts == null ? 0
                : peer.facts.descSqn(), peer.facts == null ? 0 : peer.facts.bootSqn(), peer.sqn,
                route == null ? -1 : (nowNs - peer.refreshedNs) / Bmx7Limits.MS, peer.facts == null ? null
                : peer.facts.hash(), peer.facts == null ? null : peer.facts.info().codeRevision(),
                peer.facts == null ? -1 : (nowNs - peer.describedNs) / Bmx7Limits.MS);
    }

    private static Bmx7Snapshot.DescriptionRow description(NodeFacts facts) {
        return new Bmx7Snapshot.DescriptionRow(facts.id(), facts.hostname(), facts.descSqn(), facts.hash(),
                facts.description().octets().length, facts.contents().size(),
                facts.description().tlvs().stream().map(Description.Tlv::realType).toList(),
                facts.hnas().stream().map(Hna6::network).map(Object::toString).toList(),
                facts.info().codeRevision());
    }
}
