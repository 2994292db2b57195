package org.limesh.bmx7;

import java.math.BigInteger;
import java.util.List;
import org.limesh.base.Ip6Address;
import org.limesh.base.Rng;
import org.limesh.bmx7.OwnDescription.LinkKeys;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.DhGroup;
import org.limesh.bmx7.wire.Hash;

/** Who this node is at the moment: link keys, description, number of the last originator message. */
final class Identity {
    private final Bmx7Config config;
    private final KeySource keys;
    private final int bootSqn;
    private Announcement announcement = Announcement.NOTHING;
    private LinkKeys linkKeys;
    private LinkKeys oldLinkKeys;
    private long oldKeysEndNs;
    private long keysEndNs;
    private boolean stale = true;
    private int descSqn;
    private NodeFacts facts;
    private OgmChain chain;
    private int ogmSqn;
    private ChainLink ogmMasked;

    Identity(Bmx7Config config, KeySource keys, Rng rng, long nowNs) {
        this.config = config;
        this.keys = keys;
        this.bootSqn = config.firstDescSqn();
        this.descSqn = bootSqn - 1;
        this.linkKeys = LinkKeys.draw(config, keys);
        // The first keys live a random time, so that the nodes of a network do not renew all at once.
        this.keysEndNs = nowNs + (1 + rng.nextInt(config.linkKeyLifetimeS())) * Bmx7Limits.SECOND;
    }

    NodeFacts facts() {
        return facts;
    }

    Announcement announcement() {
        return announcement;
    }

    LinkKeys linkKeys() {
        return linkKeys;
    }

    int ogmSqn() {
        return ogmSqn;
    }

    /** The current originator message's value as it travels. */
    ChainLink ogmMasked() {
        return ogmMasked;
    }

    /**
     * Secret exponents that a neighbour may have in mind: the present one, and the one before for a while.
     */
    BigInteger oldDhExponent(long nowNs) {
        return oldLinkKeys != null && oldKeysEndNs - nowNs > 0 ? oldLinkKeys.dhExponent() : null;
    }

    byte[] oldDhPublicKey() {
        return oldLinkKeys.dhPublicKey();
    }

    DhGroup dhGroup() {
        return linkKeys.dhGroup();
    }

    void announce(Announcement wanted) {
        if (!wanted.equals(announcement)) {
            announcement = wanted;
            stale = true;
        }
    }

    /** Something that the description says has changed. */
    void invalidate() {
        stale = true;
    }

    /** Makes the next description number larger than one that somebody else used with this node's key. */
    void outbid(int otherDescSqn) {
        descSqn = Bmx7Config.clearOf(otherDescSqn);
        stale = true;
    }

    /** Makes a new description when something in it is out of date. True when it did. */
    boolean refresh(List<Ip6Address> linkLocals, VerificationCache cache, long nowNs) {
        if (keysEndNs - nowNs <= 0) {
            oldLinkKeys = linkKeys;
            oldKeysEndNs = nowNs + Bmx7Limits.OLD_KEY_NS;
            linkKeys = LinkKeys.draw(config, keys);
            keysEndNs = nowNs + config.linkKeyLifetimeS() * Bmx7Limits.SECOND;
            stale = true;
        }
        if (chain != null && ogmSqn >= chain.range()) {
            stale = true;
        }
        if (!stale) {
            return false;
        }
        stale = false;
        descSqn++;
        ChainLink last = keys.newChainLink();
        ChainLink seed = keys.newChainLink();
        byte[] suffix = NodeFacts.chainSuffix(seed, config.nodeKey().publicKey().nodeId(), descSqn);
        chain = new OgmChain(config.ogmSqnRange(), last, suffix);
        facts = cache.intern(OwnDescription.make(config, announcement, linkLocals, linkKeys, bootSqn, descSqn,
                chain.link(0), seed));
        ogmSqn = 0;
        ogmMasked = null;
        return true;
    }

    /** The next originator message's value. */
    ChainLink nextOgm() {
        ogmSqn++;
        ogmMasked = chain.link(ogmSqn).xor(facts.chainMask());
        return ogmMasked;
    }

    Hash descriptionHash() {
        return facts.hash();
    }
}
