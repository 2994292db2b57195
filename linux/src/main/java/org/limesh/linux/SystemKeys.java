package org.limesh.linux;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAKeyGenParameterSpec;
import org.limesh.bmx7.KeySource;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.DhGroup;
import org.limesh.bmx7.wire.RsaKey;
import org.limesh.bmx7.wire.RsaPrivateKey;

/** Secrets from the operating system's random numbers. */
final class SystemKeys implements KeySource {
    private static final int DH_EXPONENT_BITS = 320;
    /** A link holds 14 octets; the reader wants room for a whole number. */
    private static final int CHAIN_LINK_OCTETS = 16;

    private final SecureRandom random = new SecureRandom();

    @Override
    public RsaPrivateKey newRsaKey(int type) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(new RSAKeyGenParameterSpec(RsaKey.lengthOctets(type) * 8, RsaKey.EXPONENT),
                    random);
            RSAPrivateCrtKey key = (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
            return RsaPrivateKey.of(type, key.getPrimeP(), key.getPrimeQ());
        } catch (GeneralSecurityException noRsa) {
            throw new IllegalStateException("every Java has RSA", noRsa);
        }
    }

    @Override
    public BigInteger newDhExponent(DhGroup group) {
        return new BigInteger(DH_EXPONENT_BITS, random);
    }

    @Override
    public ChainLink newChainLink() {
        byte[] octets = new byte[CHAIN_LINK_OCTETS];
        random.nextBytes(octets);
        return ChainLink.read(octets, 0);
    }
}
