package org.limesh.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.limesh.access.Bench.ip;
import static org.limesh.access.Bench.mac;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpMessage;

class ConflictProbeTest {
    private static final MacAddress PHONE = mac(1);
    private static final Ip4Address PHONE_IP = ip("10.13.175.27");
    private static final MacAddress PRINTER = MacAddress.parse("52:54:00:00:00:09");

    private final Bench bench = new Bench();

    @BeforeEach
    void canAsk() {
        bench.probes = true;
    }

    private DhcpMessage arp(Ip4Address address, MacAddress from) {
        int before = bench.sent.size();
        bench.server.onArp(address, from, bench.now);
        return bench.sent.size() == before ? null : Bench.parse(bench.sent.getLast());
    }

    @Test
    void offersAnAddressAfterTwoQuestionsAndSilence() {
        assertThat(bench.discover(PHONE)).isNull();
        assertThat(bench.passMs(299)).isNull();
        assertThat(bench.probed).containsExactly(PHONE_IP, PHONE_IP);
        assertThat(bench.passMs(1).yiaddr()).isEqualTo(PHONE_IP);
        assertThat(bench.select(PHONE, PHONE_IP).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void setsAnAddressAsideThatSomebodyAnswersForAndOffersAnother() {
        bench.discover(PHONE);
        bench.passMs(20);
        assertThat(arp(PHONE_IP, PRINTER)).isNull();
        assertThat(bench.events.getLast()).isEqualTo(new AccessEvent.AddressInUse(PHONE_IP, PRINTER, PHONE));
        assertThat(bench.probed.getLast()).isEqualTo(ip("10.13.175.28"));
        assertThat(bench.passMs(300).yiaddr()).isEqualTo(ip("10.13.175.28"));
        assertThat(bench.counters.value("dhcp.address_in_use")).isEqualTo(1);
        // Nobody else gets it for a lease time.
        assertThat(bench.reboot(mac(2), PHONE_IP).type()).isEqualTo(DhcpMessage.NAK);
    }

    @Test
    void answersOtherClientsMeanwhile() {
        bench.probes = false;
        Ip4Address known = bench.lease(mac(2));
        bench.probes = true;
        bench.discover(PHONE);
        assertThat(bench.renew(mac(2), known).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void asksForAnAddressOnce() {
        bench.discover(PHONE);
        bench.passMs(300);
        bench.select(PHONE, PHONE_IP);
        int asked = bench.probed.size();
        assertThat(bench.renew(PHONE, PHONE_IP).type()).isEqualTo(DhcpMessage.ACK);
        assertThat(bench.discover(PHONE).yiaddr()).as("a client that comes again").isEqualTo(PHONE_IP);
        bench.release(PHONE, PHONE_IP);
        assertThat(bench.discover(PHONE).yiaddr()).as("silent ten minutes ago at the most").isEqualTo(PHONE_IP);
        assertThat(bench.probed).hasSize(asked);
        bench.release(PHONE, PHONE_IP);
        bench.pass(601);
        assertThat(bench.discover(PHONE)).isNull();
    }

    @Test
    void answersTheLastOfSeveralDiscoversOnce() {
        bench.discover(PHONE);
        bench.passMs(100);
        assertThat(bench.discover(PHONE)).isNull();
        assertThat(bench.passMs(199)).isNull();
        int before = bench.sent.size();
        bench.passMs(2000);
        assertThat(bench.sent).hasSize(before + 1);
    }

    @Test
    void anAddressThatItsClientAnswersForIsNoConflict() {
        assertThat(bench.rebind(PHONE, ip("10.13.7.7"))).isNull();
        assertThat(arp(ip("10.13.7.7"), PHONE)).isNull();
        assertThat(bench.passMs(300).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void refusesAnUnknownAddressThatSomebodyElseAnswersFor() {
        assertThat(bench.reboot(PHONE, ip("10.13.7.7"))).isNull();
        assertThat(arp(ip("10.13.7.7"), PRINTER).type()).isEqualTo(DhcpMessage.NAK);
        assertThat(bench.server.leases()).isEmpty();
    }

    @Test
    void aFloodOfNewClientsIsAnsweredUnasked() {
        Bench busy = new Bench(Bench.config("10.13.0.2", "10.13.255.254"));
        busy.probes = true;
        int answered = 0;
        for (int i = 0; i < 50; i++) {
            answered += busy.discover(mac(i)) == null ? 0 : 1;
        }
        busy.pass(1);
        for (int i = 50; i < 200; i++) {
            answered += busy.discover(mac(i)) == null ? 0 : 1;
            busy.passMs(100);
        }
        assertThat(answered).isZero();
        assertThat(busy.counters.value("dhcp.unprobed")).isZero();
        DhcpConfig slow = Bench.config("10.13.0.2", "10.13.255.254");
        Bench flooded = new Bench(new DhcpConfig(slow.serverMac(), slow.server(), slow.first(), slow.last(),
                slow.reserved(), 3600, 10_000, 1350, "", java.util.List.of()));
        flooded.probes = true;
        for (int i = 0; i < 1000; i++) {
            answered += flooded.discover(mac(i)) == null ? 0 : 1;
        }
        assertThat(answered).isEqualTo(1000 - ConflictProbe.MAX_ASKED);
        assertThat(flooded.counters.value("dhcp.unprobed")).isEqualTo(1000 - ConflictProbe.MAX_ASKED);
    }
}
