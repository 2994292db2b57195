package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.TrustEntry;

class TrustedNodesTest {
    private static final String ONE = "1".repeat(56);
    private static final String TWO = "A".repeat(56);

    @Test
    void aNameAloneIsTrustedAndSupported() {
        TrustedNodes nodes = TrustedNodes.of(List.of(ONE));
        assertThat(nodes.trusts()).containsExactly(new TrustEntry(Hash.parse(ONE), 2));
        assertThat(nodes.supports()).isEqualTo(nodes.trusts());
        assertThat(nodes.problems()).isEmpty();
    }

    @Test
    void levelsStandBehindTheName() {
        TrustedNodes nodes = TrustedNodes.of(List.of(TWO.toLowerCase(java.util.Locale.ROOT)
                + ".trust=3.support=0", ONE + ".trust=0.norte"));
        assertThat(nodes.trusts()).containsExactly(new TrustEntry(Hash.parse(TWO), 3));
        assertThat(nodes.supports()).containsExactly(new TrustEntry(Hash.parse(ONE), 2));
    }

    @Test
    void saysWhichNamesAreNoNodes() {
        TrustedNodes nodes = TrustedNodes.of(List.of("README", ".hidden", ONE, ONE + ".trust=1"));
        assertThat(nodes.trusts()).hasSize(1);
        assertThat(nodes.problems()).hasSize(2).anyMatch(each -> each.contains("'README'"))
                .anyMatch(each -> each.contains("second time"));
    }

    @Test
    void anEmptyDirectoryTrustsNobody() {
        assertThat(TrustedNodes.of(List.of()).trusts()).isEmpty();
    }
}
