package org.limesh.alfred;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.limesh.alfred.wire.AlfredMessage;
import org.limesh.alfred.wire.DataBlock;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

/**
 * Entry of A.L.F.R.E.D.: datagrams, local messages, one timer, outbox.
 *
 * <p>Source: daemon 2023.0 as measured, see docs/protocols/alfred.md.
 */
public final class AlfredEngine implements Engine {
    /** Effects of the engine. */
    public interface Outbox {
        /** Sends a datagram from the own link-local address, port 16962, to a peer's. */
        void send(Ip6Address destination, byte[] payload);

        /** Sends a message to a local session. */
        void reply(int session, AlfredMessage message);

        /** Ends a local session. */
        void close(int session);

        void report(AlfredEvent event);

        /**
         * Quality of the way to a primary: 0 (none) to 255.
         *
         * @param server MAC of its interface, a client of some originator
         */
        int quality(MacAddress server);

        /** Whether a record may be about this station: layer 2 knows it. When the store is full the others go. */
        default boolean knows(MacAddress source) {
            return true;
        }
    }

    /** All nodes of the link: announcements go there. */
    public static final Ip6Address ALL_NODES = new Ip6Address(0xff02L << 48, 1);

    static final long DATA_TIMEOUT_NS = 600_000_000_000L;
    static final long SERVER_TIMEOUT_NS = 60_000_000_000L;
    static final long TRANSACTION_TIMEOUT_NS = 10_000_000_000L;
    /** Primaries that are remembered; a cloud elects few, but genuine clouds make every node one. */
    static final int MAX_SERVERS = 1024;
    /** An elected cloud has at least so many primaries, so that one may die. */
    static final int MIN_PRIMARIES = 2;
    /** And at the most so many. */
    static final int MAX_PRIMARIES = 3;
    /** Answers to requests in one period: four times a full store, a hundred times what a large cloud needs. */
    static final long MAX_ANSWERED_OCTETS = 4 * DataStore.MAX_OCTETS;
    private static final int REQUEST_FAILED = 1;

    private static final class Server {
        final MacAddress mac;
        final Ip6Address address;
        long lastSeenNs;
        int quality;

        Server(MacAddress mac, Ip6Address address) {
            this.mac = mac;
            this.address = address;
        }
    }

    private final AlfredConfig config;
    private final Counters counters;
    private final Rng rng;
    private final Outbox out;
    private final Ip6Address ownAddress;
    private final DataStore store = new DataStore();
    private final Map<MacAddress, Server> servers = new TreeMap<>();
    private final Transactions transactions;
    private final List<Integer> listeners = new ArrayList<>();
    private boolean primary;
    /** Who was primary serves on until this instant: so long others take it for one, and push to it. */
    private long servesUntilNs;
    private long nextTickNs;
    /** In this period. */
    private long answeredOctets;
    /** Elected role: not before this instant does a secondary step up. */
    private long stepUpNs;

    public AlfredEngine(AlfredConfig config, Counters counters, Rng rng, Outbox out, long nowNs) {
        this.config = config;
        this.counters = counters;
        this.rng = rng;
        this.out = out;
        this.transactions = new Transactions(counters);
        this.ownAddress = Ip6Address.linkLocalOf(config.mac());
        this.primary = config.role() == AlfredConfig.Role.PRIMARY;
        this.servesUntilNs = nowNs;
        // Spread: nodes that got power together would all see at the same moment that nobody is primary.
        this.nextTickNs = nowNs + periodNs() / 2 + (long) (rng.nextDouble() * periodNs());
        this.stepUpNs = nowNs + stepUpDelayNs();
    }

    private long periodNs() {
        return config.syncPeriodMs() * 1_000_000;
    }

    /** Long enough to have heard an announcement of each primary, then spread so that few step up at once. */
    private long stepUpDelayNs() {
        return periodNs() * 3 / 2 + (long) (rng.nextDouble() * 2 * periodNs());
    }

    // ---- what the node does -------------------------------------------------------------------------

    /** Sets a record of this node; an empty one clears it everywhere. */
    public void set(int type, int version, byte[] data, long nowNs) {
        setLocal(new DataBlock(config.mac(), type, version, data), nowNs);
    }

    /** All records of a type known here. On a secondary that may be few; see {@link #request}. */
    public List<DataBlock> records(int type) {
        return store.ofType(type);
    }

    /** A source's record of a type, or null. */
    public DataBlock record(int type, MacAddress source) {
        DataStore.Entry entry = store.find(source, type);
        return entry == null ? null : entry.block;
    }

    /**
     * Asks the best primary for all records of a type; they arrive as {@link AlfredEvent.RecordChanged}.
     * A primary has them already.
     */
    public void request(int type, long nowNs) {
        Server best = bestServer();
        if (!primary && best != null) {
            open(best, type, rng.nextInt(0x10000), -1, nowNs);
        }
    }

    /**
     * Asks one node for its own record of a type, whatever its role. Others' records in its answer are not looked
     * at: two secondaries that ask each other would keep alive for ever what its source dropped long ago.
     */
    public void ask(MacAddress node, int type, long nowNs) {
        Transactions.Transaction transaction =
                open(new Server(node, Ip6Address.linkLocalOf(node)), type, rng.nextInt(0x10000), -1, nowNs);
        if (transaction != null) {
            transaction.ownOnly = true;
        }
    }

    public boolean isPrimary() {
        return primary;
    }

    // ---- network ------------------------------------------------------------------------------------

    /** A datagram for port 16962 came in. */
    public void onDatagram(Ip6Address source, byte[] payload, long nowNs) {
        MacAddress peer = macOf(source);
        if (peer == null) {
            counters.of("drop.alfred.source").increment();
            return;
        }
        if (source.equals(ownAddress)) {
            return;
        }
        switch (AlfredMessage.parse(payload)) {
            case Decoded.Malformed<AlfredMessage>(String fault, int unused) ->
                    counters.of("drop.alfred." + fault).increment();
            case Decoded.Valid<AlfredMessage>(AlfredMessage message) -> onMessage(source, peer, message, nowNs);
        }
    }

    private void onMessage(Ip6Address source, MacAddress peer, AlfredMessage message, long nowNs) {
        switch (message) {
            case AlfredMessage.AnnouncePrimary unused -> onAnnounce(source, peer, nowNs);
            case AlfredMessage.PushData push -> onPush(peer, push, nowNs);
            case AlfredMessage.StatusTxEnd end -> onTxEnd(peer, end, nowNs);
            case AlfredMessage.Request request -> {
                counters.of("alfred.requests").increment();
                onRequest(source, request);
            }
            default -> counters.of("drop.alfred.local_only").increment();
        }
    }

    /** Seven octets make sixteen million, sent to whoever the question says it is from: so that has a limit. */
    private void onRequest(Ip6Address source, AlfredMessage.Request request) {
        List<DataBlock> blocks = store.ofType(request.dataType());
        for (DataBlock block : blocks) {
            answeredOctets += block.lengthOctets();
        }
        if (answeredOctets > MAX_ANSWERED_OCTETS) {
            counters.of("drop.alfred.requests_limited").increment();
        } else {
            pushTo(source, blocks, request.transaction(), true);
        }
    }

    /** Inverse EUI-64; null when the address is none of a station with a sensible MAC. */
    static MacAddress macOf(Ip6Address address) {
        long low = address.low();
        if (address.high() != 0xfe80L << 48 || (low >>> 24 & 0xffff) != 0xfffe) {
            return null;
        }
        long bits = (low >>> 40 << 24 | low & 0xff_ffffL) ^ 0x0200_0000_0000L;
        return MacAddress.isMulticast(bits) || bits == 0 ? null : new MacAddress(bits);
    }

    private void onAnnounce(Ip6Address source, MacAddress peer, long nowNs) {
        Server server = servers.get(peer);
        if (server == null) {
            if (servers.size() >= MAX_SERVERS) {
                counters.of("drop.alfred.servers_full").increment();
                return;
            }
            server = new Server(peer, source);
            server.quality = out.quality(peer);
            servers.put(peer, server);
            out.report(new AlfredEvent.PrimaryHeard(peer));
        }
        server.lastSeenNs = nowNs;
    }

    private Transactions.Transaction transaction(MacAddress peer, int id, long nowNs) {
        Transactions.Transaction found = transactions.find(peer, id);
        if (found == null && !serves(nowNs)) {
            // A secondary takes only what it asked for; so does the genuine program.
            counters.of("drop.alfred.not_asked").increment();
        } else if (found == null) {
            found = transactions.begin(peer, id);
        }
        if (found != null) {
            found.lastNs = nowNs;
        }
        return found;
    }

    private void onPush(MacAddress peer, AlfredMessage.PushData push, long nowNs) {
        Transactions.Transaction transaction = transaction(peer, push.transaction(), nowNs);
        if (transaction != null && transactions.keep(transaction, push)) {
            finishWhenComplete(transaction, nowNs);
        }
    }

    private void onTxEnd(MacAddress peer, AlfredMessage.StatusTxEnd end, long nowNs) {
        if (transactions.find(peer, end.transaction()) == null && end.packetCount() == 0) {
            return;
        }
        Transactions.Transaction transaction = transaction(peer, end.transaction(), nowNs);
        if (transaction != null) {
            transaction.announcedCount = end.packetCount();
            finishWhenComplete(transaction, nowNs);
        }
    }

    private void finishWhenComplete(Transactions.Transaction transaction, long nowNs) {
        if (transaction.packets.size() != transaction.announcedCount) {
            return;
        }
        transactions.forget(transaction);
        for (AlfredMessage.PushData packet : transaction.packets.values()) {
            for (DataBlock block : packet.blocks()) {
                if (!transaction.ownOnly || block.source().equals(transaction.peer)) {
                    onRecord(transaction.peer, block, nowNs);
                }
            }
        }
        if (transaction.session >= 0) {
            answerLocal(transaction.session, transaction.requestedType, transaction.id);
        }
    }

    private void onRecord(MacAddress peer, DataBlock block, long nowNs) {
        if (block.source().isMulticast() || block.source().isZero()) {
            counters.of("drop.alfred.record_source").increment();
            return;
        }
        DataStore.Entry known = store.find(block.source(), block.type());
        // What this node says about itself is never learned from others: that is how records came back to
        // life after their source had dropped them.
        if (known != null && known.origin == DataStore.Origin.LOCAL || block.source().equals(config.mac())) {
            return;
        }
        counters.of("alfred.records_received").increment();
        DataStore.Origin origin = peer.equals(block.source()) ? DataStore.Origin.FIRST_HAND : DataStore.Origin.SYNCED;
        if (!store.hasRoom(block, origin) && !(out.knows(block.source()) && makeRoom(block, origin))) {
            counters.of("drop.alfred.store_full").increment();
        } else if (store.put(block, origin, nowNs)) {
            changed(block);
        }
    }

    /** Records of sources that layer 2 has never heard of go first: a flood of invented ones drives nobody out. */
    private boolean makeRoom(DataBlock block, DataStore.Origin origin) {
        while (!store.hasRoom(block, origin)) {
            DataBlock gone = store.removeOldest(source -> !out.knows(source));
            if (gone == null) {
                return false;
            }
            counters.of("alfred.rejected.unknown_source").increment();
            out.report(new AlfredEvent.RecordExpired(gone.type(), gone.source()));
        }
        return true;
    }

    private void changed(DataBlock block) {
        out.report(new AlfredEvent.RecordChanged(block.type(), block.source()));
        for (int session : listeners) {
            out.reply(session, new AlfredMessage.EventNotify(block.type(), block.source()));
        }
    }

    // ---- local socket -------------------------------------------------------------------------------

    /** A message came over the local socket; sessions are numbered by the host. */
    public void onLocal(int session, AlfredMessage message, long nowNs) {
        switch (message) {
            case AlfredMessage.PushData push -> {
                for (DataBlock block : push.blocks()) {
                    onLocalSet(block, nowNs);
                }
                out.close(session);
            }
            case AlfredMessage.Request request -> onLocalRequest(session, request, nowNs);
            case AlfredMessage.ModeSwitch mode -> {
                become(mode.primary(), "told so", nowNs);
                out.close(session);
            }
            case AlfredMessage.ServerStatusRequest unused -> {
                out.reply(session, new AlfredMessage.ServerStatus(primary,
                        List.of(new AlfredMessage.ServerStatus.Interface(config.interfaceName(), true)),
                        config.batInterface()));
                out.close(session);
            }
            case AlfredMessage.EventRegister unused -> {
                if (!listeners.contains(session)) {
                    listeners.add(session);
                }
            }
            default -> {
                // Interfaces follow from the node's plan; they are not changed over the socket.
                counters.of("drop.alfred.local_refused").increment();
                out.close(session);
            }
        }
    }

    /** The other side of a local session went away. */
    public void onLocalClosed(int session) {
        listeners.remove((Integer) session);
        transactions.onSessionClosed(session);
    }

    private void onLocalSet(DataBlock block, long nowNs) {
        boolean own = block.source().isZero() || block.source().equals(config.mac());
        if (!own && (!primary || block.source().isMulticast())) {
            counters.of("drop.alfred.local_source").increment();
            return;
        }
        setLocal(own ? new DataBlock(config.mac(), block.type(), block.version(), block.data()) : block, nowNs);
    }

    private void setLocal(DataBlock block, long nowNs) {
        if (store.put(block, DataStore.Origin.LOCAL, nowNs)) {
            changed(block);
        }
    }

    private void onLocalRequest(int session, AlfredMessage.Request request, long nowNs) {
        Server best = bestServer();
        if (primary || best == null) {
            answerLocal(session, request.dataType(), request.transaction());
        } else {
            open(best, request.dataType(), request.transaction(), session, nowNs);
        }
    }

    /** Null when too many are open. */
    private Transactions.Transaction open(Server server, int type, int id, int session, long nowNs) {
        Transactions.Transaction transaction = transactions.begin(server.mac, id);
        if (transaction == null) {
            if (session >= 0) {
                answerLocal(session, type, id);
            }
            return null;
        }
        transaction.requested = true;
        transaction.session = session;
        transaction.requestedType = type;
        transaction.lastNs = nowNs;
        out.send(server.address, new AlfredMessage.Request(type, id).emit());
        return transaction;
    }

    /** One packet per record, as the genuine tool expects. */
    private void answerLocal(int session, int type, int id) {
        int seqno = 0;
        for (DataBlock block : store.ofType(type)) {
            out.reply(session, new AlfredMessage.PushData(id, seqno++, List.of(block)));
        }
        out.close(session);
    }

    // ---- once a period ------------------------------------------------------------------------------

    @Override
    public long nextDeadlineNs() {
        return nextTickNs;
    }

    @Override
    public void onTimer(long nowNs) {
        if (!Engine.isDue(nextTickNs, nowNs)) {
            return;
        }
        nextTickNs += periodNs();
        if (Engine.isDue(nextTickNs, nowNs)) {
            nextTickNs = nowNs + periodNs();
        }
        for (Server server : servers.values()) {
            server.quality = out.quality(server.mac);
        }
        answeredOctets = 0;
        elect(nowNs);
        if (primary) {
            out.send(ALL_NODES, new AlfredMessage.AnnouncePrimary().emit());
        }
        if (serves(nowNs)) {
            for (Server server : servers.values()) {
                pushTo(server.address, recordsFor(server), rng.nextInt(0x10000), false);
            }
        } else {
            Server best = bestServer();
            if (best != null) {
                pushTo(best.address, ownRecords(), rng.nextInt(0x10000), false);
            }
        }
        expire(nowNs);
    }

    private List<DataBlock> recordsFor(Server server) {
        List<DataBlock> blocks = new ArrayList<>();
        for (DataStore.Entry entry : store.all()) {
            MacAddress source = entry.block.source();
            boolean told = source.equals(server.mac) || entry.origin == DataStore.Origin.FIRST_HAND && servers.containsKey(source);
            if (entry.origin != DataStore.Origin.SYNCED && !told) {
                blocks.add(entry.block);
            }
        }
        return blocks;
    }

    private List<DataBlock> ownRecords() {
        List<DataBlock> blocks = new ArrayList<>();
        for (DataStore.Entry entry : store.all()) {
            if (entry.origin == DataStore.Origin.LOCAL) {
                blocks.add(entry.block);
            }
        }
        return blocks;
    }

    /** One transaction: packets as large as they may be, then how many there were. */
    private void pushTo(Ip6Address destination, Collection<DataBlock> blocks, int id, boolean answer) {
        List<DataBlock> packet = new ArrayList<>();
        int octets = AlfredMessage.PushData.FIXED_OCTETS;
        int seqno = 0;
        for (DataBlock block : blocks) {
            if (!packet.isEmpty() && octets + block.lengthOctets() > AlfredMessage.MAX_DATAGRAM_OCTETS) {
                out.send(destination, new AlfredMessage.PushData(id, seqno++, packet).emit());
                packet.clear();
                octets = AlfredMessage.PushData.FIXED_OCTETS;
            }
            packet.add(block);
            octets += block.lengthOctets();
        }
        if (!packet.isEmpty()) {
            out.send(destination, new AlfredMessage.PushData(id, seqno++, packet).emit());
        }
        if (seqno > 0 || answer) {
            out.send(destination, new AlfredMessage.StatusTxEnd(id, seqno).emit());
        }
        counters.of("alfred.records_sent").add(blocks.size());
    }

    private void expire(long nowNs) {
        for (DataBlock block : store.expire(nowNs - DATA_TIMEOUT_NS)) {
            out.report(new AlfredEvent.RecordExpired(block.type(), block.source()));
        }
        for (Iterator<Server> each = servers.values().iterator(); each.hasNext(); ) {
            Server server = each.next();
            if (nowNs - server.lastSeenNs > SERVER_TIMEOUT_NS) {
                each.remove();
                out.report(new AlfredEvent.PrimaryLost(server.mac));
            }
        }
        for (Transactions.Transaction transaction : transactions.takeSilent(nowNs - TRANSACTION_TIMEOUT_NS)) {
            counters.of("alfred.transactions_unfinished").increment();
            if (transaction.session >= 0) {
                // Nothing at all came: answer with what is here. A part came: say that it failed.
                if (transaction.packets.isEmpty()) {
                    answerLocal(transaction.session, transaction.requestedType, transaction.id);
                } else {
                    out.reply(transaction.session, new AlfredMessage.StatusError(transaction.id, REQUEST_FAILED));
                    out.close(transaction.session);
                }
            }
        }
    }

    // ---- roles --------------------------------------------------------------------------------------

    private Server bestServer() {
        Server best = null;
        for (Server server : servers.values()) {
            if (best == null || server.quality > best.quality) {
                best = server;
            }
        }
        return best;
    }

    /**
     * Too few primaries heard: step up, after a delay that differs from node to node. Too many: those with
     * the higher MACs step down, so all nodes agree who stays.
     */
    private void elect(long nowNs) {
        if (config.role() != AlfredConfig.Role.ELECTED) {
            return;
        }
        if (primary) {
            int better = 0;
            for (Server server : servers.values()) {
                better += server.mac.compareTo(config.mac()) < 0 ? 1 : 0;
            }
            if (better >= MAX_PRIMARIES) {
                stepUpNs = nowNs + stepUpDelayNs();
                become(false, better + " other primaries suffice", nowNs);
            }
        } else if (servers.size() >= MIN_PRIMARIES) {
            stepUpNs = nowNs + stepUpDelayNs();
        } else if (stepUpNs - nowNs <= 0) {
            become(true, "only " + servers.size() + " primaries heard", nowNs);
        }
    }

    private boolean serves(long nowNs) {
        return primary || nowNs - servesUntilNs < 0;
    }

    private void become(boolean primaryNow, String reason, long nowNs) {
        if (primary != primaryNow) {
            primary = primaryNow;
            servesUntilNs = nowNs + SERVER_TIMEOUT_NS;
            out.report(new AlfredEvent.RoleChanged(primary, reason));
        }
    }

    /** Memory of packets whose transaction is not complete. */
    long pendingOctets() {
        return transactions.pendingOctets();
    }

    public AlfredSnapshot snapshot(long nowNs) {
        Server best = primary ? null : bestServer();
        List<AlfredSnapshot.Server> known = new ArrayList<>();
        for (Server server : servers.values()) {
            known.add(new AlfredSnapshot.Server(server.mac, server.quality, (nowNs - server.lastSeenNs) / 1_000_000,
                    server == best));
        }
        List<AlfredSnapshot.Record> records = new ArrayList<>();
        for (DataStore.Entry entry : store.all()) {
            records.add(new AlfredSnapshot.Record(entry.block.source(), entry.block.type(), entry.block.version(),
                    entry.block.data().length, entry.origin.text, (nowNs - entry.lastSeenNs) / 1_000_000));
        }
        return new AlfredSnapshot(primary, known, records);
    }
}
