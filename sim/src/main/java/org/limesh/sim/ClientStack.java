package org.limesh.sim;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.packet.Arp;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv4;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Ipv6;
import org.limesh.packet.Tcp;
import org.limesh.packet.Udp;

/** IP of a client: ARP, ND, router discovery, ping, and the streams it takes part in. */
final class ClientStack implements Neighbours.Wire, EventTarget {
    private static final int PING_DATA_OCTETS = 56;
    private static final long NOBODY_YET = 0;

    private final Simulation sim;
    private final SimClient client;
    private final long mac;
    private final Neighbours neighbours;
    private final List<PingSeries> pings = new ArrayList<>();
    private final List<SimStream> streams = new ArrayList<>();
    private final Slaac slaac;
    private Ip6Prefix address6;

    ClientStack(Simulation sim, SimClient client) {
        this.sim = sim;
        this.client = client;
        this.mac = client.mac().bits();
        this.neighbours = new Neighbours(sim, this);
        this.slaac = new Slaac(sim, client, neighbours, sim.rng("client slaac " + client.name()));
    }

    void setAddress6(Ip6Prefix address) {
        address6 = address;
    }

    /** The address given by hand, else the one that a router's prefix makes, else null. */
    private Ip6Prefix global6() {
        return address6 != null ? address6 : slaac.address();
    }

    Ip6Address address6() {
        Ip6Prefix global = global6();
        return global == null ? null : global.address();
    }

    Slaac slaac() {
        return slaac;
    }

    MacAddress neighbourMac(Object address) {
        return neighbours.known(address);
    }

    void flushNeighbours() {
        neighbours.flush();
    }

    void addStream(SimStream stream) {
        streams.add(stream);
    }

    /** Tells everybody on the link where it is now. */
    void announce() {
        client.send(Arp.gratuitous(mac, client.address4().bits()));
    }

    PingSeries startPing(Object target, long intervalNs) {
        PingSeries series = new PingSeries(pings.size() + 1, intervalNs);
        pings.add(series);
        sim.schedule(sim.nowNs(), this, 0, series, target);
        return series;
    }

    @Override
    public void fire(int what, Object first, Object target, long nowNs) {
        PingSeries series = (PingSeries) first;
        if (series.isStopped()) {
            return;
        }
        int number = series.onSent(nowNs);
        sim.schedule(nowNs + series.intervalNs(), this, 0, series, target);
        if (target instanceof Ip4Address to && client.address4() != null) {
            send4(to, Icmpv4.echoRequest(NOBODY_YET, mac, client.address4().bits(), to.bits(),
                    series.identifier(),
                    number & 0xffff, PING_DATA_OCTETS));
        } else if (target instanceof Ip6Address to) {
            send6(to, Icmpv6.echoRequest(NOBODY_YET, mac, source6(to), to, series.identifier(),
                    number & 0xffff,
                    PING_DATA_OCTETS));
        }
    }

    /** Sends an IPv4 packet of its own to its next hop. */
    void send4(Ip4Address to, Frame frame) {
        ClientLease lease = client.lease();
        if (lease != null) {
            boolean onLink = new Ip4Prefix(lease.address(), lease.maskBits()).contains(to);
            neighbours.send(onLink ? to : lease.router(), frame);
        }
    }

    private void send6(Ip6Address to, Frame frame) {
        List<Ip6Address> routers = slaac.routers();
        Ip6Prefix own = global6();
        boolean onLink = to.isLinkLocal() || routers.isEmpty() || own != null && own.contains(to);
        neighbours.send(onLink ? to : routers.getFirst(), frame);
    }

    private Ip6Address source6(Ip6Address to) {
        return address6() == null || to.isLinkLocal() ? client.linkLocal() : address6();
    }

    /** A frame came in. */
    void receive(Frame frame) {
        long destination = Ethernet.destination(frame);
        if (destination != mac && !MacAddress.isMulticast(destination)) {
            return;
        }
        switch (Ethernet.type(frame)) {
            case Ethernet.TYPE_ARP -> arp(frame);
            case Ethernet.TYPE_IPV4 -> ipv4(frame);
            case Ethernet.TYPE_IPV6 -> ipv6(frame);
            default -> { }
        }
    }

    private void arp(Frame frame) {
        if (!Arp.is(frame)) {
            return;
        }
        Ip4Address self = client.address4();
        boolean aboutUs = self != null && Arp.targetIp(frame) == self.bits();
        // An answer to somebody else, or to a probe, teaches nothing.
        boolean foreignAnswer = Arp.operation(frame) == Arp.REPLY && !aboutUs && !Arp.isGratuitous(frame);
        if (Arp.senderIp(frame) != 0 && !foreignAnswer) {
            // Linux updates whom it knows by any request, and learns who asks for it.
            neighbours.learn(new Ip4Address(Arp.senderIp(frame)), Arp.senderMac(frame), aboutUs);
        }
        if (aboutUs && Arp.operation(frame) == Arp.REQUEST && Arp.senderMac(frame) != mac) {
            client.send(Arp.reply(mac, self.bits(), Arp.senderMac(frame), Arp.senderIp(frame)));
        }
    }

    private void ipv4(Frame frame) {
        if (!Ipv4.is(frame)) {
            return;
        }
        if (Udp.destinationPort(frame) == Udp.PORT_DHCP_CLIENT) {
            if (DhcpMessage.parse(frame) instanceof Decoded.Valid<DhcpMessage>(var message)) {
                client.dhcp().onMessage(message);
            }
            return;
        }
        Ip4Address self = client.address4();
        if (self == null || Ipv4.destination(frame) != self.bits()) {
            return;
        }
        switch (Ipv4.protocol(frame)) {
            case Ipv4.PROTOCOL_ICMP -> icmp(frame);
            case Ipv4.PROTOCOL_TCP -> tcp(frame);
            default -> { }
        }
    }

    private void icmp(Frame frame) {
        int type = Icmpv4.type(frame);
        if (type == Icmpv4.ECHO_REQUEST) {
            Frame reply = Icmpv4.echoReply(frame);
            send4(new Ip4Address(Ipv4.source(frame)), reply);
        } else if (type == Icmpv4.ECHO_REPLY) {
            answered(Icmpv4.echoId(frame), Icmpv4.echoSequence(frame));
        }
    }

    private void answered(int identifier, int sequence) {
        if (identifier >= 1 && identifier <= pings.size()) {
            pings.get(identifier - 1).onAnswer(sequence, sim.nowNs());
        }
    }

    private void tcp(Frame frame) {
        int at = Tcp.offset(frame);
        if (at < 0) {
            return;
        }
        for (int i = 0; i < streams.size(); i++) {
            if (streams.get(i).takes(client, frame, at)) {
                return;
            }
        }
    }

    private void ipv6(Frame frame) {
        int type = Icmpv6.type(frame);
        switch (type) {
            case Icmpv6.NEIGHBOUR_SOLICITATION -> solicited(frame);
            case Icmpv6.NEIGHBOUR_ADVERTISEMENT -> {
                long told = Icmpv6.macOption(frame, Icmpv6.OPTION_TARGET_MAC);
                if (told != -1 && Icmpv6.target(frame) != null) {
                    neighbours.learn(Icmpv6.target(frame), told, true);
                }
            }
            case Icmpv6.ROUTER_ADVERTISEMENT -> {
                if (Ipv6.isToMulticast(frame) || isOwn(Ipv6.destination(frame))) {
                    slaac.onAdvertisement(frame);
                }
            }
            case Icmpv6.ECHO_REQUEST -> {
                if (isOwn(Ipv6.destination(frame))) {
                    send6(Ipv6.source(frame), Icmpv6.echoReply(frame, mac, Ipv6.destination(frame)));
                }
            }
            case Icmpv6.ECHO_REPLY -> {
                if (isOwn(Ipv6.destination(frame))) {
                    answered(Icmpv6.echoId(frame), Icmpv6.echoSequence(frame));
                }
            }
            default -> { }
        }
    }

    private boolean isOwn(Ip6Address address) {
        return address != null && (address.equals(client.linkLocal()) || address.equals(address6()));
    }

    private void solicited(Frame frame) {
        Ip6Address target = Icmpv6.target(frame);
        Ip6Address asker = Ipv6.source(frame);
        long askerMac = Icmpv6.macOption(frame, Icmpv6.OPTION_SOURCE_MAC);
        if (isOwn(target) && askerMac != -1) {
            neighbours.learn(asker, askerMac, true);
            client.send(Icmpv6.neighbourAdvertisement(askerMac, mac, target, asker, target,
                    Icmpv6.FLAG_SOLICITED | Icmpv6.FLAG_OVERRIDE));
        }
    }

    @Override
    public void ask(Object address) {
        if (address instanceof Ip4Address to && client.address4() != null) {
            client.send(Arp.request(mac, client.address4().bits(), to.bits()));
        } else if (address instanceof Ip6Address to) {
            client.send(Icmpv6.neighbourSolicitation(mac, source6(to), to));
        }
    }

    @Override
    public void emit(Frame frame, Trace trace) {
        client.send(frame);
    }
}
