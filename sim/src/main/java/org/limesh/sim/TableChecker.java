package org.limesh.sim;

import org.limesh.node.NodeSnapshot;

/** I13: no table of a node grows beyond its declared limit, whoever floods it. Looks every {@value #INTERVAL_S} s. */
final class TableChecker {
    private static final int INTERVAL_S = 30;

    /**
     * Most entries of a node's tables.
     *
     * @param leases       own and others'
     * @param originators  of layer 2
     * @param localClients of layer 2
     * @param globalClients of layer 2
     * @param records      of A.L.F.R.E.D.
     */
    record Limits(int leases, int originators, int localClients, int globalClients, int records) {
        static final Limits DECLARED = new Limits(65_536, 4096, 4096, 65_536, 4096);
    }

    private final Simulation sim;
    private final Limits limits;

    TableChecker(Simulation sim, Limits limits) {
        this.sim = sim;
        this.limits = limits;
        sim.every(INTERVAL_S * SimTime.SECOND, INTERVAL_S * SimTime.SECOND, this::look);
    }

    private boolean look() {
        for (SimNode node : sim.nodes()) {
            if (node.isUp()) {
                look(node, node.snapshot());
            }
        }
        return true;
    }

    private void look(SimNode node, NodeSnapshot now) {
        judge(node, "leases", now.leases().size() + now.remoteLeases().size(), limits.leases);
        judge(node, "shared records", now.alfred().records().size(), limits.records);
        if (now.batadv() != null) {
            judge(node, "originators", now.batadv().originators().stream().filter(row -> row.best()).count(),
                    limits.originators);
            judge(node, "local clients", now.batadv().localClients().size(), limits.localClients);
            judge(node, "global clients", now.batadv().globalClients().stream().filter(row -> row.best()).count(),
                    limits.globalClients);
        }
    }

    private void judge(SimNode node, String table, long entries, int limit) {
        if (entries > limit) {
            sim.violate("I13", node.name() + " has " + entries + " " + table + ", more than " + limit);
        }
    }
}
