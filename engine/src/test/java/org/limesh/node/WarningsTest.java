package org.limesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Counters;

class WarningsTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> told = new ArrayList<>();
    private final Warnings warnings = new Warnings(new Counters(), told::add);

    @Test
    void whoCausesManyWarningsOfOneFamilyHidesNoOther() {
        warnings.warn("clash", "two clouds have one network", 1, 0);
        for (int i = 0; i < 1000; i++) {
            warnings.warn("refused " + i, "node " + i + " is not believed", 1, i * SECOND / 10);
        }
        warnings.warn("twin", "another node uses this node's key", 1, 100 * SECOND);
        assertThat(warnings.at(100 * SECOND)).hasSize(64)
                .contains("two clouds have one network", "another node uses this node's key",
                        "node 999 is not believed");
    }

    @Test
    void aWarningIsToldOnceAndForgottenTenMinutesAfterItWasTrue() {
        warnings.warn("twin", "another node uses this node's key", 2, 0);
        assertThat(told).isEmpty();
        warnings.warn("twin", "another node uses this node's key", 2, SECOND);
        warnings.warn("twin", "another node uses this node's key", 2, 2 * SECOND);
        assertThat(told).hasSize(1);
        assertThat(warnings.at(602 * SECOND)).hasSize(1);
        assertThat(warnings.at(603 * SECOND)).isEmpty();
    }
}
