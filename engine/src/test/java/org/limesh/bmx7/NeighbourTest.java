package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.limesh.bmx7.wire.Hash;

/** Which aggregations of a neighbour came, across the wrap of their numbers. */
class NeighbourTest {
    private final Neighbour neighbour = new Neighbour(new Peer(Hash.of(new byte[] {1}), 0));

    @Test
    void remembersWhatCameWithinTheWindowAcrossTheWrap() {
        for (int number = 65_000; number < 65_000 + 1_000; number++) {
            neighbour.onWindow(number & 0xffff, 256);
            assertThat(neighbour.isReceived(number & 0xffff)).as("%d is new", number).isFalse();
            if (number % 3 != 0) {
                neighbour.onReceived(number & 0xffff);
            }
            for (int back = 0; back < Math.min(256, number - 65_000); back++) {
                assertThat(neighbour.isReceived(number - back & 0xffff)).isEqualTo((number - back) % 3 != 0);
            }
        }
    }

    @Test
    void ignoresWhatIsOutsideOfTheWindowAndForgetsWhenItJumps() {
        neighbour.onWindow(10, 2);
        neighbour.onReceived(8);
        assertThat(neighbour.isReceived(8)).isFalse();
        neighbour.onReceived(10);
        neighbour.onWindow(10_000, 256);
        assertThat(neighbour.isReceived(10)).isFalse();
        neighbour.onReceived(9_999);
        neighbour.onWindow(1, 1);
        assertThat(neighbour.isReceived(9_999)).as("counts anew").isFalse();
    }
}
