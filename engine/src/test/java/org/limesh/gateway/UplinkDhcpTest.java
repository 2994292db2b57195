package org.limesh.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.limesh.gateway.Bench.ip;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Udp;

class UplinkDhcpTest {
    private final Bench bench = new Bench();

    private List<String> types() {
        return bench.sent.stream().map(frame -> DhcpMessage.typeName(Bench.parse(frame).type())).toList();
    }

    @Test
    void getsAnAddressWithinASecondOfTheStart() {
        bench.pass(1);
        assertThat(types()).containsExactly("DISCOVER", "REQUEST");
        assertThat(bench.engine.uplinkAddress()).hasToString("192.0.2.77/24");
        assertThat(bench.engine.uplinkGateway()).hasToString("192.0.2.1");
        assertThat(bench.engine.uplinkResolvers()).containsExactly(ip("192.0.2.53"));
        assertThat(bench.raw.getFirst()).isEqualTo(new GatewayEvent.UplinkAddress("eth0",
                Ip4Prefix.parse("192.0.2.77/24"), ip("192.0.2.1")));
        assertThat(bench.changes).isPositive();
    }

    @Test
    void asksAsAnOrdinaryClientDoes() {
        bench.pass(1);
        DhcpMessage discover = Bench.parse(bench.sent.getFirst());
        assertThat(discover.chaddr()).isEqualTo(Bench.MAC);
        assertThat(discover.options().text(DhcpOptions.HOSTNAME)).isEqualTo("plaza");
        assertThat(discover.options().value(DhcpOptions.CLIENT_ID)).containsExactly(1, 2, 0xca, 0xfe, 0x12, 0x34, 0x56);
        assertThat(List.of(1, 3, 6, 51, 121)).allMatch(discover.options()::asksFor);
        Frame first = bench.sent.getFirst();
        assertThat(Ethernet.destination(first)).isEqualTo(MacAddress.BROADCAST.bits());
        assertThat(Ipv4.source(first)).isZero();
        assertThat(Udp.sourcePort(first)).isEqualTo(68);
        DhcpMessage request = bench.lastSent();
        assertThat(request.xid()).isEqualTo(discover.xid());
        assertThat(request.ciaddr()).isEqualTo(ip("0.0.0.0"));
        assertThat(request.options().address(DhcpOptions.REQUESTED_ADDRESS)).isEqualTo(ip("192.0.2.77"));
        assertThat(request.options().address(DhcpOptions.SERVER_ID)).isEqualTo(Bench.PROVIDER);
    }

    @Test
    void asksEverLessOftenWhereNobodyAnswers() {
        bench.serverAnswers = false;
        bench.pass(30);
        assertThat(bench.sent.size()).isBetween(4, 5);
        bench.pass(600);
        assertThat(bench.sent.size()).as("about one in 32 s").isBetween(20, 26);
        assertThat(Bench.parse(bench.sent.getLast()).options().has(DhcpOptions.REQUESTED_ADDRESS)).isFalse();
    }

    @Test
    void renewsAtHalfTimeWithTheServerAlone() {
        bench.pass(1799);
        assertThat(bench.sent).hasSize(2);
        bench.pass(3);
        assertThat(bench.sent).hasSize(3);
        Frame renewal = bench.sent.getLast();
        assertThat(Ethernet.destination(renewal)).isEqualTo(Bench.PROVIDER_MAC.bits());
        assertThat(Ipv4.destination(renewal)).isEqualTo(Bench.PROVIDER.bits());
        assertThat(Ipv4.source(renewal)).isEqualTo(ip("192.0.2.77").bits());
        assertThat(bench.lastSent().ciaddr()).isEqualTo(ip("192.0.2.77"));
        assertThat(bench.lastSent().options().has(DhcpOptions.SERVER_ID)).isFalse();
        assertThat(bench.lastSent().options().has(DhcpOptions.REQUESTED_ADDRESS)).isFalse();
        int events = bench.events.size();
        bench.pass(3600);
        assertThat(bench.sent).hasSize(5);
        assertThat(bench.events).as("a renewal is no news").hasSize(events);
    }

    @Test
    void asksEverybodyWhenTheServerIsGoneAndGivesUpAtTheEndOfTheLease() {
        bench.pass(1);
        bench.serverAnswers = false;
        bench.pass(3200);
        assertThat(Ethernet.destination(bench.sent.getLast())).isEqualTo(MacAddress.BROADCAST.bits());
        assertThat(bench.lastSent().ciaddr()).isEqualTo(ip("192.0.2.77"));
        assertThat(bench.engine.uplinkAddress()).isNotNull();
        bench.pass(405);
        assertThat(bench.engine.uplinkAddress()).isNull();
        assertThat(bench.lastSent().type()).isEqualTo(DhcpMessage.DISCOVER);
        assertThat(bench.events.toString()).contains("the lease ended and no server answered");
        assertThat(bench.sent.size()).as("no storm at the end").isLessThan(20);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1800", "600, 900, 600", "900, 600, 1800", "600, 9999, 1800"})
    void renewsWhenTheServerSaysSoIfThatMakesSense(int renewSeconds, int rebindSeconds, int renewsAfter) {
        bench.renewSeconds = renewSeconds;
        bench.rebindSeconds = rebindSeconds;
        bench.pass(renewsAfter - 1);
        assertThat(bench.sent).hasSize(2);
        bench.pass(3);
        assertThat(bench.sent).hasSize(3);
    }

    @Test
    void anEndlessLeaseIsNeverRenewed() {
        bench.leaseSeconds = -1;
        bench.pass(1_000_000);
        assertThat(bench.sent).hasSize(2);
        assertThat(bench.engine.uplinkAddress()).isNotNull();
    }

    @Test
    void asksForTheOldAddressWhenTheCableComesBack() {
        bench.pass(5).cable(false).pass(3);
        assertThat(bench.engine.uplinkAddress()).isNull();
        assertThat(bench.sent).hasSize(2);
        bench.cable(true).pass(0.1);
        assertThat(bench.sent).hasSize(3);
        DhcpMessage reboot = bench.lastSent();
        assertThat(reboot.type()).isEqualTo(DhcpMessage.REQUEST);
        assertThat(reboot.options().address(DhcpOptions.REQUESTED_ADDRESS)).isEqualTo(ip("192.0.2.77"));
        assertThat(reboot.options().has(DhcpOptions.SERVER_ID)).isFalse();
        assertThat(reboot.ciaddr()).isEqualTo(ip("0.0.0.0"));
        assertThat(bench.engine.uplinkAddress()).hasToString("192.0.2.77/24");
    }

    @Test
    void takesAnotherAddressWhereTheOldOneIsRefused() {
        bench.pass(5).cable(false);
        bench.gives = Ip4Prefix.parse("198.51.100.9/24");
        bench.routers = List.of(ip("198.51.100.1"));
        bench.cable(true).pass(2);
        assertThat(types()).containsExactly("DISCOVER", "REQUEST", "REQUEST", "DISCOVER", "REQUEST");
        assertThat(bench.engine.uplinkAddress()).hasToString("198.51.100.9/24");
    }

    @Test
    void startsAfreshWhenTheOtherEndOfTheCableIsSilentAboutTheOldAddress() {
        bench.pass(5).cable(false);
        bench.serverAnswers = false;
        bench.cable(true).pass(7);
        assertThat(types()).containsExactly("DISCOVER", "REQUEST", "REQUEST", "REQUEST", "REQUEST", "DISCOVER");
    }

    @Test
    void aServerThatTakesTheAddressBackIsObeyed() {
        bench.pass(1);
        bench.serverRefuses = true;
        bench.pass(1805);
        assertThat(bench.engine.uplinkAddress()).isNull();
        assertThat(bench.events.toString()).contains("the server took the address back");
    }

    @Test
    void aServerThatOffersAndRefusesInTurnCausesNoStorm() {
        bench.serverRefuses = true;
        bench.pass(600);
        assertThat(bench.sent.size()).isLessThan(60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.13.100.7/16", "10.13.100.7/8", "10.0.0.7/8"})
    void doesNotTakeAnAddressOfTheOwnCloud(String address) {
        bench.gives = Ip4Prefix.parse(address);
        bench.pass(200);
        assertThat(bench.engine.uplinkAddress()).isNull();
        assertThat(bench.raw).filteredOn(event -> event instanceof GatewayEvent.UplinkRefused)
                .as("told once a minute").hasSizeBetween(3, 4);
        assertThat(bench.uplink().reason()).contains("the network of this cloud");
    }

    @Test
    void doesNotTakeAnAddressOfACloudThatLayer3Knows() {
        bench.engine.onClouds(List.of(Ip4Prefix.parse("10.99.0.0/16")), 0);
        bench.gives = Ip4Prefix.parse("10.99.3.4/16");
        bench.routers = List.of(ip("10.99.0.1"));
        bench.pass(10);
        assertThat(bench.engine.uplinkAddress()).isNull();
        assertThat(bench.uplink().reason()).contains("10.99.0.0/16, a cloud of this mesh");
    }

    @Test
    void doesNotTakeAnAddressOfAnAnycastGatewayHoweverItIsNumbered() {
        bench.serverMac = MacAddress.parse("aa:aa:aa:63:12:aa");
        bench.gives = Ip4Prefix.parse("192.168.7.9/24");
        bench.pass(10);
        assertThat(bench.engine.uplinkAddress()).isNull();
        assertThat(bench.uplink().reason()).contains("anycast gateway aa:aa:aa:63:12:aa of a mesh");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1.2.3/24", "127.0.0.5/8", "224.0.0.5/24", "192.0.2.0/24", "192.0.2.255/24"})
    void doesNotTakeAddressesThatNobodyCanHave(String address) {
        bench.gives = Ip4Prefix.parse(address);
        bench.pass(20);
        assertThat(bench.engine.uplinkAddress()).isNull();
    }

    @Test
    void theDefaultRouteOfOption121ReplacesTheRouter() {
        bench.classless = new byte[] {16, 10, 1, (byte) 192, 0, 2, 9, 0, (byte) 192, 0, 2, (byte) 254};
        bench.pass(1);
        assertThat(bench.engine.uplinkGateway()).isEqualTo(ip("192.0.2.254"));
    }

    @Test
    void withoutARouterTheUplinkLeadsNowhere() {
        bench.routers = List.of();
        bench.pass(30);
        assertThat(bench.engine.uplinkAddress()).isNotNull();
        assertThat(bench.engine.internet()).isFalse();
        assertThat(bench.uplink().reason()).contains("names no router");
        assertThat(bench.probes).isEmpty();
    }

    @Test
    void aRouterOutsideTheNetworkIsNone() {
        bench.routers = List.of(ip("203.0.113.1"));
        bench.pass(1);
        assertThat(bench.engine.uplinkGateway()).isNull();
    }

    @Test
    void answersThatNobodyAskedForChangeNothing() {
        bench.pass(1);
        DhcpMessage asked = bench.lastSent();
        int events = bench.events.size();
        bench.gives = Ip4Prefix.parse("192.0.2.66/24");
        bench.reply(asked, DhcpMessage.ACK);
        bench.reply(asked, DhcpMessage.NAK);
        bench.reply(asked, DhcpMessage.OFFER);
        assertThat(bench.engine.uplinkAddress()).hasToString("192.0.2.77/24");
        assertThat(bench.events).hasSize(events);
        assertThat(bench.counters.value("drop.gateway.dhcp_not_asked")).isEqualTo(3);
        bench.engine.onUplinkFrame(Frame.allocate(60), bench.now);
        assertThat(bench.counters.value("drop.gateway.dhcp_not_ipv4")).isEqualTo(1);
    }

    @Test
    void anAcknowledgementOfAServerThatWasNotAskedIsDropped() {
        bench.serverAnswers = false;
        bench.pass(1);
        bench.reply(bench.lastSent(), DhcpMessage.ACK);
        assertThat(bench.engine.uplinkAddress()).isNull();
        assertThat(bench.counters.value("drop.gateway.dhcp_ack_not_asked")).isEqualTo(1);
    }
}
