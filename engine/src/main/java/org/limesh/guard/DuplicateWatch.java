package org.limesh.guard;

import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.packet.Arp;

/**
 * Notices when somebody else has the node's own address. Node addresses follow from MACs, three octets of which
 * are too few for two nodes never to meet.
 */
final class DuplicateWatch {
    /** Without a further sign for so long it is over. */
    private static final long SHOWN_NS = 600_000_000_000L;

    private final GuardConfig config;
    private final Warnings warnings;
    private boolean seen;
    private long seenNs;

    DuplicateWatch(GuardConfig config, Warnings warnings) {
        this.config = config;
        this.warnings = warnings;
    }

    void onFrame(Frame frame, long nowNs) {
        if (Arp.is(frame) && Arp.senderIp(frame) == config.address4().bits()
                && Arp.senderMac(frame) != config.node().bits()) {
            onSign(new MacAddress(Arp.senderMac(frame)), "says so by ARP", nowNs);
        }
    }

    /** @param how a few words: what shows it */
    void onSign(MacAddress other, String how, long nowNs) {
        seen = true;
        seenNs = nowNs;
        warnings.set("duplicate address", "this node's address " + config.address4() + " is used by " + other
                + " as well (" + how + "): give one of the two another main_ipv4_address in its lime-node, or another "
                + "primary_interface. Until then neither can be relied upon.");
    }

    void onTimer(long nowNs) {
        if (seen && nowNs - seenNs >= SHOWN_NS) {
            seen = false;
            warnings.set("duplicate address", null);
        }
    }
}
