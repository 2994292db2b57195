package org.limesh.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

class RouterAdvertisementTest {
    private static final MacAddress ROUTER_MAC = MacAddress.parse("aa:aa:aa:0d:fe:aa");
    private static final Ip6Address ROUTER = Ip6Address.linkLocalOf(ROUTER_MAC);
    private static final MacAddress PHONE = MacAddress.parse("02:aa:00:00:00:01");
    private static final RouterAdvertisement OF_DNSMASQ = new RouterAdvertisement(64, false, true, 0, 360, 0,
            0,
            List.of(new RouterAdvertisement.Prefix(
                    Ip6Prefix.parse("fd0d:fe46:8ce8::/64"), true, true, 86400, 86400)),
            1350, ROUTER_MAC,
            List.of(new RouterAdvertisement.SearchList(86400, List.of("thisnode.info"))),
            List.of(new RouterAdvertisement.DnsServers(86400, List.of(ROUTER))));

    private static List<Frame> captured(int type) {
        return PcapFile.read("/captures/ra/dnsmasq.pcap").stream().filter(frame -> Icmpv6.type(frame) == type)
                .toList();
    }

    private static Frame advertisement() {
        return captured(Icmpv6.ROUTER_ADVERTISEMENT).get(1);
    }

    private static String fault(Frame frame) {
        return RouterAdvertisement.parse(frame)
                instanceof Decoded.Malformed<RouterAdvertisement>(var fault, var _)
                ? fault : "none";
    }

    @Test
    void readsWhatDnsmasqAnnounces() {
        List<Frame> frames = captured(Icmpv6.ROUTER_ADVERTISEMENT);
        assertThat(frames).hasSize(4);
        for (Frame frame : frames.subList(1, 4)) {
            assertThat(RouterAdvertisement.parse(frame)).isEqualTo(new Decoded.Valid<>(OF_DNSMASQ));
        }
    }

    @Test
    void emitsExactlyWhatDnsmasqSent() {
        byte[] sent = advertisement().copyOf(54, 112).toBytes();
        byte[] emitted = OF_DNSMASQ.emit();
        emitted[2] = sent[2];
        emitted[3] = sent[3];
        assertThat(emitted).isEqualTo(sent);
        Frame frame = OF_DNSMASQ.frame(PHONE.bits(), ROUTER_MAC.bits(), ROUTER,
                Ip6Address.linkLocalOf(PHONE));
        assertThat(frame.u16(56)).as("checksum").isEqualTo(advertisement().u16(56));
    }

    @Test
    void refusesWhatCouldComeFromAnotherLink() {
        assertThat(fault(captured(Icmpv6.ROUTER_ADVERTISEMENT).getFirst())).isEqualTo("source");
        Frame routed = advertisement().copy();
        routed.put8(21, 254);
        assertThat(fault(routed)).isEqualTo("hop_limit");
        Frame damaged = advertisement().copy();
        damaged.put8(100, 77);
        assertThat(fault(damaged)).isEqualTo("checksum");
        assertThat(fault(captured(Icmpv6.ROUTER_SOLICITATION).getFirst())).isEqualTo("type");
    }

    @Test
    void isMalformedWhenCutAnywhereButBetweenTwoOptions() {
        byte[] whole = OF_DNSMASQ.emit();
        List<Integer> ends = List.of(16, 48, 56, 64, 88, 112);
        for (int length = 0; length <= whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThat(RouterAdvertisement.parse(cut, 0, length) instanceof Decoded.Valid)
                    .as("cut to %d", length)
                    .isEqualTo(ends.contains(length));
        }
    }

    @Test
    void survivesEveryFlippedBitAndSaysItAgainAsRead() {
        byte[] whole = OF_DNSMASQ.emit();
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            saysAgainAsRead(flipped);
        }
        Rng rng = new Rng(7);
        for (int round = 0; round < 20_000; round++) {
            byte[] noise = whole.clone();
            for (int i = rng.nextInt(6); i >= 0; i--) {
                noise[rng.nextInt(noise.length)] = (byte) rng.nextInt(256);
            }
            saysAgainAsRead(noise);
        }
    }

    private static void saysAgainAsRead(byte[] octets) {
        if (RouterAdvertisement.parse(octets, 0, octets.length)
                instanceof Decoded.Valid<RouterAdvertisement>(var message)) {
            byte[] emitted = message.emit();
            assertThat(RouterAdvertisement.parse(emitted, 0, emitted.length))
                    .isEqualTo(new Decoded.Valid<>(message));
        }
    }

    @Test
    void readsSolicitationsWithAndWithoutTheMac() {
        List<Frame> frames = captured(Icmpv6.ROUTER_SOLICITATION);
        Ip6Address phone = Ip6Address.linkLocalOf(PHONE);
        assertThat(RouterSolicitation.parse(frames.get(0)))
                .isEqualTo(new Decoded.Valid<>(new RouterSolicitation(phone, PHONE)));
        assertThat(RouterSolicitation.parse(frames.get(1)))
                .isEqualTo(new Decoded.Valid<>(new RouterSolicitation(phone, null)));
        assertThat(new RouterSolicitation(phone, PHONE).frame(PHONE.bits()).copyOf(54, 16).toBytes())
                .isEqualTo(frames.get(0).copyOf(54, 16).toBytes());
    }

    @Test
    void refusesSolicitationsThatRfc4861Refuses() {
        Frame good = new RouterSolicitation(Ip6Address.linkLocalOf(PHONE), PHONE).frame(PHONE.bits());
        for (int length = 0; length < good.length(); length++) {
            assertThat(RouterSolicitation.parse(good.copyOf(0, length)))
                    .isInstanceOf(Decoded.Malformed.class);
        }
        for (int bit = 20 * 8; bit < good.length() * 8; bit++) {
            if (bit / 8 != 20) {
                Frame flipped = good.copy();
                flipped.put8(bit / 8, flipped.u8(bit / 8) ^ 1 << bit % 8);
                assertThat(RouterSolicitation.parse(flipped)).as("bit %d", bit)
                        .isInstanceOf(Decoded.Malformed.class);
            }
        }
        assertThat(RouterSolicitation.parse(new RouterSolicitation(Ip6Address.ANY, PHONE)
                .frame(PHONE.bits())))
                .isEqualTo(new Decoded.Malformed<>("mac_without_source", 14));
    }

    @Test
    void knowsNamesThatFit() {
        assertThat(DnsNames.isName("thisnode.info")).isTrue();
        assertThat(DnsNames.isName("a")).isTrue();
        assertThat(DnsNames.isName("a".repeat(63) + "." + "b".repeat(63))).isTrue();
        for (String bad : List.of("", ".", "a..b", "a.", ".a", "a b", "ñandú", "a".repeat(64),
                "ab.".repeat(84) + "cde")) {
            assertThat(DnsNames.isName(bad)).as(bad).isFalse();
        }
    }

    @Test
    void refusesMoreOptionsOfAKindThanAnyRouterHasUseFor() {
        byte[] head = new RouterAdvertisement(64, false, false, 0, 0, 0, 0, List.of(), 0, null, List.of(), List.of()).emit();
        byte[] servers = new RouterAdvertisement(64, false, false, 0, 0, 0, 0, List.of(), 0, null, List.of(),
                List.of(new RouterAdvertisement.DnsServers(1, List.of(Ip6Address.ANY)))).emit();
        int optionOctets = servers.length - head.length;
        int most = RouterAdvertisement.MAX_DNS_OPTIONS;
        byte[] many = Arrays.copyOf(head, head.length + (most + 1) * optionOctets);
        for (int i = 0; i <= most; i++) {
            System.arraycopy(servers, head.length, many, head.length + i * optionOctets, optionOctets);
        }
        assertThat(RouterAdvertisement.parse(many, 0, many.length - optionOctets)).isInstanceOf(Decoded.Valid.class);
        assertThat(RouterAdvertisement.parse(many, 0, many.length)).isInstanceOfSatisfying(Decoded.Malformed.class,
                malformed -> assertThat(malformed.fault()).isEqualTo("too_many_dns_servers"));
    }
}
