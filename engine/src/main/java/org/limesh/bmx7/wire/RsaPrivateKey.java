package org.limesh.bmx7.wire;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Octets;

/** RSA private key; its file form is PKCS#1 DER, as the genuine program keeps it. */
public final class RsaPrivateKey {
    private static final int INTEGER = 0x02;
    private static final int SEQUENCE = 0x30;

    private final RsaKey publicKey;
    private final BigInteger exponent;
    private final BigInteger prime1;
    private final BigInteger prime2;
    // What the Chinese remainder theorem needs; a link key signs several times a second.
    private final BigInteger exponent1;
    private final BigInteger exponent2;
    private final BigInteger coefficient;

    /** @param prime1 greater prime p; with {@code prime2} it makes signing three times as fast */
    public RsaPrivateKey(RsaKey publicKey, BigInteger exponent, BigInteger prime1, BigInteger prime2) {
        this.publicKey = publicKey;
        this.exponent = exponent;
        this.prime1 = prime1;
        this.prime2 = prime2;
        this.exponent1 = exponent.mod(prime1.subtract(BigInteger.ONE));
        this.exponent2 = exponent.mod(prime2.subtract(BigInteger.ONE));
        this.coefficient = prime2.modInverse(prime1);
    }

    public RsaKey publicKey() {
        return publicKey;
    }

    public BigInteger exponent() {
        return exponent;
    }

    public BigInteger prime1() {
        return prime1;
    }

    public BigInteger prime2() {
        return prime2;
    }

    /** Makes a key from primes; both must have half the key's bits. */
    public static RsaPrivateKey of(int type, BigInteger p, BigInteger q) {
        BigInteger one = BigInteger.ONE;
        BigInteger phi = p.subtract(one).multiply(q.subtract(one));
        return new RsaPrivateKey(new RsaKey(type, p.multiply(q)), RsaKey.EXPONENT.modInverse(phi), p, q);
    }

    /** Signature over a SHA-224 value, without type octet. */
    public byte[] sign(Hash digest) {
        int length = RsaKey.lengthOctets(publicKey.type());
        BigInteger message = new BigInteger(1, RsaKey.padded(digest, length));
        // Chinese remainder theorem: two exponentiations of half the size.
        BigInteger m1 = message.modPow(exponent1, prime1);
        BigInteger m2 = message.modPow(exponent2, prime2);
        BigInteger h = coefficient.multiply(m1.subtract(m2)).mod(prime1);
        return RsaKey.fixed(m2.add(h.multiply(prime2)), length);
    }

    /**
     * Reads PKCS#1 DER.
     *
     * @throws IllegalArgumentException saying what is wrong, for people
     */
    public static RsaPrivateKey parseDer(byte[] der) {
        int[] at = {0};
        int end = at(der, at, SEQUENCE);
        List<BigInteger> numbers = new ArrayList<>();
        while (at[0] < end && numbers.size() < 9) {
            int numberEnd = at(der, at, INTEGER);
            numbers.add(new BigInteger(1, der, at[0], numberEnd - at[0]));
            at[0] = numberEnd;
        }
        if (numbers.size() < 6 || numbers.get(0).signum() != 0) {
            throw new IllegalArgumentException("the key file is no RSA private key in PKCS#1 DER form");
        }
        BigInteger modulus = numbers.get(1);
        for (int type = 4; type <= 8; type++) {
            if (RsaKey.lengthOctets(type) * 8 == modulus.bitLength()) {
                if (!numbers.get(2).equals(RsaKey.EXPONENT)) {
                    throw new IllegalArgumentException("the key's public exponent is not 65537");
                }
                BigInteger p = numbers.get(4);
                BigInteger q = numbers.get(5);
                if (!p.multiply(q).equals(modulus) || p.bitLength() < 2 || q.bitLength() < 2
                        || !p.gcd(q).equals(BigInteger.ONE)) {
                    throw new IllegalArgumentException("the key's primes are not those of its modulus");
                }
                return new RsaPrivateKey(new RsaKey(type, modulus), numbers.get(3), p, q);
            }
        }
        throw new IllegalArgumentException("the key has " + modulus.bitLength()
                + " bits; BMX7 knows 1024, 1536, 2048, 3072 and 4096");
    }

    /** Reads tag and length at {@code at[0]}, moves behind them, returns where the value ends. */
    private static int at(byte[] der, int[] at, int tag) {
        int position = at[0];
        if (der.length - position < 2 || Octets.u8(der, position) != tag) {
            throw new IllegalArgumentException("the key file is no RSA private key in PKCS#1 DER form");
        }
        int length = Octets.u8(der, position + 1);
        position += 2;
        if (length > 0x80) {
            int count = length & 0x7f;
            length = 0;
            for (int i = 0; i < count && position < der.length && count <= 3; i++) {
                length = length << 8 | Octets.u8(der, position++);
            }
        }
        if (length > der.length - position || length == 0) {
            throw new IllegalArgumentException("the key file is cut short");
        }
        at[0] = position;
        return position + length;
    }

    /** PKCS#1 DER. */
    public byte[] emitDer() {
        byte[] numbers = new byte[0];
        for (BigInteger number : List.of(BigInteger.ZERO, publicKey.modulus(), RsaKey.EXPONENT, exponent,
                prime1, prime2, exponent1, exponent2, coefficient)) {
            numbers = Bytes.join(numbers, der(INTEGER, number.toByteArray()));
        }
        return der(SEQUENCE, numbers);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RsaPrivateKey key && publicKey.equals(key.publicKey) && prime1.equals(key.prime1)
                && prime2.equals(key.prime2) && exponent.equals(key.exponent);
    }

    @Override
    public int hashCode() {
        return publicKey.hashCode();
    }

    /** Without what is secret. */
    @Override
    public String toString() {
        return "private key of " + publicKey.nodeId();
    }

    private static byte[] der(int tag, byte[] value) {
        byte[] head = value.length < 0x80 ? new byte[] {(byte) tag, (byte) value.length}
                : value.length < 0x100 ? new byte[] {(byte) tag, (byte) 0x81, (byte) value.length}
                : new byte[] {(byte) tag, (byte) 0x82, (byte) (value.length >> 8), (byte) value.length};
        return Bytes.join(head, value);
    }
}
