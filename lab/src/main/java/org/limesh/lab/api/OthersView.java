package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.bmx7.Bmx7Snapshot;
import org.limesh.gateway.Exit;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeSnapshot;

/**
 * The other nodes as one real node knows them: of its cloud from batman-adv, by MAC; its neighbours of every cloud
 * from BMX7, by host name. A node has the same MAC on both VLANs of a device, so that who is heard in both layers
 * is one node, with its name.
 */
final class OthersView {
    /** Letter of the clouds of others: their SSID is not told in layer 3. */
    private static final String ELSEWHERE = "?";

    private final String own;
    private final NodeSnapshot snapshot;
    private final NodePlan plan;
    private final Map<MacAddress, String> hostNames = new LinkedHashMap<>();
    private final List<World.NodeView> nodes = new ArrayList<>();
    private final List<World.LinkView> links = new ArrayList<>();

    OthersView(String own, NodeSnapshot snapshot, String cloud) {
        this.own = own;
        this.snapshot = snapshot;
        this.plan = snapshot.plan();
        for (Bmx7Snapshot.LinkRow row : bmx7Links()) {
            MacAddress mac = LinkLocal.mac(row.address());
            if (mac != null && !row.hostname().isEmpty() && !hostNames.containsValue(row.hostname())) {
                hostNames.put(mac, row.hostname());
            }
        }
        Set<MacAddress> here = new LinkedHashSet<>();
        if (snapshot.batadv() != null) {
            addLayer2(snapshot.batadv(), here, cloud);
        }
        addLayer3(here);
    }

    List<World.NodeView> nodes() {
        return nodes;
    }

    List<World.LinkView> links() {
        return links;
    }

    private List<Bmx7Snapshot.LinkRow> bmx7Links() {
        return snapshot.bmx7() == null ? List.of() : snapshot.bmx7().links();
    }

    private String nameOf(MacAddress mac) {
        return hostNames.getOrDefault(mac, mac.toString());
    }

    private void addLayer2(BatadvSnapshot batadv, Set<MacAddress> here, String cloud) {
        for (BatadvSnapshot.Neighbour neighbour : batadv.neighbours()) {
            here.add(neighbour.mac());
            boolean wifi = plan.batadv() != null && plan.batadv().hardifs().stream()
                    .anyMatch(hardif -> hardif.name().equals(neighbour.hardif()) && hardif.wifi());
            links.add(link(nameOf(neighbour.mac()), neighbour.hardif(), wifi, tq(batadv, neighbour)));
        }
        batadv.originators().forEach(originator -> here.add(originator.mac()));
        here.forEach(mac -> nodes.add(new World.NodeView(nameOf(mac), mac, null, cloud, true, Double.NaN, Double.NaN,
                false)));
    }

    private World.LinkView link(String other, String hardif, boolean wifi, int tq) {
        return new World.LinkView(own + "-" + other + ":" + hardif, new World.End(own, hardif),
                new World.End(other, ""), wifi ? World.LinkView.Kind.RADIO : World.LinkView.Kind.CABLE, tq, -1,
                Double.NaN, Double.NaN, true);
    }

    private static int tq(BatadvSnapshot batadv, BatadvSnapshot.Neighbour neighbour) {
        for (BatadvSnapshot.Originator offer : batadv.originators()) {
            if (offer.mac().equals(neighbour.mac()) && offer.nextHop().equals(neighbour.mac())
                    && offer.hardif().equals(neighbour.hardif())) {
                return offer.tq();
            }
        }
        return -1;
    }

    /** Neighbours of layer 3 that are not of this cloud. */
    private void addLayer3(Set<MacAddress> here) {
        Set<String> known = new LinkedHashSet<>();
        nodes.forEach(node -> known.add(node.name()));
        known.add(own);
        for (Bmx7Snapshot.LinkRow row : bmx7Links()) {
            MacAddress mac = LinkLocal.mac(row.address());
            if (mac == null || here.contains(mac) || !known.add(nameOf(mac))) {
                continue;
            }
            nodes.add(new World.NodeView(nameOf(mac), mac, null, ELSEWHERE, true, Double.NaN, Double.NaN, false));
            boolean wifi = plan.bmx7().devices().stream()
                    .anyMatch(device -> device.name().equals(row.device()) && device.wifi());
            links.add(link(nameOf(mac), row.device(), wifi, -1));
        }
    }

    /** @param count nodes of the world, this one first */
    World.Layer3 layer3(int count) {
        GatewaySnapshot gateway = snapshot.gateway();
        int speaking = snapshot.bmx7() == null ? 0 : snapshot.bmx7().status().nodes();
        if (gateway == null) {
            return new World.Layer3(List.of(), List.of(), List.of(), speaking, -1);
        }
        List<World.ExitView> exits = new ArrayList<>();
        GatewaySnapshot.Uplink uplink = gateway.uplink();
        if (uplink != null) {
            exits.add(new World.ExitView(own, uplink.carrier(),
                    uplink.address() == null ? "" : uplink.address().address().toString(), uplink.internet(),
                    gateway.offered(), gateway.offeredBps(), 0, uplink.reason() == null ? "" : uplink.reason()));
        }
        String used = "";
        for (Exit exit : gateway.exits()) {
            used = exit.used() ? exit.own() ? own : exit.gateway() : used;
            if (!exit.own()) {
                exits.add(new World.ExitView(exit.gateway(), true, "", true, true, exit.bandwidthBps(), 0,
                        exit.reason()));
            }
        }
        List<String> exitOf = new ArrayList<>(List.of(used));
        while (exitOf.size() < count) {
            exitOf.add("");
        }
        return new World.Layer3(exits, exitOf, pins(gateway), speaking, -1);
    }

    private List<World.PinView> pins(GatewaySnapshot gateway) {
        List<World.PinView> pins = new ArrayList<>();
        if (gateway.preferred() != null) {
            pins.add(new World.PinView(own, "", gateway.preferred(), gateway.exits().stream()
                    .anyMatch(exit -> exit.used() && exit.gateway().equals(gateway.preferred()))));
        }
        gateway.clientPins().forEach(pin -> pins.add(new World.PinView(own, pin.client().toString(), pin.gateway(),
                pin.effective())));
        return pins;
    }
}
