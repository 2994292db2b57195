package org.limesh.lime;

import java.util.List;
import org.limesh.base.MacAddress;

/**
 * The devices a node has.
 *
 * @param primaryMac  MAC of the primary interface: the node's identity
 * @param meshDevices devices that carry the mesh, on VLANs; the first is the primary hard interface
 * @param lanDevices  devices bridged into br-lan for clients
 * @param wanDevice   the uplink; null without
 */
public record DeviceSet(
        MacAddress primaryMac, List<MeshDevice> meshDevices, List<String> lanDevices, String wanDevice) {
    public DeviceSet {
        meshDevices = List.copyOf(meshDevices);
        lanDevices = List.copyOf(lanDevices);
    }

    /**
     * A device that carries the mesh.
     *
     * @param name e.g. {@code eth0}, {@code wlan0-mesh}
     * @param wifi true for a radio
     */
    public record MeshDevice(String name, boolean wifi) {
        /** A device whose name says what it is: {@code wl...} is a radio, everything else a cable. */
        public static MeshDevice named(String name) {
            return new MeshDevice(name, name.startsWith("wl"));
        }
    }

    /** Devices by name, no uplink. */
    public static DeviceSet of(MacAddress primaryMac, List<String> meshDevices, List<String> lanDevices) {
        return new DeviceSet(primaryMac, meshDevices.stream().map(MeshDevice::named).toList(), lanDevices,
                null);
    }
}
