package org.limesh.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.bmx7.TunnelOffer;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.IpNet;
import org.limesh.lime.NodePlan;

/** What can be wrong in the routed network, in words for people. */
final class Layer3Warnings {
    static final long CLASH_INTERVAL_NS = 60_000_000_000L;
    private static final int AT_ONCE = 1;
    /** A node that lost its last description number meets its earlier life once. */
    private static final int NOT_ONLY_ONCE = 2;

    private Layer3Warnings() {}

    static void of(Bmx7Event event, Warnings warnings, long nowNs) {
        switch (event) {
            case Bmx7Event.IdentityElsewhere(int descSqn) ->
                    warnings.warn("twin", "another node uses this node's key" + " (its description number is "
                            + Integer.toUnsignedString(descSqn) + "): the routes of both flap."
                    + " One of them is a copy, of a disk or of a virtual machine: stop it, remove its key "
                    + "file"
                    + " (rsa.der) and start it again", NOT_ONLY_ONCE, nowNs);
            case Bmx7Event.DescriptionRefused(Hash node, int descSqn, String fault) ->
                    warnings.warn("refused " + node, "node " + node.shortId() + " is not believed: " + fault
                            + ". It has no route until it says something"
                    + " else", AT_ONCE, nowNs);
            case Bmx7Event.LimitReached(String table, long limit) ->
                    warnings.warn("limit " + table, "the table of " + table + " is full (" + limit
                            + "): some nodes cannot be reached", AT_ONCE, nowNs);
            default -> { }
        }
    }

    static void ofTrust(NodePlan plan, NodeSecrets secrets, Warnings warnings, long nowNs) {
        if (!plan.bmx7().onlyTrusted()) {
            return;
        }
        if (secrets.trusted() == null || secrets.trusted().trusts().isEmpty()) {
            warnings.warn("trust",
                    "bmx7_enable_pki is on and no node is trusted: only direct neighbours have a way to"
                    + " this node. Put files named by node ids into the trusted-nodes directory, or switch "
                    + "it off", AT_ONCE, nowNs);
        }
        for (String problem : secrets.trusted() == null ? List.<String>of() : secrets.trusted().problems()) {
            warnings.warn("trust " + problem, problem, AT_ONCE, nowNs);
        }
    }

    /** Nodes that announce this cloud's IPv4 network and are not of this cloud. */
    static void ofClashes(NodePlan plan, List<TunnelOffer> offers, Warnings warnings, long nowNs) {
        IpNet own4 = IpNet.of(plan.address4());
        IpNet own6 = IpNet.of(plan.address6());
        Map<Hash, String> foreign = new LinkedHashMap<>();
        for (TunnelOffer offer : offers) {
            if (offer.network().equals(own4)) {
                foreign.put(offer.gateway(), offer.hostname());
            }
        }
        if (plan.batadv() != null) {
            // Same network of the other family: a member of this cloud.
            offers.stream().filter(offer -> offer.network().equals(own6))
                    .forEach(offer -> foreign.remove(offer.gateway()));
        }
        if (foreign.isEmpty()) {
            return;
        }
        String who = foreign.values().iterator().next()
                + (foreign.size() == 1 ? "" : " and " + (foreign.size() - 1) + " more");
        warnings.warn("clash", plan.batadv() == null
                ? "node " + who + " has the network " + own4
                + " too: clients of the two do not reach one another."
                        + " Give one of them another main_ipv4_address"
                : "another cloud (node " + who + ") has the network " + own4
                + " too: clients of the two do not reach"
                        + " one another over IPv4. One of them needs another ap_ssid; limesh explain "
                        + "--compare shows which"
                        + " names go together", AT_ONCE, nowNs);
    }
}
