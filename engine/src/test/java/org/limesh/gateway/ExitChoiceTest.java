package org.limesh.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.limesh.base.FMetric;
import org.limesh.base.MetricText;

/** The numbers are those that a genuine node showed: a slow gateway next door, a fast one behind it. */
class ExitChoiceTest {
    private static final ExitOffer SLOW = new ExitOffer("gwslow", "9A6399E0", wire(1_000_000), 999_992_470);
    private static final ExitOffer FAST = new ExitOffer("gwfast", "AB480B3C", wire(50_000_000), 706_485_247);

    private static long wire(long bps) {
        return FMetric.decode8(FMetric.encode8(bps));
    }

    private static ExitChoice.Result choose(GatewayConfig config, String pin, String used, ExitOffer... offers) {
        return ExitChoice.choose(List.of(offers), new ExitChoice.Situation(config, "plaza", false, null, pin, used));
    }

    private static GatewayConfig wanting(long bps) {
        return GatewayConfig.DEFAULT.withBandwidth(GatewayConfig.UNKNOWN_BANDWIDTH_BPS, bps);
    }

    private static Exit of(ExitChoice.Result result, String name) {
        return result.exits().stream().filter(exit -> exit.gateway().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void withoutAWishForBandwidthTheNearGatewayWins() {
        ExitChoice.Result result = choose(GatewayConfig.DEFAULT, null, "9A6399E0", FAST, SLOW);
        assertThat(result.id()).isEqualTo("9A6399E0");
        assertThat(MetricText.of(of(result, "gwslow").valueBps())).isEqualTo("1199M");
        assertThat(MetricText.of(of(result, "gwfast").valueBps())).isEqualTo("706M");
        assertThat(result.reason()).isEqualTo(
                "gwslow 1199M (999M path, 1M announced >= 1k wanted, in use +20 %) before gwfast 706M");
        assertThat(of(result, "gwfast").reason())
                .isEqualTo("706M (706M path, 46M announced >= 1k wanted), after gwslow 1199M");
    }

    @Test
    void whoWantsTenMegabitsGetsTheFastOneBehind() {
        ExitChoice.Result result = choose(wanting(10_000_000), null, "AB480B3C", FAST, SLOW);
        assertThat(result.id()).isEqualTo("AB480B3C");
        assertThat(MetricText.of(of(result, "gwfast").valueBps())).isEqualTo("847M");
        assertThat(MetricText.of(of(result, "gwslow").valueBps())).isEqualTo("983K");
        assertThat(result.reason()).isEqualTo(
                "gwfast 847M (706M path, 46M announced >= 10M wanted, in use +20 %) before gwslow 983K");
        assertThat(of(result, "gwslow").reason())
                .isEqualTo("983K (999M path, 1M announced < 10M wanted), after gwfast 847M");
    }

    @Test
    void whoComesFromTheSlowOneLeavesItForTheFastOne() {
        assertThat(choose(wanting(10_000_000), null, "9A6399E0", FAST, SLOW).id()).isEqualTo("AB480B3C");
    }

    @ParameterizedTest
    @CsvSource({"119, stays", "121, moves"})
    void theOneInUseStaysUntilAnotherIsTwentyPerCentBetter(long pathMbps, String what) {
        ExitOffer used = new ExitOffer("a", "A", wire(1_000_000), 100_000_000);
        ExitOffer other = new ExitOffer("b", "B", wire(1_000_000), pathMbps * 1_000_000);
        assertThat(choose(GatewayConfig.DEFAULT, null, "A", used, other).id()).isEqualTo(what.equals("stays") ? "A" : "B");
    }

    @Test
    void ofEqualsTheOneInUseStaysAndElseTheLowestIdentityWins() {
        ExitOffer a = new ExitOffer("a", "A", 960, 1_000_000);
        ExitOffer b = new ExitOffer("b", "B", 960, 1_000_000);
        GatewayConfig noBonus = new GatewayConfig(SharePolicy.AUTO, 1000, 1000, 0, null,
                GatewayConfig.DEFAULT.pingTargets(), List.of(), "", List.of(), List.of(), 4000, 12_000);
        assertThat(choose(noBonus, null, null, b, a).id()).isEqualTo("A");
        assertThat(choose(noBonus, null, "B", b, a).id()).isEqualTo("B");
        assertThat(choose(noBonus, null, "B", b, a).reason())
                .isEqualTo("b 1000K (1000K path, bandwidth not announced >= 1k wanted) before a 1000K");
    }

    @Test
    void thePreferredGatewayCountsTenTimes() {
        GatewayConfig config = GatewayConfig.DEFAULT.withPreferred("gwfast");
        ExitChoice.Result result = choose(config, null, "9A6399E0", FAST, SLOW);
        assertThat(result.id()).isEqualTo("AB480B3C");
        assertThat(result.reason()).contains("preferred x 10").contains("gwfast 7064M");
        ExitOffer far = new ExitOffer("gwfast", "AB480B3C", wire(50_000_000), 50_000_000);
        assertThat(choose(config, null, null, far, SLOW).id()).as("ten times 50M is less than 999M").isEqualTo("9A6399E0");
        assertThat(choose(config, "gwfast", null, far, SLOW).id()).as("a pin does not count").isEqualTo("AB480B3C");
    }

    @Test
    void aPinNeedsAPath() {
        ExitOffer lost = new ExitOffer("gwfast", "AB480B3C", wire(50_000_000), 0);
        ExitChoice.Result result = choose(GatewayConfig.DEFAULT, "gwfast", null, lost, SLOW);
        assertThat(result.id()).isEqualTo("9A6399E0");
        assertThat(result.pinned()).isFalse();
        assertThat(result.reason()).startsWith("pinned gwfast cannot be reached; gwslow 999M")
                .endsWith(", the only one");
        assertThat(of(result, "gwfast").reason()).isEqualTo("no path there");
    }

    @Test
    void withoutOffersThereIsNoWayOut() {
        ExitChoice.Result result = choose(GatewayConfig.DEFAULT, null, null);
        assertThat(result.id()).isNull();
        assertThat(result.reason()).isEqualTo("nobody offers Internet; no uplink here");
    }

    @ParameterizedTest
    @CsvSource({"960, 1k", "983040, 1M", "9437184, 9M", "48234496, 48M", "999992470, 1000M", "64, 64"})
    void bandwidthsReadAsPeopleSayThem(long bps, String text) {
        assertThat(ExitChoice.rate(bps)).isEqualTo(text);
    }
}
