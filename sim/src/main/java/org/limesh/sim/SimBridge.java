package org.limesh.sim;

import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.host.HostState;

/** Bridge. */
final class SimBridge {
    SimBridge(Simulation sim, SimNode node, SimHost host) {}

    void realize(HostState state) {}

    Map<String, Long> filterCounters() {
        return Map.of();
    }

    void fromMesh(Frame frame, Trace trace) {}

    void fromAnycast(Frame frame) {}

    void fromDevice(String device, Frame frame, Trace trace) {}
}
