package org.limesh.bmx7;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.limesh.base.Engine;
import org.limesh.base.FMetric;
import org.limesh.base.Ip6Prefix;
import org.limesh.bmx7.Peer.Offer;
import org.limesh.bmx7.wire.Bmx7Frame.OgmAdv;
import org.limesh.bmx7.wire.Hna6;
import org.limesh.bmx7.wire.MetricParameters;

/**
 * Chooses for every node the neighbour that leads to it.
 *
 * <p>Loops cannot form: an offer is only usable when its (number, claimed metric) is above the highest that
 * was passed on from here, and metrics fall strictly from hop to hop. Among usable offers a new one must be
 * newer, or better by the hysteresis that the originator wants.
 */
final class PathChooser {
    /** In this time after a node's first message other offers with the same number are not taken. */
    private static final long FIRST_NS = 5 * Bmx7Limits.SECOND;

    /** So long a new node's messages are passed on at once: genuine nodes wait for the second or third. */
    private static final long NEW_NS = 15 * Bmx7Limits.SECOND;

    private final Core core;
    /** Offers that wait for the late hysteresis. */
    private final Set<Offer> late = new LinkedHashSet<>();
    private long nextLateNs = Engine.NEVER;
    /** No node falls silent before: so most rounds need not look at each. */
    private long silentNs = Engine.NEVER;

    PathChooser(Core core) {
        this.core = core;
    }

    private MetricParameters parameters(Peer node) {
        return node.facts.metric() != null ? node.facts.metric() : core.config.metric();
    }

    long nextDeadlineNs() {
        return nextLateNs;
    }

    /** A message with a proven number came from a usable neighbour. */
    void onOgm(Neighbour via, Peer node, int sqn, OgmAdv.Entry entry, long nowNs) {
        if (via.peer != node && !node.facts.trusts(via.peer.id)) {
            core.drop("ogm_untrusted_relay");
            return;
        }
        if (via.peer == node && entry.hopCount() != 0) {
            core.drop("ogm_hops");
            return;
        }
        Offer offer = node.offer(via);
        if (entry.metric() <= FMetric.NOT_ROUTABLE) {
            withdraw(node, offer, sqn, nowNs);
            return;
        }
        if (offer == null) {
            offer = new Offer(node, via);
            node.offers.add(offer);
        }
        if (sqn > offer.sqn) {
            offer.sqn = sqn;
            offer.arrivedNs = nowNs;
        } else if (sqn < offer.sqn || entry.metric() <= offer.claimed) {
            return;
        }
        offer.chainOgm = node.chain.shared(entry.chainOgm());
        offer.claimed = entry.metric();
        offer.hops = entry.hopCount() + 1;
        offer.history = entry.history();
        evaluate(node, offer, nowNs);
    }

    /**
     * A neighbour knows the node but has no way to it. The genuine program says so of nodes that it never
     * reached; this engine also when it lost them, so that a line of them gives a dead node up at once.
     */
    private void withdraw(Peer node, Offer offer, int sqn, long nowNs) {
        if (offer == null || sqn < offer.sqn) {
            return;
        }
        node.offers.remove(offer);
        late.remove(offer);
        if (node.route != null && node.route.neighbour == offer.via) {
            lose(node, nowNs);
        }
    }

    private record Best(Link link, PathMetric.Result result) {}

    private Best best(Peer node, Offer offer, long nowNs) {
        MetricParameters parameters = parameters(node);
        Best best = null;
        for (Link link : offer.via.links) {
            if (link.isUsable(nowNs)) {
                PathMetric.Result result = PathMetric.overLink(parameters, offer.claimed, offer.history,
                        link.throughput(parameters, nowNs), link.device.channel);
                if (result.isRoute() && (best == null || result.metric() > best.result.metric())) {
                    best = new Best(link, result);
                }
            }
        }
        return best;
    }

    private boolean isFeasible(Peer node, Offer offer) {
        return offer.sqn > node.feasibleSqn
                || offer.sqn == node.feasibleSqn && FMetric.rounded11(offer.claimed) > node.feasibleMetric;
    }

    private void evaluate(Peer node, Offer offer, long nowNs) {
        MetricParameters parameters = parameters(node);
        Best best = best(node, offer, nowNs);
        if (best == null || !isFeasible(node, offer) || offer.hops > parameters.maxHops()) {
            return;
        }
        boolean routable = node.isRoutable() && node.route.isUsable(nowNs);
        boolean newer = offer.sqn > node.sqn;
        boolean sameLink = routable && best.link == node.route;
        long current = routable ? sameLink ? node.metric : presentMetric(node, parameters, nowNs) : 0;
        double metric = best.result.metric();
        boolean better = metric > current;
        if (!better) {
            offer.betterSince = -1;
        } else if (offer.betterSince < 0) {
            offer.betterSince = offer.sqn;
        }
        long lateNs = offer.arrivedNs + parameters.lateHysteresisMs() * Bmx7Limits.MS;
        int factor = sameLink ? parameters.oldPathHysteresisPercent() : parameters.newPathHysteresisPercent();
        boolean take = newer && (offer.sqn >= node.sqn + parameters.sqnDiffMax() + 1 || !routable || sameLink
                || lateNs - nowNs <= 0)
                || offer.sqn == node.sqn && !routable
                || better && metric > current * (100.0 + factor) / 100
                || better && offer.sqn - offer.betterSince >= parameters.sqnBestHysteresis();
        if (take) {
            take(node, offer, best, nowNs);
        } else if (newer) {
            late.add(offer);
            nextLateNs = Engine.earlier(nextLateNs, lateNs);
        }
    }

    /** What the route is worth with its link as good as it is now; never more than what was said of it. */
    private long presentMetric(Peer node, MetricParameters parameters, long nowNs) {
        PathMetric.Result now = PathMetric.overLink(parameters, node.claimed, node.claimedHistory,
                node.route.throughput(parameters, nowNs), node.route.device.channel);
        return Math.min(node.metric, now.metric());
    }

    private void take(Peer node, Offer offer, Best best, long nowNs) {
        if (node.firstNs == 0) {
            node.firstNs = nowNs;
        }
        Bmx7Route.NextHop from = node.route == null ? null : node.route.nextHop();
        boolean moved = best.link != node.route;
        node.route = best.link;
        node.metric = best.result.metric();
        node.claimed = offer.claimed;
        node.claimedHistory = offer.history;
        node.history = best.result.history();
        node.hops = offer.hops;
        long advertised = nowNs - node.firstNs < FIRST_NS ? FMetric.MAX : FMetric.rounded11(node.metric);
        node.feasibleMetric = offer.sqn > node.feasibleSqn ? advertised
                : Math.max(node.feasibleMetric, advertised);
        node.feasibleSqn = offer.sqn;
        node.sqn = offer.sqn;
        node.chainOgm = offer.chainOgm;
        node.refreshedNs = offer.arrivedNs;
        silentNs = Engine.earlier(silentNs, node.refreshedNs + silenceNs(node));
        offer.betterSince = -1;
        core.pendingOgms.add(node);
        core.routesVersion++;
        if (moved) {
            core.urgentOgms = true;
            report(node, from);
        } else if (nowNs - node.firstNs < NEW_NS && !core.isAmongOurs()) {
            core.urgentOgms = true;
        }
    }

    /** The node cannot be reached the way it was; another way is looked for. */
    void lose(Peer node, long nowNs) {
        if (node.route == null) {
            return;
        }
        Bmx7Route.NextHop from = node.route.nextHop();
        node.route = null;
        node.metric = 0;
        core.routesVersion++;
        for (Offer offer : List.copyOf(node.offers)) {
            if (node.route == null && nowNs - offer.arrivedNs < silenceNs(node)) {
                evaluate(node, offer, nowNs);
            }
        }
        if (node.route == null) {
            core.pendingOgms.add(node);
            core.urgentOgms = true;
            report(node, from);
        }
    }

    private void report(Peer node, Bmx7Route.NextHop from) {
        core.tunnelsStale = true;
        List<Ip6Prefix> networks = node.facts == null ? List.of()
                : node.facts.hnas().stream().filter(Hna6::routed).map(Hna6::network).toList();
        core.out.report(new Bmx7Event.RouteChanged(node.id, node.hostname(), networks, from,
                node.route == null ? null : node.route.nextHop(), node.metric));
    }

    private long silenceNs(Peer node) {
        int intervalS = node.facts == null ? 6 : parameters(node).ogmIntervalS();
        return Bmx7Limits.SILENT_INTERVALS * intervalS * Bmx7Limits.SECOND * 11 / 10;
    }

    /** Forgets every offer and the route: the node starts anew or is forgotten. */
    void reset(Peer node, long nowNs) {
        late.removeIf(node.offers::contains);
        node.offers.clear();
        lose(node, nowNs);
        node.sqn = 0;
        node.chainOgm = null;
        node.feasibleSqn = 0;
        node.feasibleMetric = 0;
        node.firstNs = 0;
    }

    /** A new description counts from 1 again; the way stays as it is until the first of its numbers comes. */
    void renumber(Peer node) {
        // It may also want another interval.
        silentNs = Engine.earlier(silentNs, node.refreshedNs);
        late.removeIf(node.offers::contains);
        node.offers.clear();
        node.sqn = 0;
        node.chainOgm = null;
        node.feasibleSqn = 0;
        node.feasibleMetric = 0;
    }

    /** A link or a whole neighbour is gone. */
    void onLinkGone(Link link, boolean neighbourGone, long nowNs) {
        for (Peer node : core.peers.values()) {
            if (neighbourGone) {
                Offer gone = node.offer(link.neighbour);
                node.offers.remove(gone);
                late.remove(gone);
            }
            if (node.route == link) {
                lose(node, nowNs);
            }
        }
    }

    /** Once per round: links that faded, nodes that fell silent. */
    void onRound(long nowNs) {
        if (!Engine.isDue(silentNs, nowNs) && allLinksUsable(nowNs)) {
            return;
        }
        silentNs = Engine.NEVER;
        for (Peer node : core.peers.values()) {
            if (node.route != null && (!node.route.isUsable(nowNs)
                    || nowNs - node.refreshedNs > silenceNs(node))) {
                lose(node, nowNs);
            }
            if (node.route != null) {
                silentNs = Engine.earlier(silentNs, node.refreshedNs + silenceNs(node));
            }
        }
    }

    private boolean allLinksUsable(long nowNs) {
        for (Neighbour neighbour : core.neighbours) {
            for (Link link : neighbour.links) {
                if (!link.isUsable(nowNs)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Offers whose time has come. */
    void onTimer(long nowNs) {
        if (!Engine.isDue(nextLateNs, nowNs)) {
            return;
        }
        List<Offer> due = List.copyOf(late);
        late.clear();
        nextLateNs = Engine.NEVER;
        for (Offer offer : due) {
            Peer node = offer.node;
            if (node.offers.contains(offer) && node.facts != null) {
                evaluate(node, offer, nowNs);
            }
        }
    }
}
