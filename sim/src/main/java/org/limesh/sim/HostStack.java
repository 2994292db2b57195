package org.limesh.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;
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
 * IP of a host: the bridge's own identity and those of the macvlans on it, answering as Linux does.
 *
 * <p>ARP follows {@code arp_ignore}: without it an interface also answers for the addresses of the others,
 * with its own MAC. An answer leaves through the device that the policy rules and routes of the desired
 * state name for its source address. Forwarding goes to on-link IPv4 destinations only: there is no
 * layer 3 between clouds yet.
 */
final class HostStack implements Neighbours.Wire {
    private static final String ARP_IGNORE = "net/ipv4/conf/%s/arp_ignore";
    private static final String IP_FORWARD = "net/ipv4/ip_forward";
    private static final int MTU_OCTETS = 1500;

    /** One interface with addresses. */
    private static final class Identity {
        final String name;
        final long mac;
        final boolean bridge;
        final List<Ip4Prefix> addresses4 = new ArrayList<>();
        final List<Ip6Prefix> addresses6 = new ArrayList<>();
        boolean ignoresForeignArp;

        Identity(String name, long mac, boolean bridge) {
            this.name = name;
            this.mac = mac;
            this.bridge = bridge;
        }

        boolean has4(int address) {
            for (Ip4Prefix prefix : addresses4) {
                if (prefix.address().bits() == address) {
                    return true;
                }
            }
            return false;
        }

        boolean has6(Ip6Address address) {
            for (Ip6Prefix prefix : addresses6) {
                if (prefix.address().equals(address)) {
                    return true;
                }
            }
            return false;
        }
    }

    private final Simulation sim;
    private final SimNode node;
    private final SimHost host;
    private final SimBridge bridge;
    private final Neighbours neighbours;
    private final Map<String, Identity> identities = new LinkedHashMap<>();
    private final Ip6Fragments fragments = new Ip6Fragments();
    private HostState state = HostState.EMPTY;
    private boolean forwards;
    private int packetsCut;

    HostStack(Simulation sim, SimNode node, SimHost host, SimBridge bridge) {
        this.sim = sim;
        this.node = node;
        this.host = host;
        this.bridge = bridge;
        this.neighbours = new Neighbours(sim, this);
    }

    void realize(HostState newState) {
        state = newState;
        identities.clear();
        Map<String, String> sysctls = new LinkedHashMap<>();
        state.sysctls().forEach(sysctl -> sysctls.put(sysctl.path(), sysctl.value()));
        forwards = "1".equals(sysctls.get(IP_FORWARD));
        for (HostState.Link link : state.links()) {
            Identity identity = switch (link) {
                case HostState.Link.Bridge made -> new Identity(made.name(), made.mac().bits(), true);
                case HostState.Link.Macvlan made -> new Identity(made.name(), made.mac().bits(), false);
                case HostState.Link.MeshTap unused -> null;
                case HostState.Link.Vlan unused -> null;
                case HostState.Link.Tunnel unused -> null;
                case HostState.Link.Existing unused -> null;
            };
            if (identity != null) {
                String arpIgnore = sysctls.get(String.format(ARP_IGNORE, identity.name));
                identity.ignoresForeignArp = arpIgnore != null && !arpIgnore.equals("0");
                identity.addresses6.add(new Ip6Prefix(Ip6Address.linkLocalOf(new MacAddress(identity.mac)),
                        64));
                identities.put(identity.name, identity);
            }
        }
        for (HostState.Address4 address : state.addresses4()) {
            if (identities.containsKey(address.device())) {
                identities.get(address.device()).addresses4.add(address.address());
            }
        }
        for (HostState.Address6 address : state.addresses6()) {
            if (identities.containsKey(address.device())) {
                identities.get(address.device()).addresses6.add(address.address());
            }
        }
    }

    /** True for the MAC of the bridge itself: such a frame goes no further. */
    boolean isBridgeMac(long mac) {
        for (Identity identity : identities.values()) {
            if (identity.bridge && identity.mac == mac) {
                return true;
            }
        }
        return false;
    }

    /** A frame reached the bridge's own end; each identity that it is meant for looks at it. */
    void receive(Frame frame, long destination) {
        boolean multicast = MacAddress.isMulticast(destination);
        for (Identity identity : identities.values()) {
            if (multicast || identity.mac == destination) {
                receive(identity, frame);
            }
        }
    }

    private void receive(Identity identity, Frame frame) {
        switch (Ethernet.type(frame)) {
            case Ethernet.TYPE_ARP -> arp(identity, frame);
            case Ethernet.TYPE_IPV4 -> ipv4(identity, frame);
            case Ethernet.TYPE_IPV6 -> ipv6(identity, frame);
            default -> { }
        }
    }

    private void arp(Identity identity, Frame frame) {
        if (!Arp.is(frame)) {
            return;
        }
        int target = Arp.targetIp(frame);
        boolean here = identity.has4(target);
        if (identity.bridge && Arp.senderIp(frame) != 0) {
            neighbours.learn(new Ip4Address(Arp.senderIp(frame)), Arp.senderMac(frame), here);
        }
        boolean answers = here || !identity.ignoresForeignArp && has4(target);
        if (Arp.operation(frame) == Arp.REQUEST && answers) {
            long asker = Arp.senderMac(frame);
            answered(Answer.ARP, isAnycast4(target), asker, identity.mac);
            bridge.fromStack(Arp.reply(identity.mac, target, asker, Arp.senderIp(frame)));
        }
    }

    private boolean has4(int address) {
        for (Identity identity : identities.values()) {
            if (identity.has4(address)) {
                return true;
            }
        }
        return false;
    }

    private void ipv4(Identity identity, Frame frame) {
        if (!Ipv4.is(frame)) {
            return;
        }
        int destination = Ipv4.destination(frame);
        if (!identity.bridge && Udp.destinationPort(frame) == Udp.PORT_DHCP_SERVER) {
            host.toAnycast(frame);
        } else if (has4(destination)) {
            if (Icmpv4.type(frame) == Icmpv4.ECHO_REQUEST) {
                Frame reply = Icmpv4.echoReply(frame);
                long mac = egress4(destination).mac;
                reply.putMac(Ethernet.SOURCE, mac);
                answered(Answer.PING, isAnycast4(destination), Ethernet.source(frame), mac);
                bridge.fromStack(reply);
            }
        } else if (forwards && Ethernet.destination(frame) == identity.mac) {
            forward4(frame, destination);
        }
    }

    private void forward4(Frame frame, int destination) {
        Ip4Address address = new Ip4Address(destination);
        for (Identity identity : identities.values()) {
            for (Ip4Prefix prefix : identity.bridge ? identity.addresses4 : List.<Ip4Prefix>of()) {
                if (prefix.contains(address)) {
                    Frame onward = frame.copy();
                    if (Ipv4.decrementTtl(onward)) {
                        onward.putMac(Ethernet.SOURCE, identity.mac);
                        neighbours.send(address, onward);
                    }
                    return;
                }
            }
        }
    }

    /** The device that a packet with this source address leaves through, by policy rule and table. */
    private Identity egress4(int source) {
        for (HostState.PolicyRule rule : state.policyRules()) {
            if (rule.from4() != null && rule.from4().contains(new Ip4Address(source))) {
                for (HostState.Route4 route : state.routes4()) {
                    if (route.table() == rule.table() && identities.containsKey(route.device())) {
                        return identities.get(route.device());
                    }
                }
            }
        }
        return bridgeIdentity();
    }

    private Identity egress6(Ip6Address source, Identity heard) {
        if (source.isLinkLocal()) {
            return heard;
        }
        for (HostState.PolicyRule rule : state.policyRules()) {
            if (rule.from6() != null && rule.from6().contains(source)) {
                for (HostState.Route6 route : state.routes6()) {
                    if (route.table() == rule.table() && identities.containsKey(route.device())) {
                        return identities.get(route.device());
                    }
                }
            }
        }
        return bridgeIdentity();
    }

    private Identity bridgeIdentity() {
        for (Identity identity : identities.values()) {
            if (identity.bridge) {
                return identity;
            }
        }
        throw new IllegalStateException("node " + node.name() + " answers without a bridge");
    }

    /** Sends a datagram from the link-local address of a device, cut to its MTU where it is longer. */
    void send(String device, Ip6Address destination, int udpPort, byte[] payload) {
        Identity from = identities.get(device);
        if (from == null) {
            return;
        }
        Ip6Address source = Ip6Address.linkLocalOf(new MacAddress(from.mac));
        long mac = destination.isMulticast() ? Ipv6.multicastMac(destination) : 0;
        Frame whole = Udp.frame6(mac, from.mac, source, udpPort, destination, udpPort, payload);
        for (Frame frame : Ip6Fragments.split(whole, MTU_OCTETS, ++packetsCut)) {
            if (destination.isMulticast()) {
                bridge.fromStack(frame);
            } else {
                neighbours.send(destination, frame);
            }
        }
    }

    private void datagram(Identity identity, Frame heard) {
        Ip6Address destination = Ipv6.destination(heard);
        if (!identity.has6(destination) && !destination.equals(host.datagramGroup())) {
            return;
        }
        Frame frame = Ip6Fragments.isFragment(heard) ? fragments.join(heard, sim.nowNs()) : heard;
        int octets = frame == null ? -1 : Udp.payloadOctets(frame);
        if (octets >= 0 && host.listens(identity.name, Udp.destinationPort(frame))) {
            host.toDatagram(Ipv6.source(frame), frame.copyOf(Udp.payloadOffset(frame), octets).toBytes());
        }
    }

    private void ipv6(Identity identity, Frame frame) {
        if (identity.bridge && (Ipv6.nextHeader(frame) == Ipv6.NEXT_UDP || Ip6Fragments.isFragment(frame))) {
            datagram(identity, frame);
            return;
        }
        int type = Icmpv6.type(frame);
        if (!identity.bridge && (type == Icmpv6.ROUTER_SOLICITATION
                || Udp.destinationPort(frame) == DhcpV6Message.PORT_SERVER)) {
            host.toAnycast(frame);
        } else if (type == Icmpv6.NEIGHBOUR_SOLICITATION) {
            solicited(identity, frame);
        } else if (type == Icmpv6.NEIGHBOUR_ADVERTISEMENT) {
            long told = Icmpv6.macOption(frame, Icmpv6.OPTION_TARGET_MAC);
            if (identity.bridge && told != -1 && Icmpv6.target(frame) != null) {
                neighbours.learn(Icmpv6.target(frame), told, identity.has6(Ipv6.destination(frame)));
            }
        } else if (type == Icmpv6.ECHO_REQUEST) {
            Ip6Address destination = Ipv6.destination(frame);
            boolean linkLocalOfOther = destination.isLinkLocal() && !identity.has6(destination);
            if (!destination.isMulticast() && !linkLocalOfOther && has6(destination)) {
                Identity out = egress6(destination, identity);
                answered(Answer.PING, isAnycast6(destination), Ethernet.source(frame), out.mac);
                bridge.fromStack(Icmpv6.echoReply(frame, out.mac, destination));
            }
        }
    }

    private boolean has6(Ip6Address address) {
        for (Identity identity : identities.values()) {
            if (identity.has6(address)) {
                return true;
            }
        }
        return false;
    }

    private void solicited(Identity identity, Frame frame) {
        Ip6Address target = Icmpv6.target(frame);
        Ip6Address asker = Ipv6.source(frame);
        // A probe for duplicates comes from no address; our own hosts have their addresses by plan.
        if (target == null || !identity.has6(target) || asker.equals(Ip6Address.ANY)) {
            return;
        }
        long askerMac = Icmpv6.macOption(frame, Icmpv6.OPTION_SOURCE_MAC);
        long to = askerMac == -1 ? Ethernet.source(frame) : askerMac;
        if (identity.bridge && askerMac != -1) {
            neighbours.learn(asker, askerMac, true);
        }
        answered(Answer.NEIGHBOUR, isAnycast6(target), to, identity.mac);
        bridge.fromStack(Icmpv6.neighbourAdvertisement(to, identity.mac, target, asker, target,
                Icmpv6.FLAG_ROUTER | Icmpv6.FLAG_SOLICITED | Icmpv6.FLAG_OVERRIDE));
    }

    private boolean isAnycast4(int address) {
        NodePlan.Anycast anycast = node.plan().anycast();
        return anycast != null && anycast.address4().address().bits() == address;
    }

    private boolean isAnycast6(Ip6Address address) {
        NodePlan.Anycast anycast = node.plan().anycast();
        return anycast != null && anycast.address6().address().equals(address);
    }

    private void answered(Answer kind, boolean forAnycast, long clientMac, long answeringMac) {
        if (forAnycast) {
            host.gatewayAnswered(kind, clientMac, answeringMac);
        }
    }

    @Override
    public void ask(Object address) {
        Identity from = bridgeIdentity();
        if (address instanceof Ip4Address target && !from.addresses4.isEmpty()) {
            bridge.fromStack(Arp.request(from.mac, from.addresses4.getFirst().address().bits(),
                    target.bits()));
        } else if (address instanceof Ip6Address target) {
            bridge.fromStack(Icmpv6.neighbourSolicitation(from.mac,
                    Ip6Address.linkLocalOf(new MacAddress(from.mac)), target));
        }
    }

    @Override
    public void emit(Frame frame) {
        bridge.fromStack(frame);
    }
}
