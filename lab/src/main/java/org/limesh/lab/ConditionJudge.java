package org.limesh.lab;

import java.util.function.Supplier;
import org.limesh.lab.scenario.Assertion;
import org.limesh.sim.SimTime;

/**
 * A condition that can be looked at in one instant.
 *
 * <pre>
 *   waiting ──holds──→ holding ──for the wanted time──→ passed
 *      │  ↑──breaks before the deadline──┘ │
 *      └──deadline──→ failed ←──breaks─────┘
 * </pre>
 */
final class ConditionJudge implements Judge {
    private static final long NOT_YET = -1;

    private final Supplier<String> condition;
    private final String expected;
    private final long deadlineNs;
    private final long forNs;
    private final long intervalNs;
    private long heldSinceNs = NOT_YET;

    /**
     * @param condition null when it holds, else what is there instead
     * @param expected  what should be; for a person
     * @param startNs   now
     */
    ConditionJudge(Supplier<String> condition, String expected, Assertion assertion, long startNs,
            long intervalNs) {
        this.condition = condition;
        this.deadlineNs = startNs + assertion.withinNs();
        this.forNs = assertion.forNs();
        this.intervalNs = intervalNs;
        this.expected = expected + (assertion.withinNs() > 0 ? " before " + SimTime.text(deadlineNs) : "")
                + (forNs > 0 ? ", for " + SimTime.text(forNs) : "");
    }

    @Override
    public Verdict look(long nowNs) {
        String instead = condition.get();
        if (instead == null) {
            heldSinceNs = heldSinceNs == NOT_YET ? nowNs : heldSinceNs;
            return nowNs - heldSinceNs >= forNs ? Verdict.pass(expected) : null;
        }
        if (nowNs >= deadlineNs) {
            boolean broke = heldSinceNs != NOT_YET;
            return Verdict.fail(expected, instead + (broke ? " (it held from " + SimTime.text(heldSinceNs)
                    + " to "
                    + SimTime.text(nowNs) + ")" : ""));
        }
        heldSinceNs = NOT_YET;
        return null;
    }

    @Override
    public Verdict end(long nowNs) {
        String instead = condition.get();
        return instead == null ? Verdict.pass(expected) : Verdict.fail(expected, instead
                + " when the run ended");
    }

    @Override
    public long nextLookNs(long nowNs) {
        // The deadline and the end of holding are looked at exactly, whatever the pace.
        long soonNs = heldSinceNs == NOT_YET ? deadlineNs : heldSinceNs + forNs;
        return soonNs > nowNs ? Math.min(soonNs, nowNs + intervalNs) : nowNs + intervalNs;
    }
}
