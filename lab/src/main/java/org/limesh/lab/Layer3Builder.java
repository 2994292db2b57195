package org.limesh.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.lab.api.RouteChoice;
import org.limesh.lab.api.World;
import org.limesh.node.NodeSnapshot;
import org.limesh.sim.SimClient;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimUplink;

/** Makes the part of the picture that is above the clouds. */
final class Layer3Builder {
    private final Laboratory lab;
    private final Map<SimNode, NodeSnapshot> tables;

    /** @param tables of the nodes that work */
    Layer3Builder(Laboratory lab, Map<SimNode, NodeSnapshot> tables) {
        this.lab = lab;
        this.tables = tables;
    }

    World.Layer3 build(int routed) {
        List<World.ExitView> exits = new ArrayList<>();
        List<String> exitOf = new ArrayList<>();
        List<World.PinView> pins = new ArrayList<>();
        int speaking = 0;
        for (SimNode node : lab.sim().nodes()) {
            NodeSnapshot snapshot = tables.get(node);
            GatewaySnapshot gateway = snapshot == null ? null : snapshot.gateway();
            speaking += snapshot != null && snapshot.bmx7() != null ? 1 : 0;
            SimUplink line = lab.uplinks().line(node);
            if (line != null) {
                exits.add(exit(node, line, gateway));
            }
            String host = RouteChoice.exitName(snapshot, null);
            exitOf.add(host == null ? "" : lab.nodeOfHost(host));
            if (gateway != null) {
                addPins(pins, node, gateway);
            }
        }
        return new World.Layer3(exits, exitOf, pins, speaking, routed);
    }

    private static World.ExitView exit(SimNode node, SimUplink line, GatewaySnapshot gateway) {
        GatewaySnapshot.Uplink uplink = gateway == null ? null : gateway.uplink();
        String address = uplink == null || uplink.address() == null ? "" : uplink.address().address().toString();
        return new World.ExitView(node.name(), line.isPlugged(), address, uplink != null && uplink.internet(),
                gateway != null && gateway.offered(), gateway == null ? 0 : gateway.offeredBps(), line.spec().downBps(),
                uplink == null || uplink.reason() == null ? "" : uplink.reason());
    }

    private void addPins(List<World.PinView> pins, SimNode node, GatewaySnapshot gateway) {
        if (gateway.preferred() != null) {
            boolean effective = gateway.exits().stream()
                    .anyMatch(exit -> exit.used() && exit.gateway().equals(gateway.preferred()));
            pins.add(new World.PinView(node.name(), "", lab.nodeOfHost(gateway.preferred()), effective));
        }
        for (GatewaySnapshot.ClientPin pin : gateway.clientPins()) {
            String client = lab.sim().clients().stream().filter(one -> pin.client().equals(one.address4()))
                    .map(SimClient::name).findFirst().orElse(pin.client().toString());
            pins.add(new World.PinView(node.name(), client, lab.nodeOfHost(pin.gateway()), pin.effective()));
        }
    }
}
