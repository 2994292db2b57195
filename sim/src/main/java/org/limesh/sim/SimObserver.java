package org.limesh.sim;

import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;
import org.limesh.node.NodeEvent;

/**
 * Watches a simulation from outside: checkers, captures, the event list of a page. An observer must not
 * change a frame; it may schedule actions and command clients.
 */
public interface SimObserver {
    /** Kinds of answers that only the gateway identity of a node gives. */
    enum Answer { ARP, NEIGHBOUR, PING, DHCP, ROUTER }

    /** A node reported something. */
    default void nodeReported(SimNode node, NodeEvent event, long nowNs) {}

    /** Answers once, when it is added: whether frames on links are shown to it (they are many). */
    default boolean wantsFrames() {
        return false;
    }

    /** A client's unicast frame reached one more node on its way through the mesh. */
    default void forwarded(SimNode node, Trace trace, long nowNs) {}

    /** A frame of one cloud reached a node of another. */
    default void leaked(SimDevice from, SimDevice to, long nowNs) {}

    /** A node routed a packet from one of its interfaces to another; the diary says all who did so before. */
    default void routed(SimNode node, String in, String out, Journey journey, long nowNs) {}

    /** A packet left a node through its line with a source that is not the provider's address. */
    default void untranslated(SimUplink line, Ip4Address source, long nowNs) {}

    /** A frame left a device (it may still be lost). {@code tag} is null when untagged. */
    default void frameSent(SimDevice device, VlanTag tag, Frame frame, long nowNs) {}

    /**
     * A frame reached a device and a node or bridge that listens there; {@code from} is null for a
     * provider's.
     */
    default void frameReceived(SimDevice from, SimDevice to, VlanTag tag, Frame frame, long nowNs) {}

    /** A client frame crosses between a node's bridge and its mesh: {@code toCloud} or out of it. */
    default void meshCrossed(SimNode node, boolean toCloud, Frame frame, long nowNs) {}

    /** A client sent a frame towards the node it is attached to. */
    default void clientSent(SimClient client, Frame frame, long nowNs) {}

    /** A frame reached a client's interface, whoever it is addressed to. {@code trace} may be null. */
    default void clientReceived(SimClient client, Frame frame, Trace trace, long nowNs) {}

    /** The anycast identity of a node answered a client, or another identity did for the anycast address. */
    default void gatewayAnswered(SimNode node, Answer kind, long clientMac, long answeringMac, long nowNs) {}

    /** A node acknowledged an address to a client for so long; the ACK leaves it now. */
    default void acknowledged(SimNode node, MacAddress client, Ip4Address address, long leaseNs, long nowNs) {}

    /**
     * A client is attached to a node now.
     *
     * @param before where it was attached last, or null
     * @param leftNs when it left there
     */
    default void attached(SimClient client, SimNode before, long leftNs, long nowNs) {}

    /** Somebody opens a stream. */
    default void streamOpened(SimStream stream, long nowNs) {}

    /** A client begins to do what it may not do. */
    default void attacked(SimClient attacker, long nowNs) {}

    /** A node was switched on or off. */
    default void powered(SimNode node, boolean up, long nowNs) {}

    /** A link, node, position or client attachment changed; for people. */
    default void changed(String what, long nowNs) {}
}
