package org.limesh.bmx7;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.limesh.base.FMetric;
import org.limesh.base.Engine;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.Description;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.HopHistory;
import org.limesh.bmx7.wire.RsaKey;

/**
 * Another node: what is known of it, and the way to it.
 *
 * <pre>
 *  heard or mentioned --key--> tracked --description--> certified --contents--> promoted --signature--> neighbour
 * </pre>
 */
final class Peer {
    final Hash id;
    final long bornNs;

    /** Key while there is no description; later it stands in {@code facts}, which all engines share. */
    RsaKey key;
    Content keyContent;
    /** Description that came before the key, not checked; or null. */
    Description stashed;
    /** Checked description whose contents are not all here; or null. */
    Description pending;
    NodeFacts facts;
    /** Number below which no description is accepted. */
    long minDescSqn;

    /** Known by nothing but the id in a packet header. */
    boolean stranger;
    /** Who mentioned it first, while it has not proved that it exists; or null. */
    Neighbour mentionedBy;
    /** What only those have whose packets come here; null for all others, who are by far the most. */
    private Contact contact;
    Neighbour neighbour;

    /** Short ids of neighbours that mean this node. */
    final List<Neighbour.Iid> informants = new ArrayList<>(2);

    ChainTracker chain;
    final List<Offer> offers = new ArrayList<>(2);
    int ownIid;

    int sqn;
    /** The number's value as it travels, or null. */
    ChainLink chainOgm;
    /** When {@link #facts} were accepted. */
    long describedNs;
    long firstNs;
    long refreshedNs;
    long metric;
    int hops;
    HopHistory history = HopHistory.NONE;
    /** Link of the route, or null. */
    Link route;
    long claimed;
    HopHistory claimedHistory = HopHistory.NONE;
    int feasibleSqn;
    long feasibleMetric;
    int aggregation = -1;

    /** A sender of packets that are heard here. */
    static final class Contact {
        boolean heard;
        long heardNs;
        int heardDevice;
        /** Since when none of its packets proved anything although its description is known. */
        long unprovenSinceNs = Engine.NEVER;
        boolean reminded;
        long remindedNs;
        long burstSqn = -1;
        /** Shared secret with the own key {@code secretFor}, or null. */
        Hash secret;
        BigInteger secretFor;
        /** Effort for this sender; null until there was some. */
        Budget budget;
    }

    /** The best that a neighbour offers towards this node. */
    static final class Offer {
        final Peer node;
        final Neighbour via;
        int sqn;
        long claimed;
        int hops;
        HopHistory history;
        ChainLink chainOgm;
        long arrivedNs;
        /** Number since which it has been better than the route, or -1. */
        int betterSince = -1;

        Offer(Peer node, Neighbour via) {
            this.node = node;
            this.via = via;
        }
    }

    Peer(Hash id, long nowNs) {
        this.id = id;
        this.bornNs = nowNs;
    }

    /** The node key, or null. */
    RsaKey key() {
        return facts != null ? facts.nodeKey() : key;
    }

    String hostname() {
        return facts == null ? "" : facts.hostname();
    }

    /** What is known of it as a sender, made when it is new. */
    Contact contact() {
        if (contact == null) {
            contact = new Contact();
        }
        return contact;
    }

    boolean isHeard(long nowNs) {
        return contact != null && contact.heard && nowNs - contact.heardNs < Bmx7Limits.LINK_TIMEOUT_NS;
    }

    /** Number of the device that it was heard on, the first one for a stranger. */
    int heardDevice() {
        return contact == null ? 0 : contact.heardDevice;
    }

    /** It speaks with another description: what was proved under the old one counts no more. */
    void forgetProofs() {
        if (contact != null) {
            contact.secret = null;
            contact.burstSqn = -1;
        }
    }

    /** It is not heard here: should it come back, it has all its effort again. */
    void forgetBudget() {
        if (contact != null && contact.heard) {
            contact.budget = null;
        } else {
            contact = null;
        }
    }

    Offer offer(Neighbour via) {
        for (Offer offer : offers) {
            if (offer.via == via) {
                return offer;
            }
        }
        return null;
    }

    boolean isRoutable() {
        return route != null && metric > FMetric.NOT_ROUTABLE;
    }
}
