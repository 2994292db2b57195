package org.limesh.sim;

import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.lime.NodePlan;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Udp;

/** What a hostile client does to the address server of the node it is attached to. */
public final class DhcpAttack {
    private static final int TYPE_EXPERIMENT = 0x88b6;
    private static final int STORM_OCTETS = 200;

    private final SimClient attacker;
    private final Rng rng;

    public DhcpAttack(SimClient attacker, Rng rng) {
        this.attacker = attacker;
        this.rng = rng;
    }

    /** Asks for so many addresses in the names of clients that do not exist; each second one comes with an address. */
    public void starve(int times) {
        NodePlan.Anycast anycast = attacker.access().plan().anycast();
        long pool = (anycast.dhcpLast().bits() & 0xffff_ffffL) - (anycast.dhcpFirst().bits() & 0xffff_ffffL);
        for (int i = 0; i < times; i++) {
            MacAddress nobody = new MacAddress(0x0266_0000_0000L | rng.nextLong() & 0xffff_ffffL);
            DhcpOptions.Builder options = DhcpOptions.builder();
            if (i % 2 == 0) {
                send(nobody, Ip4Address.ANY, DhcpMessage.DISCOVER, options);
            } else {
                send(nobody, Ip4Address.ANY, DhcpMessage.REQUEST, options.put(DhcpOptions.REQUESTED_ADDRESS,
                        anycast.dhcpFirst().plus((int) (rng.nextDouble() * pool))));
            }
        }
    }

    /** Says in another client's name that it gives its address back, and that somebody else uses it. */
    public void forge(SimClient victim) {
        Ip4Address address = victim.address4();
        Ip4Address server = attacker.access().plan().anycast().address4().address();
        if (address != null) {
            send(victim.mac(), address, DhcpMessage.RELEASE,
                    DhcpOptions.builder().put(DhcpOptions.SERVER_ID, server));
            send(victim.mac(), Ip4Address.ANY, DhcpMessage.DECLINE, DhcpOptions.builder()
                    .put(DhcpOptions.SERVER_ID, server).put(DhcpOptions.REQUESTED_ADDRESS, address));
        }
    }

    /** So many broadcasts at once. */
    public void storm(int frames) {
        for (int i = 0; i < frames; i++) {
            Frame frame = Frame.allocate(STORM_OCTETS);
            Ethernet.put(frame, MacAddress.BROADCAST.bits(), attacker.mac().bits(), TYPE_EXPERIMENT);
            attacker.send(frame);
        }
    }

    /** From the attacker's own MAC: with another one it would only be another client. */
    private void send(MacAddress client, Ip4Address ciaddr, int type, DhcpOptions.Builder more) {
        DhcpOptions options = more.put8(DhcpOptions.MESSAGE_TYPE, type).build();
        DhcpMessage message = new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, (int) rng.nextLong(), 0, true, ciaddr,
                Ip4Address.ANY, Ip4Address.ANY, Ip4Address.ANY, client, options);
        attacker.send(Udp.frame4(MacAddress.BROADCAST.bits(), attacker.mac().bits(), ciaddr.bits(),
                Udp.PORT_DHCP_CLIENT, Ip4Address.BROADCAST.bits(), Udp.PORT_DHCP_SERVER, message.emit()));
    }
}
