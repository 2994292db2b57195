package org.limesh.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

class DissectorTest {
    private static final int A = Ip4Address.parse("10.13.0.1").bits();
    private static final int B = Ip4Address.parse("10.13.0.2").bits();
    private static final Ip6Address A6 = Ip6Address.parse("fd0d::1");
    private static final Ip6Address B6 = Ip6Address.parse("fd0d::2");
    private static final String ENDS = "02:00:00:00:00:01 > 02:00:00:00:00:02 ";
    private static final long ONE = 0x0200_0000_0001L;
    private static final long TWO = 0x0200_0000_0002L;

    @Test
    void saysWhatAFrameIs() {
        assertThat(Dissector.oneLine(Icmpv4.echoRequest(TWO, ONE, A, B, 5, 1, 56)))
                .isEqualTo(ENDS + "ICMP 10.13.0.1 > 10.13.0.2 echo request id 5 seq 1");
        assertThat(Dissector.oneLine(Udp.frame4(TWO, ONE, A, 53, B, 4000, new byte[30])))
                .isEqualTo(ENDS + "UDP 10.13.0.1.53 > 10.13.0.2.4000, 30 octets");
        assertThat(Dissector.oneLine(Tcp.frame4(TWO, ONE, A, 80, B, 4000, 9, 0, Tcp.SYN | Tcp.ACK, 1, 0)))
                .isEqualTo(ENDS + "TCP 10.13.0.1.80 > 10.13.0.2.4000 SA seq 9, 0 octets");
        assertThat(Dissector.oneLine(
                        Icmpv6.neighbourAdvertisement(TWO, ONE, A6, B6, A6, Icmpv6.FLAG_OVERRIDE)))
                .isEqualTo(ENDS + "ICMPv6 fd0d::1 > fd0d::2 neighbour advertisement, fd0d::1 is at 02:00:00:00:00:01");
        assertThat(Dissector.oneLine(Arp.reply(ONE, A, TWO, B))).isEqualTo(ENDS + "ARP 10.13.0.1 is at 02:00:00:00:00:01");
    }

    @Test
    void namesMeshFramesByTypeAndTtl() {
        Frame frame = Frame.allocate(38);
        Ethernet.put(frame, TWO, ONE, Ethernet.TYPE_BATADV);
        frame.put8(14, 0);
        frame.put8(15, 15);
        frame.put8(16, 50);
        assertThat(Dissector.oneLine(frame)).isEqualTo(ENDS + "batman-adv type 0x00 version 15 ttl 50, 38 octets");
    }

    @Test
    void staysOnOneLineWhateverTheOctets() {
        List<Frame> good = List.of(Icmpv4.echoRequest(TWO, ONE, A, B, 5, 1, 56), Arp.gratuitous(ONE, A),
                Udp.frame4(TWO, ONE, A, 67, B, 68, new byte[300]), Icmpv6.neighbourSolicitation(ONE, A6, B6),
                new RouterSolicitation(A6, new MacAddress(ONE)).frame(ONE),
                Tcp.frame4(TWO, ONE, A, 80, B, 4000, 9, 0, 2, 1, 0));
        Rng rng = new Rng(3);
        for (Frame frame : good) {
            for (int length = 0; length <= frame.length(); length++) {
                assertThat(Dissector.oneLine(frame.copyOf(0, length))).doesNotContain("\n").isNotEmpty();
            }
            for (int round = 0; round < 2000; round++) {
                Frame damaged = frame.copy();
                for (int flips = 0; flips < 4; flips++) {
                    damaged.put8(rng.nextInt(damaged.length()), rng.nextInt(256));
                }
                assertThat(Dissector.oneLine(damaged)).doesNotContain("\n").isNotEmpty();
            }
        }
    }
}
