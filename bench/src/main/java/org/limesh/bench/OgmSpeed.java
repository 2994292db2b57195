package org.limesh.bench;

import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.batadv.BatadvConfig;
import org.limesh.batadv.BatadvEngine;
import org.limesh.batadv.BatadvEvent;
import org.limesh.packet.Ethernet;

/**
 * What the reception of one originator message costs, forwarding included: a node with two neighbours, each of which
 * repeats the messages of 100 originators, so half of what comes in is new and half is the second copy.
 */
final class OgmSpeed {
    private static final int ORIGINATORS = 100;
    private static final int OGM_OCTETS = 24;
    private static final int WARM_UP_ROUNDS = 3000;
    private static final int ROUNDS = 3000;
    private static final long INTERVAL_NS = 1_000_000_000L;
    private static final long NEIGHBOUR = 0x02ca_fe00_0100L;
    private static final long ORIGINATOR = 0x02ca_fe00_0200L;
    private static final long OWN = 0x02ca_fe00_0001L;

    private OgmSpeed() {}

    private static final class Sink implements BatadvEngine.Outbox {
        private long sent;
        private int lastOwnSeqno;

        @Override
        public void transmit(int hardif, Frame frame) {
            sent++;
            // An own message is always the first of its frame.
            if (frame.mac(Ethernet.HEADER_OCTETS + 8) == OWN) {
                lastOwnSeqno = frame.i32(Ethernet.HEADER_OCTETS + 4);
            }
        }

        @Override
        public void deliver(Frame frame) {}

        @Override
        public void report(BatadvEvent event) {}
    }

    static List<Row> rows() {
        Sink sink = new Sink();
        long nowNs = 0;
        BatadvEngine engine = new BatadvEngine(BatadvConfig.withInterval(1000), new MacAddress(OWN | 0x0400_0000_0000L),
                new Counters(), new Rng(1), sink, nowNs);
        engine.addHardif("eth0", new MacAddress(OWN), 1532, false, nowNs);
        long cpuNs = 0;
        for (int round = 1; round <= WARM_UP_ROUNDS + ROUNDS; round++) {
            long beginNs = CpuTime.nowNs();
            for (int n = 0; n < 2; n++) {
                engine.onFrame(0, ogm(NEIGHBOUR + n, NEIGHBOUR + n, 50, 0, round, 255), nowNs);
                // The echo of our own message: without it the link is not good both ways and nothing is forwarded.
                engine.onFrame(0, ogm(NEIGHBOUR + n, OWN, 49, 4, sink.lastOwnSeqno, 225), nowNs);
            }
            for (int o = 0; o < ORIGINATORS; o++) {
                for (int n = 0; n < 2; n++) {
                    engine.onFrame(0, ogm(NEIGHBOUR + n, ORIGINATOR + o, 49, 0, round, 225), nowNs);
                }
            }
            nowNs += INTERVAL_NS;
            while (Engine.isDue(engine.nextDeadlineNs(), nowNs)) {
                engine.onTimer(nowNs);
            }
            if (round > WARM_UP_ROUNDS) {
                cpuNs += CpuTime.nowNs() - beginNs;
            }
        }
        double nsPerOgm = (double) cpuNs / ROUNDS / (4 + 2 * ORIGINATORS);
        System.err.printf("  %.0f ns an OGM, %d frames sent%n", nsPerOgm, sink.sent);
        return List.of(new Row("reception of one OGM, 100 originators, two neighbours",
                "%,.0f ns CPU".formatted(nsPerOgm), "", ""));
    }

    private static Frame ogm(long sender, long originator, int ttl, int flags, int seqno, int tq) {
        Frame frame = Frame.allocate(Ethernet.HEADER_OCTETS + OGM_OCTETS);
        Ethernet.put(frame, MacAddress.BROADCAST.bits(), sender, Ethernet.TYPE_BATADV);
        int at = Ethernet.HEADER_OCTETS;
        frame.put8(at + 1, 15);
        frame.put8(at + 2, ttl);
        frame.put8(at + 3, flags);
        frame.put32(at + 4, seqno);
        frame.putMac(at + 8, originator);
        frame.putMac(at + 14, originator);
        frame.put8(at + 21, tq);
        return frame;
    }
}
