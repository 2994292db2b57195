package org.limesh.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({"250ms,250000000", "8s,8000000000", "2m,120000000000", "1m30s,90000000000", "0.5s,500000000",
            "0s,0"})
    void readsTimes(String text, long ns) {
        assertThat(Quantity.durationNs(text)).isEqualTo(ns);
        assertThat(Quantity.durationNs(Quantity.exactText(ns))).isEqualTo(ns);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8", "s", "8 s", "-1s", "8sec", "1e9s", "9999999h"})
    void refusesOtherTimes(String text) {
        assertThatThrownBy(() -> Quantity.durationNs(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsRatesSharesAndDistances() {
        assertThat(Quantity.rateBps("256kbit")).isEqualTo(256_000);
        assertThat(Quantity.rateBps("1.5mbit")).isEqualTo(1_500_000);
        assertThat(Quantity.fraction("5%")).isEqualTo(0.05);
        assertThat(Quantity.metres("1.5km")).isEqualTo(1500);
    }

    @Test
    void writesTimesForPeople() {
        assertThat(Quantity.durationText(8_200_000_000L)).isEqualTo("8.2s");
        assertThat(Quantity.durationText(184_000_000_000L)).isEqualTo("3m04s");
        assertThat(Quantity.durationText(240_000_000L)).isEqualTo("240ms");
    }

    @Test
    void readsFilters() {
        FrameFilter filter = FrameFilter.parse("arp and (arp.target == anycast(a) or not eth.src != 02:00:00:00:00:01)");
        assertThat(filter.cloudsNamed()).containsExactly("a");
        for (String wrong : new String[] {"", "eth.dst", "eth.dst == ", "(arp", "arp arp",
                "udp.dst == anycast(a)"}) {
            assertThatThrownBy(() -> FrameFilter.parse(wrong)).as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("frame filter, character ");
        }
    }
}
