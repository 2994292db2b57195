package org.limesh.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.access.Lease;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.node.NodeSnapshot;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimNode;
import org.limesh.sim.Simulation;

/** Looks across the tables of all nodes. Each method answers null when all is well, else what is not. */
final class Tables {
    private final Laboratory lab;
    private final Simulation sim;

    Tables(Laboratory lab) {
        this.lab = lab;
        this.sim = lab.sim();
    }

    /** Two clients of one cloud with one address, by what nodes granted or clients use. */
    String duplicateLease() {
        Map<String, Map<Ip4Address, MacAddress>> owners = new LinkedHashMap<>();
        for (SimNode node : sim.nodes()) {
            NodeSnapshot snapshot = node.snapshot();
            for (Lease lease : snapshot == null ? List.<Lease>of() : snapshot.leases()) {
                String twice = claim(owners, lab.cloudOf(node), lease.address(), lease.client());
                if (twice != null) {
                    return twice;
                }
            }
        }
        for (SimClient client : sim.clients()) {
            if (client.address4() != null && client.access() != null) {
                String twice = claim(owners, lab.cloudOf(client.access()), client.address4(), client.mac());
                if (twice != null) {
                    return twice;
                }
            }
        }
        return null;
    }

    private String claim(Map<String, Map<Ip4Address, MacAddress>> owners, String cloud, Ip4Address address,
            MacAddress mac) {
        MacAddress other = owners.computeIfAbsent(cloud, unused ->
                new LinkedHashMap<>()).putIfAbsent(address, mac);
        return other == null || other.equals(mac) ? null
                : address + " is leased to " + lab.nameOf(other) + " and to " + lab.nameOf(mac);
    }

    /** A destination towards which the best next hops lead back to where they came from. */
    String loop() {
        Map<String, Map<MacAddress, String>> nextHops = new LinkedHashMap<>();
        for (SimNode node : sim.nodes()) {
            NodeSnapshot snapshot = node.snapshot();
            if (snapshot != null && snapshot.batadv() != null) {
                Map<MacAddress, String> best = new LinkedHashMap<>();
                for (BatadvSnapshot.Originator offer : snapshot.batadv().originators()) {
                    if (offer.best()) {
                        best.put(offer.mac(), lab.nameOf(offer.nextHop()));
                    }
                }
                nextHops.put(node.name(), best);
            }
        }
        for (Map.Entry<String, Map<MacAddress, String>> start : nextHops.entrySet()) {
            for (MacAddress destination : start.getValue().keySet()) {
                List<String> way = new ArrayList<>(List.of(start.getKey()));
                String at = start.getValue().get(destination);
                while (at != null && !at.equals(lab.nameOf(destination))) {
                    if (way.contains(at)) {
                        way.add(at);
                        return "the way to " + lab.nameOf(destination) + " is " + String.join(" > ", way);
                    }
                    way.add(at);
                    at = nextHops.getOrDefault(at, Map.of()).get(destination);
                }
            }
        }
        return null;
    }
}
