package org.limesh.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ipv4;
import org.limesh.packet.PcapFile;
import org.limesh.packet.Udp;

/** Plays what genuine clients sent to our server and holds its answers against those of dnsmasq. */
class GenuineClientTest {
    @ParameterizedTest
    @ValueSource(strings = {"udhcpc", "dhclient", "dhcpcd", "dhcpcd-decline", "networkd"})
    void answersEachMessageAsDnsmasqDid(String capture) {
        Bench bench = new Bench();
        DhcpMessage answer = null;
        int compared = 0;
        for (Frame frame : dhcp(capture)) {
            if (Udp.destinationPort(frame) == Udp.PORT_DHCP_SERVER) {
                answer = bench.onFrame(frame);
                bench.pass(1);
            } else {
                assertThat(answer).as("answer to message before %s", frame).isNotNull();
                assertSame(answer, Bench.parse(frame));
                assertThat(Ipv4.destination(bench.sent.getLast())).isEqualTo(Ipv4.destination(frame));
                compared++;
            }
        }
        assertThat(compared).isGreaterThanOrEqualTo(2);
    }

    private static void assertSame(DhcpMessage ours, DhcpMessage theirs) {
        assertThat(ours.type()).isEqualTo(theirs.type());
        assertThat(ours.xid()).isEqualTo(theirs.xid());
        assertThat(ours.yiaddr()).isEqualTo(theirs.yiaddr());
        assertThat(ours.ciaddr()).isEqualTo(theirs.ciaddr());
        assertThat(ours.siaddr()).isEqualTo(theirs.siaddr());
        assertThat(ours.wantsBroadcast()).isEqualTo(theirs.wantsBroadcast());
        List<Integer> expected = new ArrayList<>(theirs.options().codes());
        // dnsmasq tells a client its own name again and its full name; we leave names to the client.
        expected.removeAll(List.of(DhcpOptions.HOSTNAME, DhcpOptions.CLIENT_NAME, DhcpOptions.CLIENT_ID));
        List<Integer> actual = new ArrayList<>(ours.options().codes());
        actual.remove((Integer) DhcpOptions.CLIENT_ID);
        assertThat(actual).containsExactlyInAnyOrderElementsOf(expected);
        for (int code : expected) {
            if (code != DhcpOptions.RENEWAL_SECONDS && code != DhcpOptions.REBINDING_SECONDS) {
                assertThat(ours.options().value(code)).as("option %d", code).isEqualTo(theirs.options().value(code));
            }
        }
    }

    @Test
    void keepsTheAddressOfAClientThatRebindsHere() {
        Bench bench = new Bench();
        Frame rebind = dhcp("udhcpc-rebind").stream()
                .filter(frame -> Udp.destinationPort(frame) == Udp.PORT_DHCP_SERVER)
                .filter(frame -> Bench.parse(frame).ciaddr().bits() != 0)
                .filter(frame -> Ipv4.destination(frame) == Ip4Address.BROADCAST.bits()).findFirst().orElseThrow();
        DhcpMessage ack = bench.onFrame(rebind);
        assertThat(ack.type()).isEqualTo(DhcpMessage.ACK);
        assertThat(ack.yiaddr()).isEqualTo(Bench.parse(rebind).ciaddr());
        assertThat(bench.events.getLast()).isEqualTo(
                new AccessEvent.LeaseGranted(Bench.parse(rebind).chaddr(), ack.yiaddr(), "", "rebound"));
    }

    /**
     * Made by hand after the published behaviour of Android 13: no client id, a parameter list with the
     * captive portal and IPv6-only options, which are not answered, and a name in option 12.
     */
    @Test
    void leasesToAPhoneWithAndroid() {
        Bench bench = new Bench();
        byte[] parameters = {1, 3, 6, 15, 26, 28, 51, 58, 59, 43, 114, 108};
        DhcpMessage offer = bench.ask(Bench.mac(1), DhcpMessage.DISCOVER, options -> options
                .put16(DhcpOptions.MAX_MESSAGE_OCTETS, 1500).put(DhcpOptions.VENDOR_CLASS, "android-dhcp-13")
                .put(DhcpOptions.PARAMETER_LIST, parameters).put8(DhcpOptions.RAPID_COMMIT, 0));
        assertThat(offer.type()).isEqualTo(DhcpMessage.OFFER);
        DhcpMessage ack = bench.ask(Bench.mac(1), DhcpMessage.REQUEST, options -> options
                .put(DhcpOptions.REQUESTED_ADDRESS, offer.yiaddr()).put(DhcpOptions.SERVER_ID, Bench.SERVER)
                .put(DhcpOptions.HOSTNAME, "Galaxy_S9").put(DhcpOptions.PARAMETER_LIST, parameters));
        assertThat(ack.options().u16(DhcpOptions.INTERFACE_MTU, 0)).isEqualTo(1350);
        assertThat(bench.server.leases()).extracting(Lease::hostname).containsExactly("Galaxy-S9");
    }

    @Test
    void countsAndDropsEveryShortenedFrame() {
        Frame discover = dhcp("udhcpc").getFirst();
        Bench bench = new Bench();
        for (int length = 0; length < discover.length(); length++) {
            assertThat(bench.onFrame(discover.copyOf(0, length))).isNull();
        }
        assertThat(bench.counters.value("dhcp.not_for_us")).isEqualTo(discover.length());
    }

    @Test
    void survivesFloodsOfDamagedFramesAndStaysBounded() {
        List<Frame> good = new ArrayList<>();
        for (String capture : List.of("udhcpc", "dhclient", "dhcpcd-decline", "networkd")) {
            good.addAll(dhcp(capture));
        }
        Rng rng = new Rng(11);
        Bench bench = new Bench(Bench.config("10.13.175.0", "10.13.175.63"));
        for (int round = 0; round < 100_000; round++) {
            Frame damaged = good.get(rng.nextInt(good.size())).copy();
            for (int flips = rng.nextInt(4); flips >= 0; flips--) {
                // Behind the IPv4 header, whose checksum would hide the rest from us.
                int at = 34 + rng.nextInt(damaged.length() - 34);
                damaged.put8(at, rng.nextInt(256));
            }
            bench.now += rng.nextInt(1000) * 1_000_000L;
            bench.onFrame(damaged);
            assertThat(bench.server.leases().size()).isLessThanOrEqualTo(64);
        }
        assertThat(bench.counters.value("dhcp.ack")).isPositive();
        assertThat(bench.server.leases()).extracting(Lease::address).doesNotHaveDuplicates();
        bench.pass(4000);
        assertThat(bench.server.leases()).isEmpty();
        assertThat(bench.lease(MacAddress.parse("02:aa:00:00:00:77"))).isNotNull();
    }

    private static List<Frame> dhcp(String capture) {
        return PcapFile.read("/captures/dhcp/" + capture + ".pcap").stream().filter(Ipv4::isUdp).toList();
    }
}
