package org.limesh.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Counters;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpV6Message;
import org.limesh.packet.Duid;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv6;
import org.limesh.packet.PcapFile;
import org.limesh.packet.Udp;

class StatelessDhcpV6Test {
    private static final MacAddress PHONE = MacAddress.parse("02:aa:00:00:00:01");
    private static final Duid CLIENT = Duid.ofMac(PHONE);

    private final Counters counters = new Counters();
    private final List<Frame> sent = new ArrayList<>();
    private final StatelessDhcpV6 server = new StatelessDhcpV6(
            RouterAdvertiserTest.config(List.of(Ip6Address.parse("fd0d:fe46:8ce8::1"))), counters, sent::add);

    private static byte[] payload(Frame frame) {
        return frame.copyOf(Udp.payloadOffset(frame), Udp.payloadOctets(frame)).toBytes();
    }

    private static DhcpV6Message request(int type, Duid serverId, List<Integer> requested,
            boolean wantsAddress) {
        return new DhcpV6Message(type, 77, CLIENT, serverId, requested, wantsAddress, null, List.of(),
                List.of(), 0);
    }

    private void ask(DhcpV6Message message) {
        server.onFrame(Udp.frame6(0x3333_0001_0002L, PHONE.bits(), Ip6Address.linkLocalOf(PHONE), 546,
                DhcpV6Message.ALL_SERVERS, 547, message.emit()), 0);
    }

    @Test
    void answersAsDnsmasqDoes() {
        List<Frame> captured =
                PcapFile.read("/captures/ra/dnsmasq.pcap").stream().filter(frame -> Udp.offset(frame) >= 0)
                .toList();
        int compared = 0;
        for (int i = 0; i + 1 < captured.size(); i += 2) {
            server.onFrame(captured.get(i), i);
            Frame genuine = captured.get(i + 1);
            Frame ours = sent.getLast();
            assertThat(payload(ours)).isEqualTo(payload(genuine));
            assertThat(Ethernet.destination(ours)).isEqualTo(Ethernet.destination(genuine));
            assertThat(Ethernet.source(ours)).isEqualTo(Ethernet.source(genuine));
            assertThat(Ipv6.source(ours)).isEqualTo(Ipv6.source(genuine));
            assertThat(Ipv6.destination(ours)).isEqualTo(Ipv6.destination(genuine));
            assertThat(Udp.destinationPort(ours)).isEqualTo(546);
            compared++;
        }
        assertThat(compared).isEqualTo(4);
    }

    @Test
    void saysOnlyWhatIsAskedFor() {
        ask(request(DhcpV6Message.INFORMATION_REQUEST, null, List.of(DhcpV6Message.OPTION_SEARCH_LIST),
                false));
        ask(request(DhcpV6Message.INFORMATION_REQUEST, null, List.of(), false));
        DhcpV6Message names = message(sent.get(0));
        assertThat(names.searchList()).containsExactly("thisnode.info");
        assertThat(names.dnsServers()).isEmpty();
        assertThat(message(sent.get(1)).dnsServers()).hasSize(1);
    }

    private static DhcpV6Message message(Frame frame) {
        return ((org.limesh.base.Decoded.Valid<DhcpV6Message>) DhcpV6Message.parse(frame)).message();
    }

    @Test
    void keepsSilentWhereRfc8415WantsIt() {
        ask(request(DhcpV6Message.INFORMATION_REQUEST, Duid.ofMac(PHONE), List.of(), false));
        ask(request(DhcpV6Message.INFORMATION_REQUEST, null, List.of(), true));
        ask(request(DhcpV6Message.SOLICIT, Duid.ofMac(PHONE), List.of(), true));
        for (int type = 2; type < DhcpV6Message.INFORMATION_REQUEST; type++) {
            ask(request(type, null, List.of(), false));
        }
        Frame unicast = Udp.frame6(0xaaaa_aa0d_feaaL, PHONE.bits(), Ip6Address.linkLocalOf(PHONE), 546,
                Ip6Address.parse("fd0d:fe46:8ce8::1"), 547,
                request(DhcpV6Message.INFORMATION_REQUEST, null, List.of(), false).emit());
        server.onFrame(unicast, 0);
        assertThat(sent).isEmpty();
        assertThat(counters.value("drop.dhcp6.other_server")).isEqualTo(1);
        assertThat(counters.value("drop.dhcp6.address_in_information_request")).isEqualTo(1);
        assertThat(counters.value("drop.dhcp6.ids_of_solicit")).isEqualTo(1);
        assertThat(counters.value("drop.dhcp6.message_type")).isEqualTo(9);
        assertThat(counters.value("dhcp6.not_for_us")).isEqualTo(1);
    }

    @Test
    void aFloodGetsAsManyAnswersAsTheLimitAllows() {
        for (int i = 0; i < 1000; i++) {
            ask(request(DhcpV6Message.INFORMATION_REQUEST, null, List.of(), false));
        }
        assertThat(sent).hasSize(StatelessDhcpV6.ANSWERS_BURST);
        assertThat(counters.value("drop.dhcp6.too_many")).isEqualTo(1000 - StatelessDhcpV6.ANSWERS_BURST);
    }
}
