package org.limesh.interop.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.gateway.GatewayConfig;
import org.limesh.gateway.GatewayEngine;
import org.limesh.gateway.GatewayEvent;
import org.limesh.gateway.Probe;
import org.limesh.gateway.ProbeResult;
import org.limesh.gateway.UplinkPlan;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Udp;

/** The uplink: DHCP answers of a hostile provider, and answers to probes. */
class GatewayFuzzTest {
    private static final MacAddress MAC = MacAddress.parse("02:ca:fe:12:34:56");
    private static final Ip4Prefix CLOUD = Ip4Prefix.parse("10.13.0.0/16");
    /** Bits of a step's port: what the harness does with the frame before it hands it over. */
    private static final int ANSWERS_THE_LAST_REQUEST = 1;
    private static final int CABLE = 2;
    private static final int CLOCK = 4;
    /** Makes a step of up to 16 s one of up to 4 min: with a few of them a lease of an hour ends. */
    private static final int LONG_WAIT = 16;
    /** In such a step the engine asks the Internet some 70 times. */
    private static final int CALLS_OF_A_STEP = 4;
    private static final int XID = 4;
    private static final int CHADDR = 28;
    private static final int OPTIONS = 240;

    static Stream<byte[]> conversations() {
        return Captures.containing("dhcp").stream().map(frames -> Script.seed(ANSWERS_THE_LAST_REQUEST,
                frames.stream().filter(Ipv4::isUdp).filter(frame -> Udp.sourcePort(frame) == 67).toList()));
    }

    @MethodSource("conversations")
    @FuzzTest(maxDuration = "20s")
    void uplink(byte[] input) {
        Script script = Script.of(input);
        Bounds.PER_FRAME.check(input.length, CALLS_OF_A_STEP * (script.steps().size() + 1), () -> new Life().live(script));
    }

    private static final class Life implements GatewayEngine.Outbox {
        private final Counters counters = new Counters();
        private final GatewayEngine engine = new GatewayEngine(GatewayConfig.DEFAULT, "plaza",
                new UplinkPlan("eth0", MAC, null, null), List.of(CLOUD), counters, new Rng(1), this, 0);
        private int sent;
        private int xid;
        private int lastProbe;
        private boolean cable = true;

        void live(Script script) {
            long nowNs = 0;
            engine.start(0);
            for (Script.Step step : script.steps()) {
                int before = sent;
                long untilNs = nowNs + step.waitNs() * ((step.port() & CLOCK) != 0 ? LONG_WAIT : 1);
                int turns = 0;
                while (Engine.isDue(engine.nextDeadlineNs(), untilNs)) {
                    nowNs = Math.max(nowNs, engine.nextDeadlineNs());
                    engine.onTimer(nowNs);
                    Invariant.check(++turns < 1000, "time passes between two calls of a timer");
                }
                nowNs = untilNs;
                Invariant.check(sent - before <= 2 + turns, "a call of a timer sends one frame at most");
                if ((step.port() & CABLE) != 0) {
                    cable = !cable;
                    engine.onCarrier(cable, nowNs);
                }
                engine.onUplinkFrame(prepared(step), nowNs);
                engine.onProbe(new ProbeResult(lastProbe - (step.port() >>> 6),
                        ProbeResult.Outcome.values()[(step.port() >>> 4) % 3], 5, "fuzzed"), nowNs);
                Ip4Prefix address = engine.uplinkAddress();
                Invariant.check(address == null || cable && !CLOUD.contains(address.address())
                        && !address.address().isMulticast() && address.address().bits() != 0, "the address can be used");
                Invariant.check(!engine.offered() || engine.internet(), "what is offered is there");
            }
            engine.snapshot(nowNs);
        }

        private Frame prepared(Script.Step step) {
            int at = Udp.payloadOffset(step.frame());
            if ((step.port() & ANSWERS_THE_LAST_REQUEST) == 0 || at < 0 || Udp.payloadOctets(step.frame()) < OPTIONS) {
                return step.frame();
            }
            Frame answer = step.frame().copy();
            answer.put32(at + XID, xid);
            answer.putMac(at + CHADDR, MAC.bits());
            return answer;
        }

        @Override
        public void probe(Probe probe) {
            lastProbe = probe.id();
        }

        @Override
        public void transmit(Frame frame) {
            sent++;
            switch (DhcpMessage.parse(frame)) {
                case Decoded.Valid<DhcpMessage>(DhcpMessage message) -> {
                    Invariant.check(message.chaddr().equals(MAC) && Udp.destinationPort(frame) == 67,
                            "it asks for itself, and a server");
                    xid = message.xid();
                }
                case Decoded.Malformed<DhcpMessage>(String fault, int at) ->
                        throw new AssertionError("sent a message that is " + fault + " at " + at);
            }
        }

        @Override
        public void report(GatewayEvent event) {}

        @Override
        public void changed() {}
    }
}
