package org.limesh.guard;

import java.util.List;

/**
 * What a node does about its client ports, by what is at their other end. A port in none of the lists is
 * served and bridged. The lists have no port in common, but for {@code routers}.
 *
 * @param blocked  cut off: no frame passes in either direction
 * @param unserved bridged, but another node is the gateway of those on the wire
 * @param cables   other nodes are on the wire too, and this one is its gateway
 * @param routers  BMX7 may be spoken here
 */
public record PortPolicy(List<String> blocked, List<String> unserved, List<String> cables, List<String> routers) {
    /** Every port has clients and nothing else. */
    public static final PortPolicy CLIENTS_ONLY = new PortPolicy(List.of(), List.of(), List.of(), List.of());

    public PortPolicy {
        blocked = List.copyOf(blocked);
        unserved = List.copyOf(unserved);
        cables = List.copyOf(cables);
        routers = List.copyOf(routers);
    }
}
