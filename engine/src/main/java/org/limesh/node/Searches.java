package org.limesh.node;

import java.util.ArrayList;
import java.util.List;
import org.limesh.bmx7.TunOut;
import org.limesh.bmx7.wire.IpNet;

/**
 * What a node searches tunnels for: LibreMesh's list, and one more. Internet over IPv4 is not searched here:
 * the gateway engine chooses among the offers, so that a person can choose too; {@link #exit} only names it
 * in tables.
 *
 * <pre>
 *   nodes 172.16.0.0/12   clouds 10.0.0.0/8     every network in them
 *   inet6 ::/0            publicv6 2000::/3     default routes, inet6p for the preferred gateway; up to /64
 *   clouds6 fd00::/8                            up to /64; not in LibreMesh: its clouds do not meet there
 * </pre>
 */
public final class Searches {
    static final String EXIT4 = "inet4";
    static final IpNet ALL4 = IpNet.parse("0.0.0.0/0");
    private static final int PREFERRED_RATING_PERCENT = 1000;
    private static final int LONGEST_OF_LINK = 64;

    private Searches() {}

    /** @param preferredGateway host name, or null */
    public static List<TunOut> of(String preferredGateway) {
        TunOut exit6 = search("inet6", "::/0").maxPrefixLen(0);
        List<TunOut> searches = new ArrayList<>(List.of(search("nodes", "172.16.0.0/12"),
                search("clouds", "10.0.0.0/8"), exit6));
        if (preferredGateway != null) {
            searches.add(search("inet6p", "::/0").maxPrefixLen(0)
                    .gateway(preferredGateway, PREFERRED_RATING_PERCENT));
        }
        searches.add(search("publicv6", "2000::/3").maxPrefixLen(LONGEST_OF_LINK));
        searches.add(search("clouds6", "fd00::/8").maxPrefixLen(LONGEST_OF_LINK));
        return searches;
    }

    /** True for the searches for the IPv4 networks of clouds. */
    static boolean isForClouds4(TunOut search) {
        return search.name().equals("nodes") || search.name().equals("clouds");
    }

    /** The search that an exit over IPv4 answers. */
    public static TunOut exit() {
        return TunOut.of(EXIT4, ALL4).maxPrefixLen(0);
    }

    private static TunOut search(String name, String network) {
        return TunOut.of(name, IpNet.parse(network));
    }
}
