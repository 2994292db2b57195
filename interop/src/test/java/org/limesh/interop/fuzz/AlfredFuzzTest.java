package org.limesh.interop.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.access.CloudReport;
import org.limesh.access.LeaseLines;
import org.limesh.access.LeaseLog;
import org.limesh.alfred.AlfredConfig;
import org.limesh.alfred.AlfredEngine;
import org.limesh.alfred.AlfredEvent;
import org.limesh.alfred.wire.AlfredMessage;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.packet.Udp;

/** A.L.F.R.E.D.: messages, the shared records that nodes read, the lease store, and the whole engine. */
class AlfredFuzzTest {
    private static final int PORT = AlfredConfig.PORT;
    private static final int MAX_TIMER_CALLS_PER_STEP = 1000;
    private static final MacAddress SELF = MacAddress.parse("02:ca:fe:00:00:01");

    static Stream<byte[]> messages() {
        return Captures.containing("captures/alfred").stream().flatMap(List::stream)
                .filter(frame -> Udp.destinationPort(frame) == PORT && Udp.payloadOctets(frame) > 0)
                .map(frame -> frame.copyOf(Udp.payloadOffset(frame), Udp.payloadOctets(frame)).toBytes())
                .distinct().limit(100);
    }

    @MethodSource("messages")
    @FuzzTest(maxDuration = "20s")
    void message(byte[] input) {
        Bounds.PER_TEXT.check(input, () -> {
            if (AlfredMessage.parse(input) instanceof Decoded.Valid<AlfredMessage>(var message)) {
                byte[] emitted = message.emit();
                Invariant.check(AlfredMessage.parse(emitted) instanceof Decoded.Valid<AlfredMessage>(var again)
                        && java.util.Arrays.equals(again.emit(), emitted), "what is emitted parses to the same");
            }
        });
    }

    static Stream<byte[]> records() {
        return Stream.of("02:11:22:33:44:55,ff:11,10.13.0.7,phone\n02:11:22:33:44:56,,10.13.0.8,*\n",
                new String(LeaseLog.header(), StandardCharsets.ISO_8859_1))
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("records")
    @FuzzTest(maxDuration = "20s")
    void sharedRecordsAndLeaseStore(byte[] input) {
        Bounds.PER_TEXT.check(input.length, 4, () -> {
            LeaseLines.parse(input);
            CloudReport.parse(SELF, input);
            LeaseLog.Content content = LeaseLog.read(input);
            Invariant.check(content.tornOctets() <= input.length, "no more is torn than was there");
        });
    }

    static Stream<byte[]> lives() {
        return Captures.containing("captures/alfred").stream().map(frames -> {
            List<Frame> payloads = new ArrayList<>();
            for (Frame frame : frames) {
                if (Udp.destinationPort(frame) == PORT && Udp.payloadOctets(frame) > 0 && payloads.size() < 20) {
                    payloads.add(frame.copyOf(Udp.payloadOffset(frame), Udp.payloadOctets(frame)));
                }
            }
            return Script.seed(0, payloads);
        });
    }

    @MethodSource("lives")
    @FuzzTest(maxDuration = "20s")
    void engine(byte[] input) {
        Script script = Script.of(input);
        Bounds.PER_TEXT.check(input.length, script.steps().size() + 4, () -> live(script));
    }

    private static void live(Script script) {
        AlfredEngine engine = new AlfredEngine(new AlfredConfig(SELF, "br-lan", "bat0",
                AlfredConfig.Role.ELECTED, AlfredConfig.DEFAULT_SYNC_PERIOD_MS), new Counters(), new Rng(1),
                new Checked(), 0);
        long nowNs = 0;
        for (Script.Step step : script.steps()) {
            nowNs += step.waitNs();
            for (int calls = 0; Engine.isDue(engine.nextDeadlineNs(), nowNs); calls++) {
                Invariant.check(calls < MAX_TIMER_CALLS_PER_STEP, "timers come to rest");
                engine.onTimer(nowNs);
            }
            byte[] payload = step.frame().toBytes();
            if (step.port() % 8 == 7) {
                if (AlfredMessage.parse(payload) instanceof Decoded.Valid<AlfredMessage>(var message)) {
                    engine.onLocal(step.port() >> 3, message, nowNs);
                }
            } else {
                engine.onDatagram(Ip6Address.linkLocalOf(new MacAddress(0x02ca_fe00_0002L + step.port() % 8)),
                        payload, nowNs);
            }
        }
        engine.snapshot(nowNs);
    }

    /** What leaves is well formed. */
    private static final class Checked implements AlfredEngine.Outbox {
        @Override
        public void send(Ip6Address destination, byte[] payload) {
            Invariant.check(AlfredMessage.parse(payload) instanceof Decoded.Valid, "what is sent is well formed");
        }

        @Override
        public void reply(int session, AlfredMessage message) {
            Invariant.check(message.emit().length >= AlfredMessage.HEADER_OCTETS, "an answer has a header");
        }

        @Override
        public void close(int session) {}

        @Override
        public void report(AlfredEvent event) {
            Invariant.check(!event.toString().contains("\n"), "an event is said in one line");
        }

        @Override
        public int quality(MacAddress server) {
            return 255;
        }
    }
}
