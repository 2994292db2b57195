package org.limesh.lab.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.base.MacAddress;
import org.limesh.lime.NodePlan;
import org.limesh.node.HostPlan;

/**
 * Names of MAC addresses: nodes and clients of the world, and {@code /etc/bat-hosts}, which other
 * batman-adv tools read too (lines of MAC and name, {@code #} starts a comment).
 */
final class Names {
    private final Map<MacAddress, String> byMac = new LinkedHashMap<>();
    private final Map<MacAddress, String> nodeByMac = new LinkedHashMap<>();

    private Names() {}

    static Names of(World world) {
        Names names = new Names();
        for (World.NodeView node : world.nodes()) {
            names.addNode(node);
        }
        for (World.ClientView client : world.clients()) {
            names.byMac.putIfAbsent(client.mac(), client.name());
        }
        if (world.kind() == World.Kind.NODE) {
            names.addBatHosts(Path.of("/etc/bat-hosts"));
        }
        return names;
    }

    private void addNode(World.NodeView node) {
        nodeByMac.put(node.mac(), node.name());
        byMac.put(node.mac(), node.name());
        NodePlan plan = node.plan();
        if (plan == null || plan.batadv() == null) {
            return;
        }
        boolean several = plan.batadv().hardifs().size() > 1;
        for (NodePlan.Hardif hardif : plan.batadv().hardifs()) {
            nodeByMac.put(hardif.mac(), node.name());
            byMac.put(hardif.mac(), several ? node.name() + "_" + hardif.name() : node.name());
        }
        byMac.put(HostPlan.meshMac(plan), node.name() + "_bat0");
    }

    private void addBatHosts(Path file) {
        if (!Files.isReadable(file)) {
            return;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.strip().split("\\s+");
                if (words.length >= 2 && !words[0].startsWith("#") && words[0].length() == 17) {
                    byMac.put(MacAddress.parse(words[0]), words[1]);
                }
            }
        } catch (IOException | IllegalArgumentException unreadable) {
            // Names are a convenience: without the file the addresses are shown.
            return;
        }
    }

    /** The name, or the address itself. */
    String of(MacAddress mac) {
        return byMac.getOrDefault(mac, mac.toString());
    }

    /** Name of the node that owns this hard interface or primary address, or null. */
    String node(MacAddress mac) {
        return nodeByMac.get(mac);
    }
}
