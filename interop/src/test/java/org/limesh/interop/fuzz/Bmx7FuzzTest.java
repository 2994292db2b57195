package org.limesh.interop.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.bmx7.Bmx7Config;
import org.limesh.bmx7.Bmx7Engine;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.bmx7.LaboratoryKeys;
import org.limesh.bmx7.LinkLayer;
import org.limesh.bmx7.VerificationCache;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.Description;
import org.limesh.bmx7.wire.Hna6;
import org.limesh.bmx7.wire.LinkSignature;
import org.limesh.bmx7.wire.MetricParameters;
import org.limesh.bmx7.wire.NodeInfo;
import org.limesh.bmx7.wire.RsaPrivateKey;
import org.limesh.bmx7.wire.TrustEntry;
import org.limesh.bmx7.wire.TunnelTlv;
import org.limesh.packet.Udp;

/** BMX7: packets, what descriptions hold, and the whole engine living through a sequence of packets. */
class Bmx7FuzzTest {
    private static final int NODE_KEY_TYPE = 4;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int PACKETS_PER_SEED = 12;
    /** A round every 0.8 s and answers every 0.1 s: more calls than this in a wait of 16 s are a loop. */
    private static final int MAX_TIMER_CALLS_PER_STEP = 1000;
    private static final LaboratoryKeys KEYS = new LaboratoryKeys(1);
    private static final RsaPrivateKey[] NODE_KEYS = {nodeKey(0), nodeKey(1)};
    private static final VerificationCache CACHE = new VerificationCache(1000);

    private static RsaPrivateKey nodeKey(int number) {
        return KEYS.forNode(new Rng(number)).newRsaKey(NODE_KEY_TYPE);
    }

    static Stream<byte[]> packets() {
        return genuinePackets().stream().flatMap(List::stream).map(Frame::toBytes).limit(200);
    }

    @MethodSource("packets")
    @FuzzTest(maxDuration = "20s")
    void packet(byte[] input) {
        // A frame of one octet a row becomes a record a row.
        Bounds.PER_TEXT.check(input, () -> {
            if (Bmx7Packet.parse(input) instanceof Decoded.Valid<Bmx7Packet>(var packet)) {
                byte[] again = Bmx7Packet.emit(packet.sender(), packet.frames());
                Invariant.check(Bmx7Packet.parse(again) instanceof Decoded.Valid,
                        "what is emitted parses again");
            }
        });
    }

    static Stream<byte[]> descriptions() {
        List<byte[]> all = new ArrayList<>();
        packets().forEach(octets -> {
            if (Bmx7Packet.parse(octets) instanceof Decoded.Valid<Bmx7Packet>(var packet)) {
                for (Bmx7Frame frame : packet.frames()) {
                    if (frame instanceof Bmx7Frame.DescAdv adv) {
                        all.add(adv.description());
                    }
                }
            }
        });
        return all.stream().limit(40);
    }

    @MethodSource("descriptions")
    @FuzzTest(maxDuration = "20s")
    void description(byte[] input) {
        Bounds.PER_TEXT.check(input.length, 2, () -> {
            if (Description.parse(input) instanceof Decoded.Valid<Description>(var description)) {
                Invariant.check(java.util.Arrays.equals(Description.emit(description.tlvs()), input),
                        "what is emitted is what was parsed");
            }
            TunnelTlv.parseAddresses(input);
            TunnelTlv.parseIngress(4, input);
            TunnelTlv.parseIngress(6, input);
            TunnelTlv.parseNets(4, input);
            TunnelTlv.parseNets(6, input);
            Hna6.parse(input);
            MetricParameters.parse(input);
            NodeInfo.parse(input);
            TrustEntry.parse(input);
            LinkSignature.parse(input);
        });
    }

    static Stream<byte[]> lives() {
        List<byte[]> seeds = new ArrayList<>();
        List<List<Frame>> talks = new ArrayList<>(genuinePackets());
        talks.add(ownTalk());
        for (List<Frame> packets : talks) {
            for (int from = 0; from < Math.min(packets.size(), 2 * PACKETS_PER_SEED); from += PACKETS_PER_SEED) {
                seeds.add(Script.seed(0, packets.subList(from, Math.min(packets.size(), from + PACKETS_PER_SEED))));
            }
        }
        return seeds.stream();
    }

    @MethodSource("lives")
    @FuzzTest(maxDuration = "20s")
    void engine(byte[] input) {
        Script script = Script.of(input);
        // To begin with, an engine signs its own description.
        Bounds.PER_TEXT.check(input.length, 3 * script.steps().size() + 32, () -> live(script));
    }

    private static void live(Script script) {
        Life life = new Life(0, sent -> { });
        life.pass(2 * SECOND_NS);
        for (Script.Step step : script.steps()) {
            life.pass(step.waitNs());
            life.engine.onDatagram(step.port() % 2, address(2 + (step.port() >> 1) % 3), step.frame().toBytes(),
                    life.nowNs);
        }
        life.pass(2 * SECOND_NS);
        Invariant.check(life.engine.snapshot(life.nowNs).originators().size() <= script.steps().size(),
                "no nodes out of nothing");
    }

    private static Ip6Address address(int number) {
        return Ip6Address.linkLocalOf(new MacAddress(0x02ca_fe00_0000L + number));
    }

    /** One engine with two devices, and its clock. */
    private static final class Life {
        final Bmx7Engine engine;
        long nowNs;

        Life(int number, Consumer<byte[]> sent) {
            engine = new Bmx7Engine(config(number),
                    KEYS.forNode(new Rng(10 + number)), CACHE, new Counters(), new Rng(number),
                    new Bmx7Engine.Outbox() {
                        @Override
                        public void send(int device, byte[] payload) {
                            Invariant.check(device == 0 || device == 1, "the device exists");
                            Invariant.check(Bmx7Packet.parse(payload) instanceof Decoded.Valid,
                                    "what is sent is well formed");
                            sent.accept(payload);
                        }

                        @Override
                        public void report(Bmx7Event event) {
                            Invariant.check(!event.toString().contains("\n"), "an event is said in one line");
                        }
                    }, 0);
            engine.addDevice("eth0_18", address(number), LinkLayer.LAN, 0, 0, 0);
            engine.addDevice("wlan0_18", address(number + 16), LinkLayer.WLAN, 1, 0, 0);
        }

        /** As usual, but for a short hash chain and no RSA link key: both cost much at every birth. */
        private static Bmx7Config config(int number) {
            Bmx7Config usual = Bmx7Config.of(NODE_KEYS[number], 0, "fuzz" + number);
            return new Bmx7Config(usual.nodeKey(), 0, usual.hostname(), 0, usual.dhLinkType(),
                    usual.linkKeyLifetimeS(), 64, usual.metric(), null, List.of());
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

    private static List<List<Frame>> genuinePackets() {
        List<List<Frame>> all = new ArrayList<>();
        for (List<Frame> frames : Captures.containing("captures/bmx7")) {
            all.add(frames.stream().filter(frame -> Udp.destinationPort(frame) == Bmx7Packet.PORT)
                    .map(frame -> frame.copyOf(Udp.payloadOffset(frame), Udp.payloadOctets(frame))).toList());
        }
        return all.stream().filter(packets -> !packets.isEmpty()).toList();
    }

    /** What a second engine says to the first, until they are neighbours. */
    private static List<Frame> ownTalk() {
        List<byte[]> heard = new ArrayList<>();
        List<byte[]> answers = new ArrayList<>();
        Life peer = new Life(1, heard::add);
        Life self = new Life(0, answers::add);
        int delivered = 0;
        for (int quarter = 0; quarter < 40; quarter++) {
            peer.pass(SECOND_NS / 4);
            self.pass(SECOND_NS / 4);
            for (; delivered < heard.size(); delivered++) {
                self.engine.onDatagram(0, address(1), heard.get(delivered), self.nowNs);
            }
            answers.forEach(packet -> peer.engine.onDatagram(0, address(0), packet, peer.nowNs));
            answers.clear();
        }
        return heard.stream().map(Frame::wrap).toList();
    }
}
