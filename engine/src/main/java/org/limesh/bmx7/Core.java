package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Engine;
import org.limesh.base.Ip6Address;
import org.limesh.base.Rng;
import org.limesh.bmx7.wire.Hash;

/** State that all parts of the engine share. */
final class Core {
    final Bmx7Config config;
    final Hash ownId;
    final Counters counters;
    final Counter received;
    final Counter receivedOctets;
    final Counter sent;
    final Counter sentOctets;
    final Bmx7Engine.Outbox out;
    final Rng rng;
    final VerificationCache cache;
    final Identity identity;
    private final Budget budget = new Budget(Bmx7Limits.EFFORT_OF_ALL);
    /** By number; removed ones are null. */
    final List<Device> devices = new ArrayList<>();
    final Map<Hash, Peer> peers = new LinkedHashMap<>();
    /** Peers heard directly of late, by id: those a packet is signed for. */
    final TreeMap<Hash, Peer> direct = new TreeMap<>();
    final List<Neighbour> neighbours = new ArrayList<>();
    /** Short ids of all neighbours. */
    int iids;
    /** Nodes whose OGM is to be passed on with the next aggregation. */
    final Set<Peer> pendingOgms = new LinkedHashSet<>();
    /** True when a next hop appeared or changed: that is passed on in the next round already. */
    boolean urgentOgms;
    /** When new neighbours get the next quick hello. */
    long nextGreetingNs = Engine.NEVER;
    /** Grows whenever routes may have changed. */
    long routesVersion;
    /** By name of a table that was full. */
    private final Map<String, Long> toldFullNs = new LinkedHashMap<>();
    /** Nodes that always have a place in the tables. */
    private final Set<Hash> supported = new LinkedHashSet<>();
    /** True when the choice of tunnels has to be made again. */
    boolean tunnelsStale = true;

    Core(Bmx7Config config, KeySource keys, VerificationCache cache, Counters counters, Rng rng,
            Bmx7Engine.Outbox out, long nowNs) {
        this.config = config;
        this.ownId = config.nodeKey().publicKey().nodeId();
        this.cache = cache;
        this.counters = counters;
        this.received = counters.of("bmx7.received");
        this.receivedOctets = counters.of("bmx7.received_octets");
        this.sent = counters.of("bmx7.sent");
        this.sentOctets = counters.of("bmx7.sent_octets");
        this.rng = rng.fork("bmx7");
        this.out = out;
        this.identity = new Identity(config, keys, this.rng, nowNs);
        config.supports().forEach(entry -> supported.add(entry.nodeId()));
    }

    /** True for a node that the configuration wants to be known however many others there are. */
    boolean isSupported(Hash id) {
        return supported.contains(id);
    }

    /** True when an expensive verification for this sender is within what it and all together may cost. */
    boolean maySpend(Peer sender, int effort, long nowNs) {
        if (!has(sender, effort, nowNs)) {
            return false;
        }
        spend(sender, effort);
        return true;
    }

    /**
     * True while the sender has effort left; for sums that are only charged when they turn out to be in vain.
     */
    boolean has(Peer sender, int effort, long nowNs) {
        Peer.Contact contact = sender.contact();
        if (contact.budget == null) {
            contact.budget = new Budget(Bmx7Limits.EFFORT_PER_SENDER);
        }
        if (!contact.budget.has(effort, nowNs) || !budget.has(effort, nowNs)) {
            drop("verification_limit");
            return false;
        }
        return true;
    }

    void spend(Peer sender, int effort) {
        sender.contact().budget.spend(effort);
        budget.spend(effort);
    }

    /** Tells that a table is full, once a minute. */
    void full(String table, long limit, long nowNs) {
        Long told = toldFullNs.get(table);
        if (told == null || nowNs - told >= Bmx7Limits.TOLD_AGAIN_NS) {
            toldFullNs.put(table, nowNs);
            out.report(new Bmx7Event.LimitReached(table, limit));
        }
    }

    void drop(String reason) {
        counters.of("drop.bmx7." + reason).increment();
    }

    boolean isOwn(Ip6Address address) {
        for (Device device : devices) {
            if (device != null && device.linkLocal.equals(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * No neighbour is a genuine one. Those do not use the news that there is no way any more, and forget a node
     * only 72 s after it was mentioned last: telling them would make them wait longer.
     */
    boolean isAmongOurs() {
        for (Neighbour neighbour : neighbours) {
            if (!neighbour.isOurs()) {
                return false;
            }
        }
        return true;
    }

    Device device(int number) {
        return number >= 0 && number < devices.size() ? devices.get(number) : null;
    }

    List<Ip6Address> linkLocals() {
        List<Ip6Address> all = new ArrayList<>();
        for (Device device : devices) {
            if (device != null) {
                all.add(device.linkLocal);
            }
        }
        return all;
    }
}
