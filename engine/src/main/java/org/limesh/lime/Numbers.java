package org.limesh.lime;

import java.util.OptionalInt;

/** Whole numbers as people write them in options. */
final class Numbers {
    private static final int MAX_DIGITS = 9;

    private Numbers() {}

    /** The number when the text is one, and within the bounds. */
    static OptionalInt parse(String text, int least, int most) {
        boolean digits = !text.isEmpty() && text.length() <= MAX_DIGITS
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits) {
            return OptionalInt.empty();
        }
        int number = Integer.parseInt(text);
        return number >= least && number <= most ? OptionalInt.of(number) : OptionalInt.empty();
    }
}
