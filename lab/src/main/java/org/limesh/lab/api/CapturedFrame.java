package org.limesh.lab.api;

/**
 * A frame that passed an interface of a node.
 *
 * @param node      name of the node
 * @param iface     hard interface, {@code bat0}, or port of the bridge
 * @param direction as the node sees it
 * @param timeNs    same clock as {@link World#timeNs}
 * @param octets    whole Ethernet frame; never written again
 * @param comment   why the frame went no further ("lost by radio model"), or empty
 */
public record CapturedFrame(
        String node, String iface, Direction direction, long timeNs, byte[] octets, String comment) {
    /** Which way a frame went. */
    public enum Direction {
        IN,
        OUT
    }
}
