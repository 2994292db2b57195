package org.limesh.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

/** Who owns which part of the pool, whatever reports get through. */
class SlicesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long LEASE_NS = 3600 * SECOND;

    private static final class Peer {
        final MacAddress mac;
        Slices slices;
        long beat;
        boolean up = true;

        Peer(int number) {
            this.mac = new MacAddress(0x02ca_fe00_0000L + number);
            this.slices = new Slices(mac, LEASE_NS);
        }

        CloudReport report(long nowNs) {
            return new CloudReport(mac, 1, ++beat, Bench.ip("10.13.0.9"), "", slices.claims(), slices.taken(), slices.handed(),
                    slices.toldMembers(nowNs), List.of());
        }
    }

    private final List<Peer> peers = new ArrayList<>();
    private long nowNs;

    private void add(int count) {
        for (int i = 0; i < count; i++) {
            peers.add(new Peer(peers.size() + 1));
        }
    }

    /** One minute: everybody reports; {@code hears} decides who hears whom. */
    private void minute(java.util.function.BiPredicate<Peer, Peer> hears) {
        for (int tick = 0; tick < 6; tick++) {
            nowNs += 10 * SECOND;
            peers.stream().filter(peer -> peer.up).forEach(peer -> peer.slices.tick(nowNs));
        }
        for (Peer from : peers) {
            CloudReport report = from.report(nowNs);
            for (Peer to : peers) {
                if (from != to && from.up && to.up && hears.test(from, to)) {
                    to.slices.hear(report, nowNs);
                }
            }
        }
        assertDisjoint();
    }

    /** The promise: no slice is usable at two nodes that share the pool. */
    private void assertDisjoint() {
        BitSet seen = new BitSet();
        for (Peer peer : peers) {
            for (int slice = 0; slice < Slices.COUNT && peer.up && !peer.slices.isWaiting(); slice++) {
                if (peer.slices.mayUse(slice)) {
                    if (seen.get(slice)) {
                        throw new AssertionError("slice " + slice + " is used at " + peer.mac + " too");
                    }
                    seen.set(slice);
                }
            }
        }
    }

    private int owned() {
        return peers.stream().mapToInt(peer -> peer.slices.ownCount()).sum();
    }

    @Test
    void aLoneNodeOwnsAll() {
        add(1);
        assertThat(peers.getFirst().slices.isAlone()).isTrue();
        assertThat(peers.getFirst().slices.ownCount()).isEqualTo(256);
        assertThat(peers.getFirst().slices.mayAdopt(17)).isTrue();
    }

    @Test
    void nodesThatMeetDivideThePoolByHash() {
        add(12);
        for (int i = 0; i < 5; i++) {
            minute((from, to) -> true);
        }
        assertThat(owned()).isEqualTo(256);
        assertThat(peers).allMatch(peer -> peer.slices.ownCount() >= 8 && peer.slices.ownCount() <= 40);
        Peer first = peers.getFirst();
        for (int slice = 0; slice < 256; slice++) {
            MacAddress best = first.mac;
            for (Peer peer : peers) {
                best = Long.compareUnsigned(Slices.hash(peer.mac, slice), Slices.hash(best, slice)) > 0 ? peer.mac : best;
            }
            assertThat(first.slices.ownerOf(slice)).isEqualTo(best);
        }
    }

    @Test
    void aSplitChangesNothingHoweverLong() {
        add(6);
        for (int i = 0; i < 5; i++) {
            minute((from, to) -> true);
        }
        List<BitSet> before = peers.stream().map(peer -> peer.slices.claims()).toList();
        for (int i = 0; i < 180; i++) {
            minute((from, to) -> (from.mac.bits() & 1) == (to.mac.bits() & 1));
        }
        assertThat(peers.stream().map(peer -> peer.slices.claims()).toList()).isEqualTo(before);
    }

    @Test
    void aNodeThatComesLaterIsHandedItsSlicesEvenThroughASplit() {
        add(4);
        for (int i = 0; i < 7; i++) {
            minute((from, to) -> true);
        }
        add(1);
        minute((from, to) -> true);
        minute((from, to) -> true);
        for (int i = 0; i < 30; i++) {
            minute((from, to) -> from.mac.bits() % 2 == to.mac.bits() % 2);
        }
        for (int i = 0; i < 5; i++) {
            minute((from, to) -> true);
        }
        assertThat(owned()).isEqualTo(256);
        assertThat(peers.getLast().slices.ownCount()).isBetween(25, 80);
    }

    @Test
    void takesOverTheSlicesOfALostNodeOnlyInNeedAndAfterALeaseTime() {
        add(3);
        for (int i = 0; i < 7; i++) {
            minute((from, to) -> true);
        }
        Peer lost = peers.getLast();
        int its = lost.slices.ownCount();
        lost.up = false;
        int before = owned() - its;
        for (int i = 0; i < 59; i++) {
            minute((from, to) -> true);
            peers.forEach(peer -> peer.slices.needRoom(nowNs));
        }
        assertThat(owned() - its).isEqualTo(before);
        for (int i = 0; i < 20; i++) {
            minute((from, to) -> true);
            peers.stream().filter(peer -> peer.up).forEach(peer -> peer.slices.needRoom(nowNs));
        }
        assertThat(owned() - its).isEqualTo(256);
    }

    @Test
    void anAddressIsFreeForOthersOnlyWhenAllHaveReportedSince() {
        add(3);
        for (int i = 0; i < 3; i++) {
            minute((from, to) -> true);
        }
        Slices first = peers.getFirst().slices;
        long endedNs = nowNs;
        assertThat(first.allHeardSince(endedNs)).isTrue();
        minute((from, to) -> from != peers.getLast());
        assertThat(first.allHeardSince(nowNs)).isFalse();
        minute((from, to) -> true);
        assertThat(first.allHeardSince(nowNs)).isTrue();
    }

    @Test
    void ignoresReportsThatComeLateOrTwice() {
        add(2);
        Peer a = peers.getFirst();
        Peer b = peers.getLast();
        CloudReport old = b.report(0);
        CloudReport young = b.report(0);
        assertThat(a.slices.hear(young, SECOND)).isTrue();
        assertThat(a.slices.hear(old, SECOND)).isFalse();
        assertThat(a.slices.hear(young, SECOND)).isFalse();
        CloudReport restarted = new CloudReport(b.mac, 2, 1, Bench.ip("10.13.0.9"), "", new BitSet(), new BitSet(), Map.of(),
                List.of(), List.of());
        assertThat(a.slices.hear(restarted, SECOND)).isTrue();
        assertThat(a.slices.hear(b.report(0), SECOND)).as("of the life before").isFalse();
    }

    @Test
    void keepsOneOwnerWhateverIsLostAndWhoeverRestarts() {
        for (long seed = 1; seed <= 30; seed++) {
            peers.clear();
            add(6);
            Rng rng = new Rng(seed);
            for (int i = 0; i < 7; i++) {
                minute((from, to) -> true);
            }
            for (int round = 0; round < 120; round++) {
                double loss = rng.nextInt(4) * 0.3;
                minute((from, to) -> !rng.nextBoolean(loss));
                if (rng.nextInt(6) == 0) {
                    restart(peers.get(rng.nextInt(peers.size())));
                }
                if (peers.size() < 10 && rng.nextInt(20) == 0) {
                    add(1);
                }
            }
            for (int i = 0; i < 12; i++) {
                minute((from, to) -> true);
            }
            assertThat(owned()).as("seed " + seed).isEqualTo(256);
        }
    }

    private void restart(Peer peer) {
        if (peer.slices.isAlone()) {
            return;
        }
        Map<MacAddress, BitSet> members = new TreeMap<>();
        peer.slices.memberMap().forEach((mac, member) -> members.put(mac, member.claims));
        Slices fresh = new Slices(peer.mac, LEASE_NS);
        fresh.restore(peer.slices.claims(), peer.slices.handed(), members, nowNs);
        peer.slices = fresh;
    }
}
