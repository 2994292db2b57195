package org.limesh.access;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.limesh.access.Binding.State;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * The server's memory beyond this node and this start: leases of other nodes, conflicts, the store.
 *
 * <p>Nothing that another node says overwrites a lease that is held here for another client: that is a
 * conflict, and the lease that was granted first stays.
 */
final class LeaseSync {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MS_NS = 1_000_000L;
    /** What is told may be so old; times that differ by less are equal. */
    private static final long SLACK_NS = 120 * SECOND_NS;
    /** A lease that claims to last longer than a lease does is refused. */
    private static final long EXCESS_SECONDS = 60;
    private static final long SLICES_TOLD_EVERY_NS = 60 * SECOND_NS;
    private static final long KEPT_AGAIN_NS = 60 * SECOND_NS;
    private static final long CLOCK_RECORD_NS = 600 * SECOND_NS;
    /** At a start, a wall clock that went on by more than this is not believed. */
    private static final long LONGEST_TRUSTED_STOP_MS = 3_600_000;
    private static final long CLOCKS_AGREE_MS = 5_000;

    private final DhcpConfig config;
    private final MacAddress self;
    private final AddressPool pool;
    private final LeaseTable table;
    private final Slices slices;
    private final StoreQueue store;
    private final Counters counters;
    private final DhcpServer.Outbox out;
    private boolean changed;
    private long clockRecordNs;
    private int toldSlices = Slices.COUNT;
    private long toldSlicesNs;
    /** Slices whose leases the store knows. */
    private BitSet storedSlices = new BitSet();

    LeaseSync(DhcpConfig config, MacAddress self, AddressPool pool, LeaseTable table, Slices slices,
            StoreQueue store, Counters counters, DhcpServer.Outbox out) {
        this.config = config;
        this.self = self;
        this.pool = pool;
        this.table = table;
        this.slices = slices;
        this.store = store;
        this.counters = counters;
        this.out = out;
    }

    void changed() {
        changed = true;
    }

    boolean hasChanged() {
        return changed;
    }

    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    private void drop(String fault) {
        counters.of("lease.rejected." + fault).increment();
    }

    private int sliceOf(Binding binding) {
        return pool.sliceOf(binding.address);
    }

    // ---- what others tell ---------------------------------------------------------------------------

    void learn(CloudReport report, long nowNs) {
        if (report.node().equals(self) || !slices.hear(report, nowNs)) {
            return;
        }
        SharedLease ownAddress = new SharedLease(report.address(), report.node(), "", report.hostname(), report.node(),
                report.node(), Integer.MAX_VALUE, Slices.REMEMBERED_NS / SECOND_NS);
        if (pool.contains(report.address())) {
            learn(report.node(), ownAddress, heldAt(ownAddress), nowNs);
        }
        for (SharedLease lease : report.leases()) {
            learnLease(report.node(), lease, nowNs);
        }
        afterSlices(nowNs);
    }

    /** One line of another node, not trusted yet. */
    void learnLease(MacAddress from, SharedLease lease, long nowNs) {
        learnLease(from, lease, heldAt(lease), nowNs);
    }

    private static String heldAt(SharedLease lease) {
        return "held at " + lease.confirmedBy();
    }

    /** @param reason for people, should it be news */
    void learnLease(MacAddress from, SharedLease lease, String reason, long nowNs) {
        if (!pool.contains(lease.address())) {
            drop("outside_pool");
        } else if (lease.client().isMulticast() || lease.client().isZero()) {
            drop("client_mac");
        } else if (lease.leftSeconds() > config.leaseTimeSeconds() + EXCESS_SECONDS) {
            drop("too_long");
        } else if (lease.leftSeconds() == 0) {
            learnKept(lease, nowNs);
        } else {
            learn(from, lease, reason, nowNs);
        }
    }

    private void learn(MacAddress from, SharedLease lease, String reason, long nowNs) {
        Binding told = binding(lease, State.REMOTE, reason, nowNs);
        Binding holder = table.at(lease.address());
        if (holder == null) {
            insertRemote(told, nowNs);
        } else if (holder.state == State.QUARANTINED) {
            drop("set_aside");
        } else if (holder.client.isSameAs(told.client)) {
            learnSame(holder, told);
        } else if (holder.isLeased()) {
            conflict(holder, told, from, nowNs);
        } else if (holder.state != State.REMOTE || told.grantedNs - holder.grantedNs < 0
                || holder.confirmedBy.equals(from)) {
            // Kept and offered are less than leased; of two leases elsewhere the earlier one stays.
            table.remove(holder);
            insertRemote(told, nowNs);
        }
    }

    private static Binding binding(SharedLease lease, State state, String reason, long nowNs) {
        Binding told = new Binding(new Client(lease.client(), lease.clientId()), lease.address(), state, reason,
                nowNs + lease.leftSeconds() * SECOND_NS);
        told.heldAt = reason;
        told.hostname = lease.hostname();
        told.grantedNs = nowNs - lease.ageSeconds() * SECOND_NS;
        told.grantedBy = lease.grantedBy();
        told.confirmedBy = lease.confirmedBy();
        return told;
    }

    private void insertRemote(Binding told, long nowNs) {
        if (table.size() >= LeaseTable.MAX_BINDINGS) {
            drop("table_full");
            return;
        }
        table.insert(told);
        if (slices.owns(sliceOf(told)) && !slices.isAlone()) {
            store.write(granted(told, nowNs), nowNs);
        }
    }

    private void learnSame(Binding holder, Binding told) {
        if (holder.isLeased()) {
            if (told.expiresNs - holder.expiresNs > SLACK_NS) {
                // The client has moved: the other node confirmed later than this one.
                holder.heldAt = told.heldAt;
                table.moveAway(holder, told.confirmedBy, told.expiresNs);
                changed = true;
            }
        } else if (holder.state == State.KEPT
                || holder.state == State.REMOTE && (told.confirmedBy.equals(holder.confirmedBy)
                        || told.expiresNs - holder.expiresNs > SLACK_NS)) {
            holder.reason = holder.state == State.REMOTE ? told.reason : holder.reason;
            holder.heldAt = told.heldAt;
            table.moveAway(holder, told.confirmedBy, told.expiresNs);
            holder.hostname = told.hostname.isEmpty() ? holder.hostname : told.hostname;
        }
    }

    /** Comes with a slice that is handed to us. */
    private void learnKept(SharedLease lease, long nowNs) {
        if (slices.owns(pool.sliceOf(lease.address())) && table.isFree(lease.address())
                && table.size() < LeaseTable.MAX_BINDINGS) {
            Binding kept = binding(lease, State.KEPT, heldAt(lease), nowNs);
            kept.endedNs = nowNs;
            kept.expiresNs = nowNs + DhcpServer.KEPT_NS;
            table.insert(kept);
            store.write(granted(kept, nowNs), nowNs);
        }
    }

    /** Two clients with one address. The earlier lease stays; where both are as old, the lower MAC's. */
    private void conflict(Binding ours, Binding theirs, MacAddress from, long nowNs) {
        long difference = ours.grantedNs - theirs.grantedNs;
        boolean oursStays = Math.abs(difference) <= SLACK_NS
                ? ours.client.mac().compareTo(theirs.client.mac()) < 0 : difference < 0;
        if (!oursStays) {
            ours.earlier = theirs;
        }
        if (!ours.conflictTold) {
            ours.conflictTold = true;
            counters.of("lease.conflict").increment();
            out.report(new AccessEvent.LeaseConflict(ours.address, oursStays ? ours.client.mac() : theirs.client.mac(),
                    oursStays ? theirs.client.mac() : ours.client.mac(), from));
        }
    }

    /** Ends a lease that another client's is earlier than; nobody new gets the address for one lease time. */
    void yield(Binding binding, long nowNs) {
        table.remove(binding);
        store.write(new LeaseRecord.Ended(binding.address), nowNs);
        Binding earlier = binding.earlier;
        long leastNs = nowNs + config.leaseTimeSeconds() * SECOND_NS;
        earlier.expiresNs = earlier.expiresNs - leastNs > 0 ? earlier.expiresNs : leastNs;
        insertRemote(earlier, nowNs);
        changed = true;
    }

    // ---- ends ---------------------------------------------------------------------------------------

    /** The client gave its lease back, or holds another. Other nodes may still believe in it. */
    void end(Binding binding, long nowNs) {
        changed = true;
        store.write(new LeaseRecord.Ended(binding.address), nowNs);
        if (slices.isAlone() || !slices.owns(sliceOf(binding))) {
            table.remove(binding);
        } else {
            table.keep(binding, binding.expiresNs + DhcpServer.KEPT_NS);
        }
    }

    /** The table has let go of this one because its time was up. */
    void onExpired(Binding due, long nowNs) {
        switch (due.state) {
            case LEASED, REMOTE -> {
                changed |= due.isLeased();
                if (due.earlier != null) {
                    due.earlier.expiresNs = nowNs + config.leaseTimeSeconds() * SECOND_NS;
                    insertRemote(due.earlier, nowNs);
                } else if (!slices.isAlone() && slices.owns(sliceOf(due))) {
                    keepOn(due, due.expiresNs, due.expiresNs + DhcpServer.KEPT_NS);
                }
            }
            case KEPT -> {
                boolean ours = slices.owns(sliceOf(due)) || slices.isHanded(sliceOf(due));
                if (ours && !slices.allHeardSince(due.endedNs + DhcpServer.KEPT_NS)) {
                    keepOn(due, due.endedNs, nowNs + KEPT_AGAIN_NS);
                }
            }
            case OFFERED, QUARANTINED -> { }
        }
    }

    private void keepOn(Binding binding, long endedNs, long againNs) {
        binding.state = State.KEPT;
        binding.endedNs = endedNs;
        binding.expiresNs = againNs;
        table.insert(binding);
    }

    // ---- time ---------------------------------------------------------------------------------------

    long nextDeadlineNs() {
        return Engine.earlier(slices.nextTickNs(), store.isOpen() ? clockRecordNs : Engine.NEVER);
    }

    void onTimer(long nowNs) {
        if (Engine.isDue(slices.nextTickNs(), nowNs)) {
            slices.tick(nowNs);
            afterSlices(nowNs);
            tellSlices(nowNs);
        }
        if (store.isOpen() && Engine.isDue(clockRecordNs, nowNs)) {
            clockRecordNs = nowNs + CLOCK_RECORD_NS;
            store.write(new LeaseRecord.Clock(), nowNs);
        }
    }

    private void afterSlices(long nowNs) {
        if (slices.takeChanged()) {
            changed = true;
            storeNewSlices(nowNs);
            store.write(division(), nowNs);
        }
    }

    /** What is known of a slice that was not ours has not been written down yet. */
    private void storeNewSlices(long nowNs) {
        BitSet fresh = slices.claims();
        fresh.andNot(storedSlices);
        for (State state : fresh.isEmpty() ? List.<State>of() : List.of(State.REMOTE, State.KEPT)) {
            for (Binding binding : table.all(state)) {
                if (fresh.get(sliceOf(binding))) {
                    store.write(granted(binding, nowNs), nowNs);
                }
            }
        }
        storedSlices = slices.claims();
    }

    /** While a cloud comes together slices change by the second; people want to know the result. */
    private void tellSlices(long nowNs) {
        if (slices.ownCount() != toldSlices && nowNs - toldSlicesNs >= SLICES_TOLD_EVERY_NS) {
            toldSlices = slices.ownCount();
            toldSlicesNs = nowNs;
            out.report(new AccessEvent.SlicesChanged(toldSlices, Slices.COUNT));
        }
    }

    // ---- what we tell -------------------------------------------------------------------------------

    CloudReport report(long incarnation, long beat, Ip4Address address, String hostname, long nowNs) {
        List<SharedLease> leases = new ArrayList<>();
        // Handed slices first: their successor must know them whole, and there is a limit. Leases of the own
        // slices that others confirmed are told too: who looks for the lease of an address asks the owner.
        for (State state : List.of(State.KEPT, State.REMOTE)) {
            for (Binding binding : table.all(state)) {
                // Nodes tell their own addresses themselves, but the successor may not have heard them all.
                boolean told = slices.isHanded(sliceOf(binding)) || state == State.REMOTE
                        && slices.owns(sliceOf(binding)) && !slices.isMember(binding.client.mac());
                if (told) {
                    leases.add(shared(binding, nowNs));
                }
            }
        }
        for (Binding binding : table.all(State.LEASED)) {
            leases.add(shared(binding, nowNs));
        }
        CloudReport report = new CloudReport(self, incarnation, beat, address, hostname, slices.claims(),
                slices.taken(), slices.handed(), slices.toldMembers(nowNs), leases);
        int left = leases.size() - report.emittedLeases();
        if (left > 0) {
            counters.of("lease.unshared").add(left);
        }
        return report;
    }

    private SharedLease shared(Binding binding, long nowNs) {
        long left = binding.state == State.KEPT ? 0
                : Math.clamp((binding.expiresNs - nowNs) / SECOND_NS + 1, 1, config.leaseTimeSeconds());
        long age = Math.clamp((nowNs - binding.grantedNs) / SECOND_NS, 0, Integer.MAX_VALUE);
        return new SharedLease(binding.address, binding.client.mac(), binding.client.clientId(), binding.hostname,
                binding.grantedBy, binding.confirmedBy, age, left);
    }

    // ---- store --------------------------------------------------------------------------------------

    static LeaseRecord granted(Binding binding, long nowNs) {
        long leftMs = binding.state == State.KEPT ? 0 : (binding.expiresNs - nowNs) / MS_NS;
        return new LeaseRecord.Granted(binding.address, binding.client.mac(), binding.grantedBy, binding.confirmedBy,
                (nowNs - binding.grantedNs) / MS_NS, leftMs, binding.client.clientId(), binding.hostname,
                binding.reason);
    }

    private LeaseRecord division() {
        Map<MacAddress, BitSet> claims = new TreeMap<>();
        slices.memberMap().forEach((mac, member) -> claims.put(mac, member.claims));
        return new LeaseRecord.Division(slices.claims(), slices.handed(), claims);
    }

    List<byte[]> snapshotRecords(long nowNs) {
        List<byte[]> records = new ArrayList<>();
        records.add(store.dated(new LeaseRecord.Start(), nowNs));
        if (!slices.isAlone()) {
            records.add(store.dated(division(), nowNs));
        }
        for (State state : List.of(State.LEASED, State.REMOTE, State.KEPT)) {
            for (Binding binding : table.all(state)) {
                if (state == State.LEASED || slices.owns(sliceOf(binding)) || slices.isHanded(sliceOf(binding))) {
                    records.add(store.dated(granted(binding, nowNs), nowNs));
                }
            }
        }
        return records;
    }

    void restore(List<byte[]> payloads, int torn, long nowNs) {
        LeaseRecord.Replay replay = LeaseRecord.Replay.of(payloads);
        if (replay.strange() > 0) {
            counters.of("lease.strange").add(replay.strange());
        }
        counters.of("lease.torn").add(torn);
        LeaseRecord.Division division = null;
        Map<Ip4Address, LeaseRecord.Granted> leases = new TreeMap<>();
        Map<Ip4Address, Long> elapsedMs = new TreeMap<>();
        long[] until = untilNowMs(replay.facts(), nowNs);
        for (int i = 0; i < replay.facts().size(); i++) {
            switch (replay.facts().get(i).fact()) {
                case LeaseRecord.Granted lease -> {
                    leases.put(lease.address(), lease);
                    elapsedMs.put(lease.address(), until[i]);
                }
                case LeaseRecord.Ended(Ip4Address address) -> leases.computeIfPresent(address, (same, lease) ->
                        new LeaseRecord.Granted(same, lease.client(), lease.grantedBy(), lease.confirmedBy(),
                                lease.ageMs(), 0, lease.clientId(), lease.hostname(), lease.reason()));
                case LeaseRecord.Division found -> division = found;
                case LeaseRecord.Clock unused -> { }
                case LeaseRecord.Start unused -> { }
            }
        }
        if (division != null) {
            slices.restore(division.own(), division.handed(), division.members(), nowNs);
            toldSlices = slices.ownCount();
            storedSlices = slices.claims();
        }
        int known = 0;
        for (LeaseRecord.Granted lease : leases.values()) {
            known += restore(lease, elapsedMs.get(lease.address()), nowNs) ? 1 : 0;
        }
        store.open();
        clockRecordNs = nowNs + CLOCK_RECORD_NS;
        store.write(new LeaseRecord.Start(), nowNs);
        if (known > 0 || torn > 0) {
            counters.of("lease.recovered").add(known);
            out.report(new AccessEvent.LeasesRestored(known, torn));
            changed = true;
        }
    }

    /** True for a lease that has not ended. */
    private boolean restore(LeaseRecord.Granted lease, long elapsedMs, long nowNs) {
        if (!pool.contains(lease.address()) || table.size() >= LeaseTable.MAX_BINDINGS) {
            drop("restored");
            return false;
        }
        // The address of a node is known for longer than a lease lasts.
        long mostMs = slices.isMember(lease.client()) ? Slices.REMEMBERED_NS / MS_NS : config.leaseTimeSeconds() * 1000L;
        long leftMs = Math.min(lease.leftMs(), mostMs) - elapsedMs;
        boolean kept = !slices.isAlone() && slices.owns(pool.sliceOf(lease.address()));
        if (leftMs <= 0 && !kept) {
            return false;
        }
        State state = leftMs <= 0 ? State.KEPT : lease.confirmedBy().equals(self) ? State.LEASED : State.REMOTE;
        Binding binding = new Binding(new Client(lease.client(), lease.clientId()), lease.address(), state,
                lease.reason(), nowNs + leftMs * MS_NS);
        if (state == State.KEPT) {
            binding.endedNs = nowNs;
            binding.expiresNs = nowNs + DhcpServer.KEPT_NS;
        }
        binding.hostname = lease.hostname();
        binding.grantedNs = nowNs - (lease.ageMs() + elapsedMs) * MS_NS;
        binding.grantedBy = lease.grantedBy();
        binding.confirmedBy = lease.confirmedBy();
        table.insert(binding);
        return leftMs > 0;
    }

    /**
     * For each fact, how long ago it was written. Within one life of the node its own clock tells. Across a
     * stop both clocks are asked; where they differ the machine was off, and the wall clock is believed as
     * far as it went forward by less than an hour. Otherwise the stop counts as nothing, so that a wrong
     * clock never ends a lease early.
     */
    private long[] untilNowMs(List<LeaseRecord.Dated> facts, long nowNs) {
        long[] until = new long[facts.size()];
        LeaseRecord.Dated later = store.now(nowNs);
        long sum = 0;
        for (int i = facts.size() - 1; i >= 0; i--) {
            LeaseRecord.Dated fact = facts.get(i);
            sum += stepMs(fact, later);
            until[i] = sum;
            later = fact;
        }
        return until;
    }

    private long stepMs(LeaseRecord.Dated earlier, LeaseRecord.Dated later) {
        long nodeMs = later.nodeMs() - earlier.nodeMs();
        long wallMs = later.wallMs() - earlier.wallMs();
        boolean stopped = later.fact() instanceof LeaseRecord.Start;
        if (nodeMs >= 0 && (!stopped || Math.abs(nodeMs - wallMs) < CLOCKS_AGREE_MS)) {
            return nodeMs;
        }
        if (wallMs >= 0 && wallMs <= LONGEST_TRUSTED_STOP_MS) {
            return wallMs;
        }
        counters.of("clock.jump").increment();
        return 0;
    }
}
