package org.limesh.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.limesh.access.Bench.SECOND;
import static org.limesh.access.Bench.ip;
import static org.limesh.access.Bench.mac;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;

/** A server among others: slices, leases of other nodes, conflicts, the store. */
class SharedServerTest {
    private static final MacAddress SELF = MacAddress.parse("02:ca:fe:00:00:01");
    private static final MacAddress OTHER = MacAddress.parse("02:ca:fe:00:00:02");
    private static final Ip4Address HELD = ip("10.13.7.7");

    private final Bench bench = new Bench(Bench.config("10.13.0.2", "10.13.255.254"), SELF);
    private long beat;

    private static SharedLease lease(Ip4Address address, MacAddress client, long age, long left) {
        return new SharedLease(address, client, "", "", OTHER, OTHER, age, left);
    }

    private static BitSet upperHalf() {
        BitSet half = new BitSet();
        half.set(128, 256);
        return half;
    }

    /** The other node owns the upper half and hands us the lower one. */
    private void meet(SharedLease... leases) {
        Map<Integer, MacAddress> handed = new java.util.TreeMap<>();
        for (int slice = 0; slice < 128; slice++) {
            handed.put(slice, SELF);
        }
        bench.server.learn(new CloudReport(OTHER, 1, ++beat, ip("10.13.200.2"), "other", upperHalf(), upperHalf(), handed, List.of(),
                List.of(leases)), bench.now);
    }

    @Test
    void givesNewAddressesFromItsOwnSlicesOnly() {
        meet();
        assertThat(bench.server.ownSlices()).isEqualTo(128);
        for (int i = 0; i < 40; i++) {
            Ip4Address given = bench.lease(new MacAddress(0x0200_0000_0000L + i * 7919L));
            assertThat(given.bits() >>> 8 & 0xff).as(given.toString()).isLessThan(128);
            bench.pass(1);
        }
        // The hash decides within the slices.
        assertThat(bench.discover(mac(1)).yiaddr()).isEqualTo(bench.discover(mac(1)).yiaddr());
        assertThat(bench.server.leases()).extracting(Lease::grantedBy).containsOnly(SELF);
    }

    @Test
    void keepsDnsmasqsChoiceWhereItLiesInItsSlices() {
        meet();
        MacAddress low = new MacAddress(0x0200_0000_0000L);
        Ip4Address preferred = new Bench().discover(low).yiaddr();
        for (int i = 1; (preferred.bits() >>> 8 & 0xff) > 127; i++) {
            low = new MacAddress(0x0200_0000_0000L + i);
            preferred = new Bench().discover(low).yiaddr();
        }
        assertThat(bench.lease(low)).isEqualTo(preferred);
    }

    @Test
    void renewsAnyLeaseItKnowsWhereverItLies() {
        Ip4Address theirs = ip("10.13.210.5");
        meet(lease(theirs, mac(1), 100, 3000));
        assertThat(bench.reboot(mac(1), theirs).type()).isEqualTo(DhcpMessage.ACK);
        Lease lease = bench.server.leases().getFirst();
        assertThat(lease.grantedBy()).isEqualTo(OTHER);
        assertThat(lease.confirmedBy()).isEqualTo(SELF);
        assertThat(lease.reason()).contains("held at " + OTHER);
        assertThat(bench.discover(mac(1)).yiaddr()).isEqualTo(theirs);
    }

    /** Text as another carrier than reports gives it. */
    private void tell(MacAddress client, Ip4Address address, long leftSeconds) {
        bench.server.learn(OTHER, client, "", address, "*", leftSeconds, "held at there, as a bird tells", bench.now);
    }

    @Test
    void aLeaseThatAnotherCarrierTellsIsRenewedAndSaysHowItWasKnown() {
        tell(mac(1), HELD, 1000);
        Lease known = bench.server.remoteLeases().getFirst();
        assertThat(known.reason()).isEqualTo("held at there, as a bird tells");
        assertThat(known.hostname()).isEmpty();
        assertThat(known.expiresNs() - bench.now).isEqualTo(1000 * SECOND);
        assertThat(bench.reboot(mac(2), HELD).type()).isEqualTo(DhcpMessage.NAK);
        assertThat(bench.reboot(mac(1), HELD).type()).isEqualTo(DhcpMessage.ACK);
        assertThat(bench.server.leases().getFirst().reason()).contains("as a bird tells");
        assertThat(bench.server.leases().getFirst().grantedBy()).isEqualTo(OTHER);
    }

    @Test
    void aLeaseThatAnotherCarrierTellsOverwritesNoneThatIsHeldHere() {
        Ip4Address ours = bench.lease(mac(1));
        bench.pass(1000);
        tell(mac(2), ours, Long.MAX_VALUE);
        assertThat(bench.counters.value("lease.conflict")).isEqualTo(1);
        assertThat(bench.server.leases()).extracting(Lease::client).containsExactly(mac(1));
        assertThat(bench.server.remoteLeases()).isEmpty();
        tell(mac(1), ours, 10);
        assertThat(bench.server.leases().getFirst().expiresNs() - bench.now).isGreaterThan(2000 * SECOND);
    }

    @Test
    void refusesUnknownAddressesOfOthersAndGivesOneOfItsOwn() {
        meet();
        DhcpMessage nak = bench.reboot(mac(1), ip("10.13.210.5"));
        assertThat(nak.type()).isEqualTo(DhcpMessage.NAK);
        assertThat(nak.options().text(DhcpOptions.MESSAGE)).contains("given by " + OTHER);
        assertThat(bench.rebind(mac(1), ip("10.13.210.5")).type()).isEqualTo(DhcpMessage.NAK);
        assertThat(bench.reboot(mac(1), ip("10.13.20.5")).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void givesNobodyAnAddressThatIsLeasedElsewhereOrANodes() {
        meet(lease(HELD, mac(1), 100, 3000));
        assertThat(bench.reboot(mac(2), HELD).type()).isEqualTo(DhcpMessage.NAK);
        assertThat(bench.reboot(mac(2), ip("10.13.200.2")).type()).isEqualTo(DhcpMessage.NAK);
        DhcpMessage offer = bench.ask(mac(2), DhcpMessage.DISCOVER,
                options -> options.put(DhcpOptions.REQUESTED_ADDRESS, HELD));
        assertThat(offer.yiaddr()).isNotEqualTo(HELD);
    }

    @Test
    void letsGoOfALeaseThatAnotherNodeConfirmsLater() {
        meet();
        Ip4Address address = bench.lease(mac(1));
        bench.pass(1800);
        meet(lease(address, mac(1), 1800, 3600));
        assertThat(bench.server.leases()).isEmpty();
        assertThat(bench.server.remoteLeases()).extracting(Lease::address).contains(address);
    }

    @Test
    void theEarlierLeaseKeepsTheAddressAndTheOtherIsRefusedAtItsRenewal() {
        meet();
        bench.reboot(mac(1), HELD);
        bench.pass(1000);
        meet(lease(HELD, mac(2), 5000, 3000));
        assertThat(bench.counters.value("lease.conflict")).isEqualTo(1);
        assertThat(bench.events).contains(new AccessEvent.LeaseConflict(HELD, mac(2), mac(1), OTHER));
        assertThat(bench.renew(mac(1), HELD).type()).isEqualTo(DhcpMessage.NAK);
        // Nobody new gets it for a lease time, the winner does.
        bench.pass(3500);
        assertThat(bench.reboot(mac(3), HELD).type()).isEqualTo(DhcpMessage.NAK);
        assertThat(bench.reboot(mac(2), HELD).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void theEarlierLeaseStaysWhenItIsOurs() {
        meet();
        bench.reboot(mac(1), HELD);
        bench.pass(1000);
        meet(lease(HELD, mac(2), 10, 3000));
        assertThat(bench.events).contains(new AccessEvent.LeaseConflict(HELD, mac(1), mac(2), OTHER));
        assertThat(bench.renew(mac(1), HELD).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void ofTwoLeasesOfTheSameAgeTheLowerMacsStays() {
        meet();
        bench.reboot(mac(2), HELD);
        bench.pass(30);
        meet(lease(HELD, mac(1), 10, 3000));
        assertThat(bench.renew(mac(2), HELD).type()).isEqualTo(DhcpMessage.NAK);
    }

    @Test
    void refusesWhatCannotBeALease() {
        meet(lease(ip("192.168.1.1"), mac(1), 1, 3000), lease(HELD, MacAddress.parse("33:33:00:00:00:01"), 1, 3000),
                lease(HELD, mac(1), 1, 3600 + 61));
        assertThat(bench.server.remoteLeases()).extracting(Lease::address).containsExactly(ip("10.13.200.2"));
        assertThat(bench.counters.value("lease.rejected.outside_pool")).isEqualTo(1);
        assertThat(bench.counters.value("lease.rejected.client_mac")).isEqualTo(1);
        assertThat(bench.counters.value("lease.rejected.too_long")).isEqualTo(1);
    }

    @Test
    void keepsAnEndedAddressForItsClientUntilAllNodesHaveReported() {
        meet();
        bench.reboot(mac(1), HELD);
        bench.pass(3601);
        assertThat(bench.reboot(mac(2), HELD).type()).isEqualTo(DhcpMessage.NAK);
        // Two hours of silence: the other node may have confirmed it since.
        bench.pass(7200);
        assertThat(bench.reboot(mac(2), HELD).type()).isEqualTo(DhcpMessage.NAK);
        meet();
        bench.pass(120);
        assertThat(bench.reboot(mac(2), HELD).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void givesAKeptAddressBackToItsClient() {
        meet();
        bench.reboot(mac(1), HELD);
        bench.pass(5000);
        assertThat(bench.discover(mac(1)).yiaddr()).isEqualTo(HELD);
    }

    @Test
    void tellsTheOthersWhatItHolds() {
        meet();
        bench.reboot(mac(1), HELD);
        bench.pass(10);
        CloudReport report = bench.server.report(5, 6, ip("10.13.0.9"), "me", bench.now);
        assertThat(report.leases()).containsExactly(
                new SharedLease(HELD, mac(1), "", "", SELF, SELF, 10, 3591));
        assertThat(report.claims().cardinality()).isEqualTo(128);
        assertThat(report.taken().cardinality()).isEqualTo(256);
        assertThat(report.members()).as("who is heard by all").isEmpty();
        bench.pass(600);
        assertThat(bench.server.report(5, 7, ip("10.13.0.9"), "me", bench.now).members()).containsExactly(OTHER);
        assertThat(bench.server.takeChanged()).isTrue();
        assertThat(bench.server.takeChanged()).isFalse();
    }

    @Test
    void anAckWaitsUntilItsLeaseIsDurable() {
        bench.server.restore(List.of(), 0, bench.now);
        Ip4Address offered = bench.discover(mac(1)).yiaddr();
        assertThat(bench.select(mac(1), offered)).isNull();
        bench.server.onStored(bench.stored.size() - 1, bench.now);
        assertThat(Bench.parse(bench.sent.getLast()).type()).isEqualTo(DhcpMessage.OFFER);
        bench.server.onStored(bench.stored.size(), bench.now);
        assertThat(Bench.parse(bench.sent.getLast()).type()).isEqualTo(DhcpMessage.ACK);
        assertThat(bench.events.getLast()).isInstanceOf(AccessEvent.LeaseGranted.class);
    }

    @Test
    void aNewServerKnowsWhatTheOldOneWroteDown() {
        bench.server.restore(List.of(), 0, bench.now);
        bench.durable = true;
        meet();
        Ip4Address address = bench.lease(mac(1));
        bench.lease(mac(2));
        bench.release(mac(2), bench.server.leases().stream().filter(lease -> lease.client().equals(mac(2))).findFirst()
                .orElseThrow().address());
        bench.pass(1000);
        for (List<byte[]> records : List.of(bench.stored, bench.server.snapshotRecords(bench.now))) {
            Bench again = new Bench(Bench.config("10.13.0.2", "10.13.255.254"), SELF);
            again.now = bench.now;
            again.server.restore(records, 1, again.now);
            assertThat(again.server.leases()).extracting(Lease::address).containsExactly(address);
            assertThat(again.server.leases().getFirst().expiresNs()).isBetween(3599 * SECOND, 3601 * SECOND);
            assertThat(again.server.ownSlices()).isEqualTo(128);
            assertThat(again.counters.value("lease.torn")).isEqualTo(1);
        }
    }

    @Test
    void aClientIdOfAnyLengthFitsStoreAndReports() {
        bench.server.restore(List.of(), 0, bench.now);
        bench.durable = true;
        Map<Integer, Ip4Address> leased = new TreeMap<>();
        for (int octets : List.of(7, 120, 121, 127, 128, 135, 255)) {
            byte[] id = new byte[octets];
            id[0] = (byte) 0xff;
            id[octets - 1] = (byte) octets;
            Ip4Address offered = bench.ask(mac(octets), DhcpMessage.DISCOVER,
                    options -> options.put(DhcpOptions.CLIENT_ID, id)).yiaddr();
            DhcpMessage ack = bench.ask(mac(octets), DhcpMessage.REQUEST, options -> options
                    .put(DhcpOptions.CLIENT_ID, id).put(DhcpOptions.SERVER_ID, Bench.SERVER)
                    .put(DhcpOptions.REQUESTED_ADDRESS, offered));
            assertThat(ack.options().value(DhcpOptions.CLIENT_ID)).as("what goes back is the whole id").isEqualTo(id);
            leased.put(octets, offered);
        }
        CloudReport report = bench.server.report(1, 1, ip("10.13.0.9"), "n", bench.now);
        assertThat(CloudReport.parse(SELF, report.emit())).as("one client cannot spoil what a node tells")
                .isInstanceOf(Decoded.Valid.class);
        Bench again = new Bench(Bench.config("10.13.0.2", "10.13.255.254"), SELF);
        again.server.restore(bench.stored, 0, again.now);
        again.durable = true;
        leased.forEach((octets, address) -> {
            byte[] id = new byte[octets];
            id[0] = (byte) 0xff;
            id[octets - 1] = (byte) (int) octets;
            DhcpMessage renewed = again.ask(mac(octets), address, Bench.SERVER, DhcpMessage.REQUEST,
                    options -> options.put(DhcpOptions.CLIENT_ID, id));
            assertThat(renewed.type()).as("id of %d octets, after a restart", octets).isEqualTo(DhcpMessage.ACK);
        });
    }

    @Test
    void goesOnFromMemoryWhenTheStoreFailsAsLongAsOthersKnow() {
        bench.server.restore(List.of(), 0, bench.now);
        bench.durable = true;
        Ip4Address address = bench.lease(mac(1));
        bench.server.onStoreFailed(true, "no space left on device");
        assertThat(bench.events.getLast()).isEqualTo(new AccessEvent.StoreFailed("no space left on device"));
        assertThat(bench.renew(mac(1), address).type()).isEqualTo(DhcpMessage.ACK);
        Ip4Address offered = bench.discover(mac(2)).yiaddr();
        assertThat(bench.select(mac(2), offered)).as("alone, a new lease would be forgotten").isNull();
        meet();
        Ip4Address theirs = bench.discover(mac(3)).yiaddr();
        assertThat(bench.select(mac(3), theirs).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void aRestartedNodeStillKeepsOutNodesThatItCannotHear() {
        bench.server.restore(List.of(), 0, bench.now);
        bench.durable = true;
        Ip4Address node = ip("10.13.20.2");
        MacAddress third = MacAddress.parse("02:ca:fe:00:00:03");
        // The third node is heard while the slice of its address is not ours yet.
        bench.server.learn(new CloudReport(third, 1, 1, node, "third", new BitSet(), new BitSet(), Map.of(), List.of(),
                List.of()), bench.now);
        meet();
        bench.pass(3 * 3600);
        Bench again = new Bench(Bench.config("10.13.0.2", "10.13.255.254"), SELF);
        again.now = bench.now;
        again.server.restore(bench.stored, 0, again.now);
        again.pass(2 * 3600);
        DhcpMessage offer = again.ask(mac(1), DhcpMessage.DISCOVER,
                options -> options.put(DhcpOptions.REQUESTED_ADDRESS, node));
        assertThat(offer.yiaddr()).isNotEqualTo(node);
        assertThat(again.reboot(mac(1), node).type()).isEqualTo(DhcpMessage.NAK);
    }

    @Test
    void aNodesOwnAddressGoesBeforeAClientsLease() {
        meet();
        bench.reboot(mac(1), HELD);
        bench.pass(1000);
        MacAddress genuine = MacAddress.parse("02:ca:fe:00:00:04");
        bench.server.learn(genuine, genuine, "", HELD, "LiMe-000004", bench.now);
        assertThat(bench.events).contains(new AccessEvent.LeaseConflict(HELD, genuine, mac(1), genuine));
        assertThat(bench.renew(mac(1), HELD).type()).isEqualTo(DhcpMessage.NAK);
    }
}
