package org.limesh.batadv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.base.Counters;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.base.Rng;
import org.limesh.batadv.Pcap.Captured;
import org.limesh.batadv.wire.OgmIv;

/**
 * Cut, flipped and shuffled frames: nothing is thrown, nothing grows, nothing leaves that was not asked for.
 */
class HostileFramesTest {
    private static final int MAX_PER_CAPTURE = 150;

    static List<String> captures() {
        return Pcap.ALL;
    }

    /** An engine that is in the place of the node that the frames are meant for. */
    private static final class Victim implements BatadvEngine.Outbox {
        final Counters counters = new Counters();
        final BatadvEngine engine;
        long now = 1_000_000_000L;
        long sent;

        Victim(long mac) {
            engine = new BatadvEngine(BatadvConfig.withInterval(1000), new MacAddress(0x02ee_0000_0001L),
                    counters,
                    new Rng(1), this, now);
            engine.addHardif("x", new MacAddress(mac), 1532, true, now);
        }

        void hear(byte[] octets, int length) {
            now += 1_000_000;
            while (engine.nextDeadlineNs() - now <= 0) {
                engine.onTimer(now);
            }
            engine.onFrame(0, Frame.wrap(octets, 0, length), now);
        }

        void hear(byte[] octets) {
            hear(octets, octets.length);
        }

        @Override
        public void transmit(int hardif, Frame frame) {
            sent++;
            assertThat(frame.length()).isGreaterThanOrEqualTo(16);
        }

        @Override
        public void deliver(Frame frame) {
            assertThat(frame.length()).isGreaterThanOrEqualTo(14);
        }

        @Override
        public void report(BatadvEvent event) {}
    }

    private static List<byte[]> frames(String capture) {
        List<byte[]> some = new ArrayList<>();
        List<Captured> all = Pcap.read(capture);
        int step = Math.max(1, all.size() / MAX_PER_CAPTURE);
        for (int i = 0; i < all.size(); i += step) {
            if (all.get(i).isBatadv()) {
                some.add(all.get(i).octets());
            }
        }
        return some;
    }

    /** Who the unicast frames of a capture go to. */
    private static long addressee(String capture) {
        return Pcap.read(capture).stream().filter(c -> c.isBatadv() && c.type() >= 0x40)
                .mapToLong(c -> Octets.mac(c.octets(), 0)).findFirst().orElse(0x0200_0000_0102L);
    }

    @ParameterizedTest
    @MethodSource("captures")
    void framesCutAnywhereAreRefusedQuietly(String capture) {
        Victim victim = new Victim(addressee(capture));
        Pcap.read(capture).forEach(captured -> victim.hear(captured.octets()));
        for (byte[] octets : frames(capture)) {
            for (int length = 0; length < octets.length; length++) {
                victim.hear(octets, length);
            }
        }
        assertThat(victim.engine.originatorCount()).isLessThan(64);
        assertThat(victim.counters.value("drop.batadv.truncated")).isPositive();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void flippedBitsNeverThrow(String capture) {
        Victim victim = new Victim(addressee(capture));
        Pcap.read(capture).forEach(captured -> victim.hear(captured.octets()));
        Rng rng = new Rng(capture.hashCode());
        for (byte[] octets : frames(capture)) {
            for (int at = 0; at < Math.min(octets.length, 200); at++) {
                byte[] flipped = octets.clone();
                flipped[at] ^= (byte) (1 << rng.nextInt(8));
                victim.hear(flipped);
            }
        }
        victim.engine.snapshot(victim.now);
        assertThat(victim.engine.originatorCount()).isLessThanOrEqualTo(BatadvLimits.ORIGINATORS);
    }

    /** Blind fuzzing over all kinds, with the mutations that broke real programs: lengths and counts. */
    @Test
    void seededMutationsNeverThrow() {
        Rng rng = new Rng(20_261_125);
        List<byte[]> seeds = new ArrayList<>();
        Pcap.ALL.forEach(capture -> seeds.addAll(frames(capture)));
        Victim victim = new Victim(0x0200_0000_0102L);
        for (int round = 0; round < 200_000; round++) {
            byte[] octets = seeds.get(rng.nextInt(seeds.size())).clone();
            if (octets.length >= 6 && octets[0] != -1) {
                Octets.putMac(octets, 0, 0x0200_0000_0102L);
            }
            int changes = 1 + rng.nextInt(4);
            for (int i = 0; i < changes; i++) {
                mutate(octets, rng);
            }
            victim.hear(rng.nextInt(4) == 0 ? Arrays.copyOf(octets,
                    rng.nextInt(octets.length + 40)) : octets);
        }
        victim.engine.snapshot(victim.now);
        assertThat(victim.engine.globalClientCount()).isLessThanOrEqualTo(BatadvLimits.GLOBAL_CLIENTS);
    }

    private static void mutate(byte[] octets, Rng rng) {
        int at = 12 + rng.nextInt(Math.max(1, octets.length - 14));
        if (at + 2 > octets.length) {
            return;
        }
        int[] lengths = {0, 1, 2, 3, 0x7fff, 0x8000, 0xffff, octets.length, octets.length - at,
                octets.length - at + 1};
        switch (rng.nextInt(3)) {
            case 0 -> octets[at] = (byte) rng.nextLong();
            case 1 -> Octets.put16(octets, at & ~1, lengths[rng.nextInt(lengths.length)]);
            default -> octets[at] ^= (byte) (1 << rng.nextInt(8));
        }
    }

    @Test
    void paddingOfShortFramesIsNotAnOgm() {
        Victim victim = new Victim(0x0200_0000_0102L);
        byte[] octets = new byte[14 + 24 + 40];
        Octets.putMac(octets, 0, 0xffff_ffff_ffffL);
        Octets.putMac(octets, 6, 0x0200_0000_0201L);
        Octets.put16(octets, 12, 0x4305);
        OgmIv.put(octets, 14, 50, 0, 1, 0x0200_0000_0201L, 0x0200_0000_0201L, 255, 0);

        victim.hear(octets);

        assertThat(victim.engine.originatorCount()).isOne();
        assertThat(victim.counters.value("batadv.ogm.received")).isOne();
    }
}
