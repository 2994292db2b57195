package org.limesh.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.limesh.access.Bench.SERVER;
import static org.limesh.access.Bench.SERVER_MAC;
import static org.limesh.access.Bench.ip;
import static org.limesh.access.Bench.mac;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Udp;

class DhcpServerTest {
    private static final MacAddress PHONE = mac(1);
    private static final Ip4Address PHONE_IP = ip("10.13.175.27");

    private final Bench bench = new Bench();

    @ParameterizedTest
    @CsvSource({"02:aa:00:00:00:01, 10.13.175.27", "52:54:00:aa:bb:01, 10.13.244.223", "a8:40:41:1f:73:a8, 10.13.200.43"})
    void choosesTheAddressThatDnsmasqChooses(String client, String address) {
        assertThat(bench.lease(MacAddress.parse(client))).isEqualTo(ip(address));
        assertThat(bench.server.leases().getFirst().reason()).isEqualTo("hash of " + client);
    }

    @Test
    void takesTheNextAddressWhenTheHashPointsToATakenOne() {
        bench.reboot(mac(99), PHONE_IP);
        assertThat(bench.lease(PHONE)).isEqualTo(ip("10.13.175.28"));
        assertThat(bench.server.leases().getLast().reason())
                .isEqualTo("next free after 10.13.175.27, the hash of 02:aa:00:00:00:01");
    }

    @Test
    void neverGivesAReservedAddress() {
        Bench small = new Bench(Bench.config("10.13.0.1", "10.13.0.4", "10.13.0.3"));
        assertThat(List.of(small.lease(mac(1)), small.lease(mac(2))))
                .containsExactlyInAnyOrder(ip("10.13.0.2"), ip("10.13.0.4"));
        assertThat(small.discover(mac(3))).isNull();
    }

    @Test
    void leavesOutTheEdgesOfOldClassCNetworks() {
        DhcpConfig config = new DhcpConfig(SERVER_MAC, Ip4Prefix.parse("192.168.0.1/16"), ip("192.168.0.255"),
                ip("192.168.1.1"), List.of(), 3600, 10, 1350, "", List.of());
        assertThat(new Bench(config).discover(PHONE).yiaddr()).isEqualTo(ip("192.168.1.1"));
    }

    @Test
    void namesEveryDnsServerThereIsAndNoneWhereThereIsNone() {
        DhcpConfig two = new DhcpConfig(SERVER_MAC, Ip4Prefix.parse("10.13.0.1/16"), ip("10.13.0.2"),
                ip("10.13.0.9"), List.of(), 3600, 10, 1350, "", List.of(ip("4.2.2.2"), ip("141.1.1.1")));
        assertThat(new Bench(two).discover(PHONE).options().value(DhcpOptions.DNS_SERVER))
                .containsExactly(4, 2, 2, 2, 141, 1, 1, 1);
        DhcpConfig none = new DhcpConfig(SERVER_MAC, Ip4Prefix.parse("10.13.0.1/16"), ip("10.13.0.2"),
                ip("10.13.0.9"), List.of(), 3600, 10, 1350, "", List.of());
        assertThat(new Bench(none).discover(PHONE).options().has(DhcpOptions.DNS_SERVER)).isFalse();
    }

    @Test
    void tellsTheClientEverythingItAskedFor() {
        DhcpMessage offer = bench.ask(PHONE, DhcpMessage.DISCOVER,
                options -> options.put(DhcpOptions.PARAMETER_LIST, new byte[] {1, 3, 6, 15, 26, 28}));
        DhcpOptions options = offer.options();
        assertThat(offer.type()).isEqualTo(DhcpMessage.OFFER);
        assertThat(offer.xid()).isEqualTo(7);
        assertThat(options.address(DhcpOptions.SERVER_ID)).isEqualTo(SERVER);
        assertThat(options.address(DhcpOptions.ROUTER)).isEqualTo(SERVER);
        assertThat(options.address(DhcpOptions.DNS_SERVER)).isEqualTo(SERVER);
        assertThat(options.address(DhcpOptions.SUBNET_MASK)).isEqualTo(ip("255.255.0.0"));
        assertThat(options.address(DhcpOptions.BROADCAST_ADDRESS)).isEqualTo(ip("10.13.255.255"));
        assertThat(options.text(DhcpOptions.DOMAIN)).isEqualTo("thisnode.info");
        assertThat(options.u16(DhcpOptions.INTERFACE_MTU, 0)).isEqualTo(1350);
        assertThat(options.u32(DhcpOptions.LEASE_SECONDS, 0)).isEqualTo(3600);
        assertThat(options.u32(DhcpOptions.RENEWAL_SECONDS, 0)).isEqualTo(1800);
        assertThat(options.u32(DhcpOptions.REBINDING_SECONDS, 0)).isEqualTo(3150);
    }

    @Test
    void sendsTheMtuOnlyToWhoAsksForIt() {
        DhcpMessage offer = bench.ask(PHONE, DhcpMessage.DISCOVER,
                options -> options.put(DhcpOptions.PARAMETER_LIST, new byte[] {1, 3, 6}));
        assertThat(offer.options().has(DhcpOptions.INTERFACE_MTU)).isFalse();
        assertThat(offer.options().has(DhcpOptions.DOMAIN)).isFalse();
    }

    @Test
    void answersToTheNewAddressUnlessTheClientWantsBroadcast() {
        bench.discover(PHONE);
        Frame unicast = bench.sent.getLast();
        assertThat(Ethernet.destination(unicast)).isEqualTo(PHONE.bits());
        assertThat(Ethernet.source(unicast)).isEqualTo(SERVER_MAC.bits());
        assertThat(Ipv4.source(unicast)).isEqualTo(SERVER.bits());
        assertThat(Ipv4.destination(unicast)).isEqualTo(PHONE_IP.bits());
        assertThat(Udp.sourcePort(unicast)).isEqualTo(67);
        assertThat(Udp.destinationPort(unicast)).isEqualTo(68);
        assertThat(Udp.payloadOctets(unicast)).isGreaterThanOrEqualTo(300);

        bench.ask(new DhcpMessage(1, 0, 9, 0, true, Ip4Address.ANY, Ip4Address.ANY, Ip4Address.ANY, Ip4Address.ANY,
                PHONE, DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, 1).build()), Ip4Address.BROADCAST);
        Frame broadcast = bench.sent.getLast();
        assertThat(Ethernet.destination(broadcast)).isEqualTo(MacAddress.BROADCAST.bits());
        assertThat(Ipv4.destination(broadcast)).isEqualTo(Ip4Address.BROADCAST.bits());
        assertThat(Bench.parse(broadcast).wantsBroadcast()).isTrue();
    }

    @Test
    void answersARenewalAtTheClientsOwnAddress() {
        bench.lease(PHONE);
        DhcpMessage ack = bench.renew(PHONE, PHONE_IP);
        assertThat(ack.type()).isEqualTo(DhcpMessage.ACK);
        assertThat(ack.ciaddr()).isEqualTo(PHONE_IP);
        assertThat(Ipv4.destination(bench.sent.getLast())).isEqualTo(PHONE_IP.bits());
        assertThat(bench.events.getLast())
                .isEqualTo(new AccessEvent.LeaseGranted(PHONE, PHONE_IP, "", "renewed"));
    }

    @Test
    void givesTheClientsIdBack() {
        byte[] id = {1, 2, (byte) 0xaa, 0, 0, 0, 1};
        DhcpMessage offer = bench.ask(PHONE, DhcpMessage.DISCOVER, options -> options.put(DhcpOptions.CLIENT_ID, id));
        assertThat(offer.options().value(DhcpOptions.CLIENT_ID)).isEqualTo(id);
    }

    @Test
    void extendsALeaseAtEachRenewalAndEndsItAfterwards() {
        bench.lease(PHONE);
        bench.pass(3000);
        bench.renew(PHONE, PHONE_IP);
        bench.pass(3599);
        assertThat(bench.server.leases()).hasSize(1);
        bench.pass(1);
        assertThat(bench.server.leases()).isEmpty();
        assertThat(bench.events.getLast()).isEqualTo(new AccessEvent.LeaseExpired(PHONE, PHONE_IP));
        assertThat(bench.server.nextDeadlineNs()).isEqualTo(DhcpServer.NEVER);
    }

    @Test
    void remembersSinceWhenAClientHasItsAddress() {
        bench.pass(10);
        bench.lease(PHONE);
        bench.pass(100);
        bench.renew(PHONE, PHONE_IP);
        Lease lease = bench.server.leases().getFirst();
        assertThat(lease.grantedNs()).isEqualTo(10 * Bench.SECOND);
        assertThat(lease.expiresNs()).isEqualTo(3710 * Bench.SECOND);
    }

    @Test
    void forgetsAnOfferAfterThirtySeconds() {
        bench.discover(PHONE);
        bench.pass(29);
        assertThat(bench.reboot(mac(2), PHONE_IP).type()).isEqualTo(DhcpMessage.NAK);
        bench.pass(1);
        assertThat(bench.reboot(mac(2), PHONE_IP).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void offersAKnownClientTheAddressItHas() {
        bench.reboot(PHONE, ip("10.13.7.7"));
        assertThat(bench.discover(PHONE).yiaddr()).isEqualTo(ip("10.13.7.7"));
        assertThat(bench.server.leases()).hasSize(1);
    }

    @Test
    void offersTheAddressAskedForWhenItIsFree() {
        DhcpMessage offer = bench.ask(PHONE, DhcpMessage.DISCOVER,
                options -> options.put(DhcpOptions.REQUESTED_ADDRESS, ip("10.13.7.7")));
        assertThat(offer.yiaddr()).isEqualTo(ip("10.13.7.7"));
        bench.select(PHONE, offer.yiaddr());
        assertThat(bench.server.leases().getFirst().reason()).isEqualTo("asked for it and it was free");
        DhcpMessage foreign = bench.ask(mac(2), DhcpMessage.DISCOVER,
                options -> options.put(DhcpOptions.REQUESTED_ADDRESS, ip("192.168.1.5")));
        assertThat(foreign.yiaddr()).isEqualTo(ip("10.13.175.28"));
    }

    @Test
    void givesAnAddressToTheFirstOfTwoWhoWantIt() {
        assertThat(bench.reboot(mac(1), ip("10.13.7.7")).type()).isEqualTo(DhcpMessage.ACK);
        DhcpMessage nak = bench.reboot(mac(2), ip("10.13.7.7"));
        assertThat(nak.type()).isEqualTo(DhcpMessage.NAK);
        assertThat(nak.yiaddr()).isEqualTo(Ip4Address.ANY);
        assertThat(nak.options().text(DhcpOptions.MESSAGE)).isEqualTo("held by 02:aa:00:00:00:01");
        assertThat(Ipv4.destination(bench.sent.getLast())).isEqualTo(Ip4Address.BROADCAST.bits());
        assertThat(bench.events.getLast()).isEqualTo(
                new AccessEvent.RequestRefused(mac(2), ip("10.13.7.7"), "held by 02:aa:00:00:00:01"));
    }

    @Test
    void keepsTheAddressOfAClientThatComesFromAnotherNode() {
        Ip4Address fromElsewhere = new Bench().lease(PHONE);
        assertThat(bench.renew(PHONE, fromElsewhere).type()).isEqualTo(DhcpMessage.ACK);
        assertThat(bench.events.getLast())
                .isEqualTo(new AccessEvent.LeaseGranted(PHONE, fromElsewhere, "", "renewed"));
        Bench third = new Bench();
        assertThat(third.rebind(PHONE, fromElsewhere).yiaddr()).isEqualTo(fromElsewhere);
        assertThat(third.server.leases().getFirst().reason()).isEqualTo("came with it and it was free");
        assertThat(third.events.getLast())
                .isEqualTo(new AccessEvent.LeaseGranted(PHONE, fromElsewhere, "", "rebound"));
    }

    @Test
    void acknowledgesAnOfferThatAnotherNodeMade() {
        Ip4Address offered = new Bench().discover(PHONE).yiaddr();
        assertThat(bench.select(PHONE, offered).type()).isEqualTo(DhcpMessage.ACK);
    }

    @ParameterizedTest
    @CsvSource({"192.168.1.7, outside of 10.13.0.0/16", "10.13.0.1, not an address for clients",
        "10.13.255.255, not an address for clients"})
    void refusesAddressesThatAreNotForClients(String address, String reason) {
        assertThat(bench.rebind(PHONE, ip(address)).options().text(DhcpOptions.MESSAGE)).isEqualTo(reason);
        assertThat(bench.reboot(PHONE, ip(address)).type()).isEqualTo(DhcpMessage.NAK);
    }

    @Test
    void letsAClientHaveOneAddressOnly() {
        bench.lease(PHONE);
        bench.renew(PHONE, ip("10.13.7.7"));
        assertThat(bench.server.leases()).extracting(Lease::address).containsExactly(ip("10.13.7.7"));
        assertThat(bench.events).contains(new AccessEvent.LeaseReleased(PHONE, PHONE_IP));
    }

    @Test
    void setsADeclinedAddressAsideForALeaseTime() {
        bench.lease(PHONE);
        bench.decline(PHONE, PHONE_IP);
        assertThat(bench.events.getLast()).isEqualTo(new AccessEvent.AddressDeclined(PHONE, PHONE_IP));
        assertThat(bench.server.leases()).isEmpty();
        assertThat(bench.lease(PHONE)).isEqualTo(ip("10.13.175.28"));
        bench.pass(3599);
        assertThat(bench.reboot(mac(2), PHONE_IP).type()).isEqualTo(DhcpMessage.NAK);
        bench.pass(1);
        assertThat(bench.reboot(mac(2), PHONE_IP).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void doesNotLetStrangersDeclineOrRelease() {
        bench.lease(PHONE);
        bench.decline(mac(2), PHONE_IP);
        bench.release(mac(2), PHONE_IP);
        bench.decline(mac(2), ip("10.13.9.9"));
        assertThat(bench.server.leases()).hasSize(1);
        assertThat(bench.counters.value("drop.dhcp.decline_of_foreign")).isEqualTo(2);
        assertThat(bench.counters.value("drop.dhcp.release_of_foreign")).isEqualTo(1);
    }

    @Test
    void boundsTheAddressesSetAside() {
        for (int i = 0; i <= LeaseTable.MAX_QUARANTINED; i++) {
            bench.pass(1);
            bench.decline(PHONE, bench.lease(PHONE));
        }
        assertThat(bench.reboot(mac(2), PHONE_IP).type()).isEqualTo(DhcpMessage.ACK);
        assertThat(bench.reboot(mac(3), PHONE_IP.plus(1)).type()).isEqualTo(DhcpMessage.NAK);
    }

    @Test
    void freesAReleasedAddress() {
        bench.lease(PHONE);
        assertThat(bench.release(PHONE, PHONE_IP)).isNull();
        assertThat(bench.events.getLast()).isEqualTo(new AccessEvent.LeaseReleased(PHONE, PHONE_IP));
        assertThat(bench.reboot(mac(2), PHONE_IP).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void informsAClientWithAnAddressOfItsOwn() {
        DhcpMessage ack = bench.ask(PHONE, ip("10.13.5.5"), Ip4Address.BROADCAST, DhcpMessage.INFORM, options -> options);
        assertThat(ack.type()).isEqualTo(DhcpMessage.ACK);
        assertThat(ack.yiaddr()).isEqualTo(Ip4Address.ANY);
        assertThat(ack.options().has(DhcpOptions.LEASE_SECONDS)).isFalse();
        assertThat(ack.options().address(DhcpOptions.DNS_SERVER)).isEqualTo(SERVER);
        assertThat(bench.server.leases()).isEmpty();
    }

    @Test
    void refusesRelayedRequests() {
        DhcpMessage relayed = new DhcpMessage(1, 1, 9, 0, false, Ip4Address.ANY, Ip4Address.ANY, Ip4Address.ANY,
                ip("10.13.3.3"), PHONE, DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, 1).build());
        assertThat(bench.ask(relayed, SERVER)).isNull();
        assertThat(bench.counters.value("drop.dhcp.relayed")).isEqualTo(1);
        assertThat(bench.events).containsExactly(new AccessEvent.RequestRefused(PHONE, ip("10.13.3.3"),
                "it came through the relay at this address, and a node serves its own clients only"));
    }

    @Test
    void nobodyReleasesOrDeclinesForAnother() {
        bench.lease(PHONE);
        for (int type : new int[] {DhcpMessage.RELEASE, DhcpMessage.DECLINE}) {
            DhcpMessage forged = new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, 7, 0, false, PHONE_IP, Ip4Address.ANY,
                    Ip4Address.ANY, Ip4Address.ANY, PHONE, DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, type)
                            .put(DhcpOptions.SERVER_ID, SERVER).put(DhcpOptions.REQUESTED_ADDRESS, PHONE_IP).build());
            assertThat(bench.onFrame(Udp.frame4(SERVER_MAC.bits(), mac(66).bits(), PHONE_IP.bits(), 68, SERVER.bits(), 67,
                    forged.emit()))).isNull();
        }
        assertThat(bench.server.leases()).extracting(Lease::address).containsExactly(PHONE_IP);
        assertThat(bench.counters.value("drop.dhcp.forged")).isEqualTo(2);
    }

    @Test
    void givesBackWhatASwitchSaysAboutThePort() {
        byte[] port = {1, 4, 'l', 'a', 'n', '3'};
        DhcpMessage offer = bench.ask(PHONE, DhcpMessage.DISCOVER,
                options -> options.put(DhcpOptions.PORT_INFORMATION, port));
        assertThat(offer.options().value(DhcpOptions.PORT_INFORMATION)).isEqualTo(port);
        byte[] octets = bench.sent.getLast().toBytes();
        int end = octets.length - 1;
        while (octets[end] == 0) {
            end--;
        }
        assertThat(octets[end]).as("end of options").isEqualTo((byte) 255);
        assertThat(octets[end - 1]).as("the option before the end").isEqualTo((byte) '3');
        assertThat(bench.discover(mac(2)).options().has(DhcpOptions.PORT_INFORMATION)).isFalse();
    }

    @Test
    void withdrawsItsOfferWhenTheClientChoosesAnotherServer() {
        Ip4Address offered = bench.discover(PHONE).yiaddr();
        assertThat(bench.ask(PHONE, DhcpMessage.REQUEST, options -> options.put(DhcpOptions.SERVER_ID, ip("10.13.0.9"))
                .put(DhcpOptions.REQUESTED_ADDRESS, ip("10.13.0.99")))).isNull();
        assertThat(bench.reboot(mac(2), offered).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void ignoresWhatIsNotMeantForIt() {
        Frame own = Udp.frame4(MacAddress.BROADCAST.bits(), SERVER_MAC.bits(), 0, 68, -1, 67, new byte[300]);
        Frame toAnotherServer = Udp.frame4(mac(5).bits(), PHONE.bits(), 0, 68, ip("10.13.0.9").bits(), 67, new byte[300]);
        assertThat(bench.onFrame(own)).isNull();
        assertThat(bench.onFrame(toAnotherServer)).isNull();
        assertThat(bench.counters.value("dhcp.not_for_us")).isEqualTo(2);
    }

    @Test
    void recognisesAMachineAfterItsBootLoader() {
        Ip4Address boot = bench.lease(PHONE);
        byte[] id = {(byte) 255, 1, 2, 3, 4};
        DhcpMessage offer = bench.ask(PHONE, DhcpMessage.DISCOVER, options -> options.put(DhcpOptions.CLIENT_ID, id));
        assertThat(offer.yiaddr()).isEqualTo(boot);
        bench.ask(PHONE, DhcpMessage.REQUEST, options -> options.put(DhcpOptions.CLIENT_ID, id)
                .put(DhcpOptions.SERVER_ID, SERVER).put(DhcpOptions.REQUESTED_ADDRESS, boot));
        assertThat(bench.server.leases()).extracting(Lease::clientId).containsExactly("ff01020304");
    }

    @Test
    void recognisesAClientByItsIdWhenItsMacChanged() {
        byte[] id = {9, 9, 9};
        Ip4Address address = bench.ask(PHONE, DhcpMessage.REQUEST, options -> options.put(DhcpOptions.CLIENT_ID, id)
                .put(DhcpOptions.REQUESTED_ADDRESS, PHONE_IP)).yiaddr();
        DhcpMessage offer = bench.ask(mac(2), DhcpMessage.DISCOVER, options -> options.put(DhcpOptions.CLIENT_ID, id));
        assertThat(offer.yiaddr()).isEqualTo(address);
    }

    @Test
    void recordsACleanHostname() {
        bench.ask(PHONE, DhcpMessage.REQUEST, options -> options.put(DhcpOptions.HOSTNAME, "Ana's <b>phone</b>.lan")
                .put(DhcpOptions.REQUESTED_ADDRESS, PHONE_IP));
        assertThat(bench.server.leases().getFirst().hostname()).isEqualTo("Ana-s-b-phone-b");
        assertThat(Client.label("...")).isEmpty();
        assertThat(Client.label("-\n\u0000x_")).isEqualTo("x");
        assertThat(Client.label("a".repeat(200))).hasSize(63);
    }

    @Test
    void readsTheFullNameInBothEncodings() {
        byte[] text = {0, 0, 0, 'p', 'c', '7', '.', 'x'};
        byte[] labels = {4, 0, 0, 3, 'p', 'c', '7', 1, 'x', 0};
        byte[] lying = {4, 0, 0, 63, 'p', 'c', '7'};
        for (byte[] value : List.of(text, labels, lying)) {
            assertThat(Client.hostname(DhcpOptions.builder().put(DhcpOptions.CLIENT_NAME, value).build()))
                    .isEqualTo("pc7");
        }
    }

    @Test
    void honoursAShorterLease() {
        DhcpMessage ack = bench.ask(PHONE, DhcpMessage.REQUEST, options -> options
                .put(DhcpOptions.REQUESTED_ADDRESS, PHONE_IP).put32(DhcpOptions.LEASE_SECONDS, 600));
        assertThat(ack.options().u32(DhcpOptions.LEASE_SECONDS, 0)).isEqualTo(600);
        DhcpMessage eternal = bench.ask(mac(2), DhcpMessage.DISCOVER,
                options -> options.put32(DhcpOptions.LEASE_SECONDS, -1));
        assertThat(eternal.options().u32(DhcpOptions.LEASE_SECONDS, 0)).isEqualTo(3600);
        DhcpMessage hasty = bench.ask(mac(3), DhcpMessage.DISCOVER,
                options -> options.put32(DhcpOptions.LEASE_SECONDS, 1));
        assertThat(hasty.options().u32(DhcpOptions.LEASE_SECONDS, 0)).isEqualTo(120);
    }

    @Test
    void keepsATenthOfTheAddressesForClientsThatComeWithOne() {
        Bench small = new Bench(Bench.config("10.13.0.2", "10.13.0.21"));
        List<Ip4Address> given = new ArrayList<>();
        for (int i = 0; i < 18; i++) {
            given.add(small.lease(mac(i)));
        }
        assertThat(given).doesNotHaveDuplicates();
        assertThat(small.discover(mac(100))).isNull();
        assertThat(small.events.getLast()).isEqualTo(new AccessEvent.PoolExhausted(mac(100)));
        assertThat(small.renew(mac(3), given.get(3)).type()).isEqualTo(DhcpMessage.ACK);
        for (int i = 2; i <= 21; i++) {
            Ip4Address left = ip("10.13.0." + i);
            if (!given.contains(left)) {
                assertThat(small.rebind(mac(200 + i), left).type()).isEqualTo(DhcpMessage.ACK);
            }
        }
        assertThat(small.server.leases()).hasSize(20);
    }

    @Test
    void reportsExhaustionOncePerMinute() {
        Bench tiny = new Bench(Bench.config("10.13.0.2", "10.13.0.2"));
        tiny.lease(PHONE);
        for (int second = 0; second < 120; second++) {
            tiny.discover(mac(2));
            tiny.pass(1);
        }
        assertThat(tiny.events.stream().filter(AccessEvent.PoolExhausted.class::isInstance)).hasSize(2);
        assertThat(tiny.counters.value("dhcp.pool_exhausted")).isEqualTo(120);
    }

    @Test
    void slowsDownAFloodOfNewClientsButNotKnownOnes() {
        bench.lease(PHONE);
        bench.pass(10);
        for (int i = 100; i < 1100; i++) {
            bench.discover(mac(i));
        }
        assertThat(bench.counters.value("dhcp.offer")).isEqualTo(1 + 50);
        assertThat(bench.renew(PHONE, PHONE_IP).type()).isEqualTo(DhcpMessage.ACK);
        bench.pass(1);
        for (int i = 2000; i < 2100; i++) {
            bench.discover(mac(i));
        }
        assertThat(bench.counters.value("dhcp.offer")).isEqualTo(1 + 50 + 10);
        assertThat(bench.counters.value("dhcp.starved")).isEqualTo(950 + 90);
    }

    @Test
    void aFloodOnOnePortLeavesNewClientsOfOtherPortsAlone() {
        bench.ports.put(PHONE, 2);
        for (int i = 100; i < 1100; i++) {
            bench.ports.put(mac(i), 1);
            bench.discover(mac(i));
        }
        assertThat(bench.counters.value("dhcp.offer")).isEqualTo(50);
        assertThat(bench.counters.value("dhcp.starved")).isEqualTo(950);
        assertThat(bench.discover(mac(5000))).as("of whom it is not known where").isNotNull();
        assertThat(bench.lease(PHONE)).isEqualTo(PHONE_IP);
    }

    @Test
    void doesNotLetOneMacEmptyThePoolWithManyIds() {
        for (int i = 0; i < 200; i++) {
            byte[] id = {1, (byte) i};
            DhcpMessage offer = bench.ask(PHONE, DhcpMessage.DISCOVER,
                    options -> options.put(DhcpOptions.CLIENT_ID, id));
            if (offer != null) {
                Ip4Address offered = offer.yiaddr();
                bench.ask(PHONE, DhcpMessage.REQUEST, options -> options.put(DhcpOptions.CLIENT_ID, id)
                        .put(DhcpOptions.SERVER_ID, SERVER).put(DhcpOptions.REQUESTED_ADDRESS, offered));
            }
            bench.pass(1);
        }
        assertThat(bench.server.leases()).hasSize(LeaseTable.MAX_BINDINGS_PER_MAC);
    }

    @Test
    void holdsOneOfferPerMac() {
        for (int i = 0; i < 40; i++) {
            byte[] id = {1, (byte) i};
            bench.ask(PHONE, DhcpMessage.DISCOVER, options -> options.put(DhcpOptions.CLIENT_ID, id));
        }
        assertThat(bench.reboot(mac(2), PHONE_IP.plus(1)).type()).isEqualTo(DhcpMessage.ACK);
    }

    @Test
    void sortsLeasesByAddress() {
        for (int i = 0; i < 40; i++) {
            bench.lease(new MacAddress(0x0200_0000_0000L + i * 7919L));
        }
        assertThat(bench.server.leases()).extracting(Lease::address).isSorted().hasSize(40);
    }
}
