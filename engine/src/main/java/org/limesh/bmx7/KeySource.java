package org.limesh.bmx7;

import java.math.BigInteger;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.DhGroup;
import org.limesh.bmx7.wire.RsaPrivateKey;

/**
 * Where secrets come from. The engine itself draws none: a real node asks the operating system, a laboratory
 * a seeded stream ({@link LaboratoryKeys}).
 */
public interface KeySource {
    /** A new key of this type, see {@link org.limesh.bmx7.wire.RsaKey}. */
    RsaPrivateKey newRsaKey(int type);

    /** A secret exponent; 320 bits are enough for both groups (RFC 3526, section 8). */
    BigInteger newDhExponent(DhGroup group);

    /** 14 random octets. */
    ChainLink newChainLink();
}
