package org.limesh.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

class DhcpV6MessageTest {
    private static final Duid SERVER = Duid.ofMac(MacAddress.parse("aa:aa:aa:0d:fe:aa"));
    private static final Duid CLIENT = Duid.ofMac(MacAddress.parse("02:aa:00:00:00:01"));

    private static List<Frame> captured() {
        return PcapFile.read("/captures/ra/dnsmasq.pcap").stream().filter(frame -> Udp.offset(frame) >= 0)
                .toList();
    }

    private static byte[] payload(Frame frame) {
        return frame.copyOf(Udp.payloadOffset(frame), Udp.payloadOctets(frame)).toBytes();
    }

    private static DhcpV6Message valid(byte[] octets) {
        return switch (DhcpV6Message.parse(octets, 0, octets.length)) {
            case Decoded.Valid<DhcpV6Message>(var message) -> message;
            case Decoded.Malformed<DhcpV6Message>(var fault, var at) ->
                    throw new AssertionError(fault + " at " + at);
        };
    }

    @Test
    void readsWhatDhclientAsksAndDnsmasqAnswers() {
        DhcpV6Message request = valid(payload(captured().get(0)));
        assertThat(request.type()).isEqualTo(DhcpV6Message.INFORMATION_REQUEST);
        assertThat(request.clientId()).isEqualTo(CLIENT);
        assertThat(request.requested()).containsExactly(23, 24);
        assertThat(request.wantsAddress()).isFalse();
        DhcpV6Message reply = valid(payload(captured().get(1)));
        assertThat(reply).isEqualTo(new DhcpV6Message(DhcpV6Message.REPLY, request.transactionId(), CLIENT,
                SERVER,
                List.of(), false, null, List.of(Ip6Address.parse("fd0d:fe46:8ce8::1")),
                List.of("thisnode.info"), 86400));
        assertThat(valid(payload(captured().get(2))).wantsAddress()).isTrue();
    }

    @Test
    void emitsExactlyWhatDnsmasqSent() {
        int answers = 0;
        for (Frame frame : captured()) {
            if (Udp.sourcePort(frame) == DhcpV6Message.PORT_SERVER) {
                answers++;
                assertThat(valid(payload(frame)).emit()).isEqualTo(payload(frame));
            }
        }
        assertThat(answers).isEqualTo(4);
    }

    @Test
    void isMalformedWhenCutInsideAnOption() {
        byte[] whole = payload(captured().get(1));
        List<Integer> ends = List.of(4, 18, 32, 51, 71, 79);
        for (int length = 0; length <= whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThat(DhcpV6Message.parse(cut, 0, length) instanceof Decoded.Valid).as("cut to %d", length)
                    .isEqualTo(ends.contains(length));
        }
    }

    @Test
    void survivesFlippedOctetsAndSaysItAgainAsRead() {
        Rng rng = new Rng(11);
        for (Frame frame : captured()) {
            byte[] whole = payload(frame);
            for (int round = 0; round < 5000; round++) {
                byte[] noise = whole.clone();
                for (int i = rng.nextInt(5); i >= 0; i--) {
                    noise[rng.nextInt(noise.length)] = (byte) rng.nextInt(256);
                }
                if (DhcpV6Message.parse(noise, 0, noise.length)
                        instanceof Decoded.Valid<DhcpV6Message>(var message)) {
                    assertThat(valid(message.emit())).isEqualTo(message);
                }
            }
        }
    }

    @Test
    void refusesRelayedMessages() {
        byte[] relayed = new byte[60];
        relayed[0] = 12;
        assertThat(DhcpV6Message.parse(relayed, 0, 60)).isEqualTo(new Decoded.Malformed<>("relayed", 0));
    }
}
