package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.limesh.base.Rng;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.DhGroup;
import org.limesh.bmx7.wire.RsaPrivateKey;

/** Link keys that the genuine program takes. */
class OwnKeysTest {
    @Test
    void aPublicKeyWithALeadingZeroIsDrawnAgain() {
        KeySource usual = new LaboratoryKeys(3).forNode(new Rng(4));
        BigInteger good = new BigInteger("1234567890123456789012345678901234567890", 16).pow(2);
        KeySource firstShort = new KeySource() {
            private int drawn;

            @Override
            public RsaPrivateKey newRsaKey(int type) {
                return usual.newRsaKey(type);
            }

            @Override
            public BigInteger newDhExponent(DhGroup group) {
                // 2 to the power of 1 fills one octet of 256.
                return drawn++ == 0 ? BigInteger.ONE : good;
            }

            @Override
            public ChainLink newChainLink() {
                return usual.newChainLink();
            }
        };
        assertThat(DhGroup.MODP_2048.publicKey(good)[0]).isNotZero();
        Bmx7Config config = Bmx7Config.of(usual.newRsaKey(6), 0, "node");
        OwnDescription.LinkKeys keys = OwnDescription.LinkKeys.draw(config, firstShort);
        assertThat(keys.dhExponent()).isEqualTo(good);
        assertThat(keys.dhPublicKey()).isEqualTo(DhGroup.MODP_2048.publicKey(good));
    }
}
