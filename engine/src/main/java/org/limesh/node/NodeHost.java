package org.limesh.node;

import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.gateway.Probe;
import org.limesh.host.HostState;
import org.limesh.sharedstate.StateExchange;

/** What a host supplies to its node. Called from within the node's own calls, on the same thread. */
public interface NodeHost {
    /**
     * Sends a frame out of a port of the node. The frame is the host's from now on.
     *
     * @param port number of the port in {@link Node#ports()}
     */
    void transmit(int port, Frame frame);

    /**
     * Sends a datagram out of a {@link Port.Datagram}. It may be as long as UDP allows; it is lost silently
     * when the network loses it.
     */
    default void send(int port, Ip6Address destination, byte[] payload) {}

    /** Sends a message to a local session of A.L.F.R.E.D.; sessions are numbered by the host. */
    default void replyLocal(int session, byte[] message) {}

    /** Ends a local session after what was sent to it. */
    default void closeLocal(int session) {}

    /**
     * Appends a record to the lease store. When it will survive a crash the host says so by
     * {@link Node#onStored}. Called only after {@link Node#restore}.
     */
    default void store(byte[] record) {}

    /** Asks the Internet; the answer comes as {@link Node#onProbe}, from another call. */
    default void probe(Probe probe) {}

    /**
     * Exchanges maps of {@code shared-state} over HTTP; each answer comes as {@link Node#onStateAnswer}, from
     * another call, and what could not be asked as one, too. A host that cannot do that never hears of peers.
     */
    default void exchangeState(StateExchange exchange) {}

    /** Asks what the filter rules have done; the answer is {@link Node#onFilters}, from another call. */
    default void readFilters() {}

    /** The host shall look like this from now on. */
    void apply(HostState desired);

    /** Something worth telling happened. */
    void report(NodeEvent event);
}
