package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.limesh.base.FMetric;
import org.limesh.bmx7.wire.HopHistory;
import org.limesh.bmx7.wire.MetricParameters;

/** Metrics against the values that genuine nodes sent. */
class PathMetricTest {
    private static final MetricParameters P = MetricParameters.DEFAULT;
    private static final long LAN = 1_000_000_000L;
    private static final long WLAN = 56_000_000L;

    private static long lan(long claimed) {
        return FMetric.rounded11(PathMetric.overLink(P, claimed, HopHistory.NONE,
                PathMetric.linkThroughput(P, 255, 255, LAN, false), 0).metric());
    }

    @Test
    void cablesGiveTheValuesOfTheLineCapture() {
        assertThat(lan(FMetric.MAX)).isEqualTo(998_244_352);
        assertThat(lan(998_244_352)).isEqualTo(704_643_072);
    }

    @Test
    void aYoungLinkIsRatedByTheSteepPartOfTheCurve() {
        double throughput = PathMetric.linkThroughput(P, 26, 31, LAN, false);
        assertThat((long) throughput).isEqualTo(15_686_274);
        assertThat(FMetric.rounded11(PathMetric.overLink(P, FMetric.MAX, HopHistory.NONE, throughput, 0).metric()))
                .isEqualTo(15_597_568);
        double reverse = PathMetric.linkThroughput(P, 31, 31, LAN, false);
        assertThat(FMetric.rounded11(PathMetric.overLink(P, FMetric.MAX, HopHistory.NONE, reverse, 0).metric()))
                .isEqualTo(19_398_656);
    }

    @Test
    void radiosOfOneChannelShareTheAir() {
        double throughput = PathMetric.linkThroughput(P, 255, 255, WLAN, true);
        PathMetric.Result one = PathMetric.overLink(P, FMetric.MAX, HopHistory.NONE, throughput, 1);
        assertThat(FMetric.rounded11(one.metric())).isEqualTo(22_282_240);
        PathMetric.Result two = PathMetric.overLink(P, FMetric.rounded11(one.metric()), rounded(one), throughput, 36);
        assertThat(FMetric.rounded11(two.metric())).isEqualTo(11_141_120);
        PathMetric.Result three = PathMetric.overLink(P, FMetric.rounded11(two.metric()), rounded(two), throughput, 36);
        assertThat(FMetric.rounded11(three.metric())).isEqualTo(7_405_568);
        assertThat(three.history().size()).isEqualTo(3);
        assertThat(IntStream.range(0, 3).map(three.history()::channel)).containsExactly(36, 36, 1);
    }

    private static HopHistory rounded(PathMetric.Result result) {
        HopHistory rounded = HopHistory.NONE;
        for (int i = result.history().size() - 1; i >= 0; i--) {
            rounded = rounded.behind(FMetric.rounded11(result.history().metric(i)), result.history().channel(i), 10);
        }
        return rounded;
    }

    @Test
    void everyHopIsWorthLessThanTheOneBefore() {
        long metric = FMetric.MAX;
        for (int hop = 0; hop < 40; hop++) {
            long next = FMetric.rounded11(PathMetric.overLink(P, metric, HopHistory.NONE, 4e11, 0).metric());
            assertThat(next).isLessThan(metric);
            metric = next;
        }
    }

    @Test
    void qualityFadesFromTwoToTwentySeconds() {
        LinkQuality quality = new LinkQuality();
        long second = 1_000_000_000L;
        for (int sqn = 65_500; sqn < 65_500 + 48; sqn++) {
            assertThat(quality.onHello(sqn & 0xffff, 0)).isTrue();
        }
        assertThat(quality.onHello(65_500 + 46 & 0xffff, 0)).as("a duplicate").isFalse();
        assertThat(quality.rq(2 * second)).isEqualTo(255);
        assertThat(quality.rq(10 * second)).isEqualTo(127);
        assertThat(quality.rq(20 * second)).isZero();
        assertThat(quality.isDead(20 * second, 0)).isTrue();
    }
}
