package org.limesh.gateway;

import java.util.ArrayDeque;
import org.limesh.base.Engine;

/**
 * Whether the own Internet is offered to others.
 *
 * <pre>
 *   off     never
 *   auto    while the uplink leads to the Internet      ──┐   withdrawn at once,
 *   always  while the uplink has an address             ──┘   offered again after 0, 10, 20, 40 ... 300 s
 * </pre>
 *
 * The wait counts how often the offer was withdrawn within the last ten minutes: an uplink that comes and goes
 * would else drag the whole mesh to and fro. A first offer never waits.
 */
final class Offer {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MEMORY_NS = 600 * SECOND_NS;
    private static final long FIRST_WAIT_NS = 10 * SECOND_NS;
    private static final long LONGEST_WAIT_NS = 300 * SECOND_NS;
    /** More withdrawals do not make the wait longer. */
    private static final int MAX_REMEMBERED = 8;

    private final ArrayDeque<Long> withdrawnNs = new ArrayDeque<>();
    private boolean offered;
    private boolean wanted;
    /** Since when there is something to offer. */
    private long wantedSinceNs;
    private long deadlineNs = Engine.NEVER;
    private String reason = "";

    boolean offered() {
        return offered;
    }

    String reason() {
        return reason;
    }

    /** True when {@link #offered} has changed. */
    boolean update(SharePolicy policy, boolean address, boolean internet, String why, long nowNs) {
        boolean wants = policy == SharePolicy.AUTO && internet || policy == SharePolicy.ALWAYS && address;
        if (wants && !wanted) {
            wantedSinceNs = nowNs;
        }
        wanted = wants;
        boolean next = wants && wantedSinceNs + waitNs(nowNs) - nowNs <= 0;
        reason = switch (policy) {
            case OFF -> "share is off";
            case AUTO -> why;
            case ALWAYS -> address ? "share is always, " + why : why;
        };
        if (wants && !next) {
            reason = "came and went " + withdrawnNs.size() + " times in 10 min, offered after a while; " + why;
        }
        deadlineNs = wants && !next ? wantedSinceNs + waitNs(nowNs) : Engine.NEVER;
        if (next == offered) {
            return false;
        }
        offered = next;
        if (!next) {
            withdrawnNs.addLast(nowNs);
            if (withdrawnNs.size() > MAX_REMEMBERED) {
                withdrawnNs.removeFirst();
            }
        }
        return true;
    }

    private long waitNs(long nowNs) {
        while (!withdrawnNs.isEmpty() && nowNs - withdrawnNs.getFirst() > MEMORY_NS) {
            withdrawnNs.removeFirst();
        }
        return withdrawnNs.isEmpty() ? 0
                : Math.min(LONGEST_WAIT_NS, FIRST_WAIT_NS << withdrawnNs.size() - 1);
    }

    /** When {@link #update} finds something new although nothing happened. */
    long nextDeadlineNs() {
        return deadlineNs;
    }
}
