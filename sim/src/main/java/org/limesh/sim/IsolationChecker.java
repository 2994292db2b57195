package org.limesh.sim;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.guard.GuardEvent;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeEvent;
import org.limesh.packet.Arp;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Ipv6;
import org.limesh.packet.Udp;

/**
 * I14 and I18. What a client may not send reaches no other client and no mesh (attackers T9, T10, T13); and a
 * node's self-test says that its gateway is kept apart exactly when its host is as the node wants it.
 *
 * <p>What is forbidden is written down here once more, in another form than the rules: a rule that somebody
 * forgets is missed here.
 */
final class IsolationChecker implements SimObserver {
    /** Forged frames that are remembered; they cross a cloud within milliseconds. */
    private static final int REMEMBERED = 512;
    private static final int ALFRED = 0x4242;
    private static final int DHCP6_SERVER = 547;
    private static final int DHCP6_CLIENT = 546;
    private static final int CHECK_S = 10;
    /** A self-test each minute, and one that was under way when the host broke. */
    private static final long SEEN_WITHIN_NS = 75 * SimTime.SECOND;

    private final Simulation sim;
    private final Set<Long> forged = new LinkedHashSet<>();
    /** By number of the node. */
    private final Map<Integer, Long> brokenSinceNs = new LinkedHashMap<>();

    IsolationChecker(Simulation sim) {
        this.sim = sim;
        sim.addObserver(this);
        sim.every(CHECK_S * SimTime.SECOND, CHECK_S * SimTime.SECOND, this::look);
    }

    @Override
    public void clientSent(SimClient client, Frame frame, long nowNs) {
        NodePlan.Anycast anycast = client.access() == null ? null : client.access().plan().anycast();
        if (anycast != null && isForbidden(anycast, frame)) {
            forged.add(Simulation.contentHash(frame));
            if (forged.size() > REMEMBERED) {
                forged.remove(forged.iterator().next());
            }
        }
    }

    static boolean isForbidden(NodePlan.Anycast anycast, Frame frame) {
        long mac = anycast.mac().bits();
        int type = Ethernet.type(frame);
        boolean layer2 = Ethernet.source(frame) == mac || type == Ethernet.TYPE_BATADV
                || type == Ethernet.TYPE_8021Q || type == Ethernet.TYPE_8021AD
                || Arp.senderIp(frame) == anycast.address4().address().bits();
        return layer2 || isForbidden4(anycast, frame) || isForbidden6(anycast, frame);
    }

    private static boolean isForbidden4(NodePlan.Anycast anycast, Frame frame) {
        return Ipv4.is(frame) && (Ipv4.source(frame) == anycast.address4().address().bits()
                || Udp.sourcePort(frame) == Udp.PORT_DHCP_SERVER && Udp.destinationPort(frame) == Udp.PORT_DHCP_CLIENT);
    }

    private static boolean isForbidden6(NodePlan.Anycast anycast, Frame frame) {
        if (!Ipv6.is(frame)) {
            return false;
        }
        Ip6Address router = Ip6Address.linkLocalOf(anycast.mac());
        Ip6Address gateway = anycast.address6().address();
        Ip6Address source = Ipv6.source(frame);
        int type = Icmpv6.type(frame);
        boolean advertises = type == Icmpv6.NEIGHBOUR_ADVERTISEMENT
                && (gateway.equals(Icmpv6.target(frame)) || router.equals(Icmpv6.target(frame)));
        return source.equals(router) || source.equals(gateway) || advertises
                || type == Icmpv6.ROUTER_ADVERTISEMENT || type == Icmpv6.REDIRECT
                || Udp.destinationPort(frame) == ALFRED
                || Udp.sourcePort(frame) == DHCP6_SERVER && Udp.destinationPort(frame) == DHCP6_CLIENT;
    }

    @Override
    public void clientReceived(SimClient client, Frame frame, Trace trace, long nowNs) {
        if (!forged.isEmpty() && forged.contains(Simulation.contentHash(frame))) {
            sim.violate("I14", "client " + client.name() + " got a frame that a client forged, from "
                    + new MacAddress(Ethernet.source(frame)));
        }
    }

    @Override
    public void meshCrossed(SimNode node, boolean toCloud, Frame frame, long nowNs) {
        if (!forged.isEmpty() && forged.contains(Simulation.contentHash(frame))) {
            sim.violate("I14", "a frame that a client forged crosses " + (toCloud ? "into" : "out of") + " the mesh at "
                    + node.name() + ", from " + new MacAddress(Ethernet.source(frame)));
        }
    }

    @Override
    public void nodeReported(SimNode node, NodeEvent event, long nowNs) {
        if (event instanceof NodeEvent.Guard(GuardEvent.IsolationBroken(var faults)) && node.hostFault() == null) {
            sim.violate("I18", "the self-test of " + node.name()
                    + " sees its gateway not kept apart where it is: " + faults);
        }
    }

    private boolean look() {
        for (SimNode node : sim.nodes()) {
            boolean broken = node.isUp() && node.plan().anycast() != null && node.plan().batadv() != null
                    && node.hostFault() != null;
            if (!broken) {
                brokenSinceNs.remove(node.index());
                continue;
            }
            long sinceNs = brokenSinceNs.computeIfAbsent(node.index(), unused -> sim.nowNs());
            if (sim.nowNs() - Math.max(sinceNs, node.bootedNs()) > SEEN_WITHIN_NS
                    && node.snapshot().guard().isolation().faults().isEmpty()) {
                sim.violate("I18", "the host of " + node.name()
                        + " is not as its node wants it, and no self-test sees it");
                brokenSinceNs.remove(node.index());
            }
        }
        return true;
    }
}
