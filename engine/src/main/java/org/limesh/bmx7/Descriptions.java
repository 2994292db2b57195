package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Ip6Prefix;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Bytes;
import org.limesh.bmx7.wire.Description;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.RsaKey;

/**
 * Gets to know nodes: their key, then their description, then its contents; asks for what is missing, checks
 * what comes, and answers others.
 */
final class Descriptions {
    private final Core core;
    private final PathChooser chooser;
    private final OgmExchange exchange;
    private final Neighbours neighbours;
    private final HnaRegistry registry = new HnaRegistry();
    /** Contents (keys among them) that are wanted, by hash. */
    private final Map<Hash, Want> contents = new LinkedHashMap<>();
    /** Nodes whose description is wanted. */
    private final Map<Hash, Want> descriptions = new LinkedHashMap<>();
    /** Contents of descriptions that are not complete. */
    private final Map<Hash, Content> kept = new LinkedHashMap<>();
    /** Contents of descriptions that became complete, until all who wait for the same have had them. */
    private final List<Content> spent = new ArrayList<>();
    /** Peers known by nothing but the id in a packet header. */
    private int strangers;
    /** Of all descriptions in use, contents included. */
    private long octets;
    private long nextAskNs = Engine.NEVER;
    private boolean outbid;
    private long outbidNs;

    /**
     * Something to ask for, on behalf of the nodes that it belongs to: contents are named by their hash, so
     * that a list which a whole community has stands in many descriptions.
     */
    private static final class Want {
        final Set<Peer> owners = new LinkedHashSet<>(2);
        int tries;
        long nextNs;

        Want(Peer owner, long nowNs) {
            this.owners.add(owner);
            this.nextNs = nowNs;
        }
    }

    Descriptions(Core core, PathChooser chooser, OgmExchange exchange, Neighbours neighbours) {
        this.core = core;
        this.chooser = chooser;
        this.exchange = exchange;
        this.neighbours = neighbours;
    }

    // ---- nodes

    /** The sender of a packet; null when the table of strangers is full. */
    Peer heard(Hash id, Device device, long nowNs) {
        Peer peer = core.peers.get(id);
        if (peer == null) {
            if (strangers >= Bmx7Limits.MAX_UNPROVEN && !core.isSupported(id)) {
                core.drop("unproven_limit");
                return null;
            }
            peer = create(id, nowNs);
            if (peer != null) {
                peer.stranger = true;
                strangers++;
            }
        }
        if (peer != null) {
            Peer.Contact contact = peer.contact();
            contact.heard = true;
            contact.heardNs = nowNs;
            contact.heardDevice = device.number;
            core.direct.put(id, peer);
            wantKey(peer, nowNs);
        }
        return peer;
    }

    /** A node that a neighbour mentions; null when the table is full, or when it made up too many. */
    Peer mentioned(Hash id, Neighbour by, long nowNs) {
        Peer peer = core.peers.get(id);
        if (peer != null) {
            return peer;
        }
        if (by.unprovenMentioned >= Bmx7Limits.MAX_MENTIONED_PER_NEIGHBOUR && !core.isSupported(id)) {
            core.drop("mentioned_limit");
            core.full("nodes that one neighbour mentions", Bmx7Limits.MAX_MENTIONED_PER_NEIGHBOUR, nowNs);
            return null;
        }
        peer = create(id, nowNs);
        if (peer != null) {
            peer.mentionedBy = by;
            by.unprovenMentioned++;
        }
        return peer;
    }

    private static void exists(Peer peer) {
        if (peer.mentionedBy != null) {
            peer.mentionedBy.unprovenMentioned--;
            peer.mentionedBy = null;
        }
    }

    private Peer create(Hash id, long nowNs) {
        if (core.peers.size() >= Bmx7Limits.MAX_PEERS && !core.isSupported(id)) {
            core.drop("peer_limit");
            core.full("nodes", Bmx7Limits.MAX_PEERS, nowNs);
            return null;
        }
        Peer peer = new Peer(id, nowNs);
        core.peers.put(id, peer);
        return peer;
    }

    private void known(Peer peer) {
        strangers -= peer.stranger ? 1 : 0;
        peer.stranger = false;
    }

    private void wantKey(Peer peer, long nowNs) {
        if (peer.key() == null) {
            wantContent(peer, peer.id, nowNs);
        }
    }

    private void wantContent(Peer owner, Hash hash, long nowNs) {
        Want want = contents.get(hash);
        if (want != null) {
            want.owners.add(owner);
        } else if (contents.size() >= Bmx7Limits.MAX_WANTED_CONTENTS) {
            core.drop("wanted_limit");
        } else {
            contents.put(hash, new Want(owner, nowNs));
            nextAskNs = Engine.earlier(nextAskNs, nowNs);
        }
    }

    private void wantDescription(Peer owner, long nowNs) {
        descriptions.putIfAbsent(owner.id, new Want(owner, nowNs));
        nextAskNs = Engine.earlier(nextAskNs, nowNs);
    }

    /** A description with this number exists. */
    void want(Peer node, int descSqn, long nowNs) {
        wantKey(node, nowNs);
        long number = Integer.toUnsignedLong(descSqn);
        boolean here = node.facts != null && Integer.toUnsignedLong(node.facts.descSqn()) >= number
                || node.pending != null && Integer.toUnsignedLong(node.pending.version().descSqn()) >= number
                || number < node.minDescSqn;
        if (!here && node.key() != null) {
            wantDescription(node, nowNs);
        }
    }

    // ---- asking

    long nextDeadlineNs() {
        return nextAskNs;
    }

    /** Puts requests that are due into the queues. */
    void ask(long nowNs) {
        nextAskNs = Engine.NEVER;
        for (Map.Entry<Hash, Want> entry : contents.entrySet()) {
            ask(entry.getKey(), entry.getValue(), true, nowNs);
        }
        for (Map.Entry<Hash, Want> entry : descriptions.entrySet()) {
            ask(entry.getKey(), entry.getValue(), false, nowNs);
        }
    }

    private void ask(Hash wanted, Want want, boolean content, long nowNs) {
        if (!Engine.isDue(want.nextNs, nowNs)) {
            nextAskNs = Engine.earlier(nextAskNs, want.nextNs);
            return;
        }
        Peer target = target(want, nowNs);
        want.tries++;
        boolean pause = want.tries % Bmx7Limits.RESOLVE_TRIES == 0;
        want.nextNs = nowNs + (pause ? Bmx7Limits.MAINTENANCE_INTERVAL_NS : Bmx7Limits.RESOLVE_INTERVAL_NS);
        nextAskNs = Engine.earlier(nextAskNs, want.nextNs);
        Device device = target == null ? null : core.device(target.heardDevice());
        if (device != null) {
            Outgoing.ask(content ? device.outgoing.contentRequests : device.outgoing.descRequests, target.id,
                    wanted);
        }
    }

    /** Who is asked; another owner's turn with every try, for one of them may be silent or lying. */
    private Peer target(Want want, long nowNs) {
        List<Peer> owners = List.copyOf(want.owners);
        for (int i = 0; i < owners.size(); i++) {
            Peer owner = owners.get((want.tries + i) % owners.size());
            Peer target = target(owner, want.tries / owners.size(), nowNs);
            if (target != null) {
                return target;
            }
        }
        return null;
    }

    /** The node itself when it is near, else in turn those who mentioned it. */
    private static Peer target(Peer owner, int tries, long nowNs) {
        if (owner.isHeard(nowNs) && (tries < 2 || owner.informants.isEmpty())) {
            return owner;
        }
        return owner.informants.isEmpty() ? null
                : owner.informants.get(tries / 2 % owner.informants.size()).neighbour.peer;
    }

    /** A neighbour gave the own node a description number: an unknown higher one has to be proved. */
    void onOwnMentioned(Neighbour neighbour, int descSqn, long nowNs) {
        Device device = core.device(neighbour.peer.heardDevice());
        if (Integer.toUnsignedLong(descSqn) > Integer.toUnsignedLong(core.identity.facts().descSqn())
                && device != null && (!outbid || nowNs - outbidNs >= Bmx7Limits.TWIN_INTERVAL_NS)) {
            Outgoing.ask(device.outgoing.descRequests, neighbour.peer.id, core.ownId);
        }
    }

    // ---- answering

    /** @param link link over which the one who asks proved who it is; or null */
    void onRequest(Device device, Bmx7Frame.HashReq request, Link link, long nowNs) {
        boolean proven = link != null;
        for (Hash hash : request.hashes()) {
            if (request.type() == Bmx7Frame.DESC_REQ) {
                NodeFacts facts = hash.equals(core.ownId) ? core.identity.facts() : proven ? factsOf(hash)
                        : null;
                if (facts != null) {
                    device.outgoing.answer(facts.hash(), new Bmx7Frame.DescAdv(facts.description().octets()),
                            nowNs);
                }
            } else {
                Content content = core.identity.facts().content(hash);
                content = content != null || !proven ? content : content(hash);
                if (content != null) {
                    device.outgoing.answer(hash, content.frame(), nowNs);
                    if (proven) {
                        exchange.learns(link.neighbour, ownerOf(hash), nowNs);
                    }
                }
            }
        }
    }

    /**
     * A node speaks with a description number below one that it used before: it lost its memory. Its own
     * later description, sent back to it now and then, lets it outbid that; else it would be ignored for
     * ever.
     */
    void remind(Peer peer, int descSqn, long nowNs) {
        if (peer.facts != null && Integer.toUnsignedLong(descSqn) < Integer.toUnsignedLong(
                peer.facts.descSqn())) {
            remind(peer, nowNs);
        }
    }

    /** Sends a node's own description back to it. */
    void remind(Peer peer, long nowNs) {
        Device device = core.device(peer.heardDevice());
        Peer.Contact contact = peer.contact();
        if (device != null && (!contact.reminded
                || nowNs - contact.remindedNs >= Bmx7Limits.MAINTENANCE_INTERVAL_NS)) {
            contact.reminded = true;
            contact.remindedNs = nowNs;
            device.outgoing.answer(peer.facts.hash(),
                    new Bmx7Frame.DescAdv(peer.facts.description().octets()), nowNs);
        }
    }

    private Peer ownerOf(Hash hash) {
        Hash owner = core.cache.ownerOf(hash);
        return core.peers.get(owner == null ? hash : owner);
    }

    private NodeFacts factsOf(Hash id) {
        Peer peer = core.peers.get(id);
        return peer == null ? null : peer.facts;
    }

    private Content content(Hash hash) {
        Peer byKey = core.peers.get(hash);
        if (byKey != null && byKey.keyContent != null) {
            return byKey.keyContent;
        }
        Content content = kept.get(hash);
        Hash owner = content == null ? core.cache.ownerOf(hash) : null;
        Peer peer = owner == null ? null : core.peers.get(owner);
        return peer == null || peer.facts == null ? content : peer.facts.content(hash);
    }

    // ---- learning

    void onContent(Bmx7Frame.ContentAdv adv, long nowNs) {
        Content content = new Content(adv.hash(), adv.flags(), adv.content());
        Want want = contents.remove(content.hash());
        if (want == null) {
            core.counters.of("bmx7.content.not_wanted").increment();
            return;
        }
        content = core.cache.intern(content);
        for (Peer owner : want.owners) {
            if (content.hash().equals(owner.id)) {
                onKey(owner, content, nowNs);
            } else {
                keep(content);
                if (owner.pending != null) {
                    complete(owner, nowNs);
                }
            }
        }
        release();
    }

    private void release() {
        spent.forEach(content -> kept.remove(content.hash()));
        spent.clear();
    }

    private void keep(Content content) {
        if (kept.size() >= Bmx7Limits.MAX_KEPT_CONTENTS) {
            kept.remove(kept.keySet().iterator().next());
        }
        kept.put(content.hash(), content);
    }

    private void onKey(Peer owner, Content content, long nowNs) {
        RsaKey key = content.flags() == 0 ? RsaKey.parse(content.body()) : null;
        if (key == null) {
            core.drop("node_key");
            return;
        }
        owner.key = key;
        owner.keyContent = content;
        known(owner);
        Description stashed = owner.stashed;
        owner.stashed = null;
        if (stashed != null) {
            onDescription(owner, stashed, nowNs);
        }
        if (owner.facts == null && owner.pending == null) {
            wantDescription(owner, nowNs);
        }
    }

    void onDescription(byte[] octets, long nowNs) {
        switch (Description.parse(octets)) {
            case Decoded.Malformed<Description>(String fault, int unused) ->
                    core.drop("description_" + fault);
            case Decoded.Valid<Description>(Description description) -> {
                Hash id = description.nodeId();
                Peer peer = core.peers.get(id);
                if (id.equals(core.ownId)) {
                    onTwin(description, nowNs);
                } else if (peer == null) {
                    core.counters.of("bmx7.description.unknown_node").increment();
                } else if (peer.key() == null) {
                    peer.stashed = description;
                } else {
                    onDescription(peer, description, nowNs);
                    release();
                }
            }
        }
    }

    private void onDescription(Peer peer, Description description, long nowNs) {
        long number = Integer.toUnsignedLong(description.version().descSqn());
        if (number < peer.minDescSqn) {
            core.counters.of("bmx7.description.old").increment();
            return;
        }
        if (!isSigned(description, peer.key(), peer, nowNs)) {
            return;
        }
        descriptions.remove(peer.id);
        peer.minDescSqn = number + 1;
        dropPending(peer);
        peer.pending = description;
        complete(peer, nowNs);
    }

    private boolean isSigned(Description description, RsaKey key, Peer peer, long nowNs) {
        byte[] signature = description.signature();
        byte[] bare = Bytes.part(signature, Math.min(1, signature.length), signature.length);
        Hash digest = Hash.of(description.signedPart());
        if (peer != null && !core.maySpend(peer, Bmx7Limits.EFFORT_RSA, nowNs)) {
            return false;
        }
        boolean good = signature.length > 1 && signature[0] == (byte) key.type()
                && core.cache.verify(key, digest, bare);
        if (!good) {
            core.drop("description_signature");
        }
        return good;
    }

    /** Takes the pending description into use when all its contents are here, asks for them when not. */
    private void complete(Peer peer, long nowNs) {
        Description description = peer.pending;
        NodeFacts.Reading reading = NodeFacts.read(description, hash -> hash.equals(peer.id) ? peer.keyContent
                : known(peer, hash));
        switch (reading) {
            case NodeFacts.Reading.Missing(List<Hash> missing) ->
                    missing.forEach(hash -> wantContent(peer, hash, nowNs));
            case NodeFacts.Reading.Refused(String fault) -> refuse(peer, fault);
            case NodeFacts.Reading.Complete(NodeFacts facts) -> {
                Ip6Prefix conflict = registry.claim(peer.id, facts.hnas());
                if (conflict != null) {
                    refuse(peer, "network " + conflict + " belongs to somebody else");
                } else if (octets - sizeOf(peer.facts) + sizeOf(facts) > Bmx7Limits.MAX_DESCRIPTION_OCTETS) {
                    registry.claim(peer.id, peer.facts == null ? List.of() : peer.facts.hnas());
                    core.full("descriptions, in octets", Bmx7Limits.MAX_DESCRIPTION_OCTETS, nowNs);
                    refuse(peer, "there is no room for its description");
                } else {
                    accept(peer, core.cache.intern(facts), nowNs);
                }
            }
        }
    }

    private Content known(Peer peer, Hash hash) {
        Content content = kept.get(hash);
        return content != null || peer.facts == null ? content : peer.facts.content(hash);
    }

    private void refuse(Peer peer, String fault) {
        core.drop("description_refused");
        core.out.report(new Bmx7Event.DescriptionRefused(peer.id, peer.pending.version().descSqn(), fault));
        dropPending(peer);
    }

    private void dropPending(Peer peer) {
        peer.pending = null;
        if (peer.key() != null) {
            wantNothing(peer);
        }
    }

    private void wantNothing(Peer peer) {
        contents.values().removeIf(want -> want.owners.remove(peer) && want.owners.isEmpty());
    }

    private void accept(Peer peer, NodeFacts facts, long nowNs) {
        boolean restarted = peer.facts != null && peer.facts.bootSqn() != facts.bootSqn();
        spent.addAll(facts.contents());
        peer.pending = null;
        if (restarted) {
            neighbours.drop(peer, nowNs);
            chooser.reset(peer, nowNs);
        } else {
            chooser.renumber(peer);
        }
        exchange.leave(peer);
        core.pendingOgms.remove(peer);
        octets += sizeOf(facts) - sizeOf(peer.facts);
        peer.facts = facts;
        peer.describedNs = nowNs;
        peer.key = null;
        exists(peer);
        core.cache.owns(facts);
        peer.chain = new ChainTracker(facts);
        peer.forgetProofs();
        core.routesVersion++;
        core.tunnelsStale = true;
        core.out.report(new Bmx7Event.DescriptionAccepted(peer.id, facts.hostname(), facts.descSqn(),
                restarted));
        // Everybody passes a new description on once, so that it is there before the messages that need it.
        flood(facts, nowNs);
        exchange.onFacts(peer, nowNs);
    }

    /** Octets of a description with all its contents and what they inflate to; 0 for none. */
    private static long sizeOf(NodeFacts facts) {
        if (facts == null) {
            return 0;
        }
        long octets = facts.description().octets().length;
        for (Content content : facts.contents()) {
            octets += content.body().length;
        }
        for (Description.Tlv tlv : facts.description().tlvs()) {
            octets += tlv instanceof Description.Reference reference ? reference.lengthOctets() : 0;
        }
        return octets;
    }

    void flood(NodeFacts facts, long nowNs) {
        for (Device device : core.devices) {
            if (device != null) {
                device.outgoing.answer(facts.hash(), new Bmx7Frame.DescAdv(facts.description().octets()),
                        nowNs);
            }
        }
    }

    /** A description of this very node that it did not make in this life. */
    private void onTwin(Description description, long nowNs) {
        int number = description.version().descSqn();
        int order = Integer.compareUnsigned(number, core.identity.facts().descSqn());
        if (order < 0 || order == 0 && description.hash().equals(core.identity.descriptionHash())
                || outbid && nowNs - outbidNs < Bmx7Limits.TWIN_INTERVAL_NS
                || !isSigned(description, core.config.nodeKey().publicKey(), null, nowNs)) {
            return;
        }
        outbid = true;
        outbidNs = nowNs;
        core.out.report(new Bmx7Event.IdentityElsewhere(number));
        core.identity.outbid(number);
    }

    // ---- forgetting

    /** Every few seconds: nodes that nobody hears and nobody mentions. */
    void maintain(long nowNs) {
        core.direct.values().removeIf(peer -> !peer.isHeard(nowNs));
        for (Iterator<Peer> all = core.peers.values().iterator(); all.hasNext(); ) {
            Peer peer = all.next();
            if (!peer.isHeard(nowNs)) {
                peer.forgetBudget();
            }
            if (!peer.isHeard(nowNs) && peer.informants.isEmpty() && peer.neighbour == null
                    && nowNs - peer.bornNs >= Bmx7Limits.LINK_TIMEOUT_NS) {
                all.remove();
                forget(peer, nowNs);
            }
        }
    }

    private void forget(Peer peer, long nowNs) {
        octets -= sizeOf(peer.facts);
        known(peer);
        exists(peer);
        chooser.reset(peer, nowNs);
        exchange.forget(peer);
        registry.release(peer.id);
        wantNothing(peer);
        descriptions.remove(peer.id);
        core.tunnelsStale = true;
        if (peer.facts != null) {
            core.out.report(new Bmx7Event.NodeForgotten(peer.id, peer.hostname()));
        }
    }
}
