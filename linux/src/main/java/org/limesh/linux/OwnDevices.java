package org.limesh.linux;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Counters;
import org.limesh.host.HostState.Link;
import org.limesh.linux.ffi.TapDevice;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.linux.reconcile.DeviceMaker;

/**
 * The interfaces whose other end is this program. Made by the keeper's thread; frames go through on the
 * loop's, which also closes what is no longer in the table of ports.
 */
final class OwnDevices implements DeviceMaker {
    private record Vlan(Link.Vlan link, VlanTap tap) {}

    private final Counters counters;
    private final Map<String, TapDevice> newMeshes = new LinkedHashMap<>();
    private final Map<String, Vlan> vlans = new LinkedHashMap<>();
    private final Map<String, TunnelEnd> ends = new LinkedHashMap<>();
    private final List<FramePort> ears = new ArrayList<>();
    private final Tunnels tunnels;

    OwnDevices(Counters counters) {
        this.counters = counters;
        this.tunnels = new Tunnels(counters);
    }

    @Override
    public void mesh(String name) {
        newMeshes.put(name, TapDevice.open(name, true));
    }

    boolean hasNewMesh(String name) {
        return newMeshes.containsKey(name);
    }

    /** Hands over a mesh interface that was just made, or null. */
    TapDevice takeMesh(String name) {
        return newMeshes.remove(name);
    }

    @Override
    public void vlan(Link.Vlan wanted) {
        vlans.put(wanted.name(), new Vlan(wanted, new VlanTap(TapDevice.open(wanted.name(), false),
                tunnels, counters)));
    }

    @Override
    public void tunnel(Link.Tunnel wanted) {
        if (ears.isEmpty()) {
            ears.add(tunnels.ear(Tunnels.NEXT_IPV4));
            ears.add(tunnels.ear(Tunnels.NEXT_IPV6));
        }
        ends.put(wanted.name(), tunnels.end(wanted, TapDevice.openTun(wanted.name(), true)));
        tunnels.serve(ends.values());
    }

    @Override
    public void change(Link.Tunnel wanted) {
        TunnelEnd end = ends.get(wanted.name());
        if (end != null && !end.tunnel().equals(wanted)) {
            end.change(wanted);
            tunnels.serve(ends.values());
        }
    }

    @Override
    public void remove(String name) {
        vlans.remove(name);
        if (ends.remove(name) != null) {
            tunnels.serve(ends.values());
        }
    }

    /** Routes, addresses or devices were changed. */
    void forgetWays() {
        tunnels.forgetWays();
    }

    /**
     * All descriptors that have to be served, those of VLANs on parents that are there included. VLANs come
     * before tunnels: what an end gave to the kernel in one round has gone through by the time it knows the
     * way.
     */
    List<FramePort> ports(Map<String, LinkInfo> links) {
        List<FramePort> ports = new ArrayList<>();
        for (Vlan vlan : vlans.values()) {
            ports.add(vlan.tap());
            LinkInfo parent = links.get(vlan.link().parent());
            VlanWire wire = vlan.tap().wire();
            if (parent == null) {
                vlan.tap().connect(null);
            } else if (wire == null || wire.isBroken() || wire.interfaceIndex() != parent.index()) {
                vlan.tap().connect(VlanWire.open(vlan.link(), parent.index(), vlan.tap(), tunnels, counters));
            }
            if (vlan.tap().wire() != null) {
                ports.add(vlan.tap().wire());
            }
        }
        ports.addAll(ears);
        ports.addAll(ends.values());
        return ports;
    }

    /** What was made and is in no table of ports yet. */
    List<FramePort> notIn(List<FramePort> served) {
        List<FramePort> left = new ArrayList<>(ears);
        left.addAll(ends.values());
        for (Vlan vlan : vlans.values()) {
            left.add(vlan.tap());
            if (vlan.tap().wire() != null) {
                left.add(vlan.tap().wire());
            }
        }
        left.removeAll(served);
        return left;
    }

    /** After the loop has closed the ports. */
    void close() {
        newMeshes.values().forEach(TapDevice::close);
        newMeshes.clear();
        tunnels.close();
    }
}
