package org.limesh.bmx7;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.base.Decoded;
import org.limesh.base.Ip6Address;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.DhGroup;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.LinkSignature;
import org.limesh.bmx7.wire.RsaKey;

/**
 * Remembers expensive sums: RSA verifications (good and bad), Diffie-Hellman secrets, and what descriptions
 * say. Every answer depends on its question alone, so all engines of a process may share one cache: results
 * stay the same, only faster. One thread.
 */
public final class VerificationCache {
    private final Map<Hash, Boolean> signatures;
    private final Map<Hash, Hash> secrets;
    private final Map<Hash, NodeFacts> facts;
    private final Map<Hash, Content> contents;
    /** Which node's description a content belongs to. */
    private final Map<Hash, Hash> owners;
    /** What was heard last: a laboratory hands one payload to all who hear it, one after the other. */
    private byte[] lastPayload;
    private Decoded<Bmx7Packet> lastPacket;
    private Bmx7Frame.SignatureAdv lastSignature;
    private Ip6Address lastSource;
    private Hash lastDigest;
    private long signaturesVerified;
    private long secretsComputed;

    /** @param limit most entries of each kind; the one used longest ago makes room */
    public VerificationCache(int limit) {
        this(limit, limit);
    }

    /**
     * @param shared most descriptions and contents that are kept for other engines; 0 when there is only one,
     *               which has those in use itself
     */
    public VerificationCache(int limit, int shared) {
        this.signatures = bounded(limit);
        this.secrets = bounded(limit);
        this.facts = bounded(shared);
        this.contents = bounded(shared);
        this.owners = bounded(4 * limit);
    }

    @SuppressWarnings("serial")
    private static <V> Map<Hash, V> bounded(int limit) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Hash, V> eldest) {
                return size() > limit;
            }
        };
    }

    /** Verifications that were really done. */
    public long signaturesVerified() {
        return signaturesVerified;
    }

    /** Secrets that were really computed. */
    public long secretsComputed() {
        return secretsComputed;
    }

    /** The packet in a payload; nobody writes a payload that was handed in. */
    Decoded<Bmx7Packet> parse(byte[] payload) {
        if (payload != lastPayload) {
            lastPacket = Bmx7Packet.parse(payload);
            lastPayload = payload;
        }
        return lastPacket;
    }

    /** What a link signature of a parsed packet is about. */
    Hash digest(Ip6Address source, Bmx7Frame.SignatureAdv frame, byte[] behind) {
        if (frame != lastSignature || !source.equals(lastSource)) {
            lastDigest = LinkSignature.digest(source, frame, behind);
            lastSignature = frame;
            lastSource = source;
        }
        return lastDigest;
    }

    boolean verify(RsaKey key, Hash digest, byte[] signature) {
        Hash question = question(key, digest, signature);
        Boolean known = signatures.get(question);
        if (known == null) {
            signaturesVerified++;
            known = key.verify(digest, signature);
            signatures.put(question, known);
        }
        return known;
    }

    private static Hash question(RsaKey key, Hash digest, byte[] signature) {
        return Hash.of(key.nodeId().toBytes(), digest.toBytes(), signature);
    }

    /** The secret of two keys; the same for both sides. */
    Hash secret(DhGroup group, BigInteger exponent, byte[] ownPublicKey, byte[] theirPublicKey) {
        Hash own = Hash.of(ownPublicKey);
        Hash theirs = Hash.of(theirPublicKey);
        Hash pair = own.compareTo(theirs) < 0 ? Hash.of(own.toBytes(), theirs.toBytes())
                : Hash.of(theirs.toBytes(), own.toBytes());
        Hash known = secrets.get(pair);
        if (known == null) {
            secretsComputed++;
            known = group.sharedSecret(exponent, theirPublicKey);
            secrets.put(pair, known);
        }
        return known;
    }

    /** The one object for these facts. */
    NodeFacts intern(NodeFacts read) {
        NodeFacts known = facts.putIfAbsent(read.hash(), read);
        return known == null ? read : known;
    }

    /** Remembers whose the contents of a complete description are. */
    void owns(NodeFacts complete) {
        for (Content content : complete.contents()) {
            owners.put(content.hash(), complete.id());
        }
    }

    /** The node whose description a content belongs to, or null; whether it is known here is another question. */
    Hash ownerOf(Hash content) {
        return owners.get(content);
    }

    /** The one object for this content. */
    Content intern(Content read) {
        Content known = contents.putIfAbsent(read.hash(), read);
        return known == null ? read : known;
    }
}
