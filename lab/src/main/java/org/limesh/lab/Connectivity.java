package org.limesh.lab;

import java.util.ArrayList;
import java.util.List;
import org.limesh.lab.scenario.Scenario;
import org.limesh.sim.Checkers;
import org.limesh.sim.Simulation;

/** Who reaches whom, in both layers. */
final class Connectivity {
    private final Scenario scenario;
    private final Checkers checkers;
    private final RouteWatch routes;

    Connectivity(Laboratory lab) {
        Simulation sim = lab.sim();
        this.scenario = lab.scenario();
        this.checkers = Checkers.watch(sim);
        this.routes = new RouteWatch(lab);
    }

    /** What is missing for everybody to know everybody; empty when the network is converged. */
    List<String> missing() {
        List<String> missing = new ArrayList<>(checkers.convergence().missing());
        missing.addAll(routes.missing());
        return missing;
    }

    /** How many of the clouds that have nodes are converged. */
    int convergedClouds() {
        List<String> missing = checkers.convergence().missing();
        return (int) scenario.nodes().stream().map(Scenario.NodeSpec::cloud).distinct()
                .filter(cloud -> missing.stream().noneMatch(text -> isAbout(cloud, text))).count();
    }

    /** How many working nodes have a way to every other one that can be reached in layer 3. */
    int routedNodes() {
        return routes.complete();
    }

    /** Null when the cloud, or the whole network, is converged; else what is missing. */
    String notConverged(String cloud) {
        List<String> missing = cloud == null ? missing() : checkers.convergence().missing().stream()
                .filter(text -> isAbout(cloud, text)).toList();
        return missing.isEmpty() ? null
                : missing.getFirst() + (missing.size() > 1 ? " and " + (missing.size() - 1) + " more" : "");
    }

    /** True when a sentence names a node of this cloud. */
    private boolean isAbout(String cloud, String sentence) {
        List<String> words = List.of(sentence.split("[\\s,;:()']+"));
        return scenario.nodes().stream().anyMatch(node -> node.cloud().equals(cloud) && words
                .contains(node.name()));
    }
}
