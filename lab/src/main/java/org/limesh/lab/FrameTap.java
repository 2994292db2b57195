package org.limesh.lab;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.limesh.base.Frame;
import org.limesh.base.VlanTag;
import org.limesh.lab.api.CaptureFilter;
import org.limesh.lab.api.CapturedFrame;
import org.limesh.lab.api.WorldView;
import org.limesh.lime.NodePlan;
import org.limesh.node.HostPlan;
import org.limesh.sim.SimDevice;
import org.limesh.sim.SimNode;
import org.limesh.sim.SimObserver;

/** Shows frames of a simulation to captures. Costs nothing as long as nobody captures. */
final class FrameTap implements SimObserver {
    /** More captures at once are refused: each costs a copy of every frame. */
    static final int CAPTURES_LIMIT = 16;

    private final List<Capture> captures = new CopyOnWriteArrayList<>();

    private record Capture(CaptureFilter filter, WorldView.CaptureListener listener) {}

    /** Callable from any thread. */
    WorldView.CaptureSubscription add(CaptureFilter filter, WorldView.CaptureListener listener) {
        if (captures.size() >= CAPTURES_LIMIT) {
            throw new IllegalStateException("more than " + CAPTURES_LIMIT + " captures at once");
        }
        Capture capture = new Capture(filter, listener);
        captures.add(capture);
        return () -> captures.remove(capture);
    }

    @Override
    public boolean wantsFrames() {
        return true;
    }

    @Override
    public void frameSent(SimDevice device, VlanTag tag, Frame frame, long nowNs) {
        if (!captures.isEmpty()) {
            show(device.node(), hardif(device, tag), CapturedFrame.Direction.OUT, frame, nowNs);
        }
    }

    @Override
    public void frameReceived(SimDevice from, SimDevice to, VlanTag tag, Frame frame, long nowNs) {
        if (!captures.isEmpty()) {
            show(to.node(), hardif(to, tag), CapturedFrame.Direction.IN, frame, nowNs);
        }
    }

    @Override
    public void meshCrossed(SimNode node, boolean toCloud, Frame frame, long nowNs) {
        if (!captures.isEmpty()) {
            show(node, HostPlan.MESH_INTERFACE, toCloud ? CapturedFrame.Direction.OUT
                    : CapturedFrame.Direction.IN,
                    frame, nowNs);
        }
    }

    private static String hardif(SimDevice device, VlanTag tag) {
        NodePlan.Batadv batadv = device.node().plan().batadv();
        for (NodePlan.Hardif hardif : batadv == null ? List.<NodePlan.Hardif>of() : batadv.hardifs()) {
            if (hardif.device().equals(device.name()) && java.util.Objects.equals(hardif.tag(), tag)) {
                return hardif.name();
            }
        }
        NodePlan.Bmx7 bmx7 = device.node().plan().bmx7();
        for (NodePlan.Bmx7Device speaker : bmx7 == null ? List.<NodePlan.Bmx7Device>of() : bmx7.devices()) {
            if (speaker.parent().equals(device.name()) && java.util.Objects.equals(speaker.tag(), tag)) {
                return speaker.name();
            }
        }
        return device.name();
    }

    private void show(SimNode node, String iface, CapturedFrame.Direction direction, Frame frame,
            long nowNs) {
        byte[] octets = null;
        for (Capture capture : captures) {
            if (capture.filter().accepts(node.name(), iface)) {
                octets = octets == null ? frame.toBytes() : octets;
                capture.listener().onFrame(new CapturedFrame(node.name(), iface, direction, nowNs, octets,
                        ""));
            }
        }
    }
}
