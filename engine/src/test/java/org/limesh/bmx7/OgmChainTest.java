package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.limesh.bmx7.wire.ChainLink;

/** Chains that are kept only in part give the links that a full one has. */
class OgmChainTest {
    private static final byte[] SUFFIX = {1, 2, 3};
    private static final ChainLink LAST = ChainLink.parse("0102030405060708090a0b0c0dff");

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 127, 128, 200})
    void everyLinkIsTheHashOfTheNext(int range) {
        OgmChain chain = new OgmChain(range, LAST, SUFFIX);
        ChainLink expected = LAST;
        for (int number = range; number >= 0; number--) {
            assertThat(chain.link(number)).as("%d of %d", number, range).isEqualTo(expected);
            expected = expected.step(SUFFIX);
        }
    }

    @Test
    void aLinkIsFourteenOctetsWhateverTheirSigns() {
        assertThat(ChainLink.parse("ffeeddccbbaa99887766554433ff")).hasToString("ffeeddccbbaa99887766554433ff");
        assertThat(ChainLink.read(LAST.toBytes(), 0)).isEqualTo(LAST).hasSameHashCodeAs(LAST);
        assertThat(LAST.xor(LAST)).hasToString("0".repeat(28));
    }
}
