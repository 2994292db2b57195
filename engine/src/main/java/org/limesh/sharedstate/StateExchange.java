package org.limesh.sharedstate;

import java.util.List;
import org.limesh.base.Ip6Address;

/**
 * "Ask each of these": the whole map goes there, and the whole map comes back.
 *
 * @param round      goes back with each answer
 * @param neighbours link-local addresses on the bridge
 * @param candidates peers that were configured, as written
 * @param entries    what this node has
 */
public record StateExchange(int round, List<Ip6Address> neighbours, List<String> candidates, List<LeaseEntry> entries) {
    public StateExchange {
        neighbours = List.copyOf(neighbours);
        candidates = List.copyOf(candidates);
        entries = List.copyOf(entries);
    }
}
