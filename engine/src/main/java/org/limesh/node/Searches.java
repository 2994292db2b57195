package org.limesh.node;

import java.util.ArrayList;
import java.util.List;
import org.limesh.bmx7.TunOut;
import org.limesh.bmx7.wire.IpNet;
import org.limesh.lime.NodePlan;

/**
 * What a node searches tunnels for: LibreMesh's list, and one more.
 *
 * <pre>
 *   nodes 172.16.0.0/12   clouds 10.0.0.0/8          every network in them
 *   inet4 0.0.0.0/0       inet6 ::/0                 exits; inet4p and inet6p to the preferred gateway, ten times as good
 *   publicv6 2000::/3                                up to /64
 *   clouds6 fd00::/8                                 up to /64; not in LibreMesh, whose clouds do not meet over IPv6
 * </pre>
 */
public final class Searches {
    static final String EXIT4 = "inet4";
    static final String EXIT4_PREFERRED = "inet4p";
    static final String EXIT6 = "inet6";
    static final String EXIT6_PREFERRED = "inet6p";
    private static final int PREFERRED_RATING_PERCENT = 1000;
    private static final int LONGEST_OF_LINK = 64;

    private Searches() {}

    /** In the order that the genuine program is given them. */
    public static List<TunOut> of(NodePlan.Bmx7 plan) {
        List<TunOut> searches = new ArrayList<>();
        searches.add(search("nodes", "172.16.0.0/12"));
        searches.add(search("clouds", "10.0.0.0/8"));
        TunOut exit4 = search(EXIT4, "0.0.0.0/0").maxPrefixLen(0);
        TunOut exit6 = search(EXIT6, "::/0").maxPrefixLen(0);
        searches.add(exit4);
        searches.add(exit6);
        if (plan.preferredGateway() != null) {
            searches.add(search(EXIT4_PREFERRED, "0.0.0.0/0").maxPrefixLen(0)
                    .gateway(plan.preferredGateway(), PREFERRED_RATING_PERCENT));
            searches.add(search(EXIT6_PREFERRED, "::/0").maxPrefixLen(0)
                    .gateway(plan.preferredGateway(), PREFERRED_RATING_PERCENT));
        }
        searches.add(search("publicv6", "2000::/3").maxPrefixLen(LONGEST_OF_LINK));
        searches.add(search("clouds6", "fd00::/8").maxPrefixLen(LONGEST_OF_LINK));
        return searches;
    }

    private static TunOut search(String name, String network) {
        return TunOut.of(name, IpNet.parse(network));
    }
}
