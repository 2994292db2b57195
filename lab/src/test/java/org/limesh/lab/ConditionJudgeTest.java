package org.limesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.limesh.lab.scenario.Assertion;
import org.limesh.lab.scenario.Position;

class ConditionJudgeTest {
    private static final long SECOND = 1_000_000_000L;
    private String instead = "broken";

    private ConditionJudge judge(long withinNs, long forNs) {
        Assertion assertion =
                new Assertion(new Assertion.Claim.LoopsNone(), withinNs, forNs, "loops none", new Position(1, 1));
        return new ConditionJudge(() -> instead, "whole", assertion, 10 * SECOND, SECOND);
    }

    @Test
    void withoutTimesOnlyNowCounts() {
        assertThat(judge(0, 0).look(10 * SECOND)).isEqualTo(Judge.Verdict.fail("whole", "broken"));
        instead = null;
        assertThat(judge(0, 0).look(10 * SECOND).passed()).isTrue();
    }

    @Test
    void withinWaitsUntilTheDeadline() {
        ConditionJudge judge = judge(5 * SECOND, 0);
        assertThat(judge.look(14 * SECOND)).isNull();
        assertThat(judge.look(15 * SECOND))
                .isEqualTo(Judge.Verdict.fail("whole before 15.000 s", "broken"));
        ConditionJudge other = judge(5 * SECOND, 0);
        assertThat(other.look(10 * SECOND)).isNull();
        instead = null;
        assertThat(other.look(15 * SECOND).passed()).isTrue();
    }

    @Test
    void forMustHoldAllTheTime() {
        instead = null;
        ConditionJudge judge = judge(0, 3 * SECOND);
        assertThat(judge.look(10 * SECOND)).isNull();
        assertThat(judge.look(12 * SECOND)).isNull();
        instead = "broken";
        assertThat(judge.look(12 * SECOND + 1).got()).isEqualTo("broken (it held from 10.000 s to 12.000 s)");
    }

    @Test
    void aBreakBeforeTheDeadlineStartsAnew() {
        ConditionJudge judge = judge(5 * SECOND, 3 * SECOND);
        instead = null;
        assertThat(judge.look(11 * SECOND)).isNull();
        instead = "broken";
        assertThat(judge.look(12 * SECOND)).isNull();
        instead = null;
        assertThat(judge.look(13 * SECOND)).isNull();
        assertThat(judge.look(15 * SECOND)).isNull();
        assertThat(judge.look(16 * SECOND).passed()).isTrue();
    }

    @Test
    void looksExactlyAtTheDeadlineAndAtTheEndOfHolding() {
        ConditionJudge judge = judge(SECOND / 2, 3 * SECOND / 2);
        judge.look(10 * SECOND);
        assertThat(judge.nextLookNs(10 * SECOND)).isEqualTo(10 * SECOND + SECOND / 2);
        instead = null;
        judge.look(10 * SECOND + SECOND / 2);
        assertThat(judge.nextLookNs(10 * SECOND + SECOND / 2)).isEqualTo(11 * SECOND + SECOND / 2);
        assertThat(judge.nextLookNs(11 * SECOND + SECOND / 2)).isEqualTo(12 * SECOND);
    }

    @Test
    void theEndOfTheRunIsTheLastChance() {
        assertThat(judge(50 * SECOND, 0).end(20 * SECOND).got()).isEqualTo("broken when the run ended");
        instead = null;
        assertThat(judge(50 * SECOND, 0).end(20 * SECOND).passed()).isTrue();
    }
}
