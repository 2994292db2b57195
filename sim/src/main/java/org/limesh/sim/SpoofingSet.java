package org.limesh.sim;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Arp;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.RouterAdvertisement;
import org.limesh.packet.Udp;

/**
 * Frames by which a client pretends to be the gateway, a router, an address server or a node. All of them have to
 * be dropped where they enter.
 */
public final class SpoofingSet {
    private static final int TIMES = 3;
    private static final long ALL_NODES_MAC = 0x3333_0000_0001L;
    private static final Ip6Address ALL_NODES = Ip6Address.parse("ff02::1");
    private static final int ROUTER_LIFETIME_SECONDS = 1800;
    private static final int ALFRED = 0x4242;
    private static final int TYPE_LOOPBACK_TEST = 0x9000;
    private static final int DHCP6_SERVER = 547;
    private static final int DHCP6_CLIENT = 546;

    private final MacAddress attacker;
    private final MacAddress victim;
    private final Ip4Address victimAddress;
    private final NodePlan.Anycast anycast;

    /** @param victimAddress may be null: then the victim is nobody in particular */
    public SpoofingSet(MacAddress attacker, MacAddress victim, Ip4Address victimAddress, NodePlan.Anycast anycast) {
        this.attacker = attacker;
        this.victim = victim;
        this.victimAddress = victimAddress == null ? Ip4Address.ANY : victimAddress;
        this.anycast = anycast;
    }

    /** A client sends all of them, to another one at the same node. */
    static void send(SimClient attacker, SimClient victim) {
        SpoofingSet set = new SpoofingSet(attacker.mac(), victim.mac(), victim.address4(),
                attacker.access().plan().anycast());
        set.fifteen().forEach(attacker::send);
        set.more().forEach(attacker::send);
    }

    /** The classic fifteen: ARP to all, ARP to the victim, anycast source, RA, DHCP offer, three times each. */
    public List<Frame> fifteen() {
        List<Frame> frames = new ArrayList<>();
        int gateway = anycast.address4().address().bits();
        for (int i = 0; i < TIMES; i++) {
            Frame toAll = Arp.reply(attacker.bits(), gateway, victim.bits(), victimAddress.bits());
            toAll.putMac(Ethernet.DESTINATION, MacAddress.BROADCAST.bits());
            frames.add(toAll);
            frames.add(Arp.reply(attacker.bits(), gateway, victim.bits(), victimAddress.bits()));
            frames.add(Arp.gratuitous(anycast.mac().bits(), gateway));
            frames.add(routerAdvertisement());
            frames.add(offer(i));
        }
        return frames;
    }

    /** The newer tricks: neighbour advertisement and solicitation, DHCPv6, IP source, mesh protocols. */
    public List<Frame> more() {
        Ip6Address own = Ip6Address.linkLocalOf(attacker);
        Ip6Address router = Ip6Address.linkLocalOf(anycast.mac());
        Ip6Address gateway = anycast.address6().address();
        List<Frame> frames = new ArrayList<>();
        for (Ip6Address target : List.of(gateway, router)) {
            frames.add(Icmpv6.neighbourAdvertisement(victim.bits(), attacker.bits(), own, ALL_NODES, target,
                    Icmpv6.FLAG_ROUTER | Icmpv6.FLAG_OVERRIDE));
            // Whoever asks tells his MAC along with his address.
            frames.add(Icmpv6.neighbourSolicitation(attacker.bits(), target, Ip6Address.linkLocalOf(victim)));
        }
        frames.add(Udp.frame4(victim.bits(), attacker.bits(), anycast.address4().address().bits(), 53,
                victimAddress.bits(), 5353, new byte[12]));
        frames.add(Udp.frame6(victim.bits(), attacker.bits(), own, DHCP6_SERVER, Ip6Address.linkLocalOf(victim),
                DHCP6_CLIENT, new byte[] {7, 0, 0, 1}));
        frames.add(Udp.frame6(ALL_NODES_MAC, attacker.bits(), own, ALFRED, ALL_NODES, ALFRED, new byte[8]));
        Frame mesh = Frame.allocate(60);
        Ethernet.put(mesh, MacAddress.BROADCAST.bits(), attacker.bits(), Ethernet.TYPE_BATADV);
        frames.add(mesh);
        Frame tagged = Frame.allocate(64);
        Ethernet.put(tagged, MacAddress.BROADCAST.bits(), attacker.bits(), Ethernet.TYPE_8021Q);
        tagged.put16(Ethernet.HEADER_OCTETS, 29);
        tagged.put16(Ethernet.HEADER_OCTETS + 2, Ethernet.TYPE_BATADV);
        frames.add(tagged);
        Frame fromGateway = Frame.allocate(60);
        Ethernet.put(fromGateway, MacAddress.BROADCAST.bits(), anycast.mac().bits(), TYPE_LOOPBACK_TEST);
        frames.add(fromGateway);
        return frames;
    }

    private Frame routerAdvertisement() {
        Ip6Prefix prefix = Ip6Prefix.parse("2001:db8:bad::/64");
        return new RouterAdvertisement(64, false, false, 1, ROUTER_LIFETIME_SECONDS, 0, 0,
                List.of(new RouterAdvertisement.Prefix(prefix, true, true, 3600, 3600)), 0, attacker, List.of(), List.of())
                .frame(ALL_NODES_MAC, attacker.bits(), Ip6Address.linkLocalOf(attacker), ALL_NODES);
    }

    private Frame offer(int number) {
        Ip4Address self = new Ip4Address(anycast.dhcpLast().bits());
        DhcpMessage message = new DhcpMessage(DhcpMessage.BOOT_REPLY, 0, number, 0, true, Ip4Address.ANY,
                new Ip4Address(self.bits() - 1), Ip4Address.ANY, Ip4Address.ANY, victim,
                DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.OFFER)
                        .put(DhcpOptions.SERVER_ID, self).build());
        return Udp.frame4(MacAddress.BROADCAST.bits(), attacker.bits(), self.bits(), Udp.PORT_DHCP_SERVER,
                Ip4Address.BROADCAST.bits(), Udp.PORT_DHCP_CLIENT, message.emit());
    }
}
