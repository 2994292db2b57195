package org.limesh.interop.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.batadv.BatadvConfig;
import org.limesh.batadv.BatadvEngine;
import org.limesh.batadv.BatadvEvent;
import org.limesh.batadv.wire.BroadcastPacket;
import org.limesh.batadv.wire.OgmIv;
import org.limesh.batadv.wire.RoamTvlv;
import org.limesh.batadv.wire.TtTvlv;
import org.limesh.batadv.wire.UnicastPacket;
import org.limesh.batadv.wire.UnicastTvlvPacket;
import org.limesh.packet.Arp;
import org.limesh.packet.Ethernet;

/** batman-adv: each message format, and the whole engine living through a sequence of frames. */
class BatadvFuzzTest {
    private static final int HARDIF_MTU_OCTETS = 1532;
    private static final int MESH_MTU_OCTETS = 1500;
    private static final int VLAN_TAG_OCTETS = 4;
    private static final int MESH_PORT = 2;
    /** A capture is cut into lives of this many frames, so that the fuzzer has short seeds too. */
    private static final int FRAMES_PER_SEED = 12;
    private static final int SEEDS_PER_CAPTURE = 4;
    private static final long SECOND_NS = 1_000_000_000L;
    /** An OGM a second on two interfaces, purging, table work: more calls than this in a wait are a loop. */
    private static final int MAX_TIMER_CALLS_PER_STEP = 1000;

    static Stream<byte[]> packets() {
        return meshFrames().stream().flatMap(List::stream)
                .map(frame -> frame.copyOf(Ethernet.HEADER_OCTETS, frame.length() - Ethernet.HEADER_OCTETS).toBytes())
                .distinct().limit(200);
    }

    @MethodSource("packets")
    @FuzzTest(maxDuration = "20s")
    void ogm(byte[] input) {
        Bounds.PER_FRAME.check(input, () -> {
            if (OgmIv.parse(input, 0, input.length) instanceof Decoded.Valid<OgmIv>(var ogm)) {
                byte[] again = input.clone();
                ogm.emit(again, 0);
                same(ogm, OgmIv.parse(again, 0, again.length));
            }
        });
    }

    @MethodSource("packets")
    @FuzzTest(maxDuration = "20s")
    void unicastAndBroadcast(byte[] input) {
        int end = input.length;
        Bounds.PER_FRAME.check(input, () -> {
            byte[] again = input.clone();
            if (UnicastPacket.parse(input, 0, end) instanceof Decoded.Valid<UnicastPacket>(var packet)) {
                packet.emit(again, 0);
                same(packet, UnicastPacket.parse(again, 0, end));
            }
            if (BroadcastPacket.parse(input, 0, end) instanceof Decoded.Valid<BroadcastPacket>(var packet)) {
                packet.emit(again, 0);
                same(packet, BroadcastPacket.parse(again, 0, end));
            }
            if (UnicastTvlvPacket.parse(input, 0, end) instanceof Decoded.Valid<UnicastTvlvPacket>(var packet)) {
                packet.emit(again, 0);
                same(packet, UnicastTvlvPacket.parse(again, 0, end));
            }
            if (RoamTvlv.parse(input, 0, end) instanceof Decoded.Valid<RoamTvlv>(var roam)) {
                roam.emit(again, 0);
                same(roam, RoamTvlv.parse(again, 0, end));
            }
        });
    }

    static Stream<byte[]> tables() {
        byte[] table = new byte[4 + 8 + 2 * 12];
        new TtTvlv(1, 7, List.of(new TtTvlv.Vlan(0x1234_5678, 0)),
                List.of(new TtTvlv.Change(0, new MacAddress(0x02aa_0000_0001L), 0),
                        new TtTvlv.Change(1, new MacAddress(0x02aa_0000_0002L), 0x8001))).emit(table, 0);
        return Stream.of(table);
    }

    @MethodSource("tables")
    @FuzzTest(maxDuration = "20s")
    void translationTable(byte[] input) {
        // 12 octets of a change become a record with a MAC: more than the four times of other messages.
        Bounds.PER_TEXT.check(input, () -> {
            if (TtTvlv.parse(input, 0, input.length) instanceof Decoded.Valid<TtTvlv>(var table)) {
                byte[] again = new byte[table.lengthOctets()];
                table.emit(again, 0);
                same(table, TtTvlv.parse(again, 0, again.length));
            }
        });
    }

    private static void same(Object message, Decoded<?> again) {
        Invariant.check(again.equals(new Decoded.Valid<>(message)), "what is emitted parses to the same message");
    }

    static Stream<byte[]> lives() {
        List<byte[]> seeds = new ArrayList<>();
        for (List<Frame> frames : meshFrames()) {
            int end = Math.min(frames.size(), FRAMES_PER_SEED * SEEDS_PER_CAPTURE);
            for (int from = 0; from < end; from += FRAMES_PER_SEED) {
                seeds.add(Script.seed(0, frames.subList(from, Math.min(end, from + FRAMES_PER_SEED))));
            }
        }
        return seeds.stream();
    }

    @MethodSource("lives")
    @FuzzTest(maxDuration = "20s")
    void engine(byte[] input) {
        Script script = Script.of(input);
        Bounds.PER_FRAME.check(input.length, script.steps().size() + 8, () -> live(script));
    }

    private static void live(Script script) {
        Life life = new Life(1, frame -> {
            Invariant.check(Ethernet.type(frame) == Ethernet.TYPE_BATADV, "only mesh frames go into the mesh");
            Invariant.check(frame.length() <= Ethernet.HEADER_OCTETS + HARDIF_MTU_OCTETS, "a frame fits the link");
        });
        for (Script.Step step : script.steps()) {
            life.pass(step.waitNs());
            int port = step.port() % 3;
            // A host hands over no frame that is longer than the device can take.
            int mtuOctets = port == MESH_PORT ? MESH_MTU_OCTETS + VLAN_TAG_OCTETS : HARDIF_MTU_OCTETS;
            if (step.frame().length() <= Ethernet.HEADER_OCTETS + mtuOctets) {
                life.onFrame(port, step.frame());
            }
        }
        life.pass(SECOND_NS);
        Invariant.check(life.engine.originatorCount() <= script.steps().size() * 64L, "no originators out of nothing");
        life.engine.snapshot(life.nowNs);
    }

    /** One engine with two hard interfaces, and its clock. */
    private static final class Life {
        final BatadvEngine engine;
        long nowNs;

        Life(int number, Consumer<Frame> sent) {
            engine = new BatadvEngine(BatadvConfig.withInterval(1000), new MacAddress(0x06ca_fe00_0000L + number),
                    new Counters(), new Rng(number), new BatadvEngine.Outbox() {
                        @Override
                        public void transmit(int hardif, Frame frame) {
                            Invariant.check(hardif == 0 || hardif == 1, "the hard interface exists");
                            sent.accept(frame);
                        }

                        @Override
                        public void deliver(Frame frame) {
                            Invariant.check(frame.length() >= Ethernet.HEADER_OCTETS, "a client frame has a header");
                        }

                        @Override
                        public void report(BatadvEvent event) {
                            Invariant.check(!event.toString().contains("\n"), "an event is said in one line");
                        }
                    }, 0);
            engine.addHardif("eth0_29", new MacAddress(0x02ca_fe00_0000L + number * 16L), HARDIF_MTU_OCTETS, false, 0);
            engine.addHardif("wlan0_29", new MacAddress(0x02ca_fe00_0001L + number * 16L), HARDIF_MTU_OCTETS, true, 0);
        }

        void onFrame(int port, Frame frame) {
            if (port == MESH_PORT) {
                engine.onMeshFrame(frame, nowNs);
            } else {
                engine.onFrame(port, frame, nowNs);
            }
        }

        void pass(long waitNs) {
            long until = nowNs + waitNs;
            for (int calls = 0; Engine.isDue(engine.nextDeadlineNs(), until); calls++) {
                Invariant.check(calls < MAX_TIMER_CALLS_PER_STEP, "timers come to rest");
                nowNs = Math.max(nowNs, engine.nextDeadlineNs());
                engine.onTimer(nowNs);
            }
            nowNs = until;
        }
    }

    /** Captures of the genuine program without VLAN tags, and what two of our own engines say to each other. */
    private static List<List<Frame>> meshFrames() {
        List<List<Frame>> all = new ArrayList<>();
        for (List<Frame> frames : Captures.containing("batadv")) {
            all.add(frames.stream().map(BatadvFuzzTest::untagged)
                    .filter(frame -> frame.length() > 16 && Ethernet.type(frame) == Ethernet.TYPE_BATADV).toList());
        }
        all.add(ownTalk());
        return all.stream().filter(frames -> !frames.isEmpty()).toList();
    }

    private static Frame untagged(Frame frame) {
        if (frame.length() < 18 || Ethernet.type(frame) != Ethernet.TYPE_8021AD
                && Ethernet.type(frame) != Ethernet.TYPE_8021Q) {
            return frame;
        }
        byte[] octets = frame.toBytes();
        byte[] plain = Arrays.copyOfRange(octets, 4, octets.length);
        System.arraycopy(octets, 0, plain, 0, 12);
        return Frame.wrap(plain);
    }

    private static List<Frame> ownTalk() {
        List<Frame> heard = new ArrayList<>();
        List<Frame> answers = new ArrayList<>();
        Life peer = new Life(2, heard::add);
        Life self = new Life(1, answers::add);
        int delivered = 0;
        for (int second = 0; second < 12; second++) {
            peer.onFrame(MESH_PORT, Arp.gratuitous(0x02aa_0000_0010L + second, Ip4Address.parse("10.13.0.9").bits()));
            peer.pass(SECOND_NS);
            self.pass(SECOND_NS);
            for (; delivered < heard.size(); delivered++) {
                self.onFrame(0, heard.get(delivered));
            }
            answers.forEach(frame -> peer.onFrame(0, frame));
            answers.clear();
        }
        return heard;
    }
}
