package org.limesh.lab;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.limesh.base.MacAddress;
import org.limesh.lab.scenario.Assertion;
import org.limesh.sim.ClientLease;
import org.limesh.sim.PingSeries;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimTime;
import org.limesh.sim.Simulation;

/** Holds properties of a client to what they were before. */
final class SameJudge {
    private static final long INTERVAL_NS = 50 * SimTime.MS;

    private SameJudge() {}

    /** @param sim where the client lives */
    static Judge of(Simulation sim, SimClient client, Set<Assertion.Property> what, Assertion assertion, long nowNs) {
        Map<Assertion.Property, String> before = new LinkedHashMap<>();
        what.forEach(property -> before.put(property, value(client, property)));
        if (client.lease() != null && what.contains(Assertion.Property.GATEWAY_MAC)) {
            if (before.get(Assertion.Property.GATEWAY_MAC).isEmpty()) {
                before.put(Assertion.Property.GATEWAY_MAC, client.access().plan().anycast().mac().toString());
            }
            // A client asks for its gateway's MAC when it has something to send there.
            PingSeries asking = client.startPing(client.lease().router(), SimTime.SECOND);
            sim.at(nowNs + assertion.forNs(), asking::stop);
        }
        return new ConditionJudge(() -> changed(client, before), before.toString().replaceAll("[{}]", "")
                .toLowerCase(java.util.Locale.ROOT).replace('_', '-'), assertion, nowNs, INTERVAL_NS);
    }

    private static String changed(SimClient client, Map<Assertion.Property, String> before) {
        Set<String> changes = new TreeSet<>();
        before.forEach((property, was) -> {
            String is = value(client, property);
            // A gateway MAC that ARP has not asked for again yet has not changed.
            boolean unknown = property == Assertion.Property.GATEWAY_MAC && is.isEmpty();
            if (was.isEmpty() || !is.equals(was) && !unknown) {
                changes.add(property.word() + " was " + (was.isEmpty() ? "missing" : was) + ", is "
                        + (is.isEmpty() ? "missing" : is));
            }
        });
        return changes.isEmpty() ? null : String.join("; ", changes);
    }

    private static String value(SimClient client, Assertion.Property property) {
        ClientLease lease = client.lease();
        MacAddress gatewayMac = client.gatewayMac();
        return switch (property) {
            case IPV4 -> client.address4() == null ? "" : client.address4().toString();
            case GATEWAY -> lease == null ? "" : lease.router().toString();
            case GATEWAY_MAC -> gatewayMac == null ? "" : gatewayMac.toString();
            case LEASE -> lease == null ? "" : lease.address() + " from " + lease.server();
        };
    }
}
