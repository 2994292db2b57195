package org.limesh.interop.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.access.AccessEvent;
import org.limesh.access.DhcpConfig;
import org.limesh.access.DhcpServer;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.Dissector;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Udp;

/** General packet formats and the DHCP server. */
class PacketFuzzTest {
    private static final int FRAMES_PER_CAPTURE = 30;
    private static final Ip4Address SERVER = Ip4Address.parse("10.13.0.1");
    private static final DhcpConfig CONFIG = new DhcpConfig(MacAddress.parse("aa:aa:aa:0d:fe:aa"),
            new Ip4Prefix(SERVER, 16), Ip4Address.parse("10.13.175.16"), Ip4Address.parse("10.13.175.47"),
            List.of(SERVER, Ip4Address.parse("10.13.175.20")), 3600, 10, 1350, "thisnode.info",
            List.of(SERVER));

    static Stream<byte[]> frames() {
        return Captures.containing("").stream().flatMap(frames -> frames.stream().limit(FRAMES_PER_CAPTURE))
                .map(Frame::toBytes);
    }

    @MethodSource("frames")
    @FuzzTest(maxDuration = "20s")
    void dissector(byte[] input) {
        Frame frame = Frame.wrap(input);
        Bounds.PER_FRAME.check(input, () -> {
            String line = Dissector.oneLine(frame);
            Invariant.check(line.indexOf('\n') < 0 && !line.isEmpty(), "a frame is said in one line");
            Icmpv6.macOption(frame, Icmpv6.OPTION_TARGET_MAC);
        });
    }

    static Stream<byte[]> messages() {
        return Captures.containing("dhcp").stream().flatMap(List::stream).filter(Ipv4::isUdp)
                .map(frame -> frame.copyOf(Udp.payloadOffset(frame), Udp.payloadOctets(frame)).toBytes());
    }

    @MethodSource("messages")
    @FuzzTest(maxDuration = "20s")
    void dhcpMessage(byte[] input) {
        Bounds.PER_FRAME.check(input, () -> {
            if (DhcpMessage.parse(input, 0, input.length) instanceof Decoded.Valid<DhcpMessage>(var message)) {
                byte[] emitted = message.emit();
                Invariant.check(DhcpMessage.parse(emitted, 0, emitted.length).equals(new Decoded.Valid<>(message)),
                        "what is emitted parses to the same message");
            }
        });
    }

    static Stream<byte[]> conversations() {
        return Captures.containing("dhcp").stream().map(frames -> Script.seed(0, frames));
    }

    @MethodSource("conversations")
    @FuzzTest(maxDuration = "20s")
    void dhcpServer(byte[] input) {
        Script script = Script.of(input);
        Bounds.PER_FRAME.check(input.length, script.steps().size() + 1, () -> serve(script));
    }

    private static void serve(Script script) {
        DhcpServer server = new DhcpServer(CONFIG, new Counters(), new DhcpServer.Outbox() {
            @Override
            public void transmit(Frame frame) {
                Invariant.check(DhcpMessage.parse(frame) instanceof Decoded.Valid, "an answer is well formed");
            }

            @Override
            public void report(AccessEvent event) {
                Invariant.check(!event.toString().contains("\n"), "an event is said in one line");
            }
        });
        long nowNs = 0;
        for (Script.Step step : script.steps()) {
            nowNs += step.waitNs();
            server.onTimer(nowNs);
            server.onFrame(step.frame(), nowNs);
        }
        Invariant.check(server.leases().size() <= 32, "no more leases than addresses");
        Invariant.check(server.leases().stream().map(lease -> lease.address()).distinct().count()
                == server.leases().size(), "no address is leased twice");
    }
}
