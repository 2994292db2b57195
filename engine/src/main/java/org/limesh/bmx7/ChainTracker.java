package org.limesh.bmx7;

import org.limesh.bmx7.wire.ChainLink;

/**
 * Numbers of another node's originator messages: hashes a link that was heard until it meets one that is
 * known. Most messages are copies of the newest or the one before, so these two are kept as they travel.
 */
final class ChainTracker {
    /** How far beyond the newest known number a message without an IID_ADV may be. */
    static final int DEVIATION = 10;
    /** Answer when the value fits to nothing known within the steps allowed. */
    static final int UNKNOWN = -1;

    private final NodeFacts facts;
    /** Null before the first message; unmasked it is the link that others are hashed towards. */
    private ChainLink newestMasked;
    private ChainLink beforeMasked;
    private int newest;
    private int before;
    private ChainLink refused;

    ChainTracker(NodeFacts facts) {
        this.facts = facts;
    }

    private ChainLink newestLink() {
        return newestMasked == null ? facts.description().version().anchorLink()
                : newestMasked.xor(facts.chainMask());
    }

    int newest() {
        return newest;
    }

    /** The newest value as it travels; null before the first one. */
    ChainLink newestMasked() {
        return newestMasked;
    }

    /**
     * The one object for a value that is the newest or the one before, else the one given: many offers share
     * it.
     */
    ChainLink shared(ChainLink masked) {
        return masked.equals(newestMasked) ? newestMasked : masked.equals(beforeMasked) ? beforeMasked
                : masked;
    }

    /**
     * The number of a masked link, or {@link #UNKNOWN}. A newer number becomes the newest.
     *
     * @param maxSteps {@link #DEVIATION}, or more when an IID_ADV vouches for it
     */
    int number(ChainLink masked, int maxSteps) {
        if (masked.equals(newestMasked)) {
            return newest;
        }
        if (masked.equals(beforeMasked)) {
            return before;
        }
        // A value that was searched for in the whole range once is not searched for again.
        if (maxSteps > DEVIATION && masked.equals(refused)) {
            return UNKNOWN;
        }
        ChainLink heard = masked.xor(facts.chainMask());
        int limit = Math.min(maxSteps, facts.ogmSqnRange() - newest);
        ChainLink known = newestLink();
        ChainLink link = heard;
        for (int steps = 0; steps <= limit; steps++) {
            if (link.equals(known)) {
                return steps == 0 ? newest : advance(masked, steps);
            }
            if (steps < limit) {
                link = link.step(facts.chainSuffix());
            }
        }
        int older = older(heard);
        if (older == UNKNOWN && maxSteps > DEVIATION) {
            refused = masked;
        }
        return older;
    }

    private int advance(ChainLink masked, int steps) {
        before = newest;
        beforeMasked = newestMasked;
        newest += steps;
        newestMasked = masked;
        return newest;
    }

    private int older(ChainLink heard) {
        ChainLink link = newestLink();
        for (int number = newest - 1; number >= 0 && newest - number <= DEVIATION; number--) {
            link = link.step(facts.chainSuffix());
            if (link.equals(heard)) {
                return number;
            }
        }
        return UNKNOWN;
    }
}
