package org.limesh.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.base.Ip4Address;

/**
 * I10: when an exit fails another one is used: {@value #TOLD_S} s after a cable was pulled, {@value
 * #SILENT_S} s after something else happened that only shows by silence. And what leaves, leaves translated.
 *
 * <p>Looked at each second for every client with an address: by the hosts' tables its packets must get out
 * when a line that has been open for {@value #OPEN_S} s can be reached over links that have not changed for
 * as long as layer 3 may take ({@link RoutedConvergence}).
 */
final class ExitChecker implements SimObserver {
    static final int TOLD_S = 5;
    static final int SILENT_S = 30;
    /** DHCP, three questions, a new description that goes round, everybody's choice. */
    static final int OPEN_S = 45;

    private final Simulation sim;
    private final RoutedTopology topology;
    private final Map<SimClient, String> reported = new LinkedHashMap<>();

    ExitChecker(Simulation sim) {
        this.sim = sim;
        this.topology = sim.routedTopology();
        sim.addObserver(this);
        sim.every(SimTime.SECOND, SimTime.SECOND, this::look);
    }

    private boolean look() {
        if (sim.internet().uplinks().isEmpty() || !isTime()) {
            return true;
        }
        for (SimClient client : sim.clients()) {
            SimNode access = client.access();
            boolean ready = client.address4() != null && access != null && RoutedTopology.speaks(access)
                    && client.lease().grantedNs() - (sim.nowNs() - TOLD_S * SimTime.SECOND) < 0;
            if (ready && hasExit(access)) {
                judge(client);
            }
        }
        return true;
    }

    private boolean isTime() {
        long nowNs = sim.nowNs();
        if (nowNs - sim.lastTopologyChangeNs() < RoutedConvergence.boundNs(sim)) {
            return false;
        }
        for (SimUplink line : sim.internet().uplinks()) {
            // An open line is no fault; a closed one needs its time to be found out.
            int seconds = line.isOpen() ? 0 : line.isPlugged() ? SILENT_S : TOLD_S;
            if (nowNs - line.changedNs() < seconds * SimTime.SECOND) {
                return false;
            }
        }
        return true;
    }

    private boolean hasExit(SimNode access) {
        for (SimUplink line : sim.internet().uplinks()) {
            SimNode gateway = line.node();
            boolean reachable = gateway == access || topology.connects(access.index(), gateway.index());
            if (line.isOpen() && RoutedTopology.speaks(gateway) && reachable
                    && sim.nowNs() - line.changedNs() >= OPEN_S * SimTime.SECOND
                    && sim.nowNs() - gateway.bootedNs() >= OPEN_S * SimTime.SECOND) {
                return true;
            }
        }
        return false;
    }

    private void judge(SimClient client) {
        RouteWalk.Way way = sim.route(client, SimInternet.SOMEBODY);
        // Somebody told this node to offer its line whatever comes through it.
        boolean always = way.end() == RouteWalk.End.DEAD_LINE
                && way.at().plan().wan().share().policy().equals("always");
        if (way.end() == RouteWalk.End.INTERNET || always) {
            reported.remove(client);
            return;
        }
        String what = "client " + client.name() + " at " + client.access().name() + " does not get out: "
                + way.at().name() + " " + (way.note().isEmpty() ? way.end().toString() : way.note()) + "; "
                + way.steps();
        // Once per black hole, not once per second.
        if (reported.put(client, way.at().name()) == null) {
            sim.violate("I10", what);
        }
    }

    @Override
    public void untranslated(SimUplink line, Ip4Address source, long nowNs) {
        sim.violate("I10", "a packet of " + source + " left " + line.node().name() + " with its own source");
    }
}
