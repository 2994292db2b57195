package org.limesh.lab;

import java.util.Map;
import java.util.Optional;
import org.limesh.lab.api.CaptureFilter;
import org.limesh.lab.api.EventLog;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.api.World;
import org.limesh.lab.api.WorldView;
import org.limesh.node.NodeSnapshot;
import org.limesh.sim.SimNode;

/** A laboratory as it is this very instant, for the thread that runs it. */
final class LabView implements WorldView {
    private final Laboratory lab;
    private final EventLog none = new EventLog(1);

    LabView(Laboratory lab) {
        this.lab = lab;
    }

    @Override
    public World world() {
        return new WorldBuilder(lab, "", Map.of()).build(World.Clock.REAL_TIME, -1, -1);
    }

    @Override
    public Optional<NodeSnapshot> node(String name) {
        SimNode node = lab.sim().node(name);
        return node == null ? Optional.empty() : Optional.ofNullable(node.snapshot());
    }

    @Override
    public EventLog events() {
        return none;
    }

    @Override
    public CaptureSubscription capture(CaptureFilter filter, CaptureListener listener) {
        return () -> { };
    }

    @Override
    public Optional<LabControl> control() {
        return Optional.empty();
    }
}
