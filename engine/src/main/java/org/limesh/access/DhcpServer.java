package org.limesh.access;

import java.util.ArrayList;
import java.util.List;
import org.limesh.access.Binding.State;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Udp;

/**
 * DHCPv4 server on the anycast identity (RFC 2131, 2132, 3396, 6842).
 *
 * <pre>
 *  DISCOVER                                            OFFER
 *  REQUEST  with server id            SELECTING        ACK, NAK
 *           neither id nor ciaddr     INIT-REBOOT      ACK, NAK
 *           ciaddr, unicast           RENEWING         ACK, NAK
 *           ciaddr, broadcast         REBINDING        ACK, NAK
 *  DECLINE                                             the address is set aside for one lease time
 *  RELEASE                                             the address is free
 *  INFORM                                              ACK without an address
 * </pre>
 *
 * <p>All nodes of a cloud are one server to the clients: same server id, same pool. New addresses come from
 * the own {@link Slices} of the pool; every node renews every lease that it knows ({@link #learn}). A node
 * that has never heard of another gives from the whole pool and believes clients that come with an address.
 *
 * <p>With a lease store an ACK waits until {@link #onStored} says that the lease survives a restart.
 *
 * <p>Bounds (per node): {@value LeaseTable#MAX_BINDINGS} addresses, {@value LeaseTable#MIN_OFFER_LIMIT} open
 * offers of 30 s (more where the configuration lets more new clients come), {@link DhcpConfig#newPerSecond} new
 * clients per second and client port after a burst of five times as many, one offer and
 * {@value LeaseTable#MAX_BINDINGS_PER_MAC} addresses per MAC; the last tenth of the pool is only for clients that
 * come with an address.
 */
public final class DhcpServer implements Engine {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int REFUSALS_TOLD_PER_SECOND = 10;
    private static final int REFUSALS_TOLD_BURST = 50;
    /** A client may ask for a shorter lease, but not for one that makes it a nuisance. */
    private static final int MIN_LEASE_SECONDS = 120;

    /** Clients that wait while the owner of their address is asked; others are refused at once. */
    static final int MAX_ASKING = 64;
    private static final long ASKING_NS = SECOND_NS;
    /** Answers that wait for the store; more clients ask again. */
    static final int MAX_WAITING = 1024;
    /** How much longer than a lease its address is kept: reports of other nodes may be so old. */
    static final long KEPT_NS = 20 * 60 * SECOND_NS;

    /** Effects of the server. */
    public interface Outbox {
        /** Sends a whole Ethernet frame from the anycast device. */
        void transmit(Frame frame);

        void report(AccessEvent event);

        /** Appends a record to the lease store; it counts for {@link DhcpServer#onStored}. */
        default void store(byte[] record) {}

        /**
         * Asks other nodes for their newest reports; they come by {@link DhcpServer#learn(CloudReport, long)}.
         *
         * @param owner  of the slice that the address lies in
         * @param client who came with it; the node it came from is worth asking too
         * @return false when that cannot be done
         */
        default boolean ask(MacAddress owner, MacAddress client) {
            return false;
        }

        /**
         * Asks by ARP, in the whole cloud, who has this address; answers come by {@link DhcpServer#onArp}.
         *
         * @return false when that cannot be done
         */
        default boolean probe(Ip4Address address) {
            return false;
        }

        /** Number of the client port that asks in this client's name, from 1; 0 where that is not known. */
        default int portOf(MacAddress client) {
            return 0;
        }
    }

    private final DhcpConfig config;
    private final Ip4Address server;
    private final AddressPool pool;
    private final LeaseTable table;
    private final Slices slices;
    private final Offers offers;
    private final LeaseSync sync;
    private final StoreQueue store;
    private final ConflictProbe probe;
    private final DhcpReplies replies;
    private final RateLimit toldRefusals = new RateLimit(REFUSALS_TOLD_PER_SECOND, REFUSALS_TOLD_BURST);
    private final Counters counters;
    private final Outbox out;
    private final MacAddress self;
    private final List<Held> held = new ArrayList<>();

    /** A message whose answer depends on what another node says. */
    private record Held(DhcpMessage message, boolean unicast, int slice, long untilNs) {}

    /** State of a client that sends REQUEST, and the event's word when it is granted. */
    private enum Asking {
        SELECTING("new"), INIT_REBOOT("rebooted"), RENEWING("renewed"), REBINDING("rebound");

        final String granted;

        Asking(String granted) {
            this.granted = granted;
        }
    }

    /** A server of a node that has no name and meets no others. */
    public DhcpServer(DhcpConfig config, Counters counters, Outbox out) {
        this(config, MacAddress.ZERO, counters, out);
    }

    /** @param self name of this node among the others: the MAC of its bridge */
    public DhcpServer(DhcpConfig config, MacAddress self, Counters counters, Outbox out) {
        Invariant.check(config.leaseTimeSeconds() > 0, "a lease lasts some time");
        this.config = config;
        this.server = config.server().address();
        this.pool = new AddressPool(config);
        this.table = new LeaseTable(pool);
        this.replies = new DhcpReplies(config);
        this.counters = counters;
        this.out = out;
        this.self = self;
        this.slices = new Slices(self, config.leaseTimeSeconds() * SECOND_NS);
        this.offers = new Offers(config.newPerSecond(), pool, table, slices, counters, out);
        this.store = new StoreQueue(counters, out);
        this.probe = new ConflictProbe(counters, out);
        this.sync = new LeaseSync(config, self, pool, table, slices, store, counters, out);
    }

    /** A whole Ethernet frame with UDP destination port 67 that the anycast device heard. */
    public void onFrame(Frame frame, long nowNs) {
        if (Udp.destinationPort(frame) != Udp.PORT_DHCP_SERVER || !isForUs(frame)) {
            counters.of("dhcp.not_for_us").increment();
            return;
        }
        switch (DhcpMessage.parse(frame)) {
            case Decoded.Malformed<DhcpMessage>(var fault, var _) -> drop(fault);
            case Decoded.Valid<DhcpMessage>(var message) -> {
                boolean unicast = Ipv4.destination(frame) == server.bits();
                boolean takesBack = message.type() == DhcpMessage.RELEASE || message.type() == DhcpMessage.DECLINE;
                if (takesBack && Ethernet.source(frame) != message.chaddr().bits()) {
                    // Nobody gives back what another holds, not even a client behind a repeater that hides its MAC.
                    drop("forged");
                } else {
                    onMessage(message, unicast, nowNs);
                }
            }
        }
    }

    /** A promiscuous device hears more than what is sent to the anycast address or to all. */
    private boolean isForUs(Frame frame) {
        long destination = Ethernet.destination(frame);
        long source = Ethernet.source(frame);
        int to = Ipv4.destination(frame);
        boolean good = source != 0 && !MacAddress.isMulticast(source) && source != config.serverMac().bits();
        return good && (destination == MacAddress.BROADCAST.bits() || destination == config.serverMac().bits())
                && (to == Ip4Address.BROADCAST.bits() || to == server.bits()
                        || to == config.server().broadcast().bits());
    }

    private void drop(String fault) {
        counters.of("drop.dhcp." + fault).increment();
    }

    private void onMessage(DhcpMessage message, boolean unicast, long nowNs) {
        if (message.op() != DhcpMessage.BOOT_REQUEST) {
            drop("not_a_request");
            return;
        }
        if (!message.giaddr().equals(Ip4Address.ANY)) {
            // Every node serves its own clients; who relays wants to reach through the cloud.
            drop("relayed");
            if (toldRefusals.take(nowNs)) {
                out.report(new AccessEvent.RequestRefused(message.chaddr(), message.giaddr(),
                        "it came through the relay at this address, and a node serves its own clients only"));
            }
            return;
        }
        if (message.chaddr().equals(config.serverMac())) {
            drop("client_mac");
            return;
        }
        onTimer(nowNs);
        held.removeIf(other -> other.message().chaddr().equals(message.chaddr()));
        if (!probe.isWaiting(message, unicast)) {
            answer(message, unicast, true, nowNs);
        }
    }

    /** @param mayHold whether the answer may wait for what another node says */
    private void answer(DhcpMessage message, boolean unicast, boolean mayHold, long nowNs) {
        if (mayHold && isHeld(message, unicast, nowNs)) {
            return;
        }
        switch (message.type()) {
            case DhcpMessage.DISCOVER -> onDiscover(message, unicast, nowNs);
            case DhcpMessage.REQUEST -> onRequest(message, unicast, nowNs);
            case DhcpMessage.DECLINE -> onDecline(message, nowNs);
            case DhcpMessage.RELEASE -> onRelease(message, nowNs);
            case DhcpMessage.INFORM -> onInform(message);
            default -> drop("message_type");
        }
    }

    /**
     * A client comes with an address that is not known here and lies in another node's slices. It may have
     * got it there a moment ago: that node is asked, and the client waits up to a second.
     */
    private boolean isHeld(DhcpMessage message, boolean unicast, long nowNs) {
        Ip4Address chosen = message.options().address(DhcpOptions.SERVER_ID);
        Ip4Address wanted = message.options().address(DhcpOptions.REQUESTED_ADDRESS);
        Ip4Address came = wanted != null ? wanted : message.ciaddr();
        boolean comesBack = chosen == null
                && (message.type() == DhcpMessage.DISCOVER || message.type() == DhcpMessage.REQUEST);
        if (!comesBack || !pool.contains(came) || table.of(Client.of(message)) != null) {
            return false;
        }
        int slice = pool.sliceOf(came);
        MacAddress owner = slices.mayAdopt(slice) ? null : slices.ownerOf(slice);
        // A slice of our own that somebody else claims too is nobody's for the moment: ask all the same.
        if (owner == null || held.size() >= MAX_ASKING || !out.ask(owner, message.chaddr())) {
            return false;
        }
        counters.of("dhcp.asked_owner").increment();
        held.add(new Held(message, unicast, slice, nowNs + ASKING_NS));
        return true;
    }

    private void answerHeld(java.util.function.Predicate<Held> isReady, long nowNs) {
        for (Held next : List.copyOf(held)) {
            if (isReady.test(next)) {
                held.remove(next);
                answer(next.message(), next.unicast(), false, nowNs);
            }
        }
    }

    private void onDiscover(DhcpMessage message, boolean unicast, long nowNs) {
        counters.of("dhcp.discover").increment();
        Client client = Client.of(message);
        Binding binding = table.of(client);
        if (binding != null && binding.earlier != null) {
            sync.yield(binding, nowNs);
            binding = null;
        } else if (binding != null && !mayConfirm(binding)) {
            binding = null;
        }
        if (binding == null) {
            table.dropOffersTo(client.mac());
            binding = offers.make(client, message.options().address(DhcpOptions.REQUESTED_ADDRESS), nowNs);
            if (binding != null && probe.mustWait(binding.address, message, unicast, nowNs)) {
                return;
            }
        } else if (binding.state == State.OFFERED) {
            table.extend(binding, nowNs + Offers.OFFER_NS);
        }
        if (binding != null) {
            counters.of("dhcp.offer").increment();
            out.transmit(replies.offer(message, binding.address, leaseSeconds(message)));
        }
    }

    /** Leases may be confirmed anywhere; what is only kept or offered, by the owner of the slice. */
    private boolean mayConfirm(Binding binding) {
        return binding.state == State.LEASED || binding.state == State.REMOTE
                || binding.state != State.QUARANTINED && slices.mayUse(pool.sliceOf(binding.address));
    }

    /** Seconds of a lease for this client: as configured, or less where it asks for less. */
    private int leaseSeconds(DhcpMessage message) {
        long wanted = message.options().u32(DhcpOptions.LEASE_SECONDS, config.leaseTimeSeconds());
        long atLeast = Math.min(MIN_LEASE_SECONDS, config.leaseTimeSeconds());
        return (int) Math.clamp(wanted, atLeast, config.leaseTimeSeconds());
    }

    private void onRequest(DhcpMessage message, boolean unicast, long nowNs) {
        counters.of("dhcp.request").increment();
        Client client = Client.of(message);
        Ip4Address chosen = message.options().address(DhcpOptions.SERVER_ID);
        Ip4Address wanted = message.options().address(DhcpOptions.REQUESTED_ADDRESS);
        if (chosen != null && !chosen.equals(server)) {
            counters.of("dhcp.other_server_chosen").increment();
            table.dropOffersTo(client.mac());
        } else if (chosen != null && wanted != null) {
            decide(message, client, wanted, Asking.SELECTING, unicast, nowNs);
        } else if (!message.ciaddr().equals(Ip4Address.ANY)) {
            decide(message, client, message.ciaddr(), unicast ? Asking.RENEWING : Asking.REBINDING, unicast,
                    nowNs);
        } else if (wanted != null) {
            decide(message, client, wanted, Asking.INIT_REBOOT, unicast, nowNs);
        } else {
            drop("no_address_requested");
        }
    }

    private void decide(DhcpMessage message, Client client, Ip4Address wanted, Asking asking, boolean unicast,
            long nowNs) {
        Binding holder = table.at(wanted);
        boolean own = holder != null && holder.state != State.QUARANTINED && holder.client.isSameAs(client);
        if (own && holder.earlier != null) {
            Client kept = holder.earlier.client;
            sync.yield(holder, nowNs);
            refuse(message, wanted, "held by " + kept.mac() + " for longer", nowNs);
        } else if (own && mayConfirm(holder)) {
            grant(message, client, holder, holder.isLeased() && asking == Asking.SELECTING
                    ? Asking.RENEWING : asking, nowNs);
        } else if (!config.server().contains(wanted)) {
            refuse(message, wanted, "outside of " + config.server().masked(), nowNs);
        } else if (!pool.contains(wanted)) {
            refuse(message, wanted, "not an address for clients", nowNs);
        } else if (holder != null && !own) {
            refuse(message, wanted, holder.state == State.QUARANTINED ? "somebody unknown uses it"
                    : (holder.state == State.KEPT ? "kept for " : "held by ") + holder.client.mac(), nowNs);
        } else if (own || !slices.mayAdopt(pool.sliceOf(wanted))) {
            MacAddress owner = slices.ownerOf(pool.sliceOf(wanted));
            refuse(message, wanted, "no lease of it is known here, and new ones are given by "
                    + (owner == null ? "others" : owner), nowNs);
        } else if (!probe.mustWait(wanted, message, unicast, nowNs)) {
            adopt(message, client, wanted, asking, nowNs);
        }
    }

    /** Somebody in the cloud says by ARP that he has an address. */
    public void onArp(Ip4Address address, MacAddress user, long nowNs) {
        probe.heard(address, user);
        answerProbed(nowNs);
    }

    private void answerProbed(long nowNs) {
        for (ConflictProbe.Asked done : probe.takeDone(nowNs)) {
            Binding holder = table.at(done.address);
            if (done.user != null && (holder == null || holder.state == State.OFFERED)) {
                counters.of("dhcp.address_in_use").increment();
                Binding used = holder != null ? holder : table.offer(Client.of(done.message), done.address,
                        "somebody else answers for it", nowNs);
                table.quarantine(used, nowNs + config.leaseTimeSeconds() * SECOND_NS);
                out.report(new AccessEvent.AddressInUse(done.address, done.user, done.message.chaddr()));
            }
            answer(done.message, done.unicast, false, nowNs);
        }
    }

    /** The address is free here, and the client says that a node of the cloud gave it. */
    private void adopt(DhcpMessage message, Client client, Ip4Address wanted, Asking asking, long nowNs) {
        // A client that is known here moves and takes no more room than before.
        boolean known = table.of(client) != null;
        if (!known && table.size() >= LeaseTable.MAX_BINDINGS) {
            offers.tellExhaustion(client.mac(), nowNs);
        } else if (!known && !offers.mayBecomeKnown(client, nowNs)) {
            counters.of("dhcp.starved").increment();
        } else {
            Binding binding =
                    new Binding(client, wanted, State.OFFERED, "came with it and it was free", nowNs);
            forgetOthers(client, binding, nowNs);
            table.insert(binding);
            grant(message, client, binding, asking, nowNs);
        }
    }

    /** A client has one address at a time: whatever else it holds here becomes free. */
    private void forgetOthers(Client client, Binding kept, long nowNs) {
        Binding other = table.of(client);
        if (other != null && other != kept) {
            forget(other, nowNs);
        }
    }

    private void forget(Binding binding, long nowNs) {
        if (binding.isLeased()) {
            sync.end(binding, nowNs);
            out.report(new AccessEvent.LeaseReleased(binding.client.mac(), binding.address));
        } else if (binding.state != State.KEPT) {
            table.remove(binding);
        }
    }

    private void grant(DhcpMessage message, Client client, Binding binding, Asking asking, long nowNs) {
        boolean isNew = binding.state == State.OFFERED || binding.state == State.KEPT;
        if (store.isStuck(isNew && !slices.hasLiveMember(nowNs))) {
            counters.of("dhcp.store_failed").increment();
            return;
        }
        forgetOthers(client, binding, nowNs);
        int seconds = leaseSeconds(message);
        if (binding.state == State.REMOTE) {
            binding.reason = (binding.heldAt.isEmpty() ? "held at " + binding.confirmedBy : binding.heldAt)
                    + ", confirmed here when the client came";
        }
        table.grant(binding, client, self, Client.hostname(message.options()), nowNs, nowNs + seconds * SECOND_NS);
        sync.changed();
        store.write(LeaseSync.granted(binding, nowNs), nowNs);
        counters.of("dhcp.ack").increment();
        store.sendWhenDurable(replies.ack(message, binding.address, seconds),
                new AccessEvent.LeaseGranted(client.mac(), binding.address, binding.hostname, asking.granted));
    }

    private void refuse(DhcpMessage message, Ip4Address wanted, String reason, long nowNs) {
        counters.of("dhcp.nak").increment();
        out.transmit(replies.nak(message, reason));
        if (toldRefusals.take(nowNs)) {
            out.report(new AccessEvent.RequestRefused(message.chaddr(), wanted, reason));
        }
    }

    private void onDecline(DhcpMessage message, long nowNs) {
        counters.of("dhcp.decline").increment();
        Binding binding = heldBySender(message, message.options().address(DhcpOptions.REQUESTED_ADDRESS));
        if (binding == null) {
            // Otherwise anybody could have any address set aside.
            drop("decline_of_foreign");
            return;
        }
        boolean leased = binding.isLeased();
        table.quarantine(binding, nowNs + config.leaseTimeSeconds() * SECOND_NS);
        if (leased) {
            sync.changed();
            store.write(new LeaseRecord.Ended(binding.address), nowNs);
        }
        out.report(new AccessEvent.AddressDeclined(message.chaddr(), binding.address));
    }

    private void onRelease(DhcpMessage message, long nowNs) {
        counters.of("dhcp.release").increment();
        Binding binding = heldBySender(message, message.ciaddr());
        if (binding == null) {
            drop("release_of_foreign");
            return;
        }
        forget(binding, nowNs);
    }

    /** What the sender of the message holds at this address, or null. */
    private Binding heldBySender(DhcpMessage message, Ip4Address address) {
        Ip4Address addressed = message.options().address(DhcpOptions.SERVER_ID);
        if (address == null || addressed != null && !addressed.equals(server)) {
            return null;
        }
        Binding binding = table.at(address);
        return binding != null && (binding.state == State.LEASED || binding.state == State.OFFERED)
                && binding.client.isSameAs(Client.of(message)) ? binding : null;
    }

    private void onInform(DhcpMessage message) {
        counters.of("dhcp.inform").increment();
        if (config.server().contains(message.ciaddr())) {
            out.transmit(replies.information(message));
        } else {
            drop("inform_from_outside");
        }
    }

    @Override
    public void onTimer(long nowNs) {
        for (Binding due = table.expireOne(nowNs); due != null; due = table.expireOne(nowNs)) {
            if (due.isLeased()) {
                counters.of("dhcp.expired").increment();
                out.report(new AccessEvent.LeaseExpired(due.client.mac(), due.address));
            }
            sync.onExpired(due, nowNs);
        }
        sync.onTimer(nowNs);
        store.onTimer(nowNs);
        answerProbed(nowNs);
        answerHeld(waiting -> waiting.untilNs() - nowNs <= 0, nowNs);
    }

    @Override
    public long nextDeadlineNs() {
        long heldNs = Engine.earlier(held.isEmpty() ? NEVER : held.getFirst().untilNs(), store.nextReleaseNs());
        return Engine.earlier(Engine.earlier(heldNs, probe.nextDeadlineNs()),
                Engine.earlier(table.nextExpiryNs(), sync.nextDeadlineNs()));
    }

    /** Leases that this node confirmed last and that have not expired, by address. */
    public List<Lease> leases() {
        return table.leases(State.LEASED);
    }

    /** How many those are. */
    public int leaseCount() {
        return table.count(State.LEASED);
    }

    /** Leases that other nodes confirmed last, by address. */
    public List<Lease> remoteLeases() {
        return table.leases(State.REMOTE);
    }

    /** The DNS servers that clients are told, from now on. */
    public void setDnsServers(List<Ip4Address> servers) {
        replies.setDnsServers(servers);
    }

    // ---- other nodes --------------------------------------------------------------------------------

    /** Takes in what another node tells. */
    public void learn(CloudReport report, long nowNs) {
        sync.learn(report, nowNs);
        answerHeld(waiting -> table.of(Client.of(waiting.message())) != null
                || slices.mayAdopt(waiting.slice()), nowNs);
    }

    /**
     * Takes in one lease from a node that tells no {@link CloudReport}: it is good for one lease time.
     *
     * @param node who told it; equal to the client's MAC for the node's own address
     */
    public void learn(MacAddress node, MacAddress client, String clientId, Ip4Address address, String hostname,
            long nowNs) {
        learn(node, client, clientId, address, hostname, config.leaseTimeSeconds(), "held at " + node, nowNs);
    }

    /**
     * The same of a lease that was told some time ago.
     *
     * @param leftSeconds that it may still last; what is longer than a lease counts as one
     * @param reason      who holds it and how that is known, for people
     */
    public void learn(MacAddress node, MacAddress client, String clientId, Ip4Address address, String hostname,
            long leftSeconds, String reason, long nowNs) {
        Binding holder = table.at(address);
        if (holder != null && holder.isLeased() && holder.client.isSameAs(new Client(client, clientId))) {
            // It may be older than what is known here, and cannot say so.
            return;
        }
        // Its own address a node has had for longer than any client.
        long age = node.equals(client) ? Integer.MAX_VALUE : 0;
        sync.learnLease(node, new SharedLease(address, client, clientId, Client.label(hostname), node, node, age,
                Math.clamp(leftSeconds, 1, config.leaseTimeSeconds())), reason, nowNs);
    }

    /** What this node tells the others. */
    public CloudReport report(long incarnation, long beat, Ip4Address address, String hostname, long nowNs) {
        return sync.report(incarnation, beat, address, hostname, nowNs);
    }

    /** Leases or slices changed since {@link #takeChanged}. */
    public boolean hasChanged() {
        return sync.hasChanged();
    }

    /** Whether leases or slices changed since the last call. */
    public boolean takeChanged() {
        return sync.takeChanged();
    }

    /** True while this node has no part of the pool yet and would like to hear of others soon. */
    public boolean isWaitingForSlices() {
        return slices.isWaiting();
    }

    /** The other nodes that share the pool, by MAC of their bridge. */
    public List<MacAddress> members() {
        return slices.members();
    }

    /** Slices that new addresses come from, of {@code sliceCount}. */
    public int ownSlices() {
        return slices.ownCount();
    }

    public static int sliceCount() {
        return Slices.COUNT;
    }

    // ---- lease store --------------------------------------------------------------------------------

    /** The wall clock now; told at the start and whenever the host likes. Only the store uses it. */
    public void setWallClock(long wallMs, long nowNs) {
        store.setWallClock(wallMs, nowNs);
    }

    /**
     * There is a store, and this is what it held. To be called before the first frame.
     *
     * @param torn records that were not whole, for the event
     */
    public void restore(List<byte[]> records, int torn, long nowNs) {
        sync.restore(records, torn, nowNs);
    }

    /** Everything that has to survive, as records of a new store that replaces the old one. */
    public List<byte[]> snapshotRecords(long nowNs) {
        return sync.snapshotRecords(nowNs);
    }

    /** The first {@code count} records given to {@link Outbox#store} will survive a crash. */
    public void onStored(long count, long nowNs) {
        store.onStored(count, nowNs);
    }

    /** The store takes nothing any more, or takes again. Leases go on from memory meanwhile. */
    public void onStoreFailed(boolean failed, String reason) {
        store.onFailed(failed, reason);
    }
}
