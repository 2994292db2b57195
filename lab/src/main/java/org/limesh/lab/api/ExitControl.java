package org.limesh.lab.api;

/** A person's choice of the way to the Internet; on a laboratory as on a real node. Callable from any thread. */
public interface ExitControl {
    /**
     * Chooses an exit. What was chosen before is forgotten.
     *
     * @param node   whose choice it is; null for the only node, and with a client for the node that it is attached to
     * @param client name or address of a client that the choice is for; null for the whole node
     * @param exit   name of the exit; null to take the choice back
     */
    void pin(String node, String client, String exit) throws LabControl.Refused;
}
