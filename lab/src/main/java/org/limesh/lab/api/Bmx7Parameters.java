package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.limesh.bmx7.TunOut;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeSnapshot;
import org.limesh.node.Searches;
import tools.jackson.databind.node.ArrayNode;

/** What a genuine bmx7 would have been configured with to do what this node does. */
final class Bmx7Parameters {
    /** @param name with a leading slash for those that belong to the one before */
    private record Parameter(String name, String value) {}

    private final List<Parameter> all = new ArrayList<>();

    Bmx7Parameters(NodeSnapshot node) {
        NodePlan plan = node.plan();
        add("hostname", plan.hostname());
        for (NodePlan.Bmx7Device device : plan.bmx7().devices()) {
            add("dev", device.name());
            if (device.rateMaxBps() > 0) {
                add("/rateMax", Long.toString(device.rateMaxBps()));
            }
        }
        add("tunDev", "main");
        add("/tun4Address", plan.address4().toString());
        add("/tun6Address", plan.address6().toString());
        for (TunOut search : Searches.of(plan.bmx7().preferredGateway())) {
            addSearch(search);
        }
        addSearch(Searches.exit());
        if (node.gateway() != null && node.gateway().offered()) {
            add("tunIn", "inet4");
            add("/network", "0.0.0.0/0");
            add("/bandwidth", Long.toString(node.gateway().offeredBps()));
        }
    }

    private void addSearch(TunOut search) {
        add("tunOut", search.name());
        add("/network", search.network().toString());
        if (search.maxPrefixLen() != TunOut.of(search.name(), search.network()).maxPrefixLen()) {
            add("/maxPrefixLen", Integer.toString(search.maxPrefixLen()));
        }
        if (search.gwName() != null) {
            add("/gwName", search.gwName());
            add("/rating", Integer.toString(search.ratingPercent()));
        }
    }

    private void add(String name, String value) {
        all.add(new Parameter(name, value));
    }

    String text() {
        StringBuilder text = new StringBuilder("PARAMETERS:\n");
        for (Parameter parameter : all) {
            boolean inner = parameter.name().startsWith("/");
            text.append(String.format(Locale.ROOT, inner ? "    %-20s%-20s (0)%n" : " %-23s%-20s (0)%n",
                    parameter.name(), parameter.value()));
        }
        return text.toString();
    }

    ArrayNode json() {
        ArrayNode rows = Json.array();
        ArrayNode inner = null;
        for (Parameter parameter : all) {
            if (parameter.name().startsWith("/")) {
                inner.addObject().put("name", parameter.name().substring(1)).put("value", parameter.value());
            } else {
                inner = rows.addObject().put("name", parameter.name()).put("value", parameter.value())
                        .putArray("CHILD_INSTANCES");
            }
        }
        return rows;
    }
}
