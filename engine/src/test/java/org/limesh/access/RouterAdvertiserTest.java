package org.limesh.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Ipv6;
import org.limesh.packet.PcapFile;
import org.limesh.packet.RouterAdvertisement;
import org.limesh.packet.RouterSolicitation;

class RouterAdvertiserTest {
    private static final long SECOND = 1_000_000_000L;
    private static final MacAddress ROUTER_MAC = MacAddress.parse("aa:aa:aa:0d:fe:aa");
    private static final Ip6Address ROUTER = Ip6Address.linkLocalOf(ROUTER_MAC);
    private static final MacAddress PHONE = MacAddress.parse("02:aa:00:00:00:01");
    private static final Ip6Address ALL_HOSTS = Ip6Address.parse("ff02::1");

    private record Sent(long atNs, Frame frame) {
        boolean toAll() {
            return Ipv6.isTo(frame, ALL_HOSTS);
        }
    }

    private final Counters counters = new Counters();
    private final List<Sent> sent = new ArrayList<>();
    private long now = 1000 * SECOND;
    private final RouterAdvertiser router = advertiser(config(List.of(ROUTER)), 1);

    static Ip6Config config(List<Ip6Address> dnsServers) {
        return new Ip6Config(ROUTER_MAC, Ip6Prefix.parse("fd0d:fe46:8ce8::/64"), 1350, dnsServers,
                List.of("thisnode.info"));
    }

    private RouterAdvertiser advertiser(Ip6Config config, long seed) {
        return new RouterAdvertiser(config, counters, new Rng(seed), frame -> sent.add(new Sent(now, frame)),
                now);
    }

    private void pass(RouterAdvertiser which, long ns) {
        long untilNs = now + ns;
        while (which.nextDeadlineNs() - untilNs <= 0) {
            now = Math.max(now, which.nextDeadlineNs());
            which.onTimer(now);
        }
        now = untilNs;
    }

    private List<Long> toAllNs() {
        return sent.stream().filter(Sent::toAll).map(Sent::atNs).toList();
    }

    private static Frame solicitation(Ip6Address source, MacAddress mac) {
        return new RouterSolicitation(source, mac).frame(PHONE.bits());
    }

    @Test
    void saysWhatDnsmasqSaysInLibreMesh() {
        router.onFrame(solicitation(Ip6Address.linkLocalOf(PHONE), PHONE), now);
        Frame ours = sent.getFirst().frame();
        Frame genuine = PcapFile.read("/captures/ra/dnsmasq.pcap").get(2);
        assertThat(ours.copyOf(54, ours.length() - 54).toBytes())
                .isEqualTo(genuine.copyOf(54, genuine.length() - 54).toBytes());
        assertThat(Ethernet.source(ours)).isEqualTo(ROUTER_MAC.bits());
        assertThat(Ethernet.destination(ours)).isEqualTo(PHONE.bits());
        assertThat(Ipv6.source(ours)).isEqualTo(ROUTER);
        assertThat(Ipv6.hopLimit(ours)).isEqualTo(255);
    }

    @Test
    void announcesThreeTimesSoonAndThenEveryFortyToHundredTwentySeconds() {
        for (int seed = 0; seed < 50; seed++) {
            sent.clear();
            long startNs = now;
            pass(advertiser(config(List.of()), seed), 3600 * SECOND);
            List<Long> times = toAllNs();
            assertThat(times.get(0) - startNs).isBetween(0L, SECOND);
            for (int i = 1; i < times.size(); i++) {
                long gapNs = times.get(i) - times.get(i - 1);
                assertThat(gapNs).isBetween(i < 3 ? SECOND : 40 * SECOND, (i < 3 ? 16 : 120) * SECOND);
            }
            assertThat(times.stream().distinct().count()).isBetween(30L, 93L);
        }
    }

    @Test
    void twoNodesDoNotAnnounceInStep() {
        pass(router, 600 * SECOND);
        List<Long> first = toAllNs();
        sent.clear();
        now -= 600 * SECOND;
        pass(advertiser(config(List.of()), 2), 600 * SECOND);
        assertThat(toAllNs()).doesNotContainAnyElementsOf(first);
    }

    @Test
    void answersWhoHasNoAddressYetByTellingAllWithinHalfASecond() {
        pass(router, 100 * SECOND);
        int before = toAllNs().size();
        router.onFrame(solicitation(Ip6Address.ANY, null), now);
        pass(router, SECOND / 2);
        assertThat(toAllNs()).hasSize(before + 1);
        assertThat(sent.getLast().toAll()).isTrue();
    }

    @Test
    void tellsAllAtMostEveryThreeSecondsHoweverManyAsk() {
        pass(router, 100 * SECOND);
        sent.clear();
        for (int i = 0; i < 3000; i++) {
            router.onFrame(solicitation(Ip6Address.ANY, null), now);
            pass(router, SECOND / 100);
        }
        List<Long> times = toAllNs();
        assertThat(times).hasSizeBetween(9, 11);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isGreaterThanOrEqualTo(3 * SECOND);
        }
    }

    @Test
    void aFloodOfAskersIsAnsweredFiftyTimesASecondAndTheRestTogether() {
        pass(router, 100 * SECOND);
        sent.clear();
        for (int i = 0; i < 10_000; i++) {
            router.onFrame(solicitation(Ip6Address.linkLocalOf(PHONE), PHONE), now);
            pass(router, SECOND / 1000);
        }
        assertThat(sent.size()).isBetween(700, 760);
        assertThat(toAllNs()).hasSizeBetween(3, 4);
        assertThat(counters.value("ra.solicited")).isEqualTo(10_000);
    }

    @Test
    void namesNoDnsServerWhereThereIsNone() {
        pass(advertiser(config(List.of()), 3), SECOND);
        assertThat(RouterAdvertisement.parse(sent.getLast().frame()))
                .isInstanceOfSatisfying(Decoded.Valid.class, valid -> {
                    RouterAdvertisement message = (RouterAdvertisement) valid.message();
                    assertThat(message.dnsServers()).isEmpty();
                    assertThat(message.otherConfiguration()).isTrue();
                });
        Ip6Config bare = new Ip6Config(ROUTER_MAC, Ip6Prefix.parse("fd0d::/64"), 0, List.of(), List.of());
        assertThat(RouterAdvertiser.advertisement(bare).otherConfiguration()).isFalse();
    }

    @Test
    void namesOtherServersFromTheNextAdvertisementOn() {
        Ip6Address other = Ip6Address.parse("fd0d::53");
        RouterAdvertiser advertiser = advertiser(config(List.of(ROUTER)), 3);
        advertiser.setDnsServers(List.of(other));
        pass(advertiser, SECOND);
        assertThat(RouterAdvertisement.parse(sent.getLast().frame()))
                .isInstanceOfSatisfying(Decoded.Valid.class, valid ->
                        assertThat(((RouterAdvertisement) valid.message()).dnsServers().getFirst().addresses())
                                .containsExactly(other));
    }

    @Test
    void ignoresItsOwnVoiceAndWhatIsMalformed() {
        Frame own = new RouterSolicitation(ROUTER, ROUTER_MAC).frame(ROUTER_MAC.bits());
        router.onFrame(own, now);
        Frame fromAfar = solicitation(Ip6Address.linkLocalOf(PHONE), PHONE);
        fromAfar.put8(21, 64);
        router.onFrame(fromAfar, now);
        router.onFrame(Icmpv6.echoRequest(ROUTER_MAC.bits(), PHONE.bits(), Ip6Address.linkLocalOf(PHONE),
                ROUTER, 1, 1,
                8), now);
        assertThat(sent).isEmpty();
        assertThat(counters.snapshot())
                .containsOnlyKeys("drop.rs.ether_source", "drop.rs.hop_limit", "drop.rs.type");
    }

    @Test
    void saysGoodbyeWithRouterLifetimeZeroAndTheSamePrefix() {
        pass(router, 2 * SECOND);
        RouterAdvertisement before = parsed(sent.getLast().frame());
        router.sayGoodbye();
        RouterAdvertisement last = parsed(sent.getLast().frame());
        assertThat(sent.getLast().toAll()).isTrue();
        assertThat(before.routerLifetimeSeconds()).isEqualTo(360);
        assertThat(last.routerLifetimeSeconds()).isZero();
        assertThat(last.prefixes()).isEqualTo(before.prefixes());
    }

    private static RouterAdvertisement parsed(Frame frame) {
        return ((Decoded.Valid<RouterAdvertisement>) RouterAdvertisement.parse(frame)).message();
    }
}
