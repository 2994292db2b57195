package org.limesh.lab.api;

import java.util.Optional;
import org.limesh.node.NodeSnapshot;

/**
 * What can be seen of a laboratory or of a node. Every method may be called from any thread, at any time
 * and concurrently; nothing that is handed out changes afterwards.
 */
public interface WorldView {
    /**
     * The picture as it was last published. Cheap: called up to 20 times a second per viewer, so an
     * implementation publishes a new record when something changed and returns that one here.
     */
    World world();

    /**
     * All tables of one node now. May wait for the thread that runs the node, a second at most.
     *
     * @return empty when there is no node of this name, or when it is down and has no state
     */
    Optional<NodeSnapshot> node(String name);

    /** What happened, newest last. */
    EventLog events();

    /**
     * Hands every matching frame to the listener until the subscription is closed.
     *
     * @param listener called on the thread that runs the mesh: it must return at once and never throw
     */
    CaptureSubscription capture(CaptureFilter filter, CaptureListener listener);

    /** Hands that break things; empty on a real node. */
    Optional<LabControl> control();

    /** A person's choice of an exit; empty where nothing can be chosen. */
    default Optional<ExitControl> exitControl() {
        return Optional.empty();
    }

    /** A running capture. Closing it twice does nothing. */
    interface CaptureSubscription extends AutoCloseable {
        @Override
        void close();
    }

    /** Takes captured frames. */
    interface CaptureListener {
        void onFrame(CapturedFrame frame);
    }
}
