package org.limesh.sim;

import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.guard.SelfTest;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Arp;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;

/**
 * I7: no frame with an anycast MAC, no ARP or ND naming the anycast address and no router solicitation or
 * advertisement crosses between a bridge and its mesh, in either direction.
 */
final class AnycastChecker implements SimObserver {
    private final Simulation sim;

    AnycastChecker(Simulation sim) {
        this.sim = sim;
        sim.addObserver(this);
    }

    @Override
    public void meshCrossed(SimNode node, boolean toCloud, Frame frame, long nowNs) {
        long self = SelfTest.MAC.bits();
        if (Ethernet.source(frame) == self || Ethernet.destination(frame) == self) {
            // The node's own self-test looks as if it came from the mesh, and judges what becomes of it itself.
            return;
        }
        NodePlan.Anycast anycast = node.plan().anycast();
        String fault = anycast == null ? null : fault(anycast, frame);
        if (fault != null) {
            sim.violate("I7", fault + (toCloud ? " goes into" : " comes out of") + " the mesh at "
                    + node.name()
                    + ", from " + new MacAddress(Ethernet.source(frame)));
        }
    }

    private static String fault(NodePlan.Anycast anycast, Frame frame) {
        long mac = anycast.mac().bits();
        int address = anycast.address4().address().bits();
        if (Ethernet.source(frame) == mac || Ethernet.destination(frame) == mac) {
            return "a frame with the anycast MAC";
        }
        if (Arp.is(frame) && (Arp.senderIp(frame) == address || Arp.targetIp(frame) == address)) {
            return "ARP about the anycast address";
        }
        if (Icmpv6.isAbout(frame, anycast.address6().address())) {
            return "neighbour discovery about the anycast address";
        }
        int type = Icmpv6.type(frame);
        return type == Icmpv6.ROUTER_SOLICITATION || type == Icmpv6.ROUTER_ADVERTISEMENT ? "router discovery"
                : null;
    }
}
