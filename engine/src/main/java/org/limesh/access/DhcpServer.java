package org.limesh.access;

import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;

/** DHCPv4 server on the anycast identity. */
public final class DhcpServer implements Engine {
    /** Effects of the server. */
    public interface Outbox {
        /** Sends a whole Ethernet frame from the anycast device. */
        void transmit(Frame frame);

        void report(AccessEvent event);
    }

    public DhcpServer(DhcpConfig config, Counters counters, Outbox out) {}

    /** A whole Ethernet frame with UDP destination port 67 that the anycast device heard. */
    public void onFrame(Frame frame, long nowNs) {}

    @Override
    public void onTimer(long nowNs) {}

    @Override
    public long nextDeadlineNs() {
        return NEVER;
    }

    /** Leases that have not expired, by address. */
    public List<Lease> leases() {
        return List.of();
    }
}
