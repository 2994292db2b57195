package org.limesh.linux;

import org.limesh.node.NodeEvent;

/** Hears what happens in a node and on its host. Called from both threads of the host. */
public interface HostListener {
    /** Something happened in an engine. */
    void onEvent(NodeEvent event, long nowNs);

    /** The node wanted something of its machine to be different, after the start; one sentence. */
    void onChange(String sentence);

    /** Something was not as the node had left it and was put right; one sentence. */
    void onRepair(String sentence);

    /** Something is left undone or went wrong; a sentence that a person can act upon. */
    void onWarning(String sentence);

    /** The node cannot go on; whoever started it shall stop it. */
    void onEnd(String sentence);
}
