package org.limesh.sim;

/**
 * Port of a bridge: the mesh, a cable, or one client. Exactly one of {@code device} and {@code client} is
 * set, or none for the mesh.
 *
 * @param name as filter rules know it
 */
record BridgePort(String name, SimDevice device, SimClient client) {
    boolean isMesh() {
        return device == null && client == null;
    }
}
