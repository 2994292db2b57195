package org.limesh.bmx7.wire;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;

/**
 * What vouches for a packet: an RSA signature of the link key, or a MAC for one neighbour.
 *
 * <pre>
 *  octet  0      1..
 *         type   RSA (4..8): signature of the key's length      Diffie-Hellman (17, 18): 14 octets
 * </pre>
 */
public record LinkSignature(int type, byte[] octets) {
    public boolean isMac() {
        return DhGroup.ofType(type) != null;
    }

    /**
     * What is signed: the sender's link-local address, the fixed part of the frame, everything behind the
     * frame.
     */
    public static Hash digest(Ip6Address source, Bmx7Frame.SignatureAdv frame, byte[] behind) {
        byte[] address = new byte[Ip6Address.LENGTH_OCTETS];
        Octets.put64(address, 0, source.high());
        Octets.put64(address, 8, source.low());
        return Hash.of(address, frame.fixedPart(), behind);
    }

    /** All signatures of a frame. */
    public static Decoded<List<LinkSignature>> parse(byte[] signatures) {
        List<LinkSignature> all = new ArrayList<>();
        for (int at = 0; at < signatures.length; ) {
            int type = Octets.u8(signatures, at);
            int length = DhGroup.ofType(type) != null ? ChainLink.LENGTH_OCTETS : RsaKey.lengthOctets(type);
            if (length == 0 || length > signatures.length - at - 1) {
                return new Decoded.Malformed<>("link_signature", at);
            }
            all.add(new LinkSignature(type, Bytes.part(signatures, at + 1, at + 1 + length)));
            at += 1 + length;
        }
        return new Decoded.Valid<>(List.copyOf(all));
    }

    public byte[] emit() {
        return Bytes.join(new byte[] {(byte) type}, octets);
    }
}
