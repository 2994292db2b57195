package org.limesh.bmx7;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Ip6Address;
import org.limesh.bmx7.wire.Bmx7Frame.SignatureAdv;
import org.limesh.bmx7.wire.Bytes;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.DhGroup;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.LinkSignature;
import org.limesh.bmx7.wire.RsaKey;

/**
 * Proves packets and has them proved: a MAC for every neighbour, or one RSA signature when somebody has no
 * Diffie-Hellman key or there are more than 17.
 */
final class Authenticator {
    private final Core core;

    /** What is known of a packet's sender after its signature frame. */
    enum Proof {
        /** Nothing that proves it; frames of strangers may be looked at. */
        NONE,
        /** It is who it says. */
        GOOD,
        /** It is not; the packet is to be dropped. */
        BAD
    }

    Authenticator(Core core) {
        this.core = core;
    }

    /** Peers that packets are signed for, in order of their id. */
    private List<Peer> addressees() {
        List<Peer> addressees = new ArrayList<>();
        for (Peer peer : core.direct.values()) {
            if (peer.facts != null) {
                addressees.add(peer);
            }
        }
        return addressees;
    }

    /** How the next packets will be signed. */
    Signer signer(long nowNs) {
        List<Peer> addressees = addressees();
        DhGroup group = core.identity.dhGroup();
        List<Hash> secrets = new ArrayList<>();
        if (group != null && addressees.size() <= Bmx7Limits.MAX_MACS) {
            for (Peer peer : addressees) {
                Hash secret = peer.facts.dhGroup() == group ? secret(peer, nowNs) : null;
                if (secret != null) {
                    secrets.add(secret);
                }
            }
        }
        boolean macs = !secrets.isEmpty() && secrets.size() == addressees.size();
        boolean rsa = !addressees.isEmpty() && !macs && core.identity.linkKeys().rsa() != null;
        return new Signer(macs ? secrets : List.of(), rsa);
    }

    /** Signs what is put into one round's packets. */
    final class Signer {
        private final List<Hash> secrets;
        private final boolean rsa;

        private Signer(List<Hash> secrets, boolean rsa) {
            this.secrets = secrets;
            this.rsa = rsa;
        }

        int lengthOctets() {
            return secrets.size() * (1 + ChainLink.LENGTH_OCTETS)
                    + (rsa ? 1 + RsaKey.lengthOctets(core.config.rsaLinkType()) : 0);
        }

        byte[] sign(Hash digest) {
            byte[] signatures = new byte[0];
            for (Hash secret : secrets) {
                byte[] mac = DhGroup.mac(digest, secret).toBytes();
                signatures = Bytes.join(signatures, new LinkSignature(core.identity.dhGroup().type, mac)
                        .emit());
            }
            if (rsa) {
                signatures = new LinkSignature(core.config.rsaLinkType(),
                        core.identity.linkKeys().rsa().sign(digest)).emit();
            }
            return signatures;
        }
    }

    /** Secret shared with a peer under the present own key; null when too much was asked of this peer. */
    private Hash secret(Peer peer, long nowNs) {
        BigInteger exponent = core.identity.linkKeys().dhExponent();
        Peer.Contact contact = peer.contact();
        if (contact.secret == null || contact.secretFor != exponent) {
            if (!core.maySpend(peer, Bmx7Limits.EFFORT_DH, nowNs)) {
                return null;
            }
            contact.secret = core.cache.secret(core.identity.dhGroup(), exponent, core.identity.linkKeys()
                    .dhPublicKey(), peer.facts.dhPublicKey());
            contact.secretFor = exponent;
        }
        return contact.secret;
    }

    /** Looks at the signatures of a packet whose sender's current description is the one it names. */
    Proof prove(Peer peer, Ip6Address source, SignatureAdv frame, byte[] behind, long nowNs) {
        if (!peer.facts.linkLocals().contains(source)) {
            core.drop("link_local_not_announced");
            return Proof.BAD;
        }
        if (!(LinkSignature.parse(frame.signatures()) instanceof Decoded.Valid<List<LinkSignature>>(
                var signatures))) {
            core.drop("link_signature");
            return Proof.BAD;
        }
        if (signatures.isEmpty()) {
            return Proof.NONE;
        }
        Hash digest = core.cache.digest(source, frame, behind);
        Proof proof = Proof.NONE;
        for (LinkSignature signature : signatures) {
            Proof one = signature.isMac() ? Proof.NONE : proveRsa(peer, digest, signature, nowNs);
            if (one == Proof.BAD) {
                return Proof.BAD;
            }
            proof = one == Proof.GOOD ? one : proof;
        }
        return proof == Proof.GOOD || hasMac(peer, digest, signatures, nowNs) ? Proof.GOOD : Proof.NONE;
    }

    private Proof proveRsa(Peer peer, Hash digest, LinkSignature signature, long nowNs) {
        RsaKey key = peer.facts.rsaLinkKey();
        if (key == null || key.type() != signature.type() || key.type() > 6) {
            return Proof.NONE;
        }
        if (!core.maySpend(peer, Bmx7Limits.EFFORT_RSA, nowNs)) {
            return Proof.NONE;
        }
        if (core.cache.verify(key, digest, signature.octets())) {
            return Proof.GOOD;
        }
        core.drop("rsa_link_signature");
        return Proof.BAD;
    }

    private boolean hasMac(Peer peer, Hash digest, List<LinkSignature> signatures, long nowNs) {
        DhGroup group = core.identity.dhGroup();
        if (group == null || peer.facts.dhGroup() != group) {
            return false;
        }
        Hash secret = secret(peer, nowNs);
        if (secret != null && contains(signatures, group, DhGroup.mac(digest, secret))) {
            return true;
        }
        BigInteger old = core.identity.oldDhExponent(nowNs);
        return old != null && core.maySpend(peer, Bmx7Limits.EFFORT_RSA, nowNs)
                && contains(signatures, group, DhGroup.mac(digest,
                core.cache.secret(group, old, core.identity.oldDhPublicKey(), peer.facts.dhPublicKey())));
    }

    private static boolean contains(List<LinkSignature> signatures, DhGroup group, ChainLink mac) {
        byte[] octets = mac.toBytes();
        for (LinkSignature signature : signatures) {
            if (signature.type() == group.type && Arrays.equals(signature.octets(), octets)) {
                return true;
            }
        }
        return false;
    }
}
