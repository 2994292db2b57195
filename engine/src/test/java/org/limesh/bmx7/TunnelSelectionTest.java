package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.limesh.base.MetricText;
import org.limesh.bmx7.wire.IpNet;

/** The choice of the client in the tunnel captures: a slow gateway next door, a fast one behind it. */
class TunnelSelectionTest {
    private static final long ONE_HOP = 999_992_470;
    private static final long TWO_HOPS = 706_485_247;
    private static final Map<String, NodeFacts> FACTS =
            GenuineDescriptionsTest.facts(GenuineDescriptionsTest.heard("tun-pq", "tun-qr"));
    private static final List<IpNet> OWN = List.of(IpNet.parse("10.10.1.1/32"),
            IpNet.parse("fd66:66:66:a::1/128"));
    private static final TunOut INET4 = TunOut.of("inet4", IpNet.parse("0.0.0.0/0")).maxPrefixLen(0);

    private static List<TunnelOffer> offers() {
        List<TunnelOffer> offers = new ArrayList<>(
                TunnelOffer.of(GenuineDescriptionsTest.named(FACTS, "gwslow"), ONE_HOP));
        offers.addAll(TunnelOffer.of(GenuineDescriptionsTest.named(FACTS, "gwfast"), TWO_HOPS));
        return offers;
    }

    private static TunnelChoice of(List<TunnelChoice> choices, String gateway) {
        return choices.stream().filter(choice -> choice.offer().hostname().equals(gateway)).findFirst()
                .orElseThrow();
    }

    @Test
    void withoutAWishForBandwidthTheNearGatewayWins() {
        List<TunnelChoice> choices = TunnelSelection.select(List.of(INET4), offers(), OWN, List.of());
        assertThat(choices).hasSize(2);
        assertThat(of(choices, "gwslow").active()).isTrue();
        assertThat(MetricText.of(of(choices, "gwslow").tunMetricBps())).isEqualTo("1199M");
        assertThat(of(choices, "gwfast").active()).isFalse();
        assertThat(MetricText.of(of(choices, "gwfast").tunMetricBps())).isEqualTo("706M");
        assertThat(of(choices, "gwslow").deviceName()).isEqualTo("X7Out_9A6399E0");
        assertThat(of(choices, "gwfast").reason()).contains("gwslow").contains("706M");
    }

    @Test
    void whoWantsTenMegabitsGetsTheFastOneBehind() {
        List<TunnelChoice> before = TunnelSelection.select(List.of(INET4), offers(), OWN, List.of());
        List<TunnelChoice> choices =
                TunnelSelection.select(List.of(INET4.minBandwidthBps(10_000_000)), offers(), OWN, before);
        assertThat(of(choices, "gwfast").active()).isTrue();
        assertThat(MetricText.of(of(choices, "gwfast").tunMetricBps())).isEqualTo("847M");
        assertThat(MetricText.of(of(choices, "gwslow").tunMetricBps())).isEqualTo("983K");
        assertThat(of(choices, "gwfast").offer().endpoint())
                .hasToString("fd71:ab48:b3c:2147:c10c:f820:b399:47c3");
        assertThat(of(choices, "gwfast").offer().primary())
                .hasToString("fd70:ab48:b3c:2147:c10c:f820:b399:47c3");
    }

    @Test
    void theOneInUseStaysUntilAnotherIsTwentyPerCentBetter() {
        List<TunnelOffer> even = offers().stream().map(offer ->
                new TunnelOffer(offer.gateway(), offer.hostname(), offer.endpoint(), offer.primary(),
                        offer.routeType(), offer.network(), offer.bandwidthBps(), offer.ingress(),
                offer.hostname().equals("gwslow") ? 100_000_000 : 110_000_000)).toList();
        List<TunnelChoice> first = TunnelSelection.select(List.of(INET4), even, OWN, List.of());
        assertThat(of(first, "gwfast").active()).isTrue();
        List<TunnelChoice> kept = TunnelSelection.select(List.of(INET4), even, OWN,
                TunnelSelection.select(List.of(INET4), offers(), OWN, List.of()));
        assertThat(of(kept, "gwslow").active()).isTrue();
    }

    @Test
    void aPreferredGatewayByNameBeatsABetterOne() {
        TunOut preferred = new TunOut("inet4p", INET4.network(), TunOut.AS_NETWORK, 0, "gwfast", null,
                TunOut.ANY_TYPE, null, 1000, 20, 1000, true, TunOut.MAIN_PREFERENCE, TunOut.MAIN_TABLE, 1024);
        List<TunnelChoice> choices = TunnelSelection.select(List.of(INET4, preferred), offers(), OWN,
                List.of());
        TunnelChoice used = choices.stream().filter(TunnelChoice::active).findFirst().orElseThrow();
        assertThat(used.offer().hostname()).isEqualTo("gwfast");
        assertThat(used.search().name()).isEqualTo("inet4p");
        assertThat(choices.stream().filter(TunnelChoice::active)).hasSize(1);
    }

    @Test
    void aGatewayThatWouldNotAcceptTheOwnAddressIsNoMatch() {
        List<TunnelChoice> choices = TunnelSelection.select(List.of(INET4), offers(),
                List.of(IpNet.parse("10.99.1.1/32")), List.of());
        assertThat(choices).extracting(choice -> choice.offer().hostname()).containsExactly("gwslow");
    }

    @Test
    void cloudsAreFoundByTheirOwnNetworks() {
        TunOut clouds = TunOut.of("clouds", IpNet.parse("10.0.0.0/8"));
        List<TunnelChoice> choices = TunnelSelection.select(List.of(clouds), offers(), OWN, List.of());
        assertThat(choices).allMatch(TunnelChoice::active);
        assertThat(choices).extracting(choice -> choice.route().toString())
                .containsExactly("10.10.2.0/24", "10.10.3.0/24");
    }

    @Test
    void withoutARouteToTheGatewayNothingIsUsed() {
        List<TunnelOffer> offers = TunnelOffer.of(GenuineDescriptionsTest.named(FACTS, "gwslow"), 0);
        assertThat(TunnelSelection.select(List.of(INET4), offers, OWN, List.of()))
                .noneMatch(TunnelChoice::active);
    }
}
