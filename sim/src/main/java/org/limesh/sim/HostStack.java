package org.limesh.sim;

import org.limesh.base.Counters;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;
import org.limesh.node.Port;
import org.limesh.packet.Arp;
import org.limesh.packet.DhcpV6Message;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv4;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Ip6Fragments;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Ipv6;
import org.limesh.packet.Udp;
import org.limesh.sim.SimObserver.Answer;

/**
 * IP of a host: its interfaces answer and forward as Linux does.
 *
 * <pre>
 *   interface ─→ answer of a masqueraded session? ─→ ours? ── tunnel ──→ decapsulated, from the top
 *                                                      │ └─ echo, ARP, ND, UDP sockets of the node
 *                                                      └ no ─→ {@link Router}
 * </pre>
 *
 * <p>ARP follows {@code arp_ignore}: without it an interface also answers for the addresses of the others,
 * with its own MAC. Left out: redirects, reverse path filters, fragments of IPv4.
 */
final class HostStack {
    private static final String IP_FORWARD = "net/ipv4/ip_forward";
    private static final String IP6_FORWARD = "net/ipv6/conf/all/forwarding";

    private final Simulation sim;
    private final SimNode node;
    private final SimHost host;
    private final HostInterfaces interfaces;
    private final Forwarding forwarding;
    private final Masquerades masquerades = new Masquerades();
    private final Counters counters = new Counters();
    private final Ip6Fragments fragments = new Ip6Fragments();
    private final Router router;
    private boolean forwards4;
    private boolean forwards6;
    private int packetsCut;

    HostStack(Simulation sim, SimNode node, SimHost host, SimBridge bridge) {
        this.sim = sim;
        this.node = node;
        this.host = host;
        this.interfaces = new HostInterfaces(sim, node, (from, frame, trace) -> bridge.fromStack(frame,
                trace));
        this.forwarding = new Forwarding(interfaces.byName());
        this.router = new Router(sim, node, interfaces, forwarding, masquerades, counters);
    }

    void realize(HostState state) {
        forwards4 = isOn(state, IP_FORWARD);
        forwards6 = isOn(state, IP6_FORWARD);
        boolean changed = interfaces.realize(state);
        forwarding.load(state, changed);
        masquerades.load(state.masquerades());
        router.reserve(state.reservations());
    }

    private static boolean isOn(HostState state, String path) {
        for (HostState.Sysctl sysctl : state.sysctls()) {
            if (sysctl.path().equals(path)) {
                return sysctl.value().equals("1");
            }
        }
        return false;
    }

    HostInterfaces interfaces() {
        return interfaces;
    }

    Forwarding forwarding() {
        return forwarding;
    }

    Masquerades masquerades() {
        return masquerades;
    }

    Router router() {
        return router;
    }

    Counters counters() {
        return counters;
    }

    /** True for the MAC of the bridge itself: such a frame goes no further. */
    boolean isBridgeMac(long mac) {
        for (HostInterface each : interfaces.bridged()) {
            if (each.kind == HostInterface.Kind.BRIDGE && each.mac == mac) {
                return true;
            }
        }
        return false;
    }

    /** A frame reached the bridge's own end from a port; each interface that it is meant for looks at it. */
    void receive(String port, Frame frame, long destination, Trace trace) {
        boolean multicast = MacAddress.isMulticast(destination);
        for (HostInterface each : interfaces.bridged()) {
            if (multicast || each.mac == destination) {
                receive(each, port, frame, trace);
            }
        }
    }

    /** A frame reached an interface. */
    void receive(HostInterface in, Frame frame, Trace trace) {
        receive(in, null, frame, trace);
    }

    /** @param port of the bridge, or null */
    private void receive(HostInterface in, String port, Frame frame, Trace trace) {
        switch (Ethernet.type(frame)) {
            case Ethernet.TYPE_ARP -> arp(in, frame);
            case Ethernet.TYPE_IPV4 -> ipv4(in, port, frame, trace);
            case Ethernet.TYPE_IPV6 -> ipv6(in, port, frame, trace);
            default -> { }
        }
    }

    private void arp(HostInterface in, Frame frame) {
        if (!Arp.is(frame)) {
            return;
        }
        int target = Arp.targetIp(frame);
        boolean here = in.has4(target);
        if (in.kind != HostInterface.Kind.MACVLAN && Arp.senderIp(frame) != 0) {
            in.neighbours.learn(new Ip4Address(Arp.senderIp(frame)), Arp.senderMac(frame), here);
        }
        if (in.kind == HostInterface.Kind.BRIDGE && Arp.operation(frame) == Arp.REPLY) {
            host.toArp(frame);
        }
        boolean answers = here || !in.ignoresForeignArp && interfaces.has4(target);
        if (Arp.operation(frame) == Arp.REQUEST && answers) {
            long asker = Arp.senderMac(frame);
            answered(Answer.ARP, isAnycast4(target), asker, in.mac);
            in.transmit(Arp.reply(in.mac, target, asker, Arp.senderIp(frame)), null);
        }
    }

    // ---- IPv4

    private void ipv4(HostInterface in, String port, Frame frame, Trace trace) {
        if (!Ipv4.is(frame)) {
            return;
        }
        int udpPort = Udp.destinationPort(frame);
        if (in.kind == HostInterface.Kind.MACVLAN && udpPort == Udp.PORT_DHCP_SERVER) {
            host.toAnycast(frame);
            return;
        }
        if (in.kind == HostInterface.Kind.PORT && udpPort == Udp.PORT_DHCP_CLIENT) {
            host.toUplink(in.name, frame);
            return;
        }
        Frame packet = frame;
        if (interfaces.has4(Ipv4.destination(frame))) {
            packet = frame.copy();
            masquerades.enter(packet, in, sim.nowNs());
        }
        int destination = Ipv4.destination(packet);
        if (interfaces.has4(destination)) {
            local4(in, packet, destination, trace);
        } else if (forwards4 && Ethernet.destination(frame) == in.mac) {
            router.forward4(in, port, packet, Trace.journeyOf(trace));
        }
    }

    private void local4(HostInterface in, Frame packet, int destination, Trace trace) {
        if (Icmpv4.type(packet) != Icmpv4.ECHO_REQUEST) {
            host.toProbes(in.name, packet);
            return;
        }
        Frame reply = Icmpv4.echoReply(packet);
        Forwarding.Hop hop = forwarding.find4(destination, Ipv4.destination(reply));
        if (hop == null) {
            counters.of("drop.host.no_route").increment();
            return;
        }
        answered(Answer.PING, isAnycast4(destination), Ethernet.source(packet), hop.out().mac);
        if (hop.via() == null && hop.out().kind.isBridged() && in.kind.isBridged()) {
            // Whoever asks on the same wire has just been heard there.
            reply.putMac(Ethernet.SOURCE, hop.out().mac);
            hop.out().transmit(reply, trace);
        } else {
            router.output4(hop, reply, Trace.journeyOf(trace));
        }
    }

    // ---- IPv6

    private void ipv6(HostInterface in, String port, Frame frame, Trace trace) {
        if (!Ipv6.is(frame)) {
            return;
        }
        int next = Ipv6.nextHeader(frame);
        if (in.kind != HostInterface.Kind.MACVLAN && (next == Ipv6.NEXT_UDP || Ip6Fragments.isFragment(frame))
                && datagram(in, frame)) {
            return;
        }
        if (in.kind == HostInterface.Kind.MACVLAN && (Icmpv6.type(frame) == Icmpv6.ROUTER_SOLICITATION
                || Udp.destinationPort(frame) == DhcpV6Message.PORT_SERVER)) {
            host.toAnycast(frame);
            return;
        }
        Ip6Address destination = Ipv6.destination(frame);
        if (destination.isMulticast() || interfaces.has6(in, destination)) {
            local6(in, frame, destination, trace);
        } else if (forwards6 && Ethernet.destination(frame) == in.mac && !destination.isLinkLocal()) {
            router.forward6(in, port, frame, Trace.journeyOf(trace));
        }
    }

    private void local6(HostInterface in, Frame frame, Ip6Address destination, Trace trace) {
        if (Tunnels.isTunnelled(frame)) {
            decapsulate(frame, trace);
            return;
        }
        switch (Icmpv6.type(frame)) {
            case Icmpv6.NEIGHBOUR_SOLICITATION -> solicited(in, frame);
            case Icmpv6.NEIGHBOUR_ADVERTISEMENT -> {
                long told = Icmpv6.macOption(frame, Icmpv6.OPTION_TARGET_MAC);
                boolean listens = in.neighbours != null && in.kind != HostInterface.Kind.MACVLAN;
                if (listens && told != -1 && Icmpv6.target(frame) != null) {
                    in.neighbours.learn(Icmpv6.target(frame), told, in.has6(destination));
                }
            }
            case Icmpv6.ECHO_REQUEST -> echo6(in, frame, destination, trace);
            default -> { }
        }
    }

    private void echo6(HostInterface in, Frame frame, Ip6Address destination, Trace trace) {
        if (destination.isMulticast()) {
            return;
        }
        Ip6Address asker = Ipv6.source(frame);
        Forwarding.Hop hop = destination.isLinkLocal() ? new Forwarding.Hop(in, null, 0, "fe80::/64")
                : forwarding.find6(destination, asker);
        if (hop == null) {
            counters.of("drop.host.no_route").increment();
            return;
        }
        answered(Answer.PING, isAnycast6(destination), Ethernet.source(frame), hop.out().mac);
        Frame reply = Icmpv6.echoReply(frame, hop.out().mac, destination);
        boolean sameWire = hop.out() == in || hop.out().kind.isBridged() && in.kind.isBridged();
        if (hop.via() == null && sameWire && in.kind != HostInterface.Kind.TUNNEL) {
            hop.out().transmit(reply, trace);
        } else {
            router.output6(hop, reply, Trace.journeyOf(trace));
        }
    }

    private void decapsulate(Frame outer, Trace trace) {
        HostInterface tunnel = interfaces.tunnels().of(outer);
        Frame inner = tunnel == null ? null : Tunnels.decapsulate(outer);
        if (inner == null) {
            counters.of(tunnel == null ? "tun.foreign" : "drop.tunnel.malformed").increment();
            return;
        }
        Journey journey = Trace.journeyOf(trace);
        receive(tunnel, inner, Trace.routed(node, journey == null ? null : journey.decapsulated()));
    }

    private void solicited(HostInterface in, Frame frame) {
        Ip6Address target = Icmpv6.target(frame);
        Ip6Address asker = Ipv6.source(frame);
        // A probe for duplicates comes from no address; our own hosts have their addresses by plan.
        if (target == null || !in.has6(target) || asker.equals(Ip6Address.ANY)) {
            return;
        }
        long askerMac = Icmpv6.macOption(frame, Icmpv6.OPTION_SOURCE_MAC);
        long to = askerMac == -1 ? Ethernet.source(frame) : askerMac;
        if (in.kind != HostInterface.Kind.MACVLAN && askerMac != -1) {
            in.neighbours.learn(asker, askerMac, true);
        }
        answered(Answer.NEIGHBOUR, isAnycast6(target), to, in.mac);
        in.transmit(Icmpv6.neighbourAdvertisement(to, in.mac, target, asker, target,
                Icmpv6.FLAG_ROUTER | Icmpv6.FLAG_SOLICITED | Icmpv6.FLAG_OVERRIDE), null);
    }

    // ---- sockets of the node

    /** Sends a datagram from the link-local address of a device, cut to its MTU where it is longer. */
    void send(String device, Ip6Address destination, int udpPort, byte[] payload) {
        HostInterface from = interfaces.get(device);
        if (from == null || from.linkLocal == null) {
            return;
        }
        long mac = destination.isMulticast() ? Ipv6.multicastMac(destination) : 0;
        Frame whole = Udp.frame6(mac, from.mac, from.linkLocal, udpPort, destination, udpPort, payload);
        if (Tunnels.octets(whole) <= from.mtuOctets) {
            send(from, destination, whole);
            return;
        }
        for (Frame frame : Ip6Fragments.split(whole, from.mtuOctets, ++packetsCut)) {
            send(from, destination, frame);
        }
    }

    private static void send(HostInterface from, Ip6Address destination, Frame frame) {
        if (destination.isMulticast()) {
            from.transmit(frame, null);
        } else {
            from.neighbours.send(destination, frame);
        }
    }

    /** True when it was for a socket of the node, or a piece of something. */
    private boolean datagram(HostInterface in, Frame heard) {
        boolean piece = Ip6Fragments.isFragment(heard);
        if (piece && !Ipv6.isToMulticast(heard) && !interfaces.has6(in, Ipv6.destination(heard))) {
            return false;
        }
        Frame frame = piece ? fragments.join(heard, sim.nowNs()) : heard;
        int at = frame == null ? -1 : Udp.offset(frame);
        if (at < 0) {
            return piece;
        }
        int port = host.listening(in.name, Udp.destinationPort(frame));
        if (port < 0) {
            return false;
        }
        Port.Datagram socket = host.datagramPort(port);
        if (!Ipv6.isTo(frame, socket.group()) && !in.has6(Ipv6.destination(frame))) {
            return false;
        }
        int octets = Udp.payloadOctets(frame);
        if (octets >= 0) {
            host.toDatagram(port, Ipv6.source(frame), sim.payloadOf(frame, at + Udp.HEADER_OCTETS, octets));
        }
        return true;
    }

    private boolean isAnycast4(int address) {
        NodePlan.Anycast anycast = node.plan().anycast();
        return anycast != null && anycast.address4().address().bits() == address;
    }

    private boolean isAnycast6(Ip6Address address) {
        NodePlan.Anycast anycast = node.plan().anycast();
        return anycast != null && anycast.address6().address().equals(address);
    }

    private void answered(Answer kind, boolean isAnycast, long clientMac, long mac) {
        if (isAnycast) {
            host.gatewayAnswered(kind, clientMac, mac);
        }
    }
}
