package org.limesh.bmx7;

import org.limesh.base.Invariant;
import org.limesh.bmx7.wire.ChainLink;

/**
 * Numbers of own originator messages: links of a hash chain, revealed from its far end, so that nobody can
 * invent the next one.
 *
 * <pre>
 *  link[R] --hash--> link[R-1] --hash--> ... --> link[1] --hash--> link[0] = anchor, in the description
 *                                                ^ number 1
 * </pre>
 *
 * <p>Only every 64th link is kept; the others are made again when wanted.
 */
final class OgmChain {
    private static final int SPACING = 64;

    private final int range;
    private final byte[] suffix;
    private final ChainLink[] kept;

    /** @param last link[range], random */
    OgmChain(int range, ChainLink last, byte[] suffix) {
        this.range = range;
        this.suffix = suffix;
        this.kept = new ChainLink[range / SPACING + 2];
        ChainLink link = last;
        kept[kept.length - 1] = last;
        for (int number = range; number >= 0; number--) {
            if (number % SPACING == 0) {
                kept[number / SPACING] = link;
            }
            link = number > 0 ? link.step(suffix) : link;
        }
    }

    int range() {
        return range;
    }

    /** @param number 0 (the anchor) .. range */
    ChainLink link(int number) {
        Invariant.check(number >= 0 && number <= range, "a chain is asked for numbers that it has");
        int slot = (number + SPACING - 1) / SPACING;
        int at = slot * SPACING;
        ChainLink link;
        if (at > range) {
            link = kept[kept.length - 1];
            at = range;
        } else {
            link = kept[slot];
        }
        for (; at > number; at--) {
            link = link.step(suffix);
        }
        return link;
    }
}
