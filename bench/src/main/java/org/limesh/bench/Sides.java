package org.limesh.bench;

import java.util.Arrays;

/** Sizes of the square grids that the simulator is measured with. */
final class Sides {
    private Sides() {}

    /** Sides from the system property {@code limesh.bench.sides}, else these. */
    static int[] chosen(String otherwise) {
        return Arrays.stream(System.getProperty("limesh.bench.sides", otherwise).split(","))
                .mapToInt(Integer::parseInt).toArray();
    }
}
