package org.limesh.batadv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.limesh.base.Rng;

/** The packed words of an originator, and the hash table under everything. */
class OriginatorTest {
    private static Originator withSlots(int planes, int... neighbourIds) {
        Originator originator = new Originator(1, planes, 0);
        for (int id : neighbourIds) {
            originator.addSlot(id, 5);
        }
        return originator;
    }

    @Test
    void zerosPushOutOldValuesButDoNotLowerTheAverage() {
        Originator originator = withSlots(1, 7);
        originator.pushTq(0, 0, 200);
        originator.pushTq(0, 0, 100);
        assertThat(originator.average(0, 0)).isEqualTo(150);
        for (int i = 0; i < 3; i++) {
            originator.pushTq(0, 0, 0);
        }
        assertThat(originator.average(0, 0)).isEqualTo(150);
        originator.pushTq(0, 0, 0);
        assertThat(originator.average(0, 0)).isEqualTo(100);
        originator.pushTq(0, 0, 0);
        assertThat(originator.average(0, 0)).isZero();
    }

    @Test
    void windowsFollowTheSequenceNumbers() {
        Originator originator = withSlots(1, 7, 8);
        originator.shiftWindows(1000, 0);
        assertThat(originator.window(0)).isOne();
        originator.shiftWindows(3, 1);
        assertThat(originator.window(0)).isEqualTo(0b1000);
        assertThat(originator.window(1)).isEqualTo(0b1);
        originator.shiftWindows(-2, 0);
        assertThat(originator.window(0)).isEqualTo(0b1100);
        assertThat(originator.heardElsewhere(0, 0)).isTrue();
        assertThat(originator.heardElsewhere(1, 0)).isFalse();
        originator.shiftWindows(63, -1);
        assertThat(originator.receivedCount(0)).isZero();
        assertThat(originator.window(1)).isEqualTo(1L << 63);
        originator.shiftWindows(-64, 0);
        assertThat(originator.window(1)).isZero();
    }

    @Test
    void theRouterStaysTheSameNeighbourWhenAnotherIsForgotten() {
        Originator originator = withSlots(2, 7, 8, 9);
        originator.pushTq(2, 1, 99);
        originator.setRouter(0, 2);
        originator.setRouter(1, 0);
        originator.setLastTtl(1, 50);

        originator.removeSlot(0);

        assertThat(originator.router(0)).isOne();
        assertThat(originator.neighbourId(1)).isEqualTo(9);
        assertThat(originator.average(1, 1)).isEqualTo(99);
        assertThat(originator.router(1)).isEqualTo(-1);
        assertThat(originator.lastTtl(1)).isEqualTo(50);
        assertThat(originator.slotOf(7)).isEqualTo(-1);
    }

    @Test
    void aRadioThatComesLaterStartsWithWhatIsKnown() {
        Originator originator = withSlots(1, 7, 8);
        originator.pushTq(1, 0, 180);
        originator.setRouter(0, 1);
        originator.shiftWindows(1, 1);

        originator.addPlane();

        assertThat(originator.average(1, 1)).isEqualTo(180);
        assertThat(originator.router(1)).isOne();
        assertThat(originator.window(1)).isOne();
        assertThat(originator.neighbourId(1)).isEqualTo(8);
        assertThat(originator.average(0, 1)).isZero();
        assertThat(originator.addSlot(9, 5)).isEqualTo(2);
    }

    @Test
    void linkQualityFollowsTheFormula() {
        assertThat(BatmanIv.linkTq(255, 64, 64)).isEqualTo(255);
        assertThat(BatmanIv.linkTq(255, 63, 64)).isEqualTo(251);
        assertThat(BatmanIv.linkTq(225, 64, 64)).isEqualTo(225);
        assertThat(BatmanIv.linkTq(255, 8, 8)).isEqualTo(85);
        assertThat(BatmanIv.linkTq(255, 16, 16)).isEqualTo(148);
        assertThat(BatmanIv.linkTq(255, 32, 32)).isEqualTo(224);
        assertThat(BatmanIv.linkTq(255, 0, 64)).isZero();
        assertThat(BatmanIv.linkTq(255, 64, 0)).isZero();
    }

    @Test
    void theHashTableAgreesWithAnOrdinaryMap() {
        Rng rng = new Rng(3);
        LongMap<Long> ours = new LongMap<>();
        Map<Long, Long> theirs = new LinkedHashMap<>();
        for (int i = 0; i < 100_000; i++) {
            long key = rng.nextInt(300);
            if (rng.nextBoolean(0.5)) {
                ours.put(key, (long) i);
                theirs.put(key, (long) i);
            } else {
                assertThat(ours.remove(key)).isEqualTo(theirs.remove(key) != null);
            }
            if (i % 1000 == 0) {
                for (long k = 0; k < 300; k++) {
                    assertThat(ours.get(k)).isEqualTo(theirs.get(k));
                }
            }
        }
        assertThat(ours.size()).isEqualTo(theirs.size());
    }

    @Test
    void aWalkThatRemovesSeesEveryEntry() {
        LongMap<Long> map = new LongMap<>();
        for (long key = 0; key < 1000; key++) {
            map.put(key * 7919, key);
        }
        for (int place = 0; place < map.places(); place++) {
            Long value = map.valueAt(place);
            if (value != null && value % 3 != 0) {
                map.removeAt(place--);
            }
        }
        assertThat(map.size()).isEqualTo(334);
        for (long key = 0; key < 1000; key++) {
            assertThat(map.get(key * 7919) != null).isEqualTo(key % 3 == 0);
        }
    }
}
