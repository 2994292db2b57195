package org.limesh.guard;

/** What is at the other end of a client port. */
public enum PortKind {
    /** Nothing heard yet, or not any more. */
    SILENT("nobody heard"),
    /** Hosts that ask and talk as clients do. */
    CLIENTS("clients"),
    /** Somebody speaks a mesh protocol. */
    MESH("a mesh neighbour"),
    /** The client side of another node of this cloud, or another client port of this very node. */
    NODE_LAN("the client side of another node"),
    /** A network that has its own DHCP server. */
    UPLINK("a network with its own DHCP server"),
    /** The client side of a node of another cloud. */
    FOREIGN_CLOUD("another cloud");

    private final String words;

    PortKind(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }
}
