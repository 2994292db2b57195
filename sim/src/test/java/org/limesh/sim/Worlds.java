package org.limesh.sim;

import java.util.List;
import org.limesh.base.MacAddress;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;

/** Small worlds for tests, planned by the real auto-configuration. */
final class Worlds {
    static final String CLOUD = "LibreMesh.org";
    static final String RADIO = "wlan0-mesh";

    private Worlds() {}

    static MacAddress nodeMac(int number) {
        return new MacAddress(0x02ca_fe00_0000L + number + 1);
    }

    static MacAddress clientMac(int number) {
        return new MacAddress(0x0211_2233_0000L + number + 1);
    }

    /** Layer 2 only: what most tests are about. */
    static LimeConfig layer2() {
        return LimeConfig.builtIn().with("network", "limesh_profile", List.of("layer2"));
    }

    /** Both layers, as the configuration says without a word. */
    static NodePlan routedPlan(String ssid, int number, List<String> meshDevices, List<String> lanDevices,
            String wanDevice) {
        return AutoConfig.plan(LimeConfig.builtIn().with("wifi", "ap_ssid", List.of(ssid)),
                new DeviceSet(nodeMac(number), meshDevices.stream().map(DeviceSet.MeshDevice::named).toList(),
                        lanDevices, wanDevice)).orThrow();
    }

    static NodePlan plan(String ssid, int number, List<String> meshDevices, List<String> lanDevices) {
        return AutoConfig.plan(layer2().with("wifi", "ap_ssid", List.of(ssid)),
                DeviceSet.of(nodeMac(number), meshDevices, lanDevices)).orThrow();
    }

    /** The same with an originator interval of its own. */
    static NodePlan plan(int number, int origIntervalMs, List<String> meshDevices) {
        return AutoConfig.plan(layer2().with("wifi", "ap_ssid", List.of(CLOUD))
                        .with("network", "batadv_orig_interval", List.of(Integer.toString(origIntervalMs))),
                DeviceSet.of(nodeMac(number), meshDevices, List.of())).orThrow();
    }

    static NodePlan plan(int number) {
        return plan(CLOUD, number, List.of(RADIO), List.of());
    }

    /** Nodes in a grid, 100 m apart, each hearing its four neighbours and losing nothing. */
    static Simulation grid(long seed, int width, int height) {
        Simulation sim = new Simulation(seed);
        sim.setRadio(RadioModel.Range.perfect(120));
        for (int i = 0; i < width * height; i++) {
            sim.addNode(new NodeSpec("n" + i, plan(i), 100.0 * (i % width), 100.0 * (i / width)));
        }
        return sim;
    }

    /** The same grid with an interval of 1 s and cables, each device shared with all its neighbours. */
    static Simulation cabledGrid(long seed, int width, int height) {
        Simulation sim = new Simulation(seed);
        for (int i = 0; i < width * height; i++) {
            sim.addNode(new NodeSpec("n" + i, plan(i, 1000, List.of("eth0")), 100.0 * (i % width), 100.0
                    * (i / width)));
        }
        for (int i = 0; i < width * height; i++) {
            SimDevice here = sim.nodeAt(i).device("eth0");
            if (i % width + 1 < width) {
                sim.cable(here, sim.nodeAt(i + 1).device("eth0"), LinkQuality.CABLE);
            }
            if (i + width < width * height) {
                sim.cable(here, sim.nodeAt(i + width).device("eth0"), LinkQuality.CABLE);
            }
        }
        return sim;
    }

    /** A client at a node, attached at once. */
    static SimClient client(Simulation sim, int number, SimNode at) {
        SimClient client = sim.addClient(new ClientSpec("c" + number, clientMac(number)));
        client.attach(at);
        return client;
    }
}
