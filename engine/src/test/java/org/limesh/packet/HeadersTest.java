package org.limesh.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;

class HeadersTest {
    private static final long PHONE = MacAddress.parse("02:aa:00:00:00:01").bits();
    private static final long GATEWAY = MacAddress.parse("aa:aa:aa:0d:fe:aa").bits();
    private static final int PHONE_IP = Ip4Address.parse("10.13.175.27").bits();
    private static final int GATEWAY_IP = Ip4Address.parse("10.13.0.1").bits();
    private static final Ip6Address PHONE_IP6 = Ip6Address.parse("fd0d:fe46:8ce8::aa");
    private static final Ip6Address GATEWAY_IP6 = Ip6Address.parse("fd0d:fe46:8ce8::1");

    @Test
    void emitsWhatItParsedOfArp() {
        Frame request = Arp.request(PHONE, PHONE_IP, GATEWAY_IP);
        assertThat(Arp.parse(request)).isInstanceOfSatisfying(Decoded.Valid.class, valid -> {
            Arp arp = (Arp) valid.message();
            assertThat(arp.operation()).isEqualTo(Arp.REQUEST);
            assertThat(arp.targetIp()).isEqualTo(new Ip4Address(GATEWAY_IP));
            assertThat(arp.emit(MacAddress.BROADCAST).sameOctets(request)).isTrue();
        });
        assertThat(Arp.senderMac(request)).isEqualTo(PHONE);
        assertThat(Arp.targetIp(request)).isEqualTo(GATEWAY_IP);
    }

    @Test
    void answersArpToTheOneWhoAsked() {
        Frame reply = Arp.reply(GATEWAY, GATEWAY_IP, PHONE, PHONE_IP);
        assertThat(Ethernet.destination(reply)).isEqualTo(PHONE);
        assertThat(Arp.operation(reply)).isEqualTo(Arp.REPLY);
        assertThat(Arp.isGratuitous(reply)).isFalse();
        assertThat(Arp.isGratuitous(Arp.gratuitous(PHONE, PHONE_IP))).isTrue();
    }

    @Test
    void readsNothingFromShortOrForeignFrames() {
        for (Frame frame : new Frame[] {Frame.allocate(0), Frame.allocate(13), Frame.allocate(14),
                Icmpv4.echoRequest(GATEWAY, PHONE, PHONE_IP, GATEWAY_IP, 1, 1, 0)}) {
            assertThat(Arp.senderIp(frame)).isEqualTo(-1);
            assertThat(Udp.destinationPort(frame)).isEqualTo(-1);
            assertThat(Icmpv6.type(frame)).isEqualTo(-1);
            assertThat(Tcp.offset(frame)).isEqualTo(-1);
            assertThat(Ipv6.destination(frame)).isNull();
        }
    }

    @Test
    void echoesAPing() {
        Frame request = Icmpv4.echoRequest(GATEWAY, PHONE, PHONE_IP, GATEWAY_IP, 7, 3, 56);
        assertThat(Ipv4.checksumIsRight(request)).isTrue();
        Frame reply = Icmpv4.echoReply(request);
        assertThat(Ethernet.destination(reply)).isEqualTo(PHONE);
        assertThat(Ipv4.destination(reply)).isEqualTo(PHONE_IP);
        assertThat(Icmpv4.type(reply)).isEqualTo(Icmpv4.ECHO_REPLY);
        assertThat(Icmpv4.echoId(reply)).isEqualTo(7);
        assertThat(Icmpv4.echoSequence(reply)).isEqualTo(3);
        assertThat(Ipv4.checksumIsRight(reply)).isTrue();
        int at = Ipv4.payloadOffset(reply);
        assertThat(Checksum.finish(Checksum.sum(reply, at, Ipv4.payloadOctets(reply)))).isZero();
    }

    @Test
    void mendsTheChecksumWhenARouterTakesOneFromTheTtl() {
        Frame frame = Icmpv4.echoRequest(GATEWAY, PHONE, PHONE_IP, GATEWAY_IP, 7, 3, 0);
        for (int hops = Ipv4.DEFAULT_TTL - 1; hops >= 1; hops--) {
            assertThat(Ipv4.decrementTtl(frame)).isTrue();
            assertThat(Ipv4.ttl(frame)).isEqualTo(hops);
            assertThat(Ipv4.checksumIsRight(frame)).isTrue();
        }
        assertThat(Ipv4.decrementTtl(frame)).isFalse();
    }

    @Test
    void findsPortsInFirstFragmentsOnly() {
        Frame frame = Udp.frame4(GATEWAY, PHONE, PHONE_IP, 68, GATEWAY_IP, 67, new byte[20]);
        assertThat(Udp.destinationPort(frame)).isEqualTo(67);
        assertThat(Udp.payloadOctets(frame)).isEqualTo(20);
        frame.put16(Ipv4.BASE + 6, 0x2000);
        assertThat(Udp.destinationPort(frame)).isEqualTo(67);
        assertThat(Ipv4.isFragment(frame)).isTrue();
        frame.put16(Ipv4.BASE + 6, 0x2001);
        assertThat(Udp.destinationPort(frame)).isEqualTo(-1);
    }

    @Test
    void computesTheUdpChecksumOverBothNetworkProtocols() {
        byte[] payload = {1, 2, 3};
        Frame four = Udp.frame4(GATEWAY, PHONE, PHONE_IP, 68, GATEWAY_IP, 67, payload);
        assertThat(Checksum.finish(Checksum.pseudo4(PHONE_IP, GATEWAY_IP, 17, 11)
                + Checksum.sum(four, Udp.offset(four), 11))).isZero();
        Frame six = Udp.frame6(GATEWAY, PHONE, PHONE_IP6, 546, GATEWAY_IP6, 547, payload);
        assertThat(Udp.destinationPort(six)).isEqualTo(547);
        assertThat(Checksum.finish(Checksum.pseudo6(PHONE_IP6, GATEWAY_IP6, 17, 11)
                + Checksum.sum(six, Udp.offset(six), 11))).isZero();
    }

    @Test
    void asksAndAnswersForNeighbours() {
        Frame solicitation = Icmpv6.neighbourSolicitation(PHONE, PHONE_IP6, GATEWAY_IP6);
        assertThat(MacAddress.toString(Ethernet.destination(solicitation))).isEqualTo("33:33:ff:00:00:01");
        assertThat(Icmpv6.target(solicitation)).isEqualTo(GATEWAY_IP6);
        assertThat(Icmpv6.isAbout(solicitation, GATEWAY_IP6)).isTrue();
        assertThat(Icmpv6.isAbout(solicitation, PHONE_IP6)).isFalse();
        assertThat(Icmpv6.macOption(solicitation, Icmpv6.OPTION_SOURCE_MAC)).isEqualTo(PHONE);

        Frame advertisement = Icmpv6.neighbourAdvertisement(PHONE, GATEWAY, GATEWAY_IP6, PHONE_IP6, GATEWAY_IP6,
                Icmpv6.FLAG_SOLICITED | Icmpv6.FLAG_OVERRIDE);
        assertThat(Icmpv6.macOption(advertisement, Icmpv6.OPTION_TARGET_MAC)).isEqualTo(GATEWAY);
        assertThat(Icmpv6.neighbourFlags(advertisement)).isEqualTo(0x60);
        assertThat(Ipv6.hopLimit(advertisement)).isEqualTo(255);
        Frame probe = Icmpv6.neighbourSolicitation(PHONE, Ip6Address.ANY, GATEWAY_IP6);
        assertThat(Icmpv6.macOption(probe, Icmpv6.OPTION_SOURCE_MAC)).isEqualTo(-1);
    }

    @Test
    void echoesAPingOfIpv6AndKeepsItsData() {
        Frame request = Icmpv6.echoRequest(GATEWAY, PHONE, PHONE_IP6, GATEWAY_IP6, 9, 4, 100);
        Frame reply = Icmpv6.echoReply(request, GATEWAY, GATEWAY_IP6);
        assertThat(Icmpv6.type(reply)).isEqualTo(Icmpv6.ECHO_REPLY);
        assertThat(Icmpv6.echoId(reply)).isEqualTo(9);
        assertThat(Icmpv6.echoSequence(reply)).isEqualTo(4);
        assertThat(reply.length()).isEqualTo(request.length());
        assertThat(Ipv6.isTo(reply, PHONE_IP6)).isTrue();
    }

    @Test
    void findsRouterAdvertisementsBehindExtensionHeaders() {
        Frame plain = new RouterSolicitation(PHONE_IP6, new MacAddress(PHONE)).frame(PHONE);
        assertThat(Icmpv6.type(plain)).isEqualTo(Icmpv6.ROUTER_SOLICITATION);
        Frame hidden = behindHopByHop(plain);
        assertThat(Icmpv6.type(hidden)).isEqualTo(Icmpv6.ROUTER_SOLICITATION);
    }

    private static Frame behindHopByHop(Frame frame) {
        Frame longer = Frame.allocate(frame.length() + 8);
        int header = Ipv6.BASE + Ipv6.HEADER_OCTETS;
        for (int i = 0; i < header; i++) {
            longer.put8(i, frame.u8(i));
        }
        longer.put16(Ipv6.BASE + 4, frame.u16(Ipv6.BASE + 4) + 8);
        longer.put8(Ipv6.BASE + 6, 0);
        longer.put8(header, Ipv6.NEXT_ICMPV6);
        for (int i = header; i < frame.length(); i++) {
            longer.put8(i + 8, frame.u8(i));
        }
        return longer;
    }

    @Test
    void makesSegmentsWithARightChecksum() {
        Frame frame = Tcp.frame4(GATEWAY, PHONE, PHONE_IP, 40000, GATEWAY_IP, 80, -5, 77, Tcp.PSH | Tcp.ACK, 5000, 33);
        int at = Tcp.offset(frame);
        assertThat(Tcp.sequence(frame, at)).isEqualTo(-5);
        assertThat(Tcp.acknowledged(frame, at)).isEqualTo(77);
        assertThat(Tcp.payloadOctets(frame, at)).isEqualTo(33);
        assertThat(Checksum.finish(Checksum.pseudo4(PHONE_IP, GATEWAY_IP, 6, 53) + Checksum.sum(frame, at, 53)))
                .isZero();
    }

    @Test
    void readsAGenuineArpRequest() {
        Frame frame = Frame.wrap(HexFormat.of().parseHex("ffffffffffff02aa0000000108060001080006040001"
                + "02aa000000010a0daf1b0000000000000a0d0001"));
        assertThat(Dissector.oneLine(frame)).isEqualTo(
                "02:aa:00:00:00:01 > ff:ff:ff:ff:ff:ff ARP who has 10.13.0.1 tell 10.13.175.27");
    }
}
