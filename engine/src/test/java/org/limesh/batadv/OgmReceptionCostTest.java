package org.limesh.batadv;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.limesh.base.Counters;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.batadv.wire.OgmIv;
import org.limesh.batadv.wire.TtTvlv;
import org.limesh.batadv.wire.Tvlv;

/** What one received OGM costs: the laboratory runs hundreds of engines, so it decides everything. */
class OgmReceptionCostTest {
    private static final int ORIGINATORS = 100;
    private static final int NEIGHBOURS = 4;
    private static final int PER_FRAME = 9;
    private static final int TVLV = Tvlv.HEADER_OCTETS + TtTvlv.HEADER_OCTETS + TtTvlv.VLAN_OCTETS;
    private static final int OGM = OgmIv.HEADER_OCTETS + TVLV;
    private static final long ENGINE_MAC = 0x02ee_0000_0000L;
    private static final long SECOND = 1_000_000_000L;

    /** Swallows everything. */
    private static final class Nowhere implements BatadvEngine.Outbox {
        long frames;

        @Override
        public void transmit(int hardif, Frame frame) {
            frames++;
        }

        @Override
        public void deliver(Frame frame) {}

        @Override
        public void report(BatadvEvent event) {}
    }

    private static long originator(int index) {
        return 0x0200_0000_0000L | index << 8;
    }

    /** Frames of one interval: every neighbour repeats every originator; the first time with a table diff. */
    private static Frame[] interval(int seqno) {
        int framesPerNeighbour = (ORIGINATORS + PER_FRAME - 1) / PER_FRAME;
        Frame[] frames = new Frame[NEIGHBOURS * framesPerNeighbour];
        for (int neighbour = 0; neighbour < NEIGHBOURS; neighbour++) {
            for (int f = 0; f < framesPerNeighbour; f++) {
                frames[f * NEIGHBOURS + neighbour] = frame(neighbour, f * PER_FRAME, seqno);
            }
        }
        return frames;
    }

    private static Frame frame(int neighbour, int first, int seqno) {
        int count = Math.min(PER_FRAME, ORIGINATORS - first);
        boolean diff = seqno == 1;
        int octetsPerOgm = OGM + (diff ? TtTvlv.CHANGE_OCTETS : 0);
        Frame frame = Frame.allocate(14 + count * octetsPerOgm);
        frame.putMac(0, 0xffff_ffff_ffffL);
        frame.putMac(6, originator(neighbour));
        frame.put16(12, 0x4305);
        for (int i = 0; i < count; i++) {
            int at = frame.offset() + 14 + i * octetsPerOgm;
            long mac = originator(first + i);
            int ttl = first + i == neighbour ? 50 : 40;
            OgmIv.put(frame.array(), at, ttl, 0, seqno, mac, mac == originator(neighbour)
                    ? mac : 0x02aa_0000_0001L,
                    200 + neighbour, octetsPerOgm - OgmIv.HEADER_OCTETS);
            int tvlv = at + OgmIv.HEADER_OCTETS;
            Tvlv.put(frame.array(), tvlv, Tvlv.TRANSLATION_TABLE, 1,
                    octetsPerOgm - OgmIv.HEADER_OCTETS - Tvlv.HEADER_OCTETS);
            int value = Tvlv.value(tvlv);
            long client = mac | 0xc000_0000L;
            frame.array()[value] = TtTvlv.DIFF;
            frame.array()[value + TtTvlv.TTVN] = 1;
            frame.array()[value + TtTvlv.VLAN_COUNT + 1] = 1;
            TtTvlv.putVlan(frame.array(), value + TtTvlv.HEADER_OCTETS, TtCrc.ofClient(client, 0, 0), 0);
            if (diff) {
                TtTvlv.putChange(frame.array(), value + TtTvlv.HEADER_OCTETS + TtTvlv.VLAN_OCTETS, 0, client,
                        0);
            }
        }
        return frame;
    }

    /** Our OGM comes back from every neighbour. */
    private static Frame echo(int neighbour, int seqno) {
        Frame frame = Frame.allocate(14 + OgmIv.HEADER_OCTETS);
        frame.putMac(0, 0xffff_ffff_ffffL);
        frame.putMac(6, originator(neighbour));
        frame.put16(12, 0x4305);
        OgmIv.put(frame.array(), frame.offset() + 14, 49, OgmIv.FLAG_DIRECT_LINK, seqno, ENGINE_MAC,
                ENGINE_MAC, 225, 0);
        return frame;
    }

    private static BatadvEngine engine(Nowhere out, Counters counters) {
        BatadvEngine engine = new BatadvEngine(BatadvConfig.withInterval(1000),
                new MacAddress(0x02ee_0000_0001L),
                counters, new Rng(7), out, 0);
        engine.addHardif("radio", new MacAddress(ENGINE_MAC), 1532, true, 0);
        return engine;
    }

    private static void play(BatadvEngine engine, Frame[] frames, int seqno, int ownSeqno, long intervalNs) {
        long step = intervalNs / (frames.length + 1);
        long now = seqno * intervalNs;
        for (int neighbour = 0; neighbour < NEIGHBOURS; neighbour++) {
            engine.onFrame(0, echo(neighbour, ownSeqno), now);
        }
        for (Frame frame : frames) {
            now += step;
            while (engine.nextDeadlineNs() - now <= 0) {
                engine.onTimer(engine.nextDeadlineNs());
            }
            engine.onFrame(0, frame, now);
        }
    }

    @Test
    void receivingAllocatesNothingBeyondTheOutgoingFrames() {
        Nowhere out = new Nowhere();
        Counters counters = new Counters();
        BatadvEngine engine = engine(out, counters);
        int ownSeqno = engine.hardifOgmCounter(0) - 2;
        int intervals = 60;
        Frame[][] frames = new Frame[intervals + 1][];
        for (int s = 1; s <= intervals; s++) {
            frames[s] = interval(s);
        }
        for (int s = 1; s <= intervals / 2; s++) {
            play(engine, frames[s], s, ownSeqno + s, SECOND);
        }
        assertThat(engine.originatorCount()).isEqualTo(ORIGINATORS);
        assertThat(engine.globalClientCount()).isEqualTo(ORIGINATORS);
        assertThat(counters.value("batadv.tt.requests_sent")).isZero();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long framesBefore = out.frames;
        long receivedBefore = counters.value("batadv.ogm.received");

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int s = intervals / 2 + 1; s <= intervals; s++) {
            play(engine, frames[s], s, ownSeqno + s, SECOND);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        long sent = out.frames - framesBefore;
        long received = counters.value("batadv.ogm.received") - receivedBefore;
        System.out.println("received " + received + ", sent frames " + sent + ", allocated " + allocated);
        assertThat(received).isGreaterThan(10_000);
        // 690 octets are an outgoing frame with room for 512; the echoes that this test makes are counted
        // too.
        assertThat(allocated).isLessThan(sent * 1000 + NEIGHBOURS * 30 * 300);
    }

    /** Reported, not judged: the machine decides. Called by hand. */
    public static void main(String[] args) {
        int engines = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        BatadvEngine[] all = new BatadvEngine[engines];
        int[] own = new int[engines];
        Counters counters = new Counters();
        Nowhere out = new Nowhere();
        for (int i = 0; i < engines; i++) {
            all[i] = engine(out, counters);
            own[i] = all[i].hardifOgmCounter(0) - 2;
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long cpu = 0;
        long received = 0;
        for (int s = 1; s <= 200; s++) {
            Frame[] frames = interval(s);
            if (s % 40 == 1) {
                if (s > 1) {
                    long ogms = counters.value("batadv.ogm.received") - received;
                    System.out.printf("%d ns per OGM, %d node-seconds per CPU-second%n",
                            (threads.getCurrentThreadCpuTime() - cpu) / ogms,
                            40L * engines * SECOND / (threads.getCurrentThreadCpuTime() - cpu));
                }
                received = counters.value("batadv.ogm.received");
                cpu = threads.getCurrentThreadCpuTime();
            }
            playAll(all, own, frames, s);
        }
    }

    /** Frame by frame through all engines, so that no engine's tables stay in the cache. */
    private static void playAll(BatadvEngine[] all, int[] own, Frame[] frames, int seqno) {
        long step = SECOND / (frames.length + 1);
        for (int i = 0; i < all.length; i++) {
            for (int neighbour = 0; neighbour < NEIGHBOURS; neighbour++) {
                all[i].onFrame(0, echo(neighbour, own[i] + seqno), seqno * SECOND);
            }
        }
        long now = seqno * SECOND;
        for (Frame frame : frames) {
            now += step;
            for (BatadvEngine engine : all) {
                while (engine.nextDeadlineNs() - now <= 0) {
                    engine.onTimer(engine.nextDeadlineNs());
                }
                engine.onFrame(0, frame, now);
            }
        }
    }
}
