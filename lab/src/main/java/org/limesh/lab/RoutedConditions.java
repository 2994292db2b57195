package org.limesh.lab;

import java.util.List;
import java.util.function.Supplier;
import org.limesh.lab.api.RouteChoice;
import org.limesh.lab.api.PathFinder;
import org.limesh.lab.scenario.Assertion.Claim;
import org.limesh.node.NodeSnapshot;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimNode;
import org.limesh.sim.Simulation;

/** Conditions about exits and ways. Each answers null when it holds, else what is there instead. */
final class RoutedConditions {
    private final Laboratory lab;
    private final Simulation sim;
    private final LabView view;

    RoutedConditions(Laboratory lab) {
        this.lab = lab;
        this.sim = lab.sim();
        this.view = new LabView(lab);
    }

    Supplier<String> exit(Claim.Exit claim) {
        return () -> {
            SimClient client = sim.client(claim.of());
            SimNode node = client == null ? sim.node(claim.of()) : client.access();
            NodeSnapshot tables = node == null ? null : node.snapshot();
            if (tables == null) {
                return claim.of() + (node == null ? " is attached to no node" : ": " + node.name() + " is down");
            }
            String host = RouteChoice.exitName(tables, client == null ? null : client.address4());
            String exit = host == null ? null : lab.nodeOfHost(host);
            boolean same = exit == null ? claim.is() == null : exit.equals(claim.is());
            return same ? null : (exit == null ? node.name() + " uses no exit" : node.name() + " uses " + exit)
                    + reasons(tables);
        };
    }

    private static String reasons(NodeSnapshot tables) {
        if (tables.gateway() == null || tables.gateway().exits().isEmpty()) {
            return "; it knows none";
        }
        StringBuilder text = new StringBuilder();
        tables.gateway().exits().forEach(exit -> text.append("; ").append(exit.gateway()).append(": ")
                .append(exit.reason()));
        return text.toString();
    }

    Supplier<String> path(Claim.Path claim) {
        return () -> {
            PathFinder.Result path = PathFinder.find(view, claim.from(), claim.to());
            if (!path.reachable()) {
                return "no complete way: " + String.join(" > ", path.namesGoing());
            }
            String wrong = order("going", path.namesGoing(), claim.via());
            wrong = wrong == null ? order("back", path.namesBack(), claim.back()) : wrong;
            if (wrong == null && claim.differs() != null
                    && claim.differs() == path.namesGoing().equals(path.namesBack().reversed())) {
                wrong = "going " + String.join(" > ", path.namesGoing()) + ", back "
                        + String.join(" > ", path.namesBack());
            }
            return wrong;
        };
    }

    private static String order(String direction, List<String> way, List<String> wanted) {
        int at = 0;
        for (String name : way) {
            at += at < wanted.size() && wanted.get(at).equals(name) ? 1 : 0;
        }
        return at == wanted.size() ? null : direction + " " + String.join(" > ", way);
    }
}
