package org.limesh.linux;

import org.limesh.node.NodeEvent;

/** Hears what happens in a node and on its host. Called from both threads of the host. */
public interface HostListener {
    /** Something happened in an engine. */
    void onEvent(NodeEvent event, long nowNs);

    /** The host changed or repaired something, after the start; one sentence. */
    void onRepair(String sentence);

    /** Something is left undone or went wrong; a sentence that a person can act upon. */
    void onWarning(String sentence);

    /** The node cannot go on; whoever started it shall stop it. */
    void onEnd(String sentence);
}
