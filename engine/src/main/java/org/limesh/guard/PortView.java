package org.limesh.guard;

/**
 * A client port as it is seen now.
 *
 * @param name        of the interface
 * @param kind        what is at its other end
 * @param consequence what is done about it
 * @param detail      who was heard, a few words; may be empty
 */
public record PortView(String name, PortKind kind, Consequence consequence, String detail) {
    /** What a node does about a port. */
    public enum Consequence {
        /** Bridged, and this node is the gateway. */
        SERVED("served"),
        /** Bridged, but another node is the gateway. */
        UNSERVED("bridged; another node is the gateway there"),
        /** Nothing passes. */
        BLOCKED("cut off");

        private final String words;

        Consequence(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }
}
