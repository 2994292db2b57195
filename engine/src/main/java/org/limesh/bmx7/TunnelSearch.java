package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.IpNet;
import org.limesh.bmx7.wire.TunnelTlv;

/**
 * The searches of this node, and what was chosen for them.
 *
 * <p>In a town every member of a cloud offers the cloud's networks. Of offers that differ in nothing but the
 * path only the one with the best path and the ones in use can be chosen, so only these are weighed; and
 * nothing at all while no path and no description has changed.
 */
final class TunnelSearch {
    private final Core core;
    private List<TunOut> searches = List.of();
    private List<TunnelChoice> choices = List.of();
    private List<TunnelOffer> exits = List.of();
    /** Sum over everything that the choice depends on. */
    private long mark;
    private long settings;

    TunnelSearch(Core core) {
        this.core = core;
    }

    void search(List<TunOut> wanted) {
        searches = List.copyOf(wanted);
        settings++;
    }

    /** The own networks have changed. */
    void invalidate() {
        settings++;
    }

    List<TunnelChoice> choices() {
        return choices;
    }

    /** Offers of the default routes; another list whenever they differ in anything. */
    List<TunnelOffer> exits() {
        return exits;
    }

    /** True when other tunnels are used than before. */
    boolean choose() {
        long now = mark();
        if (now == mark) {
            return false;
        }
        mark = now;
        List<TunnelOffer> offers = worthWeighing();
        exits = offers.stream().filter(offer -> offer.network().lengthBits() == 0).toList();
        List<TunnelChoice> before = choices;
        choices = TunnelSelection.select(searches, offers, own(), before);
        return !used(before).equals(used(choices));
    }

    private long mark() {
        long sum = settings + 1;
        for (Peer peer : core.peers.values()) {
            if (peer.facts != null && !peer.facts.tunnels().nets().isEmpty()) {
                sum = (sum * 31 + peer.facts.hash().hashCode()) * 31 + (peer.isRoutable() ? peer.metric : 0);
            }
        }
        return sum;
    }

    private List<IpNet> own() {
        return core.identity.announcement().tunDevs().stream().flatMap(device -> device.addresses().stream())
                .toList();
    }

    /** Every match of every search, for people. */
    List<TunnelChoice> all() {
        List<TunnelOffer> offers = new ArrayList<>();
        for (Peer peer : core.peers.values()) {
            if (peer.facts != null) {
                offers.addAll(TunnelOffer.of(peer.facts, peer.isRoutable() ? peer.metric : 0));
            }
        }
        return TunnelSelection.select(searches, offers, own(), choices);
    }

    private static List<List<Object>> used(List<TunnelChoice> choices) {
        return choices.stream().filter(TunnelChoice::active)
                .map(choice -> List.<Object>of(choice.route(), choice.search().name(), choice.offer()
                .gateway(),
                        choice.offer().endpoint())).toList();
    }

    // ---- the offers that matter

    /** Who offers a network best so far. */
    private static final class Best {
        final TunnelTlv.Net net;
        Peer peer;

        Best(TunnelTlv.Net net, Peer peer) {
            this.net = net;
            this.peer = peer;
        }
    }

    private List<TunnelOffer> worthWeighing() {
        Set<Hash> kept = new LinkedHashSet<>();
        for (TunnelChoice choice : choices) {
            if (choice.active()) {
                kept.add(choice.offer().gateway());
            }
        }
        boolean byName = searches.stream().anyMatch(search -> search.greatest() > 0
                && (search.gwName() != null || search.gwId() != null));
        Map<IpNet, Best> best = new LinkedHashMap<>();
        for (Peer peer : core.peers.values()) {
            if (peer.facts == null || searches.isEmpty()) {
                continue;
            }
            NodeFacts.Tunnels tunnels = peer.facts.tunnels();
            boolean weighed = byName || !tunnels.ingress().isEmpty();
            for (TunnelTlv.Net net : tunnels.nets()) {
                weighed |= !isOutdone(best, net, peer);
            }
            if (weighed) {
                kept.add(peer.id);
            }
        }
        best.values().forEach(each -> kept.add(each.peer.id));
        List<TunnelOffer> offers = new ArrayList<>();
        for (Hash gateway : kept) {
            Peer peer = core.peers.get(gateway);
            if (peer != null && peer.facts != null) {
                offers.addAll(TunnelOffer.of(peer.facts, peer.isRoutable() ? peer.metric : 0));
            }
        }
        return offers;
    }

    /** Whether another node offers the same on a better path, or this one outdoes it and is remembered. */
    private static boolean isOutdone(Map<IpNet, Best> best, TunnelTlv.Net net, Peer peer) {
        if (net.network().lengthBits() == 0) {
            return false;
        }
        Best known = best.get(net.network());
        if (known == null) {
            best.put(net.network(), new Best(net, peer));
            return true;
        }
        if (known.net.bandwidth() != net.bandwidth() || known.net.routeType() != net.routeType()) {
            return false;
        }
        long metric = peer.isRoutable() ? peer.metric : 0;
        long bestMetric = known.peer.isRoutable() ? known.peer.metric : 0;
        if (metric > bestMetric || metric == bestMetric && peer.id.compareTo(known.peer.id) < 0) {
            known.peer = peer;
        }
        return true;
    }
}
