package org.limesh.access;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.limesh.base.MacAddress;

/**
 * Which parts of the pool this node gives new addresses from.
 *
 * <pre>
 *   alone: every slice is its own      ──the first news of another node──→      shared:
 *
 *     nobody's ──highest hash, all members heard──→ own ──a live member has a higher hash──→ handed to it
 *        ↑                                           ↑                                           │
 *        └── owner silent for a day                  └────── it reads that in our report ────────┘
 * </pre>
 *
 * <p>A slice is a token: its owner names the successor, and only the successor takes it, after it has read
 * so in the owner's report. So no two nodes own a slice, also while the cloud is split: nobody hears
 * silence as consent. Only when a node's own slices are used up does it take those of members that have
 * been silent for longer than a lease lasts.
 *
 * <p>Who should own a slice is the same for everybody: the highest hash of (node, slice).
 */
final class Slices {
    static final int COUNT = 256;
    /** Reports come once a minute; who missed three is not there. */
    static final long LIVE_NS = 200_000_000_000L;
    /** A member is remembered so long: the longest split after which nothing is doubled. */
    static final long REMEMBERED_NS = 24 * 3_600_000_000_000L;
    /** More nodes than a cloud can have; a flood of sources must not fill the memory. */
    static final int MAX_MEMBERS = 1024;
    /** A node that has just heard of others hears of all of them before it takes what is nobody's. */
    private static final long SETTLE_NS = 60_000_000_000L;
    /** A cloud that has just come together divides the pool at once; later a free slice waits. */
    private static final long BIRTH_NS = 300_000_000_000L;
    /** Two nodes that claim a nobody's slice at the same time have heard each other by then. */
    private static final long CLAIM_WAIT_NS = 300_000_000_000L;
    private static final long TICK_NS = 10_000_000_000L;
    private static final int INCARNATIONS_REMEMBERED = 4;

    static final class Member {
        final MacAddress mac;
        BitSet claims = new BitSet(COUNT);
        /** What it knows to be somebody's. */
        BitSet taken = new BitSet(COUNT);
        Map<Integer, MacAddress> handed = new TreeMap<>();
        /** In this life of ours; false for a member that only others or the store have told of. */
        boolean heard;
        long heardNs;
        /** When it was last heard or told of. */
        long newsNs;
        long incarnation;
        long beat;
        final List<Long> formerIncarnations = new ArrayList<>();

        Member(MacAddress mac, long nowNs) {
            this.mac = mac;
            this.newsNs = nowNs;
        }
    }

    private final MacAddress self;
    private final long leaseNs;
    private final Map<MacAddress, Member> members = new TreeMap<>();
    private final BitSet own = new BitSet(COUNT);
    private final Map<Integer, MacAddress> handed = new TreeMap<>();
    private final long[] usableFromNs = new long[COUNT];
    private final BitSet usable = new BitSet(COUNT);
    private boolean shared;
    private long sharedNs;
    private long tickNs;
    private boolean changed;

    Slices(MacAddress self, long leaseNs) {
        this.self = self;
        this.leaseNs = leaseNs;
        usable.set(0, COUNT);
    }

    /** Unsigned comparison decides; the same on every node. */
    static long hash(MacAddress node, int slice) {
        long z = node.bits() * 0x9e37_79b9_7f4a_7c15L + (slice + 1) * 0xd1b5_4a32_d192_ed03L;
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }

    private static boolean beats(MacAddress one, MacAddress other, int slice) {
        int order = Long.compareUnsigned(hash(one, slice), hash(other, slice));
        return order != 0 ? order > 0 : one.compareTo(other) > 0;
    }

    /** True while no other node has ever been heard of: then all slices are ours. */
    boolean isAlone() {
        return !shared;
    }

    /** New addresses may come from this slice. */
    boolean mayUse(int slice) {
        return usable.get(slice);
    }

    /** An address of this slice that nobody here knows may be confirmed: the slice is ours or nobody's. */
    boolean mayAdopt(int slice) {
        return usable.get(slice) || isNobodys(slice);
    }

    private boolean isNobodys(int slice) {
        if (!shared || own.get(slice) || handed.containsKey(slice)) {
            return false;
        }
        for (Member member : members.values()) {
            if (member.claims.get(slice) || member.taken.get(slice) || member.handed.containsKey(slice)) {
                return false;
            }
        }
        return true;
    }

    /** Slices that are known here, at first hand, to be somebody's. */
    BitSet taken() {
        BitSet taken = claims();
        handed.keySet().forEach(taken::set);
        for (Member member : members.values()) {
            taken.or(member.claims);
            member.handed.keySet().forEach(taken::set);
        }
        return taken;
    }

    /** Ours, though perhaps not usable yet. */
    boolean owns(int slice) {
        return !shared || own.get(slice);
    }

    boolean isHanded(int slice) {
        return handed.containsKey(slice);
    }

    int ownCount() {
        return shared ? own.cardinality() : COUNT;
    }

    /** Node that last said it owns this slice, or null. */
    MacAddress ownerOf(int slice) {
        if (owns(slice)) {
            return self;
        }
        for (Member member : members.values()) {
            if (member.claims.get(slice)) {
                return member.mac;
            }
        }
        return handed.get(slice);
    }

    BitSet claims() {
        return (BitSet) own.clone();
    }

    Map<Integer, MacAddress> handed() {
        return new TreeMap<>(handed);
    }

    List<MacAddress> members() {
        return List.copyOf(members.keySet());
    }

    /**
     * Members that others would not hear of by themselves: those that are silent. Who is handed a slice has
     * to know all that its giver takes into account.
     */
    List<MacAddress> toldMembers(long nowNs) {
        if (!handed.isEmpty()) {
            return members();
        }
        return members.values().stream().filter(member -> !isLive(member, nowNs)).map(member -> member.mac).toList();
    }

    boolean isMember(MacAddress node) {
        return members.containsKey(node);
    }

    boolean hasLiveMember(long nowNs) {
        for (Member member : members.values()) {
            if (isLive(member, nowNs)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLive(Member member, long nowNs) {
        return member.heard && nowNs - member.heardNs <= LIVE_NS;
    }

    /** True when every member has reported since: then nobody knows anything older that we do not know. */
    boolean allHeardSince(long sinceNs) {
        for (Member member : members.values()) {
            if (!member.heard || member.heardNs - sinceNs < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * A report came in.
     *
     * @return false when it is one that was known already, or older
     */
    boolean hear(CloudReport report, long nowNs) {
        Member member = member(report.node(), nowNs);
        if (member == null || !isNews(member, report)) {
            return false;
        }
        member.heard = true;
        member.heardNs = nowNs;
        member.newsNs = nowNs;
        member.claims = (BitSet) report.claims().clone();
        member.taken = (BitSet) report.taken().clone();
        member.handed = new TreeMap<>(report.handed());
        for (MacAddress told : report.members()) {
            if (!told.equals(self)) {
                member(told, nowNs);
            }
        }
        if (!shared) {
            shared = true;
            sharedNs = nowNs;
            tickNs = nowNs;
            changed = true;
        }
        for (int slice = 0; slice < COUNT; slice++) {
            if (member.claims.get(slice)) {
                onClaim(member, slice);
            }
            if (self.equals(member.handed.get(slice)) && !own.get(slice) && claimant(slice) == null
                    && !handed.containsKey(slice)) {
                own.set(slice);
                usableFromNs[slice] = nowNs;
                changed = true;
            }
        }
        refresh(nowNs);
        return true;
    }

    private static boolean isNews(Member member, CloudReport report) {
        if (member.heard && report.incarnation() == member.incarnation) {
            if (report.beat() - member.beat <= 0) {
                return false;
            }
        } else if (member.formerIncarnations.contains(report.incarnation())) {
            return false;
        } else if (member.heard) {
            member.formerIncarnations.add(member.incarnation);
            if (member.formerIncarnations.size() > INCARNATIONS_REMEMBERED) {
                member.formerIncarnations.removeFirst();
            }
        }
        member.incarnation = report.incarnation();
        member.beat = report.beat();
        return true;
    }

    private Member member(MacAddress mac, long nowNs) {
        Member member = members.get(mac);
        if (member == null && members.size() < MAX_MEMBERS) {
            member = new Member(mac, nowNs);
            members.put(mac, member);
            changed = true;
        }
        return member;
    }

    private Member claimant(int slice) {
        for (Member member : members.values()) {
            if (member.claims.get(slice)) {
                return member;
            }
        }
        return null;
    }

    /** Somebody says a slice is his: our token has arrived, or two cloud halves were born apart. */
    private void onClaim(Member member, int slice) {
        // In the second case the claimant and our successor settle it between them.
        changed |= handed.remove(slice) != null;
        if (own.get(slice) && beats(member.mac, self, slice)) {
            own.clear(slice);
            changed = true;
        }
    }

    /** Nobody uses a slice that two claim; the one with the lower hash drops it as soon as it hears. */
    private void refresh(long nowNs) {
        usable.clear();
        for (int slice = own.nextSetBit(0); slice >= 0; slice = own.nextSetBit(slice + 1)) {
            if (usableFromNs[slice] - nowNs <= 0 && claimant(slice) == null) {
                usable.set(slice);
            }
        }
        if (usable.isEmpty()) {
            // Nobody has handed us anything yet, or all of it is disputed. A client that gets no address at
            // all is worse off than one that gets, once in some ten thousand times, somebody else's.
            usable.or(own);
            if (own.isEmpty()) {
                usable.set(0, COUNT);
            }
        }
    }

    /** Wants to hear the others soon: it has no slice yet. */
    boolean isWaiting() {
        return !shared || own.isEmpty();
    }

    long nextTickNs() {
        return shared ? tickNs : org.limesh.base.Engine.NEVER;
    }

    void tick(long nowNs) {
        if (!shared || tickNs - nowNs > 0) {
            return;
        }
        tickNs = nowNs + TICK_NS;
        forgetSilent(nowNs);
        boolean mayClaim = nowNs - sharedNs >= SETTLE_NS && members.values().stream().allMatch(member -> member.heard);
        boolean birth = nowNs - sharedNs < BIRTH_NS;
        for (int slice = 0; slice < COUNT; slice++) {
            MacAddress best = bestLive(slice, nowNs);
            if (own.get(slice) && !best.equals(self) && !isArriving(slice)) {
                own.clear(slice);
                handed.put(slice, best);
                changed = true;
            } else if (mayClaim && best.equals(self) && isNobodys(slice)) {
                claim(slice, birth ? nowNs : nowNs + CLAIM_WAIT_NS);
            }
        }
        refresh(nowNs);
    }

    private void claim(int slice, long fromNs) {
        own.set(slice);
        usableFromNs[slice] = fromNs;
        changed = true;
    }

    private MacAddress bestLive(int slice, long nowNs) {
        MacAddress best = self;
        for (Member member : members.values()) {
            if (isLive(member, nowNs) && beats(member.mac, best, slice)) {
                best = member.mac;
            }
        }
        return best;
    }

    /** The giver has not read yet that we have it; passing it on now, we would take it a second time. */
    private boolean isArriving(int slice) {
        for (Member member : members.values()) {
            if (self.equals(member.handed.get(slice))) {
                return true;
            }
        }
        return false;
    }

    private void forgetSilent(long nowNs) {
        for (Iterator<Member> each = members.values().iterator(); each.hasNext(); ) {
            Member member = each.next();
            if (nowNs - member.newsNs > REMEMBERED_NS) {
                each.remove();
                changed = true;
                for (int slice = 0; slice < COUNT; slice++) {
                    if (member.mac.equals(handed.get(slice))) {
                        handed.remove(slice);
                        claim(slice, nowNs + CLAIM_WAIT_NS);
                    }
                }
            }
        }
    }

    /** Our slices are used up: takes over what members that are gone for longer than a lease had. */
    void needRoom(long nowNs) {
        for (Member member : members.values()) {
            if (member.newsNs - nowNs + leaseNs + LIVE_NS >= 0) {
                continue;
            }
            for (int slice = member.claims.nextSetBit(0); slice >= 0; slice = member.claims.nextSetBit(slice + 1)) {
                if (bestLive(slice, nowNs).equals(self)) {
                    member.claims.clear(slice);
                    claim(slice, nowNs + CLAIM_WAIT_NS);
                }
            }
        }
    }

    /** Whether something that has to survive a restart changed since the last call. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    Map<MacAddress, Member> memberMap() {
        return members;
    }

    /** State from before a restart. */
    void restore(BitSet ownBefore, Map<Integer, MacAddress> handedBefore, Map<MacAddress, BitSet> membersBefore,
            long nowNs) {
        own.clear();
        own.or(ownBefore);
        handed.clear();
        handed.putAll(handedBefore);
        members.clear();
        membersBefore.forEach((mac, claims) -> member(mac, nowNs).claims = (BitSet) claims.clone());
        shared = !members.isEmpty();
        // Not born now: what is nobody's waits.
        sharedNs = nowNs - BIRTH_NS;
        tickNs = nowNs;
        changed = false;
        java.util.Arrays.fill(usableFromNs, nowNs);
        if (shared) {
            refresh(nowNs);
        }
    }
}
