package org.limesh.sim;

import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.packet.Arp;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv4;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Tcp;
import org.limesh.packet.Udp;

/**
 * The line of a provider at the uplink of a node, with the provider's router at its other end.
 *
 * <pre>
 *   node's uplink ──up──→ router 100.64.k.1 ──→ the Internet: every public address answers
 *   100.64.k.2    ←down──  DHCP, names
 *
 *   open      as it should be
 *   portal    every name is the router's, every page asks for money, nothing else gets out
 *   silent    the cable carries, but nobody answers anything
 * </pre>
 *
 * <p>The Internet answers a packet over the line on which it came. A packet whose source is not the address
 * that the provider gave is dropped and counted, as providers do.
 */
public final class SimUplink implements EventTarget {
    private static final int FROM_NODE = 0;
    private static final int TO_NODE = 1;
    private static final int KINDS = 2;
    private static final int LEASE_SECONDS = 3600;
    private static final long ROUTER_MAC = 0x0200_5e00_0001L;
    private static final int DNS_PORT = 53;
    private static final int HTTP_PORT = 80;

    private final Simulation sim;
    private final SimNode node;
    private final Ip4Prefix network;
    private final Lane up = new Lane();
    private final Lane down = new Lane();
    private UplinkSpec spec;
    private boolean plugged;
    private long changedNs;
    private boolean portal;
    private boolean silent;
    private int plugs;
    private long upOctets;
    private long downOctets;
    private long foreignSources;

    SimUplink(Simulation sim, SimNode node, int number, UplinkSpec spec) {
        this.sim = sim;
        this.node = node;
        this.spec = spec;
        this.network = new Ip4Prefix(new Ip4Address(0x6440_0000 + (number << 8)), 24);
    }

    public SimNode node() {
        return node;
    }

    public UplinkSpec spec() {
        return spec;
    }

    /** Other rates, delay or loss from now on. */
    public void setSpec(UplinkSpec other) {
        spec = other;
        sim.log("uplink of " + node.name() + " changed");
    }

    private void changed(String what) {
        changedNs = sim.nowNs();
        sim.uplinkChanged("uplink of " + node.name() + what);
    }

    /** When it was last plugged, unplugged, silenced or the like. */
    long changedNs() {
        return changedNs;
    }

    public boolean isPlugged() {
        return plugged;
    }

    /** Plugs the cable in or pulls it; the node sees its carrier change. */
    public void setPlugged(boolean nowPlugged) {
        if (plugged != nowPlugged) {
            plugged = nowPlugged;
            plugs++;
            up.clear();
            down.clear();
            changed(plugged ? " plugged" : " unplugged");
            node.carrierChanged();
        }
    }

    public boolean isPortal() {
        return portal;
    }

    /** A portal wants a login: names and pages are answered by it, nothing gets out. */
    public void setPortal(boolean nowPortal) {
        portal = nowPortal;
        changed(portal ? " asks for a login" : " asks for no login");
    }

    public boolean isSilent() {
        return silent;
    }

    /** The line is dead behind the provider's box, but the cable still carries. */
    public void setSilent(boolean nowSilent) {
        silent = nowSilent;
        changed(silent ? " silent" : " answers");
    }

    /** Whatever is wrong with the line is mended, and it is plugged in if it ever was. */
    void heal() {
        if (portal) {
            setPortal(false);
        }
        if (silent) {
            setSilent(false);
        }
        if (plugs > 0) {
            setPlugged(true);
        }
    }

    /** True when packets get out to the Internet and back. */
    public boolean isOpen() {
        return plugged && !portal && !silent;
    }

    /** The provider's router. */
    public Ip4Address router() {
        return new Ip4Address(network.network().bits() + 1);
    }

    /** The address that the provider gives. */
    public Ip4Address address() {
        return new Ip4Address(network.network().bits() + 2);
    }

    /** Octets that the node sent, Ethernet included. */
    public long upOctets() {
        return upOctets;
    }

    public long downOctets() {
        return downOctets;
    }

    /**
     * Packets that left the node with a source that is not the provider's address: somebody forgot to
     * translate.
     */
    public long foreignSources() {
        return foreignSources;
    }

    /** Frames that one of the two queues had no room for. */
    public long droppedFrames() {
        return up.dropped() + down.dropped();
    }

    // ---- the line

    /** The node sends a frame. */
    void fromNode(Frame frame) {
        if (!plugged) {
            return;
        }
        upOctets += frame.length();
        send(frame, up, spec.upBps(), FROM_NODE);
    }

    /** Somebody out there sends a packet to the node. */
    void toNode(Frame frame) {
        if (plugged && !silent) {
            downOctets += frame.length();
            send(frame, down, spec.downBps(), TO_NODE);
        }
    }

    private void send(Frame frame, Lane lane, long rateBps, int kind) {
        long leavesNs = lane.leavesNs(sim.nowNs(), frame.length(), rateBps);
        if (leavesNs >= 0 && (spec.loss() == 0 || !sim.lossRng.nextBoolean(spec.loss()))) {
            sim.schedule(leavesNs + spec.delayNs(), this, plugs * KINDS + kind, frame, null);
        }
    }

    @Override
    public void fire(int what, Object first, Object second, long nowNs) {
        if (what / KINDS != plugs || !plugged || silent) {
            return;
        }
        Frame frame = (Frame) first;
        if (what % KINDS == TO_NODE) {
            node.device(node.plan().wan().device()).fromUplink(frame, nowNs);
        } else {
            receive(frame);
        }
    }

    // ---- the provider's router and what is behind it

    private void receive(Frame frame) {
        switch (Ethernet.type(frame)) {
            case Ethernet.TYPE_ARP -> {
                if (Arp.operation(frame) == Arp.REQUEST && Arp.targetIp(frame) == router().bits()) {
                    toNode(Arp.reply(ROUTER_MAC, router().bits(), Arp.senderMac(frame), Arp.senderIp(frame)));
                }
            }
            case Ethernet.TYPE_IPV4 -> {
                if (Udp.destinationPort(frame) == Udp.PORT_DHCP_SERVER) {
                    dhcp(frame);
                } else if (Ipv4.is(frame) && Ethernet.destination(frame) == ROUTER_MAC) {
                    packet(frame);
                }
            }
            default -> { }
        }
    }

    private void dhcp(Frame frame) {
        if (!(DhcpMessage.parse(frame) instanceof Decoded.Valid<DhcpMessage>(var asked))) {
            return;
        }
        Ip4Address wanted = asked.options().address(DhcpOptions.REQUESTED_ADDRESS);
        Ip4Address requested = wanted == null ? asked.ciaddr() : wanted;
        int type = switch (asked.type()) {
            case DhcpMessage.DISCOVER -> DhcpMessage.OFFER;
            case DhcpMessage.REQUEST -> requested.equals(address()) ? DhcpMessage.ACK : DhcpMessage.NAK;
            default -> 0;
        };
        if (type == 0) {
            return;
        }
        DhcpOptions.Builder options = DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, type)
                .put(DhcpOptions.SERVER_ID, router());
        if (type != DhcpMessage.NAK) {
            options.put32(DhcpOptions.SUBNET_MASK, network.mask()).put(DhcpOptions.ROUTER, router())
                    .put(DhcpOptions.DNS_SERVER, router()).put32(DhcpOptions.LEASE_SECONDS, LEASE_SECONDS);
        }
        Ip4Address given = type == DhcpMessage.NAK ? Ip4Address.ANY : address();
        DhcpMessage answer = new DhcpMessage(DhcpMessage.BOOT_REPLY, 0, asked.xid(), 0,
                asked.wantsBroadcast(),
                asked.ciaddr(), given, Ip4Address.ANY, Ip4Address.ANY, asked.chaddr(), options.build());
        boolean toAll = asked.wantsBroadcast() || type == DhcpMessage.NAK;
        toNode(Udp.frame4(toAll ? MacAddress.BROADCAST.bits() : asked.chaddr().bits(), ROUTER_MAC,
                router().bits(),
                Udp.PORT_DHCP_SERVER, toAll ? Ip4Address.BROADCAST.bits() : given.bits(),
                Udp.PORT_DHCP_CLIENT,
                answer.emit()));
    }

    private void packet(Frame packet) {
        int destination = Ipv4.destination(packet);
        if (Ipv4.source(packet) != address().bits()) {
            foreignSources++;
            for (SimObserver observer : sim.observers()) {
                observer.untranslated(this, new Ip4Address(Ipv4.source(packet)), sim.nowNs());
            }
            return;
        }
        boolean atRouter = destination == router().bits();
        if (!atRouter && !isPublic(destination)) {
            return;
        }
        boolean outside = atRouter || !portal;
        if (Udp.destinationPort(packet) == DNS_PORT) {
            answerName(packet);
        } else if (Ipv4.isTcp(packet)) {
            segment(packet, Tcp.offset(packet));
        } else if (Icmpv4.type(packet) == Icmpv4.ECHO_REQUEST && outside) {
            toNode(Icmpv4.echoReply(packet));
        }
    }

    /** A name has the address that its letters make; behind a portal every name is the portal. */
    private void answerName(Frame packet) {
        byte[] answer = SmallDns.answer(packet.copyOf(Udp.payloadOffset(packet),
                Math.max(0, Udp.payloadOctets(packet))).toBytes(), portal ? router() : null);
        if (answer != null) {
            toNode(Udp.frame4(Ethernet.source(packet), ROUTER_MAC, Ipv4.destination(packet), DNS_PORT,
                    Ipv4.source(packet), Udp.sourcePort(packet), answer));
        }
    }

    private void segment(Frame packet, int at) {
        if (at < 0) {
            return;
        }
        if (Tcp.destinationPort(packet, at) == HTTP_PORT) {
            Frame answer = SmallHttp.answer(packet, at, portal);
            if (answer != null) {
                toNode(answer);
            }
        } else if (!portal && !sim.internet().takes(this, packet, at) && (Tcp.flags(packet,
                at) & Tcp.RST) == 0) {
            // Nobody knows this connection: it went out over another line before, or there never was one.
            toNode(Tcp.frame4(Ethernet.source(packet), ROUTER_MAC, Ipv4.destination(packet),
                    Tcp.destinationPort(packet, at), Ipv4.source(packet), Tcp.sourcePort(packet, at),
                    Tcp.acknowledged(packet, at), 0, Tcp.RST, 0, 0));
        }
    }

    /** Fills in the Ethernet addresses of a packet from the Internet and sends it. */
    void deliver(Frame packet) {
        Ethernet.put(packet, node.device(node.plan().wan().device()).mac(), ROUTER_MAC, Ethernet.TYPE_IPV4);
        toNode(packet);
    }

    /** True for an address that the Internet routes. */
    static boolean isPublic(int address) {
        int first = address >>> 24;
        int second = address >>> 16 & 0xff;
        return first != 0 && first != 10 && first != 127 && first < 224 && !(first == 172
                && second >>> 4 == 1)
                && !(first == 192 && second == 168) && !(first == 100 && second >>> 6 == 1)
                && !(first == 169 && second == 254);
    }

    @Override
    public String toString() {
        return "uplink of " + node.name();
    }
}
